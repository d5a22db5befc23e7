//! One file for each subcommand: the wiring between the edges and the pure core.

mod analyze;
mod folders;
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
    }
    stdout.flush()?;
    Ok(())
}
