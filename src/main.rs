//! Parse, run, print the error chain, set the exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use sitwell::{cli::Cli, commands};

fn main() -> ExitCode {
    match commands::run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to report to if stderr is gone too.
            let _ = writeln!(std::io::stderr(), "sitwell: {error:#}");
            ExitCode::FAILURE
        }
    }
}
