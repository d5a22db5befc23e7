//! `sitwell demo`.

use clap::Args;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Show no notification on the desktop; the demo prints it either way
    #[arg(long)]
    pub quiet: bool,
}
