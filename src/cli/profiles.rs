//! `sitwell profiles`.

use clap::{Args, Subcommand};

/// Shows the calibrations, or removes one.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Each camera has its own profiles. A monitor measures against the camera's latest, unless it is \
                  started with --profile; sitwell calibrate --profile NAME makes another one."
)]
pub struct ProfilesArgs {
    /// What to do; without it they are shown.
    #[command(subcommand)]
    pub action: Option<ProfilesAction>,
    /// As JSON, for other programs
    #[arg(long)]
    pub json: bool,
}

/// What to do with the calibrations.
#[derive(Debug, Subcommand)]
pub enum ProfilesAction {
    /// Remove one; a monitor that runs measures against it no longer
    Remove(RemoveArgs),
}

/// Which calibration to remove.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// Its name, such as sitting
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The camera that it belongs to, where several have one of this name
    #[arg(long, value_name = "ID")]
    pub camera: Option<String>,
}
