//! Starts what a monitor needs, watches, and saves everything at the end.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use crossbeam_channel::{bounded, unbounded};
use jiff::Zoned;

use super::active_settings::{ActiveSettings, start_notifier};
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
use crate::settings::{LoadedSettings, WatchedSettings, load_catalogue};

/// What to watch, and on whose behalf.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The folder of the history; none for the usual one.
    pub data_dir: Option<PathBuf>,
    /// The calibration to measure against; none for the camera's latest.
    pub profile: Option<String>,
    /// A recording to watch instead of the webcam.
    pub recording: Option<ReplayOptions>,
    /// Whether to detach from the terminal, so that closing it does not stop the monitor.
    pub is_detached: bool,
}

/// Watches until the recording is over or somebody stops it. Its running text goes to `progress`.
///
/// # Errors
///
/// Another monitor runs, the models or the recording cannot be used.
pub fn run(
    options: &RunOptions,
    loaded: LoadedSettings,
    followed: WatchedSettings,
    now: &Zoned,
    progress: impl Write,
) -> Result<()> {
    if options.is_detached {
        leave_the_terminal().context("cannot leave the terminal")?;
    }
    let settings = &loaded.settings;
    let data = folders::data(options.data_dir.as_deref())?;
    let _only = InstanceLock::acquire(&data)?;
    log::begin(&folders::log(options.data_dir.as_deref())?);
    tracing::info!("sitwell {} starts", env!("CARGO_PKG_VERSION"));
    let (end, stop) = bounded(1);
    ctrlc::set_handler(move || {
        // One request is enough; it waits until it is received.
        let _ = end.try_send(());
    })
    .context("cannot listen for Ctrl-C")?;
    let pose = Pose::load(settings.pose.model, &folders::heavy_model())?;
    let catalogue = load_catalogue(&settings.stretch, loaded.folder())?;
    let channels = Channels {
        stop,
        requests: unbounded(),
        notice_events: unbounded(),
        fallback_lines: unbounded(),
        desktop: unbounded(),
    };
    let notifier = start_notifier(&settings.notify, &channels)?;
    let guide = GuideWindow::new(&data, &loaded)?;
    let origin = match options.recording {
        Some(_) => FrameOrigin::Recording,
        None => FrameOrigin::Camera,
    };
    let effects = Effects::new(
        Perception::new(Box::new(pose), origin, settings.into()),
        notifier,
        &catalogue,
        settings,
        &guide.history(),
    );
    let began = match &options.recording {
        Some(recording) => recording.began,
        None => now.timestamp(),
    };
    let progress = ProgressWriter::new(progress, now.time_zone().clone(), began);
    let requests = channels.requests.0.clone();
    let active = ActiveSettings::new(loaded, followed);
    let mut runtime = Runtime::new(effects, progress, channels, guide, options, active, now);
    // Without the socket watching goes on.
    let _server = match Server::start(&data, requests) {
        Ok(server) => Some(server),
        Err(error) => {
            runtime.progress.line(&format!(
                "sitwell status and pause cannot reach this monitor: {error}"
            ));
            None
        }
    };
    let watched = match &options.recording {
        Some(recording) => replay::watch(&mut runtime, recording),
        None => live::watch(&mut runtime),
    };
    // Everything is saved, also after an error.
    let ended = runtime.end().and(watched);
    match &ended {
        Ok(()) => tracing::info!("ended"),
        Err(error) => tracing::error!("ended: {error:#}"),
    }
    ended
}

/// Starts a session of its own, which no terminal ends.
#[cfg(unix)]
fn leave_the_terminal() -> std::io::Result<()> {
    rustix::process::setsid()?;
    Ok(())
}

/// The program that started this one has done it.
#[cfg(not(unix))]
fn leave_the_terminal() -> std::io::Result<()> {
    Ok(())
}
