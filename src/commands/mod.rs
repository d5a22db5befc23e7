//! One file for each subcommand: the wiring between the edges and the pure core.

mod stretch;

use anyhow::Result;

use crate::cli::{Cli, Command};

/// Runs what the command line asks for.
///
/// # Errors
///
/// Whatever the subcommand could not do, with the chain of causes.
pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Stretch(args) => stretch::run(&args),
    }
}
