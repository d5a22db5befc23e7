//! One file for each subcommand: the wiring between the edges and the pure core.

mod analyze;
mod folders;
mod history;
mod report;
mod stretch;

use std::io::{self, Write};

use anyhow::Result;

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
        Command::Demo(_) => {}
        Command::Analyze(args) => analyze::run(args, &mut stdout, &mut stderr)?,
        Command::Stretch(args) => stretch::run(args)?,
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
