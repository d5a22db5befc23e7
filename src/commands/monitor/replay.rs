//! Watching a recording: its own time, the same eyes.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use crossbeam_channel::never;
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, Time, Woken};
use super::live::listen;
use crate::capture::{FrameSource, Recording, RecordingError};

/// The name under which recordings are calibrated.
pub(crate) const CAMERA: &str = "recording";

/// How often the monitor is told that time passes.
const TICK: SignedDuration = SignedDuration::from_secs(30);

/// How a recording is played.
#[derive(Debug, Clone, Copy)]
pub(super) struct Play {
    /// When its first picture was taken.
    pub(super) began: Timestamp,
    /// From one picture to the next.
    pub(super) step: SignedDuration,
    /// How many times as fast as it was; none as fast as can be.
    pub(super) speed: Option<f64>,
    /// Whether what the desktop says now counts for it, as for the webcam.
    pub(super) with_desktop: bool,
}

/// Watches a recording to its end, or until the user ends it.
///
/// # Errors
///
/// The recording cannot be opened, or looking at it fails.
pub(super) fn watch<W: Write>(desk: &mut Desk<'_, W>, source: &Path, play: Play) -> Result<()> {
    let mut recording = Recording::open(source, play.began, play.step)?;
    desk.sit_before(CAMERA);
    let watch = desk.settings.config.watch.clone();
    let _desktop = match play.with_desktop {
        true => Some(listen(&watch, desk.desktop_ear())?),
        false => None,
    };
    let nobody = never();
    let started = clock();
    let mut tick = play.began;
    loop {
        let frame = match recording.next() {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(()),
            // One bad file is not the end of a folder.
            Err(RecordingError::Picture(error)) => {
                desk.story.line(&error.to_string());
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let due = play.speed.map_or(Duration::ZERO, |speed| {
            let played = frame.at.duration_since(play.began).as_secs_f64() / speed;
            Duration::from_secs_f64(played.max(0.0))
        });
        loop {
            let left = due.saturating_sub(started.elapsed());
            match desk.wait(left, &nobody)? {
                Woken::Stop => return Ok(()),
                Woken::Due | Woken::Camera(_) | Woken::Sleep(_) if left.is_zero() => break,
                // Somebody asked for something meanwhile, or it is time now.
                Woken::Due | Woken::Camera(_) | Woken::Sleep(_) => {}
            }
        }
        desk.time = Time::Recording(frame.at);
        if play.with_desktop {
            desk.reconsider(frame.at)?;
        }
        // A pause ends at its time.
        if frame.at >= tick.min(desk.watcher.paused_until().unwrap_or(tick)) {
            desk.tick(frame.at)?;
            tick = frame.at + TICK;
        }
        // What a camera would not have seen is not looked at.
        let is_watching = desk.watcher.why_not().is_none();
        if is_watching {
            desk.frame(&frame)?;
        }
        let next_look = is_watching.then(|| desk.watcher.next_look());
        let until = desk.until(frame.at);
        desk.story.standing(next_look, until);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a recording is played at a speed, which is real time"
)]
fn clock() -> Instant {
    Instant::now()
}
