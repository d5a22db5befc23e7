//! `sitwell autostart`.

use clap::{Args, Subcommand};

/// Whether Sitwell starts by itself.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum AutostartAction {
    /// Have Sitwell start whenever you log in
    #[command(
        after_help = "On Linux a systemd user unit is written, which also starts Sitwell again after a crash or when it \
                      hangs, and allows it no network. A desktop that does not tell systemd when it is there gets an \
                      autostart entry besides, and one without systemd the entry alone. On macOS it is a launchd \
                      agent, on Windows a batch file in the startup folder.\n\n\
                      --data-dir and --config are remembered. Doing it again changes nothing, unless the program has \
                      moved. It starts with your next login; `sitwell start` starts it now."
    )]
    Enable(PrintArgs),
    /// Have it not start by itself any more; a monitor that runs goes on
    Disable(PrintArgs),
    /// Say whether it starts when you log in, how, and whether it would be this program
    Status,
}

/// Whether to do it or only to say it.
#[derive(Debug, Clone, Copy, Args)]
pub struct PrintArgs {
    /// Show which files would be written or removed, and change nothing
    #[arg(long)]
    pub print: bool,
}
