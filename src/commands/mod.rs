//! One file for each subcommand: the wiring between the edges and the pure core.

mod cameras;

use anyhow::Result;

use crate::capture::webcam::{CameraChoice, Mode};
use crate::cli::{Cli, Command};

/// Runs what the command line asks for.
///
/// # Errors
///
/// Whatever the subcommand could not do, with the chain of causes.
pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Cameras => cameras::list(&CameraChoice::default(), Mode::default()),
        Command::CaptureChild(arguments) => cameras::capture(&arguments),
    }
}
