//! One file per subcommand. Each joins the edges and the pure core.

mod analyze;
mod appeal;
mod autostart;
mod browser;
mod calibrate;
mod cameras;
mod config;
mod control;
mod dashboard;
mod demo;
mod desk_change;
mod doctor;
#[cfg(all(unix, not(target_os = "macos")))]
mod edge_nudge;
mod frames;
mod history;
mod licenses;
mod monitor;
mod onboarding;
mod own_files;
mod pause_guard;
mod photo_check;
mod privacy;
mod profiles;
mod report;
mod start;
mod status;
mod stretch;
mod stretch_setup;
#[cfg(all(unix, not(target_os = "macos")))]
mod tray;
mod uninstall;

use std::io::{self, Write};

use anyhow::{Context, Result};

use crate::cli::{Cli, Command};
use crate::clock::now;
use crate::{settings, terminal};

/// Runs what the command line asks for.
pub fn run(cli: &Cli) -> Result<()> {
    match perform(cli) {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    }
}

fn perform(cli: &Cli) -> Result<()> {
    let mut stderr = terminal::stderr();
    let is_text = !cli.command.as_ref().is_some_and(Command::prints_data);
    let stdout: Box<dyn Write> = match is_text {
        true => Box::new(terminal::stdout()),
        false => Box::new(io::stdout()),
    };
    let mut stdout = io::BufWriter::new(stdout);
    let out = &mut stdout;
    let (data, config) = (cli.data_dir.as_deref(), cli.config.as_deref());
    let settings = || settings::load(config);
    let instance = || start::MonitorInstance::new(data, config);
    let Some(command) = &cli.command else {
        let files = onboarding::OnboardingPaths { data, config };
        return onboarding::greet(files, &now(), out);
    };
    match command {
        Command::Demo(args) => demo::run(args, &now(), out)?,
        Command::Calibrate(args) => {
            calibrate::run(args, data, &settings()?.settings, &now(), out, stderr)?;
        }
        Command::Monitor(args) => {
            let loaded = settings()?;
            let watched = settings::WatchedSettings::new(config, &loaded);
            monitor::run(args, data, loaded, watched, &now(), stderr)?;
        }
        Command::Dashboard(args) => dashboard::run(args, data, config, out)?,
        #[cfg(all(unix, not(target_os = "macos")))]
        Command::Tray(args) => tray::run(args, data, config, &now(), out)?,
        Command::Status(args) => status::run(args, data, &now(), out)?,
        Command::Pause(args) => {
            // A mistake in the settings must not keep anybody from pausing.
            let settings = settings().map(|loaded| loaded.settings.report);
            control::pause(args, data, &settings.unwrap_or_default(), &now(), out)?;
        }
        Command::Resume => control::resume(data, out)?,
        Command::Appeal => {
            let settings = settings()?.settings;
            appeal::run(data, &settings, &now(), out)?;
        }
        Command::DeskChange(args) => desk_change::run(args.what, data, now().timestamp(), out)?,
        Command::Start => {
            // Invalid settings are reported here, not in systemd's journal.
            settings()?;
            instance()?.start(out)?;
        }
        Command::Stop => instance()?.stop(out)?,
        Command::Restart => {
            settings()?;
            instance()?.restart(out)?;
        }
        Command::NudgeMe => control::nudge_me(data, out)?,
        Command::Autostart(action) => autostart::run(*action, &instance()?.launch()?, out)?,
        Command::Profiles(args) => profiles::run(args, data, now().timestamp(), out)?,
        Command::Analyze(args) => analyze::run(args, &settings()?.settings.pose, out, &mut stderr)?,
        Command::Stretch(args) => stretch::run(args, data, &settings()?)?,
        Command::Doctor(args) => doctor::run(args, data, config, &now(), out)?,
        Command::Cameras => cameras::list(&settings()?.settings.camera, out)?,
        Command::Config(action) => config::run(*action, config, data, out)?,
        Command::CaptureChild(args) => cameras::capture(args)?,
        Command::Report(args) => report::run(args, data, &settings()?, out)?,
        Command::History(args) => history::run(args, data, out, &mut stderr)?,
        Command::Privacy => privacy::show(data, config, &now(), out)?,
        Command::Uninstall(_) => uninstall::print(data, config, out)?,
        Command::Licenses => licenses::run(out)?,
    }
    stdout.flush().context("cannot write the output")
}

/// A reader such as `head` may close the pipe early.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
