//! The errors of the history.

use std::path::{Path, PathBuf};

/// Why a history cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There is no history yet.
    #[error("no history at {}; `sitwell monitor` makes one", path.display())]
    Missing {
        /// The path tried.
        path: PathBuf,
    },
    /// The file could not be made.
    #[error("cannot make the history {}; choose another place with --data-dir", path.display())]
    Make {
        /// The path tried.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file could not be opened.
    #[error("cannot read the history {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The damaged file could not be renamed.
    #[error("cannot move the damaged history {} aside; move it yourself", path.display())]
    SetAside {
        /// Which file.
        path: PathBuf,
        /// The reason.
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
    /// The file is damaged.
    #[error("the history {} is damaged ({finding}); `sitwell monitor` sets it aside and starts a new one, and SQLite's .recover may save its records", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// The first finding.
        finding: String,
    },
    /// The disk is full.
    #[error("the disk is full, so {} cannot be written; free some space", path.display())]
    DiskFull {
        /// Which file.
        path: PathBuf,
    },
    /// The file, its directory or its disk is read-only.
    #[error("{} cannot be written (read-only); change its permissions or choose another place with --data-dir", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// The file system lacks what SQLite needs.
    #[error("the file system of {} cannot hold the history: it has no file locks or shared memory; choose a folder on a local disk with --data-dir", path.display())]
    UnsuitableFileSystem {
        /// Which file.
        path: PathBuf,
    },
    /// Another process locked the file for too long.
    #[error("another program is writing to {}; try again", path.display())]
    Busy {
        /// Which file.
        path: PathBuf,
    },
    /// All is deleted, but another process still reads the log that holds it.
    #[error("the records are deleted, but {}-wal still holds traces of them, because another program reads it; run the same again when it has ended", path.display())]
    TracesLeft {
        /// Which file.
        path: PathBuf,
    },
    /// A record breaks the history's rules, such as a minute of 70 s.
    #[error("a record breaks a rule of the history {} and was not saved: {rule}", path.display())]
    Unfit {
        /// Which file.
        path: PathBuf,
        /// The rule.
        rule: String,
    },
    /// This Sitwell cannot read the calibration.
    #[error(
        "the calibration for {camera} is from another version of Sitwell; take it again with `sitwell calibrate`"
    )]
    OtherCalibration {
        /// The camera's id.
        camera: String,
    },
    /// Any other failure of SQLite.
    #[error("cannot use the history {}", path.display())]
    Database {
        /// Which file.
        path: PathBuf,
        /// SQLite's message.
        source: rusqlite::Error,
    },
}

impl HistoryError {
    /// Whether it helps to set the file aside and start a new one.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, HistoryError::Damaged { .. })
    }
}

/// A failure whose file is not known yet.
#[derive(Debug)]
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    Foreign,
    Newer { found: u32, known: u32 },
    Damaged(String),
    Unfit(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::Sqlite(error)
    }
}

impl Failure {
    /// Whether a transaction was cut off, which only a writer can undo.
    pub(super) fn needs_rollback(&self) -> bool {
        self.extended_code() == rusqlite::ffi::SQLITE_READONLY_ROLLBACK
    }

    /// Whether another process is writing.
    pub(super) fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        let Failure::Sqlite(error) = self else {
            return false;
        };
        matches!(
            error.sqlite_error_code(),
            Some(DatabaseBusy | DatabaseLocked)
        )
    }

    /// SQLite's extended result code; 0 for other failures.
    fn extended_code(&self) -> std::ffi::c_int {
        let Failure::Sqlite(error) = self else {
            return 0;
        };
        error.sqlite_error().map_or(0, |error| error.extended_code)
    }

    /// Whether SQLite could not share its index of the log between processes.
    pub(super) fn lacks_shared_memory(&self) -> bool {
        use rusqlite::ffi::{SQLITE_IOERR_SHMLOCK, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMOPEN};
        let Failure::Sqlite(error) = self else {
            return false;
        };
        [
            SQLITE_IOERR_SHMOPEN,
            SQLITE_IOERR_SHMLOCK,
            SQLITE_IOERR_SHMMAP,
        ]
        .contains(&self.extended_code())
            || error.sqlite_error_code() == Some(rusqlite::ErrorCode::CannotOpen)
    }

    pub(super) fn at(self, path: &Path) -> HistoryError {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        let error = match self {
            Failure::Foreign => return HistoryError::Foreign { path },
            Failure::Newer { found, known } => return HistoryError::Newer { path, found, known },
            Failure::Damaged(finding) => return HistoryError::Damaged { path, finding },
            Failure::Unfit(rule) => return HistoryError::Unfit { path, rule },
            Failure::Sqlite(error) => error,
        };
        // The index of the log cannot grow: the disk is full.
        use rusqlite::ffi;
        match error.sqlite_error().map_or(0, |error| error.extended_code) {
            ffi::SQLITE_IOERR_SHMSIZE => return HistoryError::DiskFull { path },
            ffi::SQLITE_IOERR_SHMOPEN
            | ffi::SQLITE_IOERR_SHMLOCK
            | ffi::SQLITE_IOERR_SHMMAP
            | ffi::SQLITE_IOERR_LOCK => return HistoryError::UnsuitableFileSystem { path },
            _ => {}
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => HistoryError::Damaged {
                path,
                finding: error.to_string(),
            },
            Some(ErrorCode::DiskFull) => HistoryError::DiskFull { path },
            // The file itself was read before, so it is the log beside it that SQLite
            // cannot make.
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
