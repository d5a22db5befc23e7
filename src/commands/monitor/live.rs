//! Watching through the webcam.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, Woken};
use crate::capture::light::Stillness;
use crate::capture::webcam::{CameraState, Looked, Report, Settings, Webcam};
use crate::config::Camera;

/// How often the monitor is told that time passes.
const TICK: SignedDuration = SignedDuration::from_secs(30);

/// While the camera gives nothing it is asked again so soon; it waits by itself between its attempts.
const AGAIN: SignedDuration = SignedDuration::from_secs(2);

/// A look is never due later than this: only a clock set back makes it seem so.
const LATEST: SignedDuration = SignedDuration::from_mins(1);

/// What the camera is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Asking {
    /// The next look is due then.
    At(Timestamp),
    /// A look was asked for.
    Asked,
}

/// Watches until the user ends it.
///
/// # Errors
///
/// The camera's thread cannot be started, or looking fails.
pub(super) fn watch<W: Write>(desk: &mut Desk<'_, W>) -> Result<()> {
    let mut camera = desk.settings.config.camera.clone();
    let mut webcam = keep(&camera)?;
    desk.cost.with(webcam.process());
    let mut stillness = Stillness::default();
    let mut asking = Asking::At(Timestamp::MIN);
    let mut told = None;
    let mut tick = Timestamp::MIN;
    loop {
        let now = desk.now();
        desk.story.at(now);
        if now >= tick || tick.duration_since(now) > TICK {
            desk.tick(now)?;
            tick = now + TICK;
        }
        if camera != desk.settings.config.camera {
            camera = desk.settings.config.camera.clone();
            // The one before is closed first: it may be the same camera.
            drop(webcam);
            webcam = keep(&camera)?;
            desk.cost.with(webcam.process());
            asking = Asking::At(now);
        }
        let until_look = match asking {
            // The camera is closed for as long as the pause lasts.
            Asking::At(due) if desk.watcher.is_paused() => {
                if due != Timestamp::MIN {
                    webcam.rest();
                }
                asking = Asking::At(Timestamp::MIN);
                None
            }
            Asking::Asked => None,
            Asking::At(due) if due > now && due.duration_since(now) <= LATEST => {
                Some(due.duration_since(now))
            }
            Asking::At(_) => {
                webcam.look();
                asking = Asking::Asked;
                None
            }
        };
        let until_tick = tick.duration_since(now);
        let wait = until_look.map_or(until_tick, |until_look| until_look.min(until_tick));
        let wait = Duration::try_from(wait).unwrap_or_default();
        let report = match desk.wait(wait, webcam.reports())? {
            Woken::Stop => return Ok(()),
            Woken::Due => continue,
            Woken::Camera(report) => report,
        };
        let now = desk.now();
        desk.story.at(now);
        asking = match report {
            Report::State(state) => {
                camera_state(desk, &state, &mut told, now)?;
                asking
            }
            // Whose neutral counts is said by the state, which follows.
            Report::Looked(Looked::Picture(_)) if !desk.knows_camera() => Asking::At(now),
            Report::Looked(Looked::Picture(frame)) => {
                desk.watching(frame.at, None)?;
                desk.look(&frame, stillness.look(&frame))?;
                Asking::At(desk.watcher.next_look())
            }
            Report::Looked(Looked::Nothing(state)) => {
                camera_state(desk, &state, &mut told, now)?;
                Asking::At(now + AGAIN)
            }
        };
        desk.story.standing(match asking {
            Asking::At(due) => due,
            Asking::Asked => now,
        });
    }
}

/// Keeps the camera that the settings mean.
fn keep(camera: &Camera) -> Result<Webcam> {
    Ok(Webcam::start(Settings {
        program: std::env::current_exe().context("cannot tell where sitwell itself is")?,
        choice: camera.device.clone(),
        mode: camera.mode,
    })?)
}

/// Says what the camera is doing, when that changes, and what can be done about it.
fn camera_state<W: Write>(
    desk: &mut Desk<'_, W>,
    state: &CameraState,
    told: &mut Option<String>,
    now: Timestamp,
) -> Result<()> {
    match state {
        CameraState::Resting | CameraState::Opening => {}
        CameraState::Watching { camera } => {
            if told.take().is_some() {
                tracing::info!("the camera works again");
            }
            desk.sit_before(camera);
        }
        CameraState::Busy { .. } | CameraState::Failed { .. } => {
            let words = match state.advice() {
                Some(advice) => format!("{state}\n{advice}"),
                None => state.to_string(),
            };
            if told.as_ref() != Some(&words) {
                desk.story.line(&words);
                tracing::warn!("the camera: {}", state.trouble().unwrap_or_default());
                *told = Some(words);
            }
        }
    }
    match state.not_watching() {
        Some(why) => desk.watching(now, Some(why)),
        None => Ok(()),
    }
}
