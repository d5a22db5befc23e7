//! One file for each subcommand: the wiring between the edges and the pure core.

mod analyze;
mod folders;

use std::io::{self, Write};

use anyhow::Result;

use crate::cli::{Cli, Command};

/// Runs what the command line asks for.
///
/// # Errors
///
/// Whatever the subcommand could not do, with the chain of causes.
pub fn run(cli: &Cli) -> Result<()> {
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let mut stderr = io::stderr();
    match &cli.command {
        Command::Analyze(args) => analyze::run(args, &mut stdout, &mut stderr)?,
        Command::Demo(_) => {}
    }
    stdout.flush()?;
    Ok(())
}
