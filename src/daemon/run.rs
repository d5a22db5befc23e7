//! Starts everything that a monitor needs, watches, and ends with everything kept.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use crossbeam_channel::{bounded, unbounded};
use jiff::Zoned;

use super::active_settings::{InForce, told_by};
use super::effects::Watcher;
use super::guide_window::Guide;
use super::instance_lock::Only;
use super::progress::Story;
use super::replay::{self, Recorded};
use super::runtime::{Desk, Ears};
use super::{live, log};
use crate::control::Server;
use crate::folders;
use crate::pose::Pose;
use crate::settings::{Followed, Loaded, with_own};

/// What to watch, and on whose behalf.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The folder of the history, where the usual one is not meant.
    pub data_dir: Option<PathBuf>,
    /// The calibration to measure against; none for the camera's latest.
    pub profile: Option<String>,
    /// A recording to watch instead of the webcam.
    pub recording: Option<Recorded>,
    /// Whether to leave the terminal, so that closing it does not end the watching.
    pub is_detached: bool,
}

/// Watches until the recording is over or somebody ends it. The running text goes to `story`.
///
/// # Errors
///
/// Another monitor runs, the models or the recording cannot be used.
pub fn run(
    options: &RunOptions,
    settings: Loaded,
    followed: Followed,
    now: &Zoned,
    story: impl Write,
) -> Result<()> {
    if options.is_detached {
        leave_the_terminal().context("cannot leave the terminal")?;
    }
    let config = &settings.config;
    let data = folders::data(options.data_dir.as_deref())?;
    let _only = Only::here(&data)?;
    log::begin(&folders::log(options.data_dir.as_deref())?);
    tracing::info!("sitwell {} starts", env!("CARGO_PKG_VERSION"));
    let (end, stop) = bounded(1);
    ctrlc::set_handler(move || {
        // One request is enough, and waits until it is heard.
        let _ = end.try_send(());
    })
    .context("cannot listen for Ctrl-C")?;
    let pose = Pose::load(config.pose.model, &folders::heavy_model())?;
    let catalogue = with_own(&config.stretch, settings.folder())?;
    let ears = Ears {
        stop,
        asked: unbounded(),
        heard: unbounded(),
        asides: unbounded(),
        desktop: unbounded(),
    };
    let notifier = told_by(&config.notify, &ears)?;
    let guide = Guide::new(&data, &settings)?;
    let watcher = Watcher::new(
        Box::new(pose),
        notifier,
        &catalogue,
        config,
        None,
        &guide.history(),
    );
    let began = match &options.recording {
        Some(recording) => recording.began,
        None => now.timestamp(),
    };
    let story = Story::new(story, now.time_zone().clone(), began);
    let asked = ears.asked.0.clone();
    let settings = InForce::new(settings, followed);
    let mut desk = Desk::new(watcher, story, ears, guide, options, settings, now);
    // Watching goes on where nobody can ask about it.
    let _server = match Server::start(&data, asked) {
        Ok(server) => Some(server),
        Err(error) => {
            desk.story.line(&format!(
                "sitwell status and pause cannot reach this monitor: {error}"
            ));
            None
        }
    };
    let watched = match &options.recording {
        Some(recording) => replay::watch(&mut desk, recording),
        None => live::watch(&mut desk),
    };
    // What was seen is kept however the watching ended.
    let ended = desk.end().and(watched);
    match &ended {
        Ok(()) => tracing::info!("ended"),
        Err(error) => tracing::error!("ended: {error:#}"),
    }
    ended
}

/// Becomes a session of its own, which no terminal ends.
#[cfg(unix)]
fn leave_the_terminal() -> std::io::Result<()> {
    rustix::process::setsid()?;
    Ok(())
}

/// Whoever started it has seen to that.
#[cfg(not(unix))]
fn leave_the_terminal() -> std::io::Result<()> {
    Ok(())
}
