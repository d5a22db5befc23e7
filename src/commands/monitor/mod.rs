//! `sitwell monitor`: watches how somebody sits until it is told to end.
//!
//! It performs what [`crate::monitor`] decides, through the same
//! [`Watcher`](super::watcher::Watcher) as the demo. One loop owns everything;
//! the camera, the notifications and signals reach it through channels, so
//! that waiting for one never keeps it from another.

mod desk;
mod guide;
mod live;
mod lock;
mod replay;
mod story;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use crossbeam_channel::{bounded, unbounded};
use jiff::{SignedDuration, Zoned};

use self::desk::{Aside, Desk, Ears};
use self::guide::Guide;
use self::lock::Only;
pub(super) use self::replay::CAMERA as RECORDING;
use self::replay::Play;
use self::story::Story;
use super::settings::Loaded;
use super::watcher::Watcher;
use super::{folders, stretch};
use crate::cli::MonitorArgs;
use crate::control::Server;
use crate::notify::{Notifier, notifier};
use crate::pose::{Looks, Pose};

/// Runs the subcommand.
///
/// # Errors
///
/// Another monitor runs, the models or the recording cannot be used.
pub(super) fn run(
    args: &MonitorArgs,
    data_dir: Option<&Path>,
    settings: &Loaded,
    now: &Zoned,
    story: impl Write,
) -> Result<()> {
    let config = &settings.config;
    let data = folders::data(data_dir)?;
    let _only = Only::here(&data)?;
    let (end, stop) = bounded(1);
    ctrlc::set_handler(move || {
        // One request is enough, and waits until it is heard.
        let _ = end.try_send(());
    })
    .context("cannot listen for Ctrl-C")?;
    let mut pose = Pose::load(config.pose.model, &folders::heavy_model(), Looks::Following)?;
    let catalogue = stretch::with_own(&config.stretch, settings.folder())?;
    let ears = Ears {
        stop,
        asked: unbounded(),
        heard: unbounded(),
        asides: unbounded(),
    };
    let fallback = Box::new(Aside::new(ears.asides.0.clone()));
    let mut notifier = notifier(&config.notify, ears.heard.0.clone(), fallback)?;
    let notifier = notifier
        .as_deref_mut()
        .map(|notifier| notifier as &mut dyn Notifier);
    let guide = Guide::new(&data, settings)?;
    let watcher = Watcher::new(
        &mut pose,
        notifier,
        &catalogue,
        config,
        None,
        &guide.history(),
    );
    let began = args.began.as_ref().unwrap_or(now).timestamp();
    let story = Story::new(story, now.time_zone().clone(), began);
    let asked = ears.asked.0.clone();
    let mut desk = Desk::new(watcher, story, ears, guide, args, config, now);
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
            };
            replay::watch(&mut desk, source, play)
        }
        None => live::watch(&mut desk, &config.camera),
    };
    // What was seen is kept however the watching ended.
    desk.end().and(watched)
}
