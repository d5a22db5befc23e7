//! `sitwell autostart`.

use clap::{Args, Subcommand};

/// What to do about starting at login.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum AutostartAction {
    /// Start Sitwell whenever you log in
    #[command(
        after_help = "On Linux this writes a systemd user unit. systemd restarts Sitwell after a crash or when it hangs, \
                      and gives it no network. An autostart entry shows the icon in the panel, and starts the unit if the \
                      desktop does not tell systemd that it runs. Without systemd there is only the entry. On macOS it is a launchd agent, on \
                      Windows a batch file in the startup folder.\n\n\
                      --data-dir and --config are remembered. If you move the program, run this again. Sitwell starts at \
                      your next login; `sitwell start` starts it now."
    )]
    Enable(PrintArgs),
    /// Do not start it at login any more; a running monitor continues
    Disable(PrintArgs),
    /// Show whether and how it starts when you log in, and whether it is this program
    Status,
}

/// Whether to do it or only to show it.
#[derive(Debug, Clone, Copy, Args)]
pub struct PrintArgs {
    /// Show which files would be written or removed, and change nothing
    #[arg(long)]
    pub print: bool,
}
