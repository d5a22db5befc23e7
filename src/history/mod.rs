//! The history: all records, in one SQLite file.
//!
//! Only this user can read the file (mode 0600, in a directory of 0700). It holds
//! numbers and names but no picture. Every save is one transaction that reaches the
//! disk before the save returns, so a killed monitor loses nothing that was saved.
//! A monitor may write while reports read.
//!
//! Another program's file and one written by a newer Sitwell are left alone. When to
//! save, and what to tell the user when that fails, is decided elsewhere.

mod calibrations;
mod error;
mod export;
mod minutes;
mod read;
mod schema;
mod studies;
mod summary;
mod write;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use calibrations::{Profile, StoredCalibration};
pub use error::HistoryError;
pub use export::{ExportError, export_csv, export_json};
pub use summary::{SummaryError, summarize};
pub use write::Removed;
pub use writer::{Writer, WriterNotice};

use error::Failure;

/// The history's file name in the data directory.
pub const FILE_NAME: &str = "history.db";

/// What SQLite adds to the file's name for its journals, and for its index of them.
const JOURNALS: [&str; 3] = ["-journal", "-wal", "-shm"];

/// How long to wait for another process that is writing. A commit takes
/// milliseconds; five seconds cover a laptop's disk waking up. Our own choice.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How SQLite keeps a transaction whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Journal {
    /// A write-ahead log: reports read while a monitor writes.
    Log,
    /// A rollback journal, for file systems without the shared memory that the log needs
    /// (9p, NFS, WSL's `/mnt/c`). Readers and writers wait for each other.
    Rollback,
}

/// An open history.
#[derive(Debug)]
pub struct History {
    db: Connection,
    path: PathBuf,
}

impl History {
    /// Opens a history for writing; makes one where there is none.
    ///
    /// # Errors
    ///
    /// Another program's file, a newer Sitwell's and a damaged one have an error each
    /// and stay as they are. [`History::set_aside`] moves a damaged one away.
    pub fn open(path: &Path) -> Result<History, HistoryError> {
        create_private(path).map_err(|source| HistoryError::Make {
            path: path.to_owned(),
            source,
        })?;
        refuse_foreign(path)?;
        // Checked read-only first: closing another program's database after write
        // access may fold its log into it.
        let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY;
        if let Ok(reader) = History::connect(path, read_only, BUSY_TIMEOUT) {
            // Any other failure comes again below.
            if let Err(refusal @ (Failure::Foreign | Failure::Newer { .. })) =
                schema::refuse_newer_or_foreign(&reader.db)
            {
                return Err(refusal.at(path));
            }
        }
        let open = |journal| -> Result<History, Failure> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
            let mut history = History::connect(path, flags, BUSY_TIMEOUT)?;
            history.prepare(journal)?;
            Ok(history)
        };
        let history = match open(Journal::Log) {
            Err(failure) if failure.lacks_shared_memory() => open(Journal::Rollback),
            other => other,
        };
        history.map_err(|failure| failure.at(path))
    }

    /// Opens a history for reading, while a monitor may write; `None` where there is none yet.
    ///
    /// # Errors
    ///
    /// As those of [`History::open`], which opens what must be written once before it can be
    /// read: an older format, or a transaction that was cut off.
    pub fn open_to_read(path: &Path) -> Result<Option<History>, HistoryError> {
        let exists = path.try_exists().map_err(|source| HistoryError::Read {
            path: path.to_owned(),
            source,
        })?;
        if !exists {
            return Ok(None);
        }
        refuse_foreign(path)?;
        match History::read_only(path, BUSY_TIMEOUT) {
            Ok(Some(history)) => Ok(Some(history)),
            Ok(None) => History::open(path).map(Some),
            Err(failure) => Err(failure.at(path)),
        }
    }

    /// `None` where it must be written once before it can be read.
    fn read_only(path: &Path, busy_timeout: Duration) -> Result<Option<History>, Failure> {
        let usable = |history: History| Ok(schema::is_current(&history.db)?.then_some(history));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        match History::connect(path, flags, busy_timeout).and_then(usable) {
            Err(failure) if failure.needs_rollback() => Ok(None),
            // On a read-only or full disk SQLite cannot make its index of the log. A file at
            // rest needs none. One that is being written is not at rest for long.
            Err(failure) if !failure.is_busy() && is_at_rest(path) => {
                History::connect_immutable(path).and_then(usable)
            }
            other => other,
        }
    }

    /// Renames a damaged history and its journals, and gives the new path.
    ///
    /// # Errors
    ///
    /// When the file cannot be renamed.
    pub fn set_aside(path: &Path) -> Result<PathBuf, HistoryError> {
        let aside = (1..)
            .map(|number: u32| suffixed(path, &format!(".damaged-{number}")))
            .find(|aside| !aside.exists())
            .unwrap_or_else(|| suffixed(path, ".damaged"));
        let failed = |source| HistoryError::SetAside {
            path: path.to_owned(),
            source,
        };
        std::fs::rename(path, &aside).map_err(failed)?;
        for ending in JOURNALS {
            let beside = suffixed(path, ending);
            if beside.exists() {
                std::fs::rename(&beside, suffixed(&aside, ending)).map_err(failed)?;
            }
        }
        Ok(aside)
    }

    /// What is left here of histories that nobody can read: damaged ones that were set aside, with
    /// their journals, and the journals of a history whose own file is gone.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn remains(path: &Path) -> Result<Vec<PathBuf>, HistoryError> {
        let failed = |source| HistoryError::Read {
            path: path.to_owned(),
            source,
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        let Some(name) = path.file_name().filter(|_| folder.exists()) else {
            return Ok(Vec::new());
        };
        let name = name.to_string_lossy();
        let mut beginnings = vec![format!("{name}.damaged")];
        if !path.exists() {
            beginnings.extend(JOURNALS.map(|ending| format!("{name}{ending}")));
        }
        let mut remains = Vec::new();
        for file in std::fs::read_dir(folder).map_err(failed)? {
            let file = file.map_err(failed)?;
            let name = file.file_name();
            let name = name.to_string_lossy();
            if beginnings
                .iter()
                .any(|beginning| name.starts_with(beginning))
            {
                remains.push(file.path());
            }
        }
        remains.sort();
        Ok(remains)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks the whole file for damage.
    ///
    /// # Errors
    ///
    /// [`HistoryError::Damaged`] with SQLite's first finding.
    pub fn check(&self) -> Result<(), HistoryError> {
        schema::check(&self.db, schema::Check::Full).map_err(|failure| failure.at(&self.path))
    }

    /// Checks whether the file can be written now, without a change.
    ///
    /// # Errors
    ///
    /// The reason if it cannot.
    pub fn try_writing(&mut self) -> Result<(), HistoryError> {
        self.db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(rusqlite::Transaction::rollback)
            .map_err(|error| Failure::from(error).at(&self.path))
    }

    fn connect(path: &Path, access: OpenFlags, busy: Duration) -> Result<History, Failure> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(busy)?;
        Ok(History {
            db,
            path: path.to_owned(),
        })
    }

    /// Without locks and journals: only for a file at rest.
    fn connect_immutable(path: &Path) -> Result<History, Failure> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let escaped = path
            .to_string_lossy()
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        let db = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
        Ok(History {
            db,
            path: path.to_owned(),
        })
    }

    fn prepare(&mut self, journal: Journal) -> Result<(), Failure> {
        if journal == Journal::Rollback {
            // Alone with the file, SQLite reads a log without shared memory.
            self.db.pragma_update(None, "locking_mode", "exclusive")?;
        }
        let is_new = schema::refuse_newer_or_foreign(&self.db)?;
        match journal {
            // A file that once got another journal keeps it.
            Journal::Log if is_new => self.db.pragma_update(None, "journal_mode", "wal")?,
            Journal::Log => {}
            Journal::Rollback => {
                self.db.pragma_update(None, "journal_mode", "truncate")?;
                self.db.pragma_update(None, "locking_mode", "normal")?;
            }
        }
        // A commit is on the disk when it returns. With one commit a minute this costs
        // one flush a minute, and a power cut loses at most a minute.
        self.db.pragma_update(None, "synchronous", "full")?;
        self.db.pragma_update(None, "foreign_keys", true)?;
        // Deleted records are overwritten, not only unlinked.
        self.db.pragma_update(None, "secure_delete", true)?;
        schema::migrate(&mut self.db, &schema::STEPS)?;
        schema::check(&self.db, schema::Check::Quick)
    }
}

