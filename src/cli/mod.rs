//! The command line: only its types. What they do is in `commands`.

mod analyze;
mod autostart;
mod cameras;
mod config;
mod control;
mod dashboard;
mod demo;
mod desk_change;
mod doctor;
mod history;
mod monitor;
mod profiles;
mod report;
mod stretch;
#[cfg(all(unix, not(target_os = "macos")))]
mod tray;
mod uninstall;

use clap::{CommandFactory, Parser, Subcommand};

pub use analyze::{AnalyzeArgs, Format};
pub use autostart::{AutostartAction, PrintArgs};
pub use cameras::{CaptureChildArgs, ConfinedRole};
pub use config::ConfigAction;
pub use control::{FollowFormat, PauseArgs, StatusArgs};
pub use dashboard::DashboardArgs;
pub use demo::DemoArgs;
pub use desk_change::DeskChangeArgs;
pub use doctor::DoctorArgs;
pub use history::{ExportFormat, HistoryAction, HistoryArgs};
pub use monitor::{CalibrateArgs, MonitorArgs};
pub use profiles::{ProfilesAction, ProfilesArgs, RemoveArgs};
pub use report::{ReportArgs, ReportFormat};
pub use stretch::StretchArgs;
#[cfg(all(unix, not(target_os = "macos")))]
pub use tray::TrayArgs;
pub use uninstall::UninstallArgs;

/// Watches how you sit and tells you when you have been slouching for a while.
#[derive(Debug, Parser)]
#[command(
    name = "sitwell",
    version,
    about,
    max_term_width = 100,
    after_help = "Without a command, at a terminal: guides you through the setup, or shows the status."
)]
pub struct Cli {
    /// Keep the history in this folder (SITWELL_DATA_DIR does the same)
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<std::path::PathBuf>,
    /// Use this settings file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// The text of `--help`.
    #[must_use]
    pub fn help() -> String {
        Cli::command().render_help().to_string()
    }
}

impl Command {
    /// Whether it prints what programs read, which stays as it is in every locale.
    #[must_use]
    pub fn prints_data(&self) -> bool {
        match self {
            Command::Status(args) => args.json || args.format() != FollowFormat::Text,
            Command::Profiles(args) => args.json,
            Command::Doctor(args) => args.json,
            Command::Analyze(args) => args.format != Format::Text,
            Command::Report(args) => args.format != ReportFormat::Text,
            Command::Config(action) => match action {
                ConfigAction::Path | ConfigAction::Show => true,
                ConfigAction::Check | ConfigAction::Edit | ConfigAction::Init => false,
            },
            Command::History(args) => match args.action {
                HistoryAction::Path | HistoryAction::Export { .. } => true,
                HistoryAction::Wipe { .. } => false,
            },
            _ => false,
        }
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show how Sitwell works on a built-in recording; it needs no webcam and keeps nothing
    Demo(DemoArgs),
    /// Learn how you sit when you sit upright
    Calibrate(CalibrateArgs),
    /// Start the monitor in the background; it continues when you close the terminal
    #[command(
        after_help = "This waits until the monitor watches or reports why it does not. If one is already running, \
                      nothing happens. If `sitwell autostart enable` has written a systemd unit for this program, \
                      history and settings, systemd starts and supervises the monitor. `sitwell stop` ends it \
                      either way."
    )]
    Start,
    /// Start Sitwell whenever you log in
    #[command(subcommand)]
    Autostart(AutostartAction),
    /// Watch in this terminal, until Ctrl-C
    Monitor(MonitorArgs),
    /// See yourself as Sitwell sees you, and review your days, in the browser
    Dashboard(DashboardArgs),
    /// Show how you sit as an icon in the panel, with a menu
    #[cfg(all(unix, not(target_os = "macos")))]
    Tray(TrayArgs),
    /// Show what the running monitor is doing, and your day so far
    Status(StatusArgs),
    /// Stop watching for a while
    Pause(PauseArgs),
    /// End the pause
    Resume,
    /// Say that the last nudge was a false alarm
    #[command(
        after_help = "Sitwell then says no more about this slouch, and the report counts your false alarms. This shows \
                      what the nudge was based on, and after three for the same fault in two weeks what may help."
    )]
    Appeal,
    /// Say what you changed at the desk; the report compares the days before and after
    DeskChange(DeskChangeArgs),
    /// End the running monitor
    Stop,
    /// End the running monitor, if there is one, and start it in the background
    Restart,
    /// Make the running monitor suggest a stretch now
    NudgeMe,
    /// List the calibrations, or remove one
    Profiles(ProfilesArgs),
    /// Measure posture in pictures, folders of pictures and videos
    Analyze(AnalyzeArgs),
    /// Do a stretch with a guide and a timer, or list all stretches
    Stretch(StretchArgs),
    /// List the cameras, and show which one Sitwell uses
    Cameras,
    /// Check everything that Sitwell needs, and explain how to fix what fails
    Doctor(DoctorArgs),
    /// Show, check, edit or create the settings
    #[command(subcommand, after_long_help = ConfigAction::settings())]
    Config(ConfigAction),
    /// Hold the camera for another Sitwell process
    #[command(name = crate::camera::SUBCOMMAND, hide = true)]
    CaptureChild(CaptureChildArgs),
    /// Show how you sat, by hour, day and week
    Report(ReportArgs),
    /// Find, export or delete what Sitwell has kept
    History(HistoryArgs),
    /// Show when the camera was open today, which files Sitwell keeps, and what the kernel forbids it
    Privacy,
    /// List Sitwell's files on this computer, and the commands that remove them
    Uninstall(UninstallArgs),
    /// Print the licences of Sitwell, its models and the libraries in it
    Licenses,
}
