//! Saving from a monitor that must go on whatever the disk does.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{History, HistoryError};
use crate::record::Record;

/// How many records wait in memory while the disk cannot take them: a week of
/// minutes, a few megabytes. Our own choice.
const MOST_WAITING: usize = 10_000;

/// What the user should be told, once for each time it happens.
#[derive(Debug)]
pub enum WriterNotice {
    /// Records cannot be kept for now; they wait in memory.
    Waiting(HistoryError),
    /// The records that waited are kept now.
    CaughtUp {
        /// How many had waited.
        kept: usize,
        /// How many were given up because too many waited.
        lost: usize,
    },
    /// One record was given up because it breaks the history's rules.
    GaveUp(HistoryError),
    /// The damaged history was moved aside and a new one begun.
    SetAside {
        /// Where the damaged one is now.
        path: PathBuf,
        /// What was wrong with it.
        because: HistoryError,
    },
}

impl fmt::Display for WriterNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriterNotice::Waiting(why) => {
                write!(f, "{why}; what happens waits in memory meanwhile")
            }
            WriterNotice::CaughtUp { kept, lost: 0 } => {
                write!(
                    f,
                    "the history can be written again; {kept} records that waited are kept"
                )
            }
            WriterNotice::CaughtUp { kept, lost } => write!(
                f,
                "the history can be written again; {kept} records that waited are kept, {lost} older ones are lost"
            ),
            WriterNotice::GaveUp(why) => write!(f, "{why}"),
            WriterNotice::SetAside { path, because } => {
                write!(
                    f,
                    "{because}; it is now {}, and a new history is begun",
                    path.display()
                )
            }
        }
    }
}

/// Keeps records, and holds on to those that the disk will not take yet.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    history: Option<History>,
    waiting: VecDeque<Record>,
    lost: usize,
    is_in_trouble: bool,
}

impl Writer {
    /// Begins to keep records in a file, which is opened at the first record.
    #[must_use]
    pub fn new(path: &Path) -> Writer {
        Writer {
            path: path.to_owned(),
            history: None,
            waiting: VecDeque::new(),
            lost: 0,
            is_in_trouble: false,
        }
    }

    /// Keeps records together, and those that waited before them. Called at
    /// least once a minute, also with no record, it tries again each time.
    pub fn keep(&mut self, records: impl IntoIterator<Item = Record>) -> Vec<WriterNotice> {
        self.waiting.extend(records);
        let mut notices = Vec::new();
        let waited = self.waiting.len();
        match self.write(&mut notices) {
            Ok(()) => {
                if self.is_in_trouble {
                    notices.push(WriterNotice::CaughtUp {
                        kept: waited,
                        lost: std::mem::take(&mut self.lost),
                    });
                }
                self.is_in_trouble = false;
            }
            Err(error) => {
                // Opened afresh next time: the file may have been moved, its disk mounted again.
                self.history = None;
                while self.waiting.len() > MOST_WAITING {
                    self.waiting.pop_front();
                    self.lost += 1;
                }
                if !self.is_in_trouble {
                    notices.push(WriterNotice::Waiting(error));
                }
                self.is_in_trouble = true;
            }
        }
        notices
    }

    /// How many records wait in memory.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The open history; none while it cannot be opened.
    ///
    /// # Errors
    ///
    /// Why it cannot be opened.
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

    /// One unfit record must not hold up the others for ever.
    fn write_one_by_one(&mut self, notices: &mut Vec<WriterNotice>) -> Result<(), HistoryError> {
        while let (Some(record), Some(history)) = (self.waiting.front(), &mut self.history) {
            match history.save(record) {
                Err(unfit @ HistoryError::Unfit { .. }) => {
                    notices.push(WriterNotice::GaveUp(unfit));
                }
                other => other?,
            }
            self.waiting.pop_front();
        }
        Ok(())
    }

    fn open(&self, notices: &mut Vec<WriterNotice>) -> Result<History, HistoryError> {
        match History::open(&self.path) {
            Err(because) if because.is_damage() => {
                let path = History::set_aside(&self.path)?;
                notices.push(WriterNotice::SetAside { path, because });
                History::open(&self.path)
            }
            other => other,
        }
    }
}
