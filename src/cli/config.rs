//! `sitwell config`.

use clap::Subcommand;

/// What to do with the settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigAction {
    /// Say where the settings file is, or would be
    Path,
    /// Show every setting that is in force
    Show,
    /// Say whether the settings file can be used
    Check,
    /// Open the settings file in your editor ($VISUAL, else $EDITOR), then check it
    Edit,
    /// Write a settings file with every default in it, commented out
    Init,
}
