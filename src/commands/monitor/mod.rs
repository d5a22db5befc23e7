//! `sitwell monitor`: watches how somebody sits until it is told to end.
//!
//! It performs what [`crate::monitor`] decides, through the same
//! [`Watcher`](super::watcher::Watcher) as the demo. One loop owns everything;
//! the camera, the notifications and signals reach it through channels, so
//! that waiting for one never keeps it from another.

mod cost;
mod desk;
mod guide;
mod live;
mod lock;
mod replay;
mod settings;
mod status;
mod story;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use crossbeam_channel::{bounded, unbounded};
use jiff::{SignedDuration, Zoned};

use self::desk::{Desk, Ears};
use self::guide::Guide;
use self::lock::Only;
pub(super) use self::lock::is_one_running;
pub(super) use self::replay::CAMERA as RECORDING;
use self::replay::Play;
use self::settings::{InForce, told_by};
use self::story::Story;
use super::settings::{Followed, Loaded};
use super::watcher::Watcher;
use super::{folders, log, stretch};
use crate::cli::MonitorArgs;
use crate::control::Server;
use crate::pose::Pose;

/// Runs the subcommand.
///
/// # Errors
///
/// Another monitor runs, the models or the recording cannot be used.
pub(super) fn run(
    args: &MonitorArgs,
    data_dir: Option<&Path>,
    settings: Loaded,
    followed: Followed,
    now: &Zoned,
    story: impl Write,
) -> Result<()> {
    if args.detached {
        leave_the_terminal().context("cannot leave the terminal")?;
    }
    let config = &settings.config;
    let data = folders::data(data_dir)?;
    let _only = Only::here(&data)?;
    log::begin(&folders::log(data_dir)?);
    tracing::info!("sitwell {} starts", env!("CARGO_PKG_VERSION"));
    let (end, stop) = bounded(1);
    ctrlc::set_handler(move || {
        // One request is enough, and waits until it is heard.
        let _ = end.try_send(());
    })
    .context("cannot listen for Ctrl-C")?;
    let pose = Pose::load(config.pose.model, &folders::heavy_model())?;
    let catalogue = stretch::with_own(&config.stretch, settings.folder())?;
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
    let began = args.began.as_ref().unwrap_or(now).timestamp();
    let story = Story::new(story, now.time_zone().clone(), began);
    let asked = ears.asked.0.clone();
    let settings = InForce::new(settings, followed);
    let mut desk = Desk::new(watcher, story, ears, guide, args, settings, now);
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
    let watched = match &args.source {
        Some(source) => {
            let play = Play {
                began,
                step: SignedDuration::try_from_secs_f64(1.0 / args.fps)?,
                speed: args.speed,
                with_desktop: args.with_desktop,
            };
            replay::watch(&mut desk, source, play)
        }
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
