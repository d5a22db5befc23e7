//! `sitwell demo`.

use clap::Args;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Print the notification instead of showing it on the desktop
    #[arg(long)]
    pub quiet: bool,
}
