//! Reads the records of a period.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Row, params};

use super::error::Failure;
use super::{History, HistoryError};
use crate::posture::{AngleKind, Fault};
use crate::record::{
    AngleSpan, Answer, CalibrationRecord, Episode, EpisodeOutcome, Nudge, NudgeEvidence, Period,
    Records, Routine, WatchSession,
};

/// How far back a slouch may have begun that goes on into a period. Nobody sits longer.
pub(super) const LONGEST_SLOUCH: SignedDuration = SignedDuration::from_hours(24);

impl History {
    /// All records that began in a period, as a snapshot: a monitor may write meanwhile.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn read(&self, period: Period) -> Result<Records, HistoryError> {
        self.snapshot(|| {
            Ok(Records {
                minutes: self.minutes_in(period)?,
                episodes: self.episodes_in(period)?,
                nudges: self.nudges_in(period)?,
                evidence: self.evidence_in(period)?,
                trial: self.trial_in(period)?,
                routines: self.routines_in(period)?,
                sessions: self.sessions_in(period)?,
                calibrations: self.calibrations_in(period)?,
                calibration_uses: self.calibration_uses_in(period)?,
                desk_changes: self.desk_changes_in(period)?,
                photo_checks: self.photo_checks_in(period)?,
                settled_proposals: self.settled_proposals_in(period)?,
            })
        })
    }

    /// What a summary of a period is made from: its minutes, slouches, nudges and routines, and the slouches that began
    /// earlier and went on into it, with their nudges.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn read_for_summary(&self, period: Period) -> Result<Records, HistoryError> {
        let before = Period {
            from: period
                .from
                .saturating_sub(LONGEST_SLOUCH)
                .unwrap_or(Timestamp::MIN),
            to: period.from,
        };
        self.snapshot(|| {
            let (mut episodes, mut nudges) = (self.episodes_in(before)?, self.nudges_in(before)?);
            episodes.retain(|episode| episode.to > period.from);
            nudges.retain(|nudge| episodes.iter().any(|episode| episode.from <= nudge.at));
            episodes.append(&mut self.episodes_in(period)?);
            nudges.append(&mut self.nudges_in(period)?);
            Ok(Records {
                minutes: self.minutes_in(period)?,
                episodes,
                nudges,
                routines: self.routines_in(period)?,
                ..Records::default()
            })
        })
    }

    /// How the minutes of a period were spent, and nothing else. Angles take most of the time of reading.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn read_times(&self, period: Period) -> Result<Records, HistoryError> {
        self.snapshot(|| {
            Ok(Records {
                minutes: self.times_in(period)?,
                ..Records::default()
            })
        })
    }

    /// What is read at one instant.
    pub(super) fn snapshot<T>(
        &self,
        read: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, HistoryError> {
        let read = || {
            let snapshot = self.db.unchecked_transaction()?;
            let found = read()?;
            snapshot.finish()?;
            Ok(found)
        };
        read().map_err(|failure: Failure| failure.at(&self.path))
    }

    /// The nudges shown in a period.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn nudges(&self, period: Period) -> Result<Vec<Nudge>, HistoryError> {
        self.nudges_in(period)
            .map_err(|failure| failure.at(&self.path))
    }

    /// The daily routines shown in a period.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn routines(&self, period: Period) -> Result<Vec<Routine>, HistoryError> {
        self.routines_in(period)
            .map_err(|failure| failure.at(&self.path))
    }

    /// From the first record to just after the last; `None` without records.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn extent(&self) -> Result<Option<Period>, HistoryError> {
        let read = || -> Result<Option<Period>, Failure> {
            let (first, last): (Option<i64>, Option<i64>) = self.db.query_row(
                "SELECT min(at), max(at) FROM (
                     SELECT min(start) * 1000 AS at FROM minutes UNION ALL SELECT max(start) * 1000 FROM minutes
                     UNION ALL SELECT min(began) FROM episodes UNION ALL SELECT max(began) FROM episodes
                     UNION ALL SELECT min(shown) FROM nudges UNION ALL SELECT max(shown) FROM nudges
                     UNION ALL SELECT min(due) FROM trial UNION ALL SELECT max(due) FROM trial
                     UNION ALL SELECT min(shown) FROM routines UNION ALL SELECT max(shown) FROM routines
                     UNION ALL SELECT min(began) FROM sessions UNION ALL SELECT max(began) FROM sessions
                     UNION ALL SELECT min(taken) FROM calibrations UNION ALL SELECT max(taken) FROM calibrations
                     UNION ALL SELECT min(since) FROM calibration_uses UNION ALL SELECT max(since) FROM calibration_uses
                     UNION ALL SELECT min(made) FROM desk_changes UNION ALL SELECT max(made) FROM desk_changes
                     UNION ALL SELECT min(taken) FROM photo_checks UNION ALL SELECT max(taken) FROM photo_checks
                     UNION ALL SELECT min(settled) FROM settled_proposals UNION ALL SELECT max(settled) FROM settled_proposals)",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let (Some(first), Some(last)) = (first, last) else {
                return Ok(None);
            };
            Ok(Some(Period {
                from: instant(first)?,
                to: instant(last.saturating_add(1))?,
            }))
        };
        read().map_err(|failure| failure.at(&self.path))
    }

    pub(super) fn episodes_in(&self, period: Period) -> Result<Vec<Episode>, Failure> {
        self.list(
            "SELECT began, ended, fault, observed, angle_mean, angle_worst, angle_error, ending
             FROM episodes WHERE began >= ?1 AND began < ?2 ORDER BY began",
            period,
            |row| {
                let angle = angle_span(row, 4)?;
                Ok(Episode {
                    from: instant(row.get(0)?)?,
                    to: instant(row.get(1)?)?,
                    fault: fault(row.get_ref(2)?.as_str().unwrap_or_default())?,
                    observed: SignedDuration::from_millis(row.get(3)?),
                    angle: angle.ok_or_else(|| {
                        Failure::Damaged("an episode without an angle".to_owned())
                    })?,
                    ending: named(
                        &EpisodeOutcome::ALL,
                        EpisodeOutcome::id,
                        "ending",
                        row.get_ref(7)?.as_str().unwrap_or_default(),
                    )?,
                })
            },
        )
    }

    pub(super) fn nudges_in(&self, period: Period) -> Result<Vec<Nudge>, Failure> {
        self.list(
            "SELECT shown, fault, stretch, answer, answered FROM nudges WHERE shown >= ?1 AND shown < ?2 ORDER BY shown",
            period,
            |row| {
                Ok(Nudge {
                    at: instant(row.get(0)?)?,
                    fault: fault(row.get_ref(1)?.as_str().unwrap_or_default())?,
                    stretch: row.get(2)?,
                    answer: named(&Answer::ALL, Answer::id, "answer", row.get_ref(3)?.as_str().unwrap_or_default())?,
                    answered: row.get::<_, Option<i64>>(4)?.map(instant).transpose()?,
                })
            },
        )
    }

    /// Evidence that this Sitwell cannot read is left out: a newer one may have kept more.
    fn evidence_in(&self, period: Period) -> Result<Vec<NudgeEvidence>, Failure> {
        let list = self.list(
            "SELECT shown, evidence FROM evidence WHERE shown >= ?1 AND shown < ?2 ORDER BY shown",
            period,
            |row| {
                let nudge = instant(row.get(0)?)?;
                let evidence = serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or_default());
                Ok(evidence
                    .ok()
                    .map(|evidence| NudgeEvidence { nudge, ..evidence }))
            },
        )?;
        Ok(list.into_iter().flatten().collect())
    }

    fn routines_in(&self, period: Period) -> Result<Vec<Routine>, Failure> {
        self.list(
            "SELECT shown, stretches, answer, answered FROM routines WHERE shown >= ?1 AND shown < ?2 ORDER BY shown",
            period,
            |row| {
                let stretches = row.get_ref(1)?.as_str().unwrap_or_default();
                Ok(Routine {
                    at: instant(row.get(0)?)?,
                    stretches: serde_json::from_str(stretches)
                        .map_err(|_| unknown("list of stretches", stretches))?,
                    answer: named(&Answer::ALL, Answer::id, "answer", row.get_ref(2)?.as_str().unwrap_or_default())?,
                    answered: row.get::<_, Option<i64>>(3)?.map(instant).transpose()?,
                })
            },
        )
    }

    fn sessions_in(&self, period: Period) -> Result<Vec<WatchSession>, Failure> {
        self.list(
            "SELECT began, ended FROM sessions WHERE began >= ?1 AND began < ?2 ORDER BY began",
            period,
            |row| {
                Ok(WatchSession {
                    from: instant(row.get(0)?)?,
                    to: instant(row.get(1)?)?,
                })
            },
        )
    }

    pub(super) fn calibrations_in(
        &self,
        period: Period,
    ) -> Result<Vec<CalibrationRecord>, Failure> {
        self.list(
            "SELECT taken, camera, profile FROM calibrations WHERE taken >= ?1 AND taken < ?2 ORDER BY taken",
            period,
            |row| {
                Ok(CalibrationRecord {
                    at: instant(row.get(0)?)?,
                    camera: row.get(1)?,
                    profile: row.get(2)?,
                })
            },
        )
    }

    pub(super) fn list<T>(
        &self,
        query: &str,
        period: Period,
        read: impl Fn(&Row<'_>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let mut statement = self.db.prepare_cached(query)?;
        let mut rows = statement.query(params![
            period.from.as_millisecond(),
            period.to.as_millisecond()
        ])?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(read(row)?);
        }
        Ok(list)
    }
}

