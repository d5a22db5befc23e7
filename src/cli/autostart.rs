//! `sitwell autostart`.

use clap::{Args, Subcommand};

/// Whether Sitwell starts by itself.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum AutostartAction {
    /// Have Sitwell start whenever you log in
    ///
    /// On Linux by a systemd user unit, which also starts it again after a crash or when it hangs, allows it
    /// no network and writes no memory of it to the disk. A desktop that does not tell systemd when it is
    /// there gets an autostart entry besides, and one without systemd the entry alone. On macOS by a launchd
    /// agent, on Windows by a batch file in the startup folder. --data-dir and --config are remembered.
    /// Doing it again changes nothing, unless the program has moved.
    #[command(verbatim_doc_comment)]
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
