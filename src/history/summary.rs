//! Sums up days of the history.

use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use jiff::{SignedDuration, Timestamp};

use super::{History, HistoryError};
use crate::calendar::Calendar;
use crate::record::{Period, Records};
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
    let summed = |period: Period| -> Result<Summary, HistoryError> {
        let records = match History::open_to_read(path)? {
            Some(history) => history.read_with_parts(period)?,
            None => Records::default(),
        };
        Ok(report::summary(&records, period, calendar))
    };
    // A year takes a fifth of a second, so both are read at once.
    thread::scope(|scope| {
        let before = scope.spawn(|| summed(before));
        let summary = summed(period)?;
        let before = before.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        let weeks = Period {
            from: period
                .to
                .saturating_sub(SignedDuration::from_hours(24 * DeskReport::DAYS))
                .unwrap_or(period.from),
            to: period.to,
        };
        let summary = summary.against(&before);
        let Some(history) = History::open_to_read(path)? else {
            return Ok(summary);
        };
        let trial = history.trial()?;
        Ok(Summary {
            trial: TrialResult::of(&trial, TrialTreatment::Nudge),
            edges_trial: TrialResult::of(&trial, TrialTreatment::DimmedEdges),
            desk: DeskReport::of(&history.desk(weeks)?, calendar),
            agreement: Agreement::of(&history.photo_checks(Period::ALWAYS)?),
            ..summary
        })
    })
}
