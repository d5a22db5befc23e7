//! Starting with the desktop: what is written for it, where, and whether it is there.
//!
//! Each system has its way, and each way is a few small files. They are written,
//! compared and removed here; nothing is started but what `systemd` says.

mod files;
mod render;
pub mod systemd;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use files::{FileChange, disable, enable, standing};
pub use render::LaunchCommand;

/// How Sitwell comes to run when somebody logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutostartMethod {
    /// systemd's user session starts it with the desktop and looks after it.
    Systemd,
    /// systemd looks after it, and an entry of the desktop has it started:
    /// this desktop does not tell systemd when it is there.
    SystemdByEntry,
    /// An entry of the desktop.
    Entry,
    /// launchd.
    Launchd,
    /// The startup folder of Windows.
    StartupFolder,
}

/// One of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutostartFile {
    /// The systemd unit.
    Unit,
    /// What makes systemd start the unit with the desktop.
    Link,
    /// The desktop's entry.
    Entry,
    /// The launchd agent.
    Plist,
    /// The batch file.
    Batch,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// This text.
    Text(String),
    /// A link to another file.
    Link(&'static str),
}

impl AutostartMethod {
    /// Every way.
    const ALL: [AutostartMethod; 5] = [
        AutostartMethod::Systemd,
        AutostartMethod::SystemdByEntry,
        AutostartMethod::Entry,
        AutostartMethod::Launchd,
        AutostartMethod::StartupFolder,
    ];

    /// The files that it takes, the one that makes it start last.
    #[must_use]
    pub fn pieces(self) -> &'static [AutostartFile] {
        match self {
            AutostartMethod::Systemd => &[AutostartFile::Unit, AutostartFile::Link],
            AutostartMethod::SystemdByEntry => &[AutostartFile::Unit, AutostartFile::Entry],
            AutostartMethod::Entry => &[AutostartFile::Entry],
            AutostartMethod::Launchd => &[AutostartFile::Plist],
            AutostartMethod::StartupFolder => &[AutostartFile::Batch],
        }
    }
}

impl AutostartFile {
    /// Every file.
    pub(crate) const ALL: [AutostartFile; 5] = [
        AutostartFile::Unit,
        AutostartFile::Link,
        AutostartFile::Entry,
        AutostartFile::Plist,
        AutostartFile::Batch,
    ];

    /// Where it is, below the folder that the system looks in.
    #[must_use]
    pub fn path(self, base: &Path) -> PathBuf {
        base.join(match self {
            AutostartFile::Unit => "systemd/user/sitwell.service",
            AutostartFile::Link => "systemd/user/graphical-session.target.wants/sitwell.service",
            AutostartFile::Entry => "autostart/sitwell.desktop",
            AutostartFile::Plist => "Library/LaunchAgents/sitwell.plist",
            AutostartFile::Batch => "Microsoft/Windows/Start Menu/Programs/Startup/sitwell.cmd",
        })
    }

    /// What is written there.
    #[must_use]
    pub fn content(self, launch: &LaunchCommand) -> FileContent {
        match self {
            AutostartFile::Unit => FileContent::Text(render::unit(launch)),
            AutostartFile::Link => FileContent::Link("../sitwell.service"),
            AutostartFile::Entry => FileContent::Text(render::entry(launch)),
            AutostartFile::Plist => FileContent::Text(render::plist(launch)),
            AutostartFile::Batch => FileContent::Text(render::batch(launch)),
        }
    }
}

/// Whether Sitwell starts when somebody logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AutostartState {
    /// It does not.
    Off,
    /// It does, just as it would be set up now.
    On(AutostartMethod),
    /// Another program is started than this one.
    Elsewhere {
        /// How.
        way: AutostartMethod,
        /// Which one.
        program: String,
    },
    /// A file is missing, or is not as it would be written now.
    Changed {
        /// How it would start.
        way: AutostartMethod,
        /// The file.
        file: PathBuf,
    },
}

impl LaunchCommand {
    /// What is started: this program, with the folder and the settings that are not the usual ones.
    ///
    /// # Errors
    ///
    /// [`AutostartError::Unfit`] for a path that cannot be written into such files.
    pub fn new(
        program: &Path,
        data: Option<&Path>,
        settings: Option<&Path>,
    ) -> Result<LaunchCommand, AutostartError> {
        let text = |path: &Path| match path.to_str() {
            Some(text) if !text.contains(char::is_control) => Ok(text.to_owned()),
            Some(_) | None => Err(AutostartError::Unfit {
                path: path.to_owned(),
            }),
        };
        Ok(LaunchCommand {
            program: text(program)?,
            data: data.map(text).transpose()?,
            settings: settings.map(text).transpose()?,
        })
    }
}

/// Why starting with the desktop could not be arranged.
#[derive(Debug, Error)]
pub enum AutostartError {
    /// A path holds what such files cannot.
    #[error("{} cannot be started at login: its name is not plain text; move it", path.display())]
    Unfit {
        /// The path.
        path: PathBuf,
    },
    /// Somebody else's file is in the way.
    #[error("{} is there and Sitwell has not written it; move it away first", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be read, written or removed.
    #[error("cannot {what} {}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// systemd does not do it.
    #[error("systemd could not {what} sitwell.service: {why}")]
    Systemd {
        /// What was tried.
        what: &'static str,
        /// What it said.
        why: String,
    },
}
