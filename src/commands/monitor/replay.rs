//! Watching a recording: its own time, the same eyes.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use crossbeam_channel::never;
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, Time, Woken};
use crate::capture::Recording;

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
}

/// Watches a recording to its end, or until the user ends it.
///
/// # Errors
///
/// The recording cannot be opened, or looking at it fails.
pub(super) fn watch<W: Write>(desk: &mut Desk<'_, W>, source: &Path, play: Play) -> Result<()> {
    let mut recording = Recording::open(source, play.began, play.step)?;
    desk.sit_before(CAMERA);
    let nobody = never();
    let started = clock();
    let mut tick = play.began;
    loop {
        let Some(shot) = recording.shot()? else {
            return Ok(());
        };
        let at = shot.at;
        let due = play.speed.map_or(Duration::ZERO, |speed| {
            let played = at.duration_since(play.began).as_secs_f64() / speed;
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
        // Decoding what nobody looks at would take longer than looking at the rest.
        let frame = match (at >= desk.watcher.next_look()).then(|| shot.frame()) {
            Some(Err(error)) => {
                // One bad file is not the end of a folder.
                desk.story.line(&error.to_string());
                continue;
            }
            Some(Ok(frame)) => Some(frame),
            None => None,
        };
        desk.time = Time::Recording(at);
        if at >= tick {
            desk.tick(at)?;
            tick = at + TICK;
        }
        if let Some(frame) = frame {
            desk.frame(&frame)?;
        }
        desk.story.standing(Some(desk.watcher.next_look()));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a recording is played at a speed, which is real time"
)]
fn clock() -> Instant {
    Instant::now()
}
