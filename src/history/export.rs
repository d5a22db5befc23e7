//! Writes out everything that is kept.

use std::io::{self, Write};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::{History, HistoryError};
use crate::record::{Period, Records};
use crate::report::export;

/// Records are exported a month at a time, so that ten years fit in memory.
const MONTH: SignedDuration = SignedDuration::from_hours(24 * 30);

/// An export that failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The export cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Writes everything as one table.
///
/// # Errors
///
/// The history cannot be read, or the export cannot be written.
pub fn export_csv(path: &Path, out: &mut impl Write) -> Result<(), ExportError> {
    let history = open(path)?;
    export::csv(parts(&history)?, out)
}

/// Writes everything as one JSON object.
///
/// # Errors
///
/// The history cannot be read, or the export cannot be written.
pub fn export_json(path: &Path, out: &mut impl Write) -> Result<(), ExportError> {
    let history = open(path)?;
    export::json(parts(&history)?, out)
}

fn open(path: &Path) -> Result<History, HistoryError> {
    History::open_to_read(path)?.ok_or_else(|| HistoryError::Missing {
        path: path.to_owned(),
    })
}

type Part = Result<Records, ExportError>;

fn parts(history: &History) -> Result<impl Iterator<Item = Part>, ExportError> {
    let extent = history.extent()?;
    Ok(months(extent).map(|part| Ok(history.read(part)?)))
}

fn months(extent: Option<Period>) -> impl Iterator<Item = Period> {
    let mut from: Option<Timestamp> = extent.map(|extent| extent.from);
    std::iter::from_fn(move || {
        let (begin, end) = (from?, extent?.to);
        let to = begin.checked_add(MONTH).map_or(end, |to| to.min(end));
        from = (to < end).then_some(to);
        Some(Period { from: begin, to })
    })
}
