//! Saves for a monitor that must run on when the disk fails.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{History, HistoryError};
use crate::record::Record;

/// The most records that wait in memory while the disk takes none: a week of
/// minutes, a few megabytes. Our own choice.
const MOST_WAITING: usize = 10_000;

/// News for the user, once each time it happens.
#[derive(Debug)]
pub enum WriterNotice {
    /// Records cannot be saved now; they wait in memory.
    Waiting(HistoryError),
    /// The waiting records are saved now.
    CaughtUp {
        /// How many waited.
        saved: usize,
        /// How many were dropped because too many waited.
        lost: usize,
    },
    /// One record was dropped because it breaks the history's rules.
    Dropped(HistoryError),
    /// The damaged history was moved aside and a new one started.
    SetAside {
        /// The damaged one's new path.
        path: PathBuf,
        /// The damage.
        damage: HistoryError,
    },
}

impl fmt::Display for WriterNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriterNotice::Waiting(error) => {
                write!(f, "{error}; new records wait in memory meanwhile")
            }
            WriterNotice::CaughtUp { saved, lost: 0 } => {
                write!(
                    f,
                    "the history can be written again; {saved} waiting records are saved"
                )
            }
            WriterNotice::CaughtUp { saved, lost } => write!(
                f,
                "the history can be written again; {saved} waiting records are saved, {lost} older ones are lost"
            ),
            WriterNotice::Dropped(error) => write!(f, "{error}"),
            WriterNotice::SetAside { path, damage } => {
                write!(
                    f,
                    "{damage}; it is now {}, and a new history is started",
                    path.display()
                )
            }
        }
    }
}

/// Saves records, and keeps those in memory that the disk does not take yet.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    history: Option<History>,
    waiting: VecDeque<Record>,
    lost: usize,
    is_failing: bool,
}

impl Writer {
    /// Writes to this file, which the first save opens.
    #[must_use]
    pub fn new(path: &Path) -> Writer {
        Writer {
            path: path.to_owned(),
            history: None,
            waiting: VecDeque::new(),
            lost: 0,
            is_failing: false,
        }
    }

    /// Saves the waiting records and these. To be called at least once a minute, also
    /// without records: each call tries again.
    pub fn save(&mut self, records: impl IntoIterator<Item = Record>) -> Vec<WriterNotice> {
        self.waiting.extend(records);
        let mut notices = Vec::new();
        let waited = self.waiting.len();
        match self.write(&mut notices) {
            Ok(()) => {
                if self.is_failing {
                    notices.push(WriterNotice::CaughtUp {
                        saved: waited,
                        lost: std::mem::take(&mut self.lost),
                    });
                }
                self.is_failing = false;
            }
            Err(error) => {
                // Opened anew next time: the file may have been moved, its disk mounted again.
                // A full or busy disk is the same one, and opening would check the whole file.
                if !matches!(
                    error,
                    HistoryError::DiskFull { .. } | HistoryError::Busy { .. }
                ) {
                    self.history = None;
                }
                while self.waiting.len() > MOST_WAITING {
                    self.waiting.pop_front();
                    self.lost += 1;
                }
                if !self.is_failing {
                    notices.push(WriterNotice::Waiting(error));
                }
                self.is_failing = true;
            }
        }
        notices
    }

    /// The records that wait in memory, oldest first.
    #[must_use]
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Record> {
        self.waiting.iter()
    }

    /// The history, opened if need be.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn history(&mut self) -> Result<&mut History, HistoryError> {
        match self.history {
            Some(ref mut history) => Ok(history),
            None => Ok(self.history.insert(History::open(&self.path)?)),
        }
    }

    fn write(&mut self, notices: &mut Vec<WriterNotice>) -> Result<(), HistoryError> {
        if self.history.is_none() {
            self.history = Some(self.open(notices)?);
        }
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.waiting.make_contiguous();
        let saved = match &mut self.history {
            Some(history) => history.save_all(self.waiting.as_slices().0),
            None => Ok(()),
        };
        match saved {
            Err(HistoryError::Unfit { .. }) => self.write_one_by_one(notices),
            Ok(()) => {
                self.waiting.clear();
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// One unfit record must not block the others for ever.
    fn write_one_by_one(&mut self, notices: &mut Vec<WriterNotice>) -> Result<(), HistoryError> {
        while let (Some(record), Some(history)) = (self.waiting.front(), &mut self.history) {
            match history.save(record) {
                Err(unfit @ HistoryError::Unfit { .. }) => {
                    notices.push(WriterNotice::Dropped(unfit));
                }
                other => other?,
            }
            self.waiting.pop_front();
        }
        Ok(())
    }

    fn open(&self, notices: &mut Vec<WriterNotice>) -> Result<History, HistoryError> {
        match History::open(&self.path) {
            Err(damage) if damage.is_damage() => {
                let path = History::set_aside(&self.path)?;
                notices.push(WriterNotice::SetAside { path, damage });
                History::open(&self.path)
            }
            other => other,
        }
    }
}
