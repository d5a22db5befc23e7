//! `sitwell doctor`.

use clap::Args;

/// Looks whether all that Sitwell needs is there and works.
#[derive(Debug, Args)]
#[command(
    after_help = "A running monitor is asked what it sees; the camera is not taken from it. A test notification is shown \
                  for two seconds. Ends with 0 only if all is well."
)]
pub struct DoctorArgs {
    /// As JSON, for other programs
    #[arg(long)]
    pub json: bool,
}
