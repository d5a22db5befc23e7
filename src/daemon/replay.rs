//! Watching a recording: its own time, the same eyes.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use crossbeam_channel::never;
use jiff::{SignedDuration, Timestamp};

use super::runtime::{Runtime, Time, Wakeup};
use crate::image::Recording;

/// The name under which recordings are calibrated.
pub(crate) const CAMERA: &str = "recording";

/// How often the monitor is told that time passes.
const TICK: SignedDuration = SignedDuration::from_secs(30);

/// A recording, and how it is played.
#[derive(Debug, Clone)]
pub struct ReplayOptions {
    /// A folder of pictures, or a video.
    pub source: PathBuf,
    /// When its first picture was taken.
    pub began: Timestamp,
    /// From one picture to the next.
    pub step: SignedDuration,
    /// How many times as fast as it was; none as fast as can be.
    pub speed: Option<f64>,
}

/// Watches a recording to its end, or until the user ends it.
///
/// # Errors
///
/// The recording cannot be opened, or looking at it fails.
pub(crate) fn watch<W: Write>(runtime: &mut Runtime<'_, W>, play: &ReplayOptions) -> Result<()> {
    let mut recording = Recording::open(&play.source, play.began, play.step)?;
    runtime.sit_before(CAMERA);
    let nobody = never();
    let started = clock();
    let mut tick = play.began;
    loop {
        let Some(shot) = recording.next_frame()? else {
            if let Some(damage) = recording.damage() {
                runtime.story.line(&damage);
            }
            return Ok(());
        };
        let at = shot.at;
        let due = play.speed.map_or(Duration::ZERO, |speed| {
            let played = at.duration_since(play.began).as_secs_f64() / speed;
            Duration::from_secs_f64(played.max(0.0))
        });
        loop {
            let left = due.saturating_sub(started.elapsed());
            match runtime.wait(left, &nobody)? {
                Wakeup::Stop => return Ok(()),
                Wakeup::Due | Wakeup::Camera(_) | Wakeup::Sleep(_) if left.is_zero() => break,
                // Somebody asked for something meanwhile, or it is time now.
                Wakeup::Due | Wakeup::Camera(_) | Wakeup::Sleep(_) => {}
            }
        }
        // Decoding what is not due would take longer than looking at the rest.
        let may_be_due = at >= runtime.effects.next_look() || runtime.effects.why_not().is_some();
        let frame = match may_be_due.then(|| shot.frame()) {
            Some(Ok(frame)) => Some(frame),
            // One bad file is not the end of a folder.
            Some(Err(error)) => {
                runtime.story.line(&error.to_string());
                continue;
            }
            None => None,
        };
        runtime.time = Time::Recording(at);
        // A pause ends at its time.
        if at >= tick.min(runtime.effects.paused_until().unwrap_or(tick)) {
            runtime.tick(at)?;
            tick = at + TICK;
        }
        // What a camera would not have seen is not looked at.
        let is_watching = runtime.effects.why_not().is_none();
        if let (true, Some(frame)) = (is_watching, frame) {
            runtime.observe_if_due(&frame)?;
        }
        let next_look = is_watching.then(|| runtime.effects.next_look());
        let until = runtime.not_watching_until(at);
        runtime.story.standing(next_look, until);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a recording is played at a speed, which is real time"
)]
fn clock() -> Instant {
    Instant::now()
}
