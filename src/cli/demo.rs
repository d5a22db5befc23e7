//! `sitwell demo`.

use clap::Args;

/// Shows the main job on a built-in recording of somebody at a desk.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Do not send a desktop notification, only print it
    #[arg(long)]
    pub quiet: bool,
}
