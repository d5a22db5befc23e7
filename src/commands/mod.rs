//! One file for each subcommand: the wiring between the edges and the pure core.

mod analyze;
mod autostart;
mod calibrate;
mod cameras;
mod config;
mod control;
mod demo;
mod doctor;
mod history;
mod monitor;
mod onboarding;
mod profiles;
mod report;
mod start;
mod status;
mod stretch;
mod stretch_setup;

use std::io::{self, Write};

use anyhow::{Context, Result};

use crate::cli::{Cli, Command};
use crate::clock::now;
use crate::settings;

/// Runs what the command line asks for.
///
/// # Errors
///
/// Whatever the subcommand could not do, with the chain of causes.
pub fn run(cli: &Cli) -> Result<()> {
    match perform(cli) {
        Err(error) if has_read_enough(&error) => Ok(()),
        other => other,
    }
}

fn perform(cli: &Cli) -> Result<()> {
    let mut stderr = io::stderr();
    let mut stdout = io::BufWriter::new(io::stdout());
    let asked = cli.config.as_deref();
    let settings = || settings::load(asked);
    let instance = || start::MonitorInstance::new(cli.data_dir.as_deref(), asked);
    let Some(command) = &cli.command else {
        let files = onboarding::OnboardingPaths {
            data: cli.data_dir.as_deref(),
            config: asked,
        };
        return onboarding::greet(files, &now(), &mut stdout);
    };
    match command {
        Command::Demo(args) => demo::run(args, &now(), &mut stdout)?,
        Command::Calibrate(args) => {
            let data = cli.data_dir.as_deref();
            calibrate::run(args, data, &settings()?.config, &now(), &mut stdout, stderr)?;
        }
        Command::Monitor(args) => {
            let loaded = settings()?;
            let followed = settings::WatchedSettings::new(asked, &loaded);
            let data = cli.data_dir.as_deref();
            monitor::run(args, data, loaded, followed, &now(), stderr)?;
        }
        Command::Status(args) => {
            status::run(args, cli.data_dir.as_deref(), &now(), &mut stdout)?;
        }
        Command::Pause(args) => {
            control::pause(args, cli.data_dir.as_deref(), &now(), &mut stdout)?;
        }
        Command::Resume => control::resume(cli.data_dir.as_deref(), &mut stdout)?,
        Command::Start => {
            // What is wrong with them is said here rather than in systemd's journal.
            settings()?;
            instance()?.start(&mut stdout)?;
        }
        Command::Stop => instance()?.stop(&mut stdout)?,
        Command::Restart => {
            settings()?;
            instance()?.restart(&mut stdout)?;
        }
        Command::NudgeMe => control::nudge_me(cli.data_dir.as_deref(), &mut stdout)?,
        Command::Autostart(action) => autostart::run(*action, &instance()?.launch()?, &mut stdout)?,
        Command::Profiles(args) => {
            let data = cli.data_dir.as_deref();
            profiles::run(args, data, now().timestamp(), &mut stdout)?;
        }
        Command::Analyze(args) => {
            analyze::run(args, &settings()?.config.pose, &mut stdout, &mut stderr)?;
        }
        Command::Stretch(args) => stretch::run(args, cli.data_dir.as_deref(), &settings()?)?,
        Command::Doctor(args) => {
            doctor::run(args, cli.data_dir.as_deref(), asked, &now(), &mut stdout)?;
        }
        Command::Cameras => cameras::list(&settings()?.config.camera)?,
        Command::Config(action) => {
            config::run(*action, asked, cli.data_dir.as_deref(), &mut stdout)?;
        }
        Command::CaptureChild(args) => cameras::capture(args)?,
        Command::Report(args) => {
            let settings = settings()?.config.report;
            report::run(args, cli.data_dir.as_deref(), &settings, &mut stdout)?;
        }
        Command::History(args) => {
            history::run(args, cli.data_dir.as_deref(), &mut stdout, &mut stderr)?;
        }
    }
    stdout.flush().context("cannot print the answer")
}

/// Whoever reads our answer may stop when they have seen enough, as `head` does.
fn has_read_enough(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
