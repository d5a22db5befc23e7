//! Sums up days of the history.

use std::path::Path;

use jiff::Timestamp;

use super::{History, HistoryError};
use crate::calendar::Calendar;
use crate::record::{Period, Records};
use crate::report::{self, Days, DaysError, Summary};

/// Days that cannot be summed up.
#[derive(Debug, thiserror::Error)]
pub enum SummaryError {
    /// The days do not exist in this zone.
    #[error(transparent)]
    Days(#[from] DaysError),
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// Sums up days and compares them with those before. Without a history the numbers are zero.
///
/// # Errors
///
/// When the history cannot be read.
pub fn summarize(
    path: &Path,
    days: Days,
    now: Timestamp,
    calendar: &Calendar,
) -> Result<Summary, SummaryError> {
    let period = days.until(calendar.date_of(now)).period(calendar)?;
    // An unfinished week is compared with the whole week before.
    let before = days.before().period(calendar)?;
    let history = History::open_to_read(path)?;
    let read = |period: Period| match &history {
        Some(history) => history.read_with_parts(period),
        None => Ok(Records::default()),
    };
    let summary = report::summary(&read(period)?, period, calendar);
    Ok(summary.against(&report::summary(&read(before)?, before, calendar)))
}
