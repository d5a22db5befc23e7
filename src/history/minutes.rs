//! Reads the minutes of a period.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Row, params};

use super::error::Failure;
use super::read::{READ_AS, SLUMP, angle_columns, angle_span, instant, unknown};
use super::{History, HistoryError};
use crate::posture::{AngleKind, PerAngle, Placement};
use crate::record::{Minute, Period, TimeUse};

/// How minutes were spent, in order of time.
const PARTS: &str =
    "SELECT minute, kind, ms FROM spent WHERE minute >= ?1 AND minute < ?2 ORDER BY minute, kind";

/// The ways to spend time by their stored numbers.
type Kinds = BTreeMap<i64, TimeUse>;

impl History {
    /// The last minute, for [`crate::record::MinuteTally::resume`].
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn last_minute(&self) -> Result<Option<Minute>, HistoryError> {
        let read = || -> Result<Option<Minute>, Failure> {
            let last: Option<i64> =
                self.db
                    .query_row("SELECT max(start) FROM minutes", [], |row| row.get(0))?;
            let Some(last) = last else {
                return Ok(None);
            };
            let from = instant(last.saturating_mul(1000))?;
            let to = instant(last.saturating_mul(1000).saturating_add(1))?;
            Ok(self.minutes_in(Period { from, to })?.pop())
        };
        read().map_err(|failure| failure.at(&self.path))
    }

    fn kinds(&self) -> Result<Kinds, Failure> {
        let slump = TimeUse::Slouched(READ_AS);
        let known: BTreeMap<String, TimeUse> = TimeUse::all()
            .map(|spent| (spent.id(), spent))
            .chain([(format!("slouched.{SLUMP}"), slump)])
            .collect();
        let mut statement = self.db.prepare_cached("SELECT id, name FROM kinds")?;
        let mut rows = statement.query([])?;
        let mut kinds = Kinds::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            if let Some(&spent) = known.get(&name) {
                kinds.insert(row.get(0)?, spent);
            }
        }
        Ok(kinds)
    }

    /// Reads both tables once, side by side, in the order of the disk.
    pub(super) fn minutes_in(&self, period: Period) -> Result<Vec<Minute>, Failure> {
        let kinds = self.kinds()?;
        let bounds = params![seconds_up(period.from), seconds_up(period.to)];
        let mut heads = self.db.prepare_cached(&format!(
            "SELECT start, distance, elevation, {} FROM minutes WHERE start >= ?1 AND start < ?2 ORDER BY start",
            angle_columns()
        ))?;
        let mut parts = self.db.prepare_cached(PARTS)?;
        let mut heads = heads.query(bounds)?;
        let mut parts = parts.query(bounds)?;
        let mut minutes = Vec::new();
        let mut part = parts.next()?;
        while let Some(head) = heads.next()? {
            let start: i64 = head.get(0)?;
            let mut minute = empty(start)?;
            while let Some(row) = part {
                if row.get::<_, i64>(0)? != start {
                    break;
                }
                add_part(&mut minute, row, &kinds)?;
                part = parts.next()?;
            }
            for (column, angle) in (3..).step_by(3).zip(AngleKind::ALL) {
                minute.angles[angle] = angle_span(head, column)?;
            }
            let placement: (Option<f64>, Option<f64>) = (head.get(1)?, head.get(2)?);
            let placement = placement.0.zip(placement.1);
            minute.placement = placement.map(|(distance, elevation)| Placement {
                distance,
                elevation,
            });
            minutes.push(minute);
        }
        Ok(minutes)
    }

    /// The same without angles and placement.
    pub(super) fn times_in(&self, period: Period) -> Result<Vec<Minute>, Failure> {
        let kinds = self.kinds()?;
        let mut parts = self.db.prepare_cached(PARTS)?;
        let mut parts = parts.query(params![seconds_up(period.from), seconds_up(period.to)])?;
        let mut minutes: Vec<Minute> = Vec::new();
        let mut last = None;
        while let Some(row) = parts.next()? {
            let start: i64 = row.get(0)?;
            if last.replace(start) != Some(start) {
                minutes.push(empty(start)?);
            }
            if let Some(minute) = minutes.last_mut() {
                add_part(minute, row, &kinds)?;
            }
        }
        Ok(minutes)
    }
}

fn empty(start: i64) -> Result<Minute, Failure> {
    Ok(Minute {
        start: instant(start.saturating_mul(1000))?,
        spent: BTreeMap::new(),
        placement: None,
        angles: PerAngle::default(),
    })
}

/// Adds a row of [`PARTS`].
fn add_part(minute: &mut Minute, row: &Row<'_>, kinds: &Kinds) -> Result<(), Failure> {
    let kind: i64 = row.get(1)?;
    let kind = kinds
        .get(&kind)
        .ok_or_else(|| unknown("way to spend time", &kind.to_string()))?;
    // Two stored kinds may be read as one.
    *minute.spent.entry(*kind).or_default() += SignedDuration::from_millis(row.get(2)?);
    Ok(())
}

/// A minute belongs where it begins, so a bound within one is rounded up.
fn seconds_up(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(1000) + i64::from(at.as_millisecond().rem_euclid(1000) > 0)
}
