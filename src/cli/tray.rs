//! `sitwell tray`.

use clap::Args;

/// Arguments of `tray`.
#[derive(Debug, Args)]
#[command(
    after_help = "A click opens the dashboard; the menu pauses, resumes, suggests a stretch, calibrates and quits. The icon stays \
                  until you quit or log out, whichever of panel and Sitwell starts first. A desktop without a tray, such as \
                  plain GNOME, shows none; notifications and the menu entry work there. `sitwell autostart enable` shows it at every login."
)]
pub struct TrayArgs {
    /// Start the monitor too, if none runs
    #[arg(long)]
    pub start: bool,
}
