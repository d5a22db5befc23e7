//! `sitwell status` and `pause`.

use clap::{Args, ValueEnum};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Print JSON, for other programs
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Print a line now and at each change, until the reader ends; it waits for a monitor if none runs
    #[arg(long)]
    pub follow: bool,
    /// How `--follow` writes: `text`, `json` (null while no monitor runs), or for a bar
    #[arg(long, requires = "follow", value_enum, value_name = "FORMAT")]
    pub format: Option<FollowFormat>,
}

impl StatusArgs {
    /// How `--follow` writes.
    #[must_use]
    pub fn format(&self) -> FollowFormat {
        match (self.format, self.json) {
            (Some(format), _) => format,
            (None, true) => FollowFormat::Json,
            (None, false) => FollowFormat::Text,
        }
    }
}

/// The formats of `status --follow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FollowFormat {
    /// The state in a sentence
    Text,
    /// The whole status as one line of JSON
    Json,
    /// Waybar's JSON: text, tooltip and class
    Waybar,
    /// JSON for i3blocks and others that read i3bar's blocks
    I3blocks,
}

/// Arguments of `pause`.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// `15m`, `until 14:00`, `until 2pm`, `noon`, `today`, `until tomorrow` or `monday 9:00`; without it
    /// until `sitwell resume`
    #[arg(value_name = "TIME")]
    pub until: Vec<String>,
}
