//! Watching through the webcam.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use crossbeam_channel::Sender;
use jiff::{SignedDuration, Timestamp};

use super::runtime::{Runtime, Wakeup};
use crate::camera::{CameraError, CameraOptions, CameraReport, CameraState, CaptureAnswer, Webcam};
use crate::desktop::{Desktop, DesktopEvent};
use crate::settings::{Camera, Watch};
use crate::supervisor::Supervisor;

/// How often the monitor is told that time passes.
const TICK: SignedDuration = SignedDuration::from_secs(30);

/// While the camera gives nothing it is asked again so soon; it waits by itself between its attempts.
const AGAIN: SignedDuration = SignedDuration::from_secs(2);

/// A look is never due later than this: only a clock set back makes it seem so.
const LATEST: SignedDuration = SignedDuration::from_mins(1);

/// The first look waits for the desktop to say whether it may be, but no longer than this. Our
/// choice: a desktop that hangs must not keep Sitwell from its work.
const FIRST: SignedDuration = SignedDuration::from_secs(3);

/// What the camera is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Asking {
    /// Nothing yet: until then at most, the desktop is listened to first.
    Listening(Timestamp),
    /// The next look is due then.
    At(Timestamp),
    /// A look was asked for.
    PendingRequest,
    /// Nothing: it is closed.
    Resting,
}

/// Watches until the user ends it.
///
/// # Errors
///
/// The camera's thread cannot be started, or looking fails.
pub(crate) fn watch<W: Write>(runtime: &mut Runtime<'_, W>) -> Result<()> {
    let mut camera = runtime.settings.config.camera.clone();
    let mut webcam = keep(&camera)?;
    runtime.cost.with(webcam.process());
    let mut watch = runtime.settings.config.watch.clone();
    let mut desktop = listen(&watch, runtime.channels.desktop.0.clone())?;
    let mut supervisor = Supervisor::of_this_process();
    let mut asking = Asking::Listening(runtime.now() + FIRST);
    let mut tick = Timestamp::MIN;
    loop {
        let now = runtime.now();
        runtime.story.at(now);
        if now >= tick || tick.duration_since(now) > TICK {
            runtime.tick(now)?;
            tick = now + TICK;
        }
        if camera != runtime.settings.config.camera {
            camera = runtime.settings.config.camera.clone();
            // The one before is closed first: it may be the same camera.
            drop(webcam);
            webcam = keep(&camera)?;
            runtime.cost.with(webcam.process());
            asking = Asking::At(now);
        }
        if watch != runtime.settings.config.watch {
            watch = runtime.settings.config.watch.clone();
            drop(desktop);
            desktop = listen(&watch, runtime.channels.desktop.0.clone())?;
        }
        runtime.apply_reasons(now)?;
        tick = runtime
            .next_change(now)
            .map_or(tick, |change| change.min(tick));
        asking = match asking {
            Asking::Resting if runtime.must_close_camera() => Asking::Resting,
            // The camera is closed for as long as nobody is watched.
            Asking::Listening(_) | Asking::At(_) | Asking::PendingRequest
                if runtime.must_close_camera() =>
            {
                webcam.close();
                Asking::Resting
            }
            Asking::Resting => Asking::At(now),
            Asking::Listening(latest) if runtime.reasons.initial_state_known() || now >= latest => {
                Asking::At(now)
            }
            Asking::Listening(_) | Asking::At(_) | Asking::PendingRequest => asking,
        };
        let until_look = match asking {
            Asking::PendingRequest | Asking::Resting => None,
            Asking::Listening(latest) => Some(latest.duration_since(now)),
            Asking::At(due) if due > now && due.duration_since(now) <= LATEST => {
                Some(due.duration_since(now))
            }
            Asking::At(_) => {
                webcam.request_frame();
                asking = Asking::PendingRequest;
                None
            }
        };
        let until = runtime.not_watching_until(now);
        let next_look = match asking {
            Asking::At(due) | Asking::Listening(due) => Some(due),
            Asking::PendingRequest => Some(now),
            Asking::Resting => None,
        };
        runtime.story.standing(next_look, until);
        let until_tick = tick.duration_since(now);
        let wait = until_look.map_or(until_tick, |until_look| until_look.min(until_tick));
        // Before the first reading there is nothing to be ready with.
        if runtime.effects.reading().is_some() {
            let (words, since) = runtime.story.stands();
            supervisor.stands(words, since, now);
        }
        let wait = supervisor.leaves(now).map_or(wait, |left| wait.min(left));
        let wait = Duration::try_from(wait).unwrap_or_default();
        let report = match runtime.wait(wait, webcam.reports())? {
            Wakeup::Stop => return Ok(()),
            Wakeup::Due => continue,
            Wakeup::Sleep(delay) => {
                webcam.close_then_drop(delay);
                asking = Asking::Resting;
                continue;
            }
            Wakeup::Camera(report) => report,
        };
        let now = runtime.now();
        runtime.story.at(now);
        asking = match report {
            // What the camera did before it was closed says nothing of it.
            _ if asking == Asking::Resting => Asking::Resting,
            CameraReport::State(state) => {
                camera_state(runtime, &state, now)?;
                asking
            }
            // Whose neutral counts is said by the state, which follows.
            CameraReport::Answer(CaptureAnswer::Frame(_)) if !runtime.knows_camera() => {
                Asking::At(now)
            }
            CameraReport::Answer(CaptureAnswer::Frame(frame)) => {
                runtime.set_camera_reason(frame.at, None)?;
                runtime.observe(&frame)?;
                Asking::At(runtime.effects.next_look())
            }
            CameraReport::Answer(CaptureAnswer::NoFrame(state)) => {
                camera_state(runtime, &state, now)?;
                Asking::At(now + AGAIN)
            }
        };
    }
}

/// Keeps the camera that the settings mean.
fn keep(camera: &Camera) -> Result<Webcam> {
    Ok(Webcam::start(CameraOptions {
        program: std::env::current_exe().context("cannot tell where sitwell itself is")?,
        choice: camera.device.clone(),
        mode: camera.mode,
    })?)
}

/// Listens to the desktop.
pub(crate) fn listen(watch: &Watch, tell: Sender<DesktopEvent>) -> Result<Desktop> {
    Desktop::start(watch, tell).context("cannot listen to the desktop")
}

/// Says what the camera is doing, when that changes, and what can be done about it.
fn camera_state<W: Write>(
    runtime: &mut Runtime<'_, W>,
    state: &CameraState,
    now: Timestamp,
) -> Result<()> {
    let trouble = match state {
        CameraState::Off | CameraState::Opening => return Ok(()),
        CameraState::Watching { .. } => None,
        CameraState::Busy { by } => Some(CameraError::Busy { by: by.clone() }),
        CameraState::Failed { error, .. } => Some(error.clone()),
    };
    let words = trouble.as_ref().map(|why| (why.to_string(), why.advice()));
    if runtime.story.camera_trouble(words) {
        match trouble {
            Some(why) => tracing::warn!("the camera: {}", why.kind()),
            None => tracing::info!("the camera works again"),
        }
    }
    if let CameraState::Watching { camera } = state {
        runtime.sit_before(camera);
    }
    match state.not_watching() {
        Some(why) => runtime.set_camera_reason(now, Some(why)),
        None => Ok(()),
    }
}
