//! Starting at login: which files that takes, where they belong, and whether they are there.
//!
//! Each system has its method, and each method takes one to three small files. This module writes,
//! compares and removes them. Only `systemd` runs anything.

mod render;
mod files;
pub(crate) mod systemd;

use std::io;
use std::path::{Path, PathBuf};

use strum::{Display, VariantArray};
use thiserror::Error;

pub(crate) use files::{FileChange, disable, enable, state};
pub(crate) use render::LaunchCommand;

/// How Sitwell starts at login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, VariantArray)]
pub(crate) enum AutostartMethod {
    /// systemd's user session starts it together with the desktop and supervises it.
    #[strum(to_string = "by systemd")]
    Systemd,
    /// systemd supervises it and a desktop entry starts it, as this desktop does not tell systemd
    /// that it runs.
    #[strum(to_string = "by your desktop through systemd")]
    SystemdByEntry,
    #[strum(to_string = "by your desktop")]
    Entry,
    #[strum(to_string = "by launchd")]
    Launchd,
    #[strum(to_string = "from the startup folder")]
    StartupFolder,
}

impl AutostartMethod {
    /// The method for this system.
    pub(crate) fn of_this_system() -> AutostartMethod {
        if cfg!(windows) {
            AutostartMethod::StartupFolder
        } else if cfg!(target_os = "macos") {
            AutostartMethod::Launchd
        } else if !systemd::is_present() {
            AutostartMethod::Entry
        } else if systemd::knows_the_desktop() {
            AutostartMethod::Systemd
        } else {
            AutostartMethod::SystemdByEntry
        }
    }

    /// Its files. The last one makes the monitor start.
    pub(crate) fn files(self) -> &'static [AutostartFile] {
        match self {
            AutostartMethod::Systemd => &[
                AutostartFile::Unit,
                AutostartFile::Entry,
                AutostartFile::Link,
            ],
            AutostartMethod::SystemdByEntry => &[AutostartFile::Unit, AutostartFile::Entry],
            AutostartMethod::Entry => &[AutostartFile::Entry],
            AutostartMethod::Launchd => &[AutostartFile::Plist],
            AutostartMethod::StartupFolder => &[AutostartFile::Batch],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub(crate) enum AutostartFile {
    Unit,
    /// The link that makes systemd start the unit with the desktop.
    Link,
    /// The desktop entry that shows the icon in the panel, and starts the monitor if nothing else has.
    Entry,
    Plist,
    Batch,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileContent {
    Text(String),
    /// A link to the unit, by whatever path.
    Link,
    /// A link to something else.
    OtherLink,
}

impl FileContent {
    /// Whether both do the same: comments may differ, as between versions of Sitwell.
    pub(crate) fn does_as(&self, other: &FileContent) -> bool {
        match (self, other) {
            (FileContent::Text(one), FileContent::Text(other)) => {
                render::instructions(one).eq(render::instructions(other))
            }
            (one, other) => one == other,
        }
    }

    /// The path in the link to the unit.
    pub(crate) const LINK_TARGET: &str = "../sitwell.service";
}

impl AutostartFile {
    /// Its path, below the folder in which the system looks.
    pub(crate) fn path(self, base: &Path) -> PathBuf {
        base.join(match self {
            AutostartFile::Unit => "systemd/user/sitwell.service",
            AutostartFile::Link => "systemd/user/graphical-session.target.wants/sitwell.service",
            AutostartFile::Entry => "autostart/sitwell.desktop",
            AutostartFile::Plist => "Library/LaunchAgents/sitwell.plist",
            AutostartFile::Batch => "Microsoft/Windows/Start Menu/Programs/Startup/sitwell.cmd",
        })
    }

    pub(crate) fn content(self, launch: &LaunchCommand) -> FileContent {
        FileContent::Text(match self {
            AutostartFile::Link => return FileContent::Link,
            AutostartFile::Unit => render::unit(launch),
            AutostartFile::Entry => render::entry(launch),
            AutostartFile::Plist => render::plist(launch),
            AutostartFile::Batch => render::batch(launch),
        })
    }
}

/// Whether Sitwell starts at login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AutostartState {
    Off,
    /// It does, and every file is up to date.
    On(AutostartMethod),
    OtherProgram {
        method: AutostartMethod,
        program: String,
    },
    /// A file is missing or not up to date.
    Changed {
        method: AutostartMethod,
        file: PathBuf,
    },
}

/// Why starting at login cannot be set up.
#[derive(Debug, Error)]
pub(crate) enum AutostartError {
    /// A path cannot be written into such files.
    #[error("{} cannot be started at login: its name is not plain text; move it", path.display())]
    NotText { path: PathBuf },
    /// A file of this name is not Sitwell's.
    #[error("{} exists and was not written by Sitwell; move it away first", path.display())]
    Foreign { path: PathBuf },
    #[error("cannot {action} {}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("systemd could not {action} sitwell.service: {reason}")]
    Systemd {
        action: &'static str,
        reason: String,
    },
}
