//! Why a history cannot be opened, read or written.

use std::path::{Path, PathBuf};

/// Why a history cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There is no history yet.
    #[error("no history at {}; `sitwell monitor` begins one", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file could not be made.
    #[error("cannot make the history {}; choose another place with --data-dir", path.display())]
    Make {
        /// Where it was to be.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file could not be opened to look at.
    #[error("cannot read the history {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The damaged file could not be renamed.
    #[error("cannot move the damaged history {} aside; move it yourself", path.display())]
    SetAside {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file belongs to another program.
    #[error("{} is not a Sitwell history and was left alone; move it, or choose another place with --data-dir", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// The file was written by a newer Sitwell.
    #[error("{} was written by a newer Sitwell (format {found}, this one knows {known}) and was left alone; update Sitwell", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// The file was written by an older Sitwell and must be opened for writing once.
    #[error("{} has an older format; `sitwell monitor` brings it up to date", path.display())]
    Older {
        /// Which file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("the history {} is damaged ({finding}); `sitwell monitor` sets it aside and begins a new one, and SQLite's .recover may save its records", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was found first.
        finding: String,
    },
    /// The disk is full.
    #[error("the disk is full, so {} cannot be written; free some space", path.display())]
    DiskFull {
        /// Which file.
        path: PathBuf,
    },
    /// The file, its directory or its disk may not be written.
    #[error("{} cannot be written (read-only); change its permissions or choose another place with --data-dir", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// Another process kept the file for too long.
    #[error("another program keeps {} busy; try again", path.display())]
    Busy {
        /// Which file.
        path: PathBuf,
    },
    /// A record that breaks the history's own rules, such as a minute of 70 s.
    #[error("a record does not fit the history {} and was not kept: {rule}", path.display())]
    Unfit {
        /// Which file.
        path: PathBuf,
        /// The rule that it breaks.
        rule: String,
    },
    /// A calibration that this Sitwell cannot read.
    #[error(
        "the calibration for {camera} is from another version of Sitwell; take it again with `sitwell calibrate`"
    )]
    OtherCalibration {
        /// The camera's id.
        camera: String,
    },
    /// Anything else that SQLite says.
    #[error("cannot use the history {}", path.display())]
    Database {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl HistoryError {
    /// Whether setting the file aside and beginning anew helps.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, HistoryError::Damaged { .. })
    }
}

/// What went wrong, before it is known in which file.
#[derive(Debug)]
pub(super) enum Trouble {
    Sqlite(rusqlite::Error),
    Foreign,
    Newer { found: u32, known: u32 },
    Damaged(String),
    Unfit(String),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        Trouble::Sqlite(error)
    }
}

impl Trouble {
    pub(super) fn at(self, path: &Path) -> HistoryError {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        let error = match self {
            Trouble::Foreign => return HistoryError::Foreign { path },
            Trouble::Newer { found, known } => return HistoryError::Newer { path, found, known },
            Trouble::Damaged(finding) => return HistoryError::Damaged { path, finding },
            Trouble::Unfit(rule) => return HistoryError::Unfit { path, rule },
            Trouble::Sqlite(error) => error,
        };
        // Where the index of the log cannot grow, the disk is full too.
        let extended = error.sqlite_error().map(|e| e.extended_code);
        if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return HistoryError::DiskFull { path };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => HistoryError::Damaged {
                path,
                finding: error.to_string(),
            },
            Some(ErrorCode::DiskFull) => HistoryError::DiskFull { path },
            // The file itself could be read before SQLite was asked, so what
            // cannot be opened is the log that it wants to make beside it.
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                HistoryError::ReadOnly { path }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                HistoryError::Busy { path }
            }
            Some(ErrorCode::ConstraintViolation) => HistoryError::Unfit {
                path,
                rule: error.to_string(),
            },
            _ => HistoryError::Database {
                path,
                source: error,
            },
        }
    }
}
