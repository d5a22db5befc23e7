//! `sitwell config`.

use clap::Subcommand;

use crate::settings::EXAMPLE;

/// What to do with the settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigAction {
    /// Say where the settings file is, or would be
    Path,
    /// Show every setting that is in force, and on which line of the file it is set
    Show,
    /// Say whether the settings file can be used
    Check,
    /// Open the settings file in your editor ($VISUAL, else $EDITOR), then check it
    Edit,
    /// Write a settings file with every default in it, commented out
    Init,
}

impl ConfigAction {
    /// Every setting with what it means and its default, for the help.
    pub(super) fn settings() -> String {
        format!("The settings file:\n\n{EXAMPLE}")
    }
}
