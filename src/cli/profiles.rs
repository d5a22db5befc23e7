//! `sitwell profiles`.

use clap::{Args, Subcommand};

/// Arguments of `profiles`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Each camera has its own profiles. A monitor uses the camera's latest, unless it is started with \
                  --profile. To make another one: sitwell calibrate --profile NAME."
)]
pub struct ProfilesArgs {
    /// What to do; without it they are listed.
    #[command(subcommand)]
    pub action: Option<ProfilesAction>,
    /// Print JSON, for other programs
    #[arg(long)]
    pub json: bool,
}

/// What to do with the calibrations.
#[derive(Debug, Subcommand)]
pub enum ProfilesAction {
    /// Remove a calibration; a running monitor stops using it
    Remove(RemoveArgs),
}

/// The calibration to remove.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// Its name, such as sitting
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Its camera, if several have a calibration of this name
    #[arg(long, value_name = "ID")]
    pub camera: Option<String>,
}
