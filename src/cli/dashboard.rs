//! `sitwell dashboard`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `dashboard`.
#[derive(Debug, Args)]
#[command(
    after_help = "The pages are served to this computer only, and only to the browser that opens them. The dashboard ends by \
                  itself 15 minutes after its last page is closed."
)]
pub struct DashboardArgs {
    /// Start the monitor and the icon in the panel too, if they do not run; before the first calibration, open
    /// the page that sets up instead of starting the monitor
    #[arg(long)]
    pub start: bool,
    /// Open the page that calibrates
    #[arg(long)]
    pub calibrate: bool,
    /// The port on 127.0.0.1; 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// Print the address instead of opening the browser; it works once
    #[arg(long)]
    pub no_open: bool,
    /// Calibrate on a folder of pictures or a video instead of the webcam
    #[arg(long, value_name = "FOLDER|VIDEO")]
    pub source: Option<PathBuf>,
}