/// The columns of all angles, three for each.
pub(super) fn angle_columns() -> String {
    let columns = |angle: AngleKind| {
        let id = angle.id();
        format!("{id}_mean, {id}_worst, {id}_error")
    };
    AngleKind::ALL.map(columns).join(", ")
}

pub(super) fn instant(ms: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_millisecond(ms).map_err(|_| unknown("instant", &ms.to_string()))
}

pub(super) fn angle_span(row: &Row<'_>, first: usize) -> Result<Option<AngleSpan>, Failure> {
    let (mean, worst, error): (Option<f64>, Option<f64>, Option<f64>) =
        (row.get(first)?, row.get(first + 1)?, row.get(first + 2)?);
    Ok(match (mean, worst, error) {
        (Some(mean), Some(worst), Some(error)) => Some(AngleSpan { mean, worst, error }),
        _ => None,
    })
}

/// A fault that older histories may hold, though nothing ever measured it.
pub(super) const SLUMP: &str = "slump";

/// A slump is read as a forward head: its stored angle was the head's.
pub(super) const READ_AS: Fault = Fault::ForwardHead;

pub(super) fn fault(id: &str) -> Result<Fault, Failure> {
    if id == SLUMP {
        return Ok(READ_AS);
    }
    named(&Fault::ALL, Fault::id, "fault", id)
}

pub(super) fn named<T: Copy>(
    all: &[T],
    name: impl Fn(T) -> &'static str,
    what: &str,
    id: &str,
) -> Result<T, Failure> {
    all.iter()
        .copied()
        .find(|&one| name(one) == id)
        .ok_or_else(|| unknown(what, id))
}

pub(super) fn unknown(what: &str, id: &str) -> Failure {
    Failure::Damaged(format!("it holds an unknown {what}: {id}"))
}
