//! `sitwell doctor`.

use clap::Args;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(
    after_help = "If a monitor is running, it keeps the camera and reports what it sees. A test notification appears for \
                  two seconds. The exit status is 0 only if everything is OK."
)]
pub struct DoctorArgs {
    /// Print JSON, for other programs
    #[arg(long)]
    pub json: bool,
}
