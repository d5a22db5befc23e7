//! Watching a recording, which has its own time.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use crossbeam_channel::never;
use jiff::{SignedDuration, Timestamp};

use super::runtime::{Runtime, Time, Wakeup};
use crate::clock;
use crate::image::Recording;

/// The camera's name in calibrations of recordings.
pub(crate) const CAMERA: &str = "recording";

/// How often time passes for the monitor.
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
    /// How many times as fast as it was recorded; none for as fast as possible.
    pub speed: Option<f64>,
}

/// Watches a recording to its end, or until the user stops it.
///
/// # Errors
///
/// The recording cannot be opened, or the pose model fails.
pub(crate) fn watch<W: Write>(runtime: &mut Runtime<'_, W>, play: &ReplayOptions) -> Result<()> {
    let mut recording = Recording::open(&play.source, play.began, play.step)?;
    runtime.use_camera(CAMERA);
    let nobody = never();
    let started = clock::instant();
    let mut tick = play.began;
    loop {
        let Some(shot) = recording.next_frame()? else {
            if let Some(damage) = recording.damage() {
                runtime.progress.line(&damage);
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
                // A request was handled, or the time has come.
                Wakeup::Due | Wakeup::Camera(_) | Wakeup::Sleep(_) => {}
            }
        }
        // Decoding frames that are not due would take longer than observing the others.
        let may_be_due = at >= runtime.effects.next_observation()
            || runtime.effects.not_watching().is_some()
            || runtime.previews.are_wanted();
        let frame = match may_be_due.then(|| shot.frame()) {
            Some(Ok(frame)) => Some(frame),
            // The rest of the folder is still watched.
            Some(Err(error)) => {
                runtime.progress.line(&error.to_string());
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
        // A camera would be closed now.
        let is_watching = runtime.effects.not_watching().is_none();
        if let (true, Some(frame)) = (is_watching, frame) {
            runtime.show_preview(&frame)?;
            runtime.observe_if_due(&frame)?;
        }
        let next_observation = is_watching.then(|| runtime.effects.next_observation());
        let until = runtime.not_watching_until(at);
        runtime.progress.write_status(next_observation, until);
        runtime.tell_followers(at);
    }
}
