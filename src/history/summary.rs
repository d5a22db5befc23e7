//! Sums up days of the history.

use std::panic::resume_unwind;
use std::path::Path;
use std::thread::{self, ScopedJoinHandle};

use jiff::{SignedDuration, Timestamp};

use super::{History, HistoryError};
use crate::calendar::Calendar;
use crate::record::Period;
use crate::report::{
    self, Agreement, Days, DaysError, DeskReport, Summary, TrialResult, TrialTreatment,
};

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
    // A year takes a fifth of a second, so all is read at once.
    thread::scope(|scope| {
        let before = scope.spawn(|| -> Result<Summary, HistoryError> {
            let times = read(path, |history| history.read_times(before))?;
            Ok(report::summary(&times, before, calendar))
        });
        let last_weeks = scope.spawn(|| desk(path, period.to, calendar));
        let records = read(path, |history| history.read_for_summary(period))?;
        let summary = report::summary(&records, period, calendar);
        let before = joined(before)?;
        let (trial, photo_checks) = read(path, |history| {
            Ok((history.trial()?, history.photo_checks(Period::ALWAYS)?))
        })?;
        Ok(Summary {
            trial: TrialResult::of(&trial, TrialTreatment::Nudge),
            edges_trial: TrialResult::of(&trial, TrialTreatment::DimmedEdges),
            desk: joined(last_weeks)?,
            agreement: Agreement::of(&photo_checks),
            ..summary.against(&before)
        })
    })
}

/// What the weeks before an instant say of the desk.
fn desk(
    path: &Path,
    to: Timestamp,
    calendar: &Calendar,
) -> Result<Option<DeskReport>, HistoryError> {
    let length = SignedDuration::from_hours(24 * DeskReport::DAYS);
    let from = to.saturating_sub(length).unwrap_or(Timestamp::MIN);
    let records = read(path, |history| history.desk(Period { from, to }))?;
    Ok(DeskReport::of(&records, calendar))
}

/// Reads from the history, if there is one.
fn read<T: Default>(
    path: &Path,
    what: impl FnOnce(&History) -> Result<T, HistoryError>,
) -> Result<T, HistoryError> {
    match History::open_to_read(path)? {
        Some(history) => what(&history),
        None => Ok(T::default()),
    }
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
