//! `sitwell config`.

use clap::Subcommand;

use crate::settings::EXAMPLE;

/// What to do with the settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigAction {
    /// Print the path of the settings file, whether it exists or not
    Path,
    /// Show every setting in force, and the line of the file that sets it
    Show,
    /// Check the settings file
    Check,
    /// Open the settings file in your editor ($VISUAL or $EDITOR), then check it
    Edit,
    /// Write a settings file with every default in it, commented out
    Init,
}

impl ConfigAction {
    /// Every setting with its explanation and default, for the help.
    pub(super) fn settings() -> String {
        format!("The settings file:\n\n{EXAMPLE}")
    }
}