/// Makes an empty file of mode 0600 in a directory of 0700, unless it exists.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    if let Some(directory) = path.parent()
        && !directory.as_os_str().is_empty()
        && !directory.exists()
    {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(directory)?;
    }
    match options.open(path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => restrict_to_user(path),
        other => other.map(drop),
    }
}

/// Takes the rights of other users away, which a copy or a restore may have given.
#[cfg(unix)]
fn restrict_to_user(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    match std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o700)) {
        // Another user's file. Opening it shows whether it can be used.
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}

#[cfg(not(unix))]
fn restrict_to_user(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Checks the first bytes, so that SQLite never opens a file of another kind.
fn refuse_foreign(path: &Path) -> Result<(), HistoryError> {
    use std::io::Read;
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(16).read_to_end(&mut head));
    read.map_err(|source| HistoryError::Read {
        path: path.to_owned(),
        source,
    })?;
    let damaged = |finding: &str| HistoryError::Damaged {
        path: path.to_owned(),
        finding: finding.to_owned(),
    };
    match head.as_slice() {
        [] | b"SQLite format 3\0" => Ok(()),
        // What a power cut leaves of a file whose length reached the disk before its contents.
        zeroed if zeroed.iter().all(|&byte| byte == 0) => match is_at_rest(path) {
            true => Err(damaged("it begins with zeroes")),
            // The contents may still be in the journal, which SQLite plays back.
            false => Ok(()),
        },
        _ => Err(HistoryError::Foreign {
            path: path.to_owned(),
        }),
    }
}

fn is_empty_or_missing(path: &Path) -> bool {
    std::fs::metadata(path).map_or(true, |file| file.len() == 0)
}

/// Whether no journal holds a part of what the file means.
fn is_at_rest(path: &Path) -> bool {
    ["-journal", "-wal"]
        .iter()
        .all(|ending| is_empty_or_missing(&suffixed(path, ending)))
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
