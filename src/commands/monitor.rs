//! `sitwell monitor`: watches how somebody sits until it is told to end.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use jiff::{SignedDuration, Zoned};

use crate::cli::MonitorArgs;
use crate::confinement::forbid_internet;
use crate::daemon::{self, ReplayOptions, RunOptions};
use crate::settings::{LoadedSettings, WatchedSettings};

/// Runs the subcommand.
///
/// # Errors
///
/// Another monitor runs, the models or the recording cannot be used.
pub(super) fn run(
    args: &MonitorArgs,
    data_dir: Option<&Path>,
    settings: LoadedSettings,
    followed: WatchedSettings,
    now: &Zoned,
    progress: impl Write,
) -> Result<()> {
    let recording = args.source.as_ref().map(|source| -> Result<ReplayOptions> {
        Ok(ReplayOptions {
            source: source.clone(),
            began: args.began.as_ref().unwrap_or(now).timestamp(),
            step: SignedDuration::try_from_secs_f64(1.0 / args.fps)?,
            speed: args.speed,
        })
    });
    let options = RunOptions {
        data_dir: data_dir.map(Path::to_owned),
        profile: args.profile.clone(),
        recording: recording.transpose()?,
        is_detached: args.detached,
    };
    // Where the kernel cannot, `sitwell privacy` says so.
    forbid_internet();
    daemon::run(&options, settings, followed, now, progress)
}
