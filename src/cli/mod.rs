//! The command line: types only, what they do is in `commands`.

mod analyze;
mod cameras;
mod demo;
mod stretch;

use clap::{Parser, Subcommand};

pub use analyze::{Analyze, Format};
pub use cameras::CaptureChild;
pub use demo::Demo;
pub use stretch::StretchArgs;

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
    /// Show the main job on a built-in recording: no webcam needed, nothing is kept
    Demo(Demo),
    /// Measure posture in pictures, folders of pictures and videos
    Analyze(Analyze),
    /// Do a stretch with a guide and a timer, or see which ones there are
    Stretch(StretchArgs),
    /// List the cameras and say which one would be used
    Cameras,
    /// Hold the camera for another Sitwell process
    #[command(name = crate::capture::webcam::SUBCOMMAND, hide = true)]
    CaptureChild(CaptureChild),
}
