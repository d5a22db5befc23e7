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

use anyhow::{Context, Result};

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
            let told = report::run(args, cli.data_dir.as_deref(), &settings, &mut stdout);
            unless_read_enough(told)?;
        }
        Command::History(args) => {
            let told = history::run(args, cli.data_dir.as_deref(), &mut stdout, &mut stderr);
            unless_read_enough(told)?;
        }
    }
    unless_read_enough(stdout.flush().context("cannot print the answer"))
}

/// Whoever reads our answer may stop when they have seen enough, as `head` does.
fn unless_read_enough(told: Result<()>) -> Result<()> {
    let is_closed = |error: &anyhow::Error| {
        error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    match told {
        Err(error) if is_closed(&error) => Ok(()),
        other => other,
    }
}

/// The clock, read once for a command.
#[expect(
    clippy::disallowed_methods,
    reason = "the one door: a command reads the clock once"
)]
fn now() -> jiff::Zoned {
    jiff::Zoned::now()
}
