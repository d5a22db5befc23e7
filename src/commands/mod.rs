//! One file for each subcommand: the wiring between the edges and the pure core.

mod analyze;
mod cameras;
mod demo;
mod folders;
mod history;
mod report;
mod stretch;
mod watcher;

use std::io::{self, Write};

use anyhow::Result;

use crate::capture::webcam::{CameraChoice, Mode};
use crate::cli::{Cli, Command};

/// Runs what the command line asks for.
///
/// # Errors
///
/// Whatever the subcommand could not do, with the chain of causes.
pub fn run(cli: &Cli) -> Result<()> {
    let mut stderr = io::stderr();
    let mut stdout = io::BufWriter::new(io::stdout());
    match &cli.command {
        Command::Demo(args) => demo::run(args, &now(), &mut stdout)?,
        Command::Analyze(args) => analyze::run(args, &mut stdout, &mut stderr)?,
        Command::Stretch(args) => stretch::run(args)?,
        Command::Cameras => cameras::list(&CameraChoice::default(), Mode::default())?,
        Command::CaptureChild(args) => cameras::capture(args)?,
        Command::Report(args) => {
            let settings = crate::config::Config::default().report;
            report::run(args, cli.data_dir.as_deref(), &settings, &mut stdout)?;
        }
        Command::History(args) => {
            history::run(args, cli.data_dir.as_deref(), &mut stdout, &mut stderr)?;
        }
    }
    stdout.flush()?;
    Ok(())
}

/// The clock, read once for a command.
#[expect(
    clippy::disallowed_methods,
    reason = "the one door: a command reads the clock once"
)]
fn now() -> jiff::Zoned {
    jiff::Zoned::now()
}
