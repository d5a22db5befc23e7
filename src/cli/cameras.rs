//! The hidden subcommand that holds the camera.

use clap::{Args, ValueEnum};

use crate::settings::{CameraChoice, CameraMode};

/// Arguments of the capture child.
#[derive(Debug, Args)]
pub struct CaptureChildArgs {
    /// Which camera.
    #[arg(long, default_value_t)]
    pub camera: CameraChoice,
    /// Whether it stays open between requests.
    #[arg(long, default_value_t)]
    pub mode: CameraMode,
    /// Instead of holding a camera, shows what the kernel forbids such a process.
    #[arg(long)]
    pub probe: Option<ConfinedRole>,
}

/// The processes that are confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfinedRole {
    /// The process that holds the camera.
    Camera,
    /// The monitor and the dashboard.
    Monitor,
}
