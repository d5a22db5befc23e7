//! `sitwell uninstall`.

use clap::Args;

/// Arguments of `uninstall`.
#[derive(Debug, Args)]
pub struct UninstallArgs {
    /// Print the files and the commands, and change nothing
    #[arg(long, required = true)]
    pub print: bool,
}
