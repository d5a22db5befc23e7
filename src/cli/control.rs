//! `sitwell status` and `pause`.

use clap::Args;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Print JSON, for other programs
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `pause`.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// `15m`, `until 14:00`, `until 2pm`, `noon`, `today`, `until tomorrow` or `monday 9:00`; without it
    /// until `sitwell resume`
    #[arg(value_name = "TIME")]
    pub until: Vec<String>,
}
