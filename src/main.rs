//! Parses the command line, runs the command and prints an error.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use sitwell::{cli::Cli, commands, terminal};

fn main() -> ExitCode {
    match commands::run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without stderr an error cannot be reported anywhere.
            let _ = writeln!(terminal::stderr(), "sitwell: {error:#}");
            ExitCode::FAILURE
        }
    }
}
