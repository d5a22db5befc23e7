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

pub use files::{Done, disable, enable, standing};
pub use render::Launch;

/// How Sitwell comes to run when somebody logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
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
pub enum Piece {
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
pub enum Content {
    /// This text.
    Text(String),
    /// A link to another file.
    Link(&'static str),
}

impl Way {
    /// Every way.
    const ALL: [Way; 5] = [
        Way::Systemd,
        Way::SystemdByEntry,
        Way::Entry,
        Way::Launchd,
        Way::StartupFolder,
    ];

    /// The files that it takes, the one that makes it start last.
    #[must_use]
    pub fn pieces(self) -> &'static [Piece] {
        match self {
            Way::Systemd => &[Piece::Unit, Piece::Link],
            Way::SystemdByEntry => &[Piece::Unit, Piece::Entry],
            Way::Entry => &[Piece::Entry],
            Way::Launchd => &[Piece::Plist],
            Way::StartupFolder => &[Piece::Batch],
        }
    }
}

impl Piece {
    /// Every file.
    pub(crate) const ALL: [Piece; 5] = [
        Piece::Unit,
        Piece::Link,
        Piece::Entry,
        Piece::Plist,
        Piece::Batch,
    ];

    /// Where it is, below the folder that the system looks in.
    #[must_use]
    pub fn path(self, base: &Path) -> PathBuf {
        base.join(match self {
            Piece::Unit => "systemd/user/sitwell.service",
            Piece::Link => "systemd/user/graphical-session.target.wants/sitwell.service",
            Piece::Entry => "autostart/sitwell.desktop",
            Piece::Plist => "Library/LaunchAgents/sitwell.plist",
            Piece::Batch => "Microsoft/Windows/Start Menu/Programs/Startup/sitwell.cmd",
        })
    }

    /// What is written there.
    #[must_use]
    pub fn content(self, launch: &Launch) -> Content {
        match self {
            Piece::Unit => Content::Text(render::unit(launch)),
            Piece::Link => Content::Link("../sitwell.service"),
            Piece::Entry => Content::Text(render::entry(launch)),
            Piece::Plist => Content::Text(render::plist(launch)),
            Piece::Batch => Content::Text(render::batch(launch)),
        }
    }
}

/// Whether Sitwell starts when somebody logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does not.
    Off,
    /// It does, just as it would be set up now.
    On(Way),
    /// Another program is started than this one.
    Elsewhere {
        /// How.
        way: Way,
        /// Which one.
        program: String,
    },
    /// A file is missing, or is not as it would be written now.
    Changed {
        /// How it would start.
        way: Way,
        /// The file.
        file: PathBuf,
    },
}

impl Launch {
    /// What is started: this program, with the folder and the settings that are not the usual ones.
    ///
    /// # Errors
    ///
    /// [`AutostartError::Unfit`] for a path that cannot be written into such files.
    pub fn new(
        program: &Path,
        data: Option<&Path>,
        settings: Option<&Path>,
    ) -> Result<Launch, AutostartError> {
        let text = |path: &Path| match path.to_str() {
            Some(text) if !text.contains(char::is_control) => Ok(text.to_owned()),
            Some(_) | None => Err(AutostartError::Unfit {
                path: path.to_owned(),
            }),
        };
        Ok(Launch {
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
