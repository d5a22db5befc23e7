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
    /// `15m`, `1h`, `until 14:00` or `today`; without it until `sitwell resume`
    #[arg(value_name = "TIME")]
    pub until: Vec<String>,
}
