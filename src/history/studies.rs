//! Reads what the trial, the desk's weeks and the webcam's agreement with photographs are judged by.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::error::Failure;
use super::read::{LONGEST_SLOUCH, fault, instant, named};
use super::{History, HistoryError};
use crate::record::{
    CalibrationUse, DeskChange, DeskChangeKind, Period, PhotoCheck, Records, SettledProposal,
    TrialNudge,
};

impl History {
    /// Every due nudge of the trial, the slouches since the first of them, and their nudges: no minutes.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn trial(&self) -> Result<Records, HistoryError> {
        self.snapshot(|| {
            let trial = self.trial_in(Period::ALWAYS)?;
            let Some(first) = trial.first() else {
                return Ok(Records::default());
            };
            let since = Period {
                from: first.at.saturating_sub(LONGEST_SLOUCH).unwrap_or(first.at),
                to: Timestamp::MAX,
            };
            Ok(Records {
                trial,
                episodes: self.episodes_in(since)?,
                nudges: self.nudges_in(since)?,
                ..Records::default()
            })
        })
    }

    /// The last due nudge of the trial.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn last_trial_nudge(&self) -> Result<Option<TrialNudge>, HistoryError> {
        let read = || -> Result<Option<TrialNudge>, Failure> {
            let query = "SELECT max(due) FROM trial";
            let last: Option<i64> = self.db.query_row(query, [], |row| row.get(0))?;
            let Some(last) = last else {
                return Ok(None);
            };
            let (from, to) = (instant(last)?, instant(last.saturating_add(1))?);
            Ok(self.trial_in(Period { from, to })?.pop())
        };
        read().map_err(|failure| failure.at(&self.path))
    }

    /// The minutes, calibrations and changes at the desk of a period, and the calibration that was in use when it began.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn desk(&self, period: Period) -> Result<Records, HistoryError> {
        self.snapshot(|| {
            let earlier = self.use_of(
                "WHERE since < ?1 ORDER BY since DESC LIMIT 1",
                [period.from.as_millisecond()],
            )?;
            let uses = self.calibration_uses_in(period)?;
            Ok(Records {
                minutes: self.minutes_in(period)?,
                calibrations: self.calibrations_in(period)?,
                calibration_uses: earlier.into_iter().chain(uses).collect(),
                desk_changes: self.desk_changes_in(period)?,
                ..Records::default()
            })
        })
    }

    /// The calibration that came into use last.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn last_calibration_use(&self) -> Result<Option<CalibrationUse>, HistoryError> {
        self.use_of("ORDER BY since DESC LIMIT 1", [])
            .map_err(|failure| failure.at(self.path()))
    }

    /// The comparisons with photographs taken in a period.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn photo_checks(&self, period: Period) -> Result<Vec<PhotoCheck>, HistoryError> {
        self.photo_checks_in(period)
            .map_err(|failure| failure.at(self.path()))
    }

    pub(super) fn photo_checks_in(&self, period: Period) -> Result<Vec<PhotoCheck>, Failure> {
        self.list(
            "SELECT taken, first, second, webcam, error FROM photo_checks WHERE taken >= ?1 AND taken < ?2 ORDER BY taken",
            period,
            |row| {
                Ok(PhotoCheck {
                    taken: instant(row.get(0)?)?,
                    photo: (row.get(1)?, row.get(2)?),
                    webcam: row.get(3)?,
                    error: row.get(4)?,
                })
            },
        )
    }

    pub(super) fn settled_proposals_in(
        &self,
        period: Period,
    ) -> Result<Vec<SettledProposal>, Failure> {
        self.list(
            "SELECT settled, fault FROM settled_proposals WHERE settled >= ?1 AND settled < ?2 ORDER BY settled",
            period,
            |row| {
                Ok(SettledProposal {
                    at: instant(row.get(0)?)?,
                    fault: fault(row.get_ref(1)?.as_str().unwrap_or_default())?,
                })
            },
        )
    }

    fn use_of(
        &self,
        which: &str,
        with: impl rusqlite::Params,
    ) -> Result<Option<CalibrationUse>, Failure> {
        let query = format!("SELECT since, camera, profile FROM calibration_uses {which}");
        let found = self
            .db
            .query_row(&query, with, |row| Ok(calibration_use(row)));
        found.optional()?.transpose()
    }

    pub(super) fn calibration_uses_in(
        &self,
        period: Period,
    ) -> Result<Vec<CalibrationUse>, Failure> {
        self.list(
            "SELECT since, camera, profile FROM calibration_uses WHERE since >= ?1 AND since < ?2 ORDER BY since",
            period,
            calibration_use,
        )
    }

    pub(super) fn desk_changes_in(&self, period: Period) -> Result<Vec<DeskChange>, Failure> {
        self.list(
            "SELECT made, what FROM desk_changes WHERE made >= ?1 AND made < ?2 ORDER BY made",
            period,
            |row| {
                let what = row.get_ref(1)?.as_str().unwrap_or_default();
                Ok(DeskChange {
                    at: instant(row.get(0)?)?,
                    what: named(
                        &DeskChangeKind::ALL,
                        DeskChangeKind::id,
                        "change at the desk",
                        what,
                    )?,
                })
            },
        )
    }

    pub(super) fn trial_in(&self, period: Period) -> Result<Vec<TrialNudge>, Failure> {
        self.list(
            "SELECT due, fault, withheld, seed, number, edges FROM trial WHERE due >= ?1 AND due < ?2 ORDER BY due",
            period,
            |row| {
                Ok(TrialNudge {
                    at: instant(row.get(0)?)?,
                    fault: fault(row.get_ref(1)?.as_str().unwrap_or_default())?,
                    is_withheld: row.get(2)?,
                    seed: row.get(3)?,
                    number: row.get(4)?,
                    edges: row.get(5)?,
                })
            },
        )
    }
}

fn calibration_use(row: &Row<'_>) -> Result<CalibrationUse, Failure> {
    Ok(CalibrationUse {
        from: instant(row.get(0)?)?,
        camera: row.get(1)?,
        profile: row.get(2)?,
    })
}
