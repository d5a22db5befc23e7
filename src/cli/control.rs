//! `sitwell status` and `pause`.

use clap::Args;

/// How to tell how things stand.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// As JSON, for other programs
    #[arg(long)]
    pub json: bool,
}

/// For how long to pause.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// `15m`, `1h`, `until 14:00` or `today`; without it until `sitwell resume`
    #[arg(value_name = "FOR")]
    pub until: Vec<String>,
}
