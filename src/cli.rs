//! The command line: types only, what they do is in `commands`.

use clap::{Args, Parser, Subcommand};

use crate::capture::webcam::{CameraChoice, Mode};

/// Watches how you sit and tells you when you have really been slouching.
#[derive(Debug, Parser)]
#[command(name = "sitwell", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the cameras and say which one would be used.
    Cameras,
    /// Hold the camera for another Sitwell process.
    #[command(name = crate::capture::webcam::SUBCOMMAND, hide = true)]
    CaptureChild(CaptureChild),
}

/// Arguments of the capture child.
#[derive(Debug, Args)]
pub struct CaptureChild {
    /// Which camera.
    #[arg(long, default_value_t)]
    pub camera: CameraChoice,
    /// How it is kept between looks.
    #[arg(long, default_value_t)]
    pub mode: Mode,
}
