//! The command line: types only, what they do is in `commands`.

mod analyze;
mod autostart;
mod cameras;
mod config;
mod control;
mod demo;
mod doctor;
mod history;
mod monitor;
mod profiles;
mod report;
mod stretch;

use clap::{CommandFactory, Parser, Subcommand};

pub use analyze::{AnalyzeArgs, Format};
pub use autostart::{AutostartAction, PrintArgs};
pub use cameras::CaptureChildArgs;
pub use config::ConfigAction;
pub use control::{PauseArgs, StatusArgs};
pub use demo::DemoArgs;
pub use doctor::DoctorArgs;
pub use history::{ExportFormat, HistoryAction, HistoryArgs};
pub use monitor::{CalibrateArgs, MonitorArgs};
pub use profiles::{ProfilesAction, ProfilesArgs, RemoveArgs};
pub use report::{ReportArgs, ReportFormat};
pub use stretch::StretchArgs;

/// Watches how you sit and tells you when you have really been slouching.
#[derive(Debug, Parser)]
#[command(
    name = "sitwell",
    version,
    about,
    max_term_width = 100,
    after_help = "Without a subcommand, at a terminal: leads through setting Sitwell up, then says how things stand."
)]
pub struct Cli {
    /// Keep the history in this folder; SITWELL_DATA_DIR does the same
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
    /// What `--help` says.
    #[must_use]
    pub fn help() -> String {
        Cli::command().render_help().to_string()
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the main job on a built-in recording: no webcam needed, nothing is kept
    Demo(DemoArgs),
    /// Learn how you sit when you sit well
    Calibrate(CalibrateArgs),
    /// Watch in the background, also when the terminal is closed
    #[command(
        after_help = "It waits until the monitor watches or says why it does not; one that runs already is left \
                      alone. Where `sitwell autostart enable` has written a systemd unit that starts this program \
                      on this history and with these settings, systemd starts it and looks after it. `sitwell stop` \
                      ends it either way, for good."
    )]
    Start,
    /// Have Sitwell start whenever you log in
    #[command(subcommand)]
    Autostart(AutostartAction),
    /// Watch how you sit and say when you have really been slouching
    Monitor(MonitorArgs),
    /// Say what the running monitor is doing
    Status(StatusArgs),
    /// Have the running monitor not watch for a while
    Pause(PauseArgs),
    /// Have the paused monitor watch again
    Resume,
    /// End the running monitor, and wait until it has ended
    Stop,
    /// End the running monitor, if one runs, and start it in the background
    Restart,
    /// Have the running monitor show you now the stretch that fits
    NudgeMe,
    /// Show the calibrations, or remove one
    Profiles(ProfilesArgs),
    /// Measure posture in pictures, folders of pictures and videos
    Analyze(AnalyzeArgs),
    /// Do a stretch with a guide and a timer, or see which ones there are
    Stretch(StretchArgs),
    /// List the cameras and say which one would be used
    Cameras,
    /// Look whether all that Sitwell needs is there and works, and how to mend what does not
    Doctor(DoctorArgs),
    /// Find, show, check, edit or begin the settings
    #[command(subcommand, after_long_help = ConfigAction::settings())]
    Config(ConfigAction),
    /// Hold the camera for another Sitwell process
    #[command(name = crate::camera::SUBCOMMAND, hide = true)]
    CaptureChild(CaptureChildArgs),
    /// Tell how you sat, by the hour, day and week
    Report(ReportArgs),
    /// Find, export or delete what Sitwell has kept
    History(HistoryArgs),
}
