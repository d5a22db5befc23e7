//! Starts everything that a monitor needs, watches, and ends with everything kept.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use crossbeam_channel::{bounded, unbounded};
use jiff::Zoned;

use super::active_settings::{ActiveSettings, told_by};
use super::effects::Effects;
use super::guide_window::GuideWindow;
use super::instance_lock::InstanceLock;
use super::progress::ProgressWriter;
use super::replay::{self, ReplayOptions};
use super::runtime::{Channels, Runtime};
use super::{live, log};
use crate::control::Server;
use crate::folders;
use crate::perception::{FrameOrigin, Perception};
use crate::pose::Pose;
use crate::settings::{Loaded, WatchedSettings, with_own};

/// What to watch, and on whose behalf.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The folder of the history, where the usual one is not meant.
    pub data_dir: Option<PathBuf>,
    /// The calibration to measure against; none for the camera's latest.
    pub profile: Option<String>,
    /// A recording to watch instead of the webcam.
    pub recording: Option<ReplayOptions>,
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
    followed: WatchedSettings,
    now: &Zoned,
    story: impl Write,
) -> Result<()> {
    if options.is_detached {
        leave_the_terminal().context("cannot leave the terminal")?;
    }
    let config = &settings.config;
    let data = folders::data(options.data_dir.as_deref())?;
    let _only = InstanceLock::here(&data)?;
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
    let channels = Channels {
        stop,
        asked: unbounded(),
        heard: unbounded(),
        fallback_lines: unbounded(),
        desktop: unbounded(),
    };
    let notifier = told_by(&config.notify, &channels)?;
    let guide = GuideWindow::new(&data, &settings)?;
    let origin = match options.recording {
        Some(_) => FrameOrigin::Recording,
        None => FrameOrigin::Camera,
    };
    let effects = Effects::new(
        Perception::new(Box::new(pose), origin, config.into()),
        notifier,
        &catalogue,
        config,
        &guide.history(),
    );
    let began = match &options.recording {
        Some(recording) => recording.began,
        None => now.timestamp(),
    };
    let story = ProgressWriter::new(story, now.time_zone().clone(), began);
    let asked = channels.asked.0.clone();
    let settings = ActiveSettings::new(settings, followed);
    let mut runtime = Runtime::new(effects, story, channels, guide, options, settings, now);
    // Watching goes on where nobody can ask about it.
    let _server = match Server::start(&data, asked) {
        Ok(server) => Some(server),
        Err(error) => {
            runtime.story.line(&format!(
                "sitwell status and pause cannot reach this monitor: {error}"
            ));
            None
        }
    };
    let watched = match &options.recording {
        Some(recording) => replay::watch(&mut runtime, recording),
        None => live::watch(&mut runtime),
    };
    // What was seen is kept however the watching ended.
    let ended = runtime.end().and(watched);
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
