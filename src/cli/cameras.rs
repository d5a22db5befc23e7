//! The hidden subcommand that holds the camera.

use clap::Args;

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
    /// Instead of holding a camera, shows what the kernel forbids a process that holds one.
    #[arg(long)]
    pub probe: bool,
}
