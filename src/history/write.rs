//! Saves records and deletes old ones.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params, params_from_iter};

use super::error::Failure;
use super::read::angle_columns;
use super::{History, HistoryError};
use crate::record::{AngleSpan, Answer, Episode, Minute, Nudge, NudgeEvidence, Record, Routine};

/// The number of records deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Minutes.
    pub minutes: usize,
    /// Slouches, nudges, those of the trial, routines, sessions, calibrations and their use, changes at the desk, comparisons with photographs, answered proposals.
    pub others: usize,
}

impl History {
    /// Saves one record. When this returns it is on the disk.
    ///
    /// # Errors
    ///
    /// When it could not be saved; then nothing of it was.
    pub fn save(&mut self, record: &Record) -> Result<(), HistoryError> {
        self.save_all(std::slice::from_ref(record))
    }

    /// Saves records, all of them or none.
    ///
    /// # Errors
    ///
    /// When they could not be saved; then none was.
    pub fn save_all(&mut self, records: &[Record]) -> Result<(), HistoryError> {
        let mut write = || -> Result<(), Failure> {
            let transaction = self
                .db
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            for record in records {
                insert(&transaction, record)?;
            }
            transaction.commit()?;
            Ok(())
        };
        write().map_err(|failure| failure.at(&self.path))
    }

    /// Deletes the minutes older than this many days and gives their number; 0 keeps all.
    ///
    /// A clock that runs ahead must not cost a year: where the last minute is
    /// earlier than `now`, days are counted back from there. Call this before
    /// the first record of a run is saved.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn forget_minutes(&mut self, days: u32, now: Timestamp) -> Result<usize, HistoryError> {
        let Some(last) = self.last_minute()?.filter(|_| days > 0) else {
            return Ok(0);
        };
        let kept = SignedDuration::from_hours(24 * i64::from(days));
        let Ok(before) = last.start.min(now).checked_sub(kept) else {
            return Ok(0);
        };
        let before = before.as_millisecond().div_euclid(1000);
        let removed = self
            .db
            .execute("DELETE FROM minutes WHERE start < ?1", [before]);
        removed.map_err(|e| Failure::from(e).at(&self.path))
    }

    /// Deletes all records, or those that began before an instant, and overwrites
    /// their place on the disk. Current calibrations are deleted only with everything:
    /// age does not make them wrong.
    ///
    /// # Errors
    ///
    /// When the file cannot be written, or [`HistoryError::TracesLeft`].
    pub fn wipe(&mut self, before: Option<Timestamp>) -> Result<Removed, HistoryError> {
        let before_ms = before.unwrap_or(Timestamp::MAX).as_millisecond();
        let mut write = || -> Result<Removed, Failure> {
            let transaction = self
                .db
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let before_seconds =
                before_ms.div_euclid(1000) + i64::from(before_ms.rem_euclid(1000) > 0);
            let minutes =
                transaction.execute("DELETE FROM minutes WHERE start < ?1", [before_seconds])?;
            let others = transaction
                .execute("DELETE FROM episodes WHERE began < ?1", [before_ms])?
                + transaction.execute("DELETE FROM nudges WHERE shown < ?1", [before_ms])?
                + transaction.execute("DELETE FROM trial WHERE due < ?1", [before_ms])?
                + transaction.execute("DELETE FROM routines WHERE shown < ?1", [before_ms])?
                + transaction
                    .execute("DELETE FROM calibration_uses WHERE since < ?1", [before_ms])?
                + transaction.execute("DELETE FROM desk_changes WHERE made < ?1", [before_ms])?
                + transaction.execute("DELETE FROM photo_checks WHERE taken < ?1", [before_ms])?
                + transaction.execute(
                    "DELETE FROM settled_proposals WHERE settled < ?1",
                    [before_ms],
                )?
                + transaction.execute("DELETE FROM sessions WHERE began < ?1", [before_ms])?
                + transaction.execute("DELETE FROM calibrations WHERE taken < ?1", [before_ms])?;
            // A part of the nudges.
            transaction.execute("DELETE FROM evidence WHERE shown < ?1", [before_ms])?;
            if before.is_none() {
                transaction.execute("DELETE FROM baselines", [])?;
            }
            transaction.commit()?;
            Ok(Removed { minutes, others })
        };
        let removed = write().map_err(|failure| failure.at(&self.path))?;
        let clean = || -> Result<bool, Failure> {
            self.db.execute_batch("VACUUM")?;
            let log_is_busy = "PRAGMA wal_checkpoint(TRUNCATE)";
            Ok(self.db.query_row(log_is_busy, [], |row| row.get(0))?)
        };
        match clean().map_err(|failure| failure.at(&self.path))? {
            false => Ok(removed),
            true => Err(HistoryError::TracesLeft {
                path: self.path.clone(),
            }),
        }
    }
}

pub(super) fn insert(db: &Connection, record: &Record) -> Result<(), Failure> {
    match record {
        Record::Minute(minute) => insert_minute(db, minute),
        Record::Episode(episode) => insert_episode(db, episode),
        Record::Nudge(nudge) => insert_nudge(db, nudge),
        Record::Evidence(evidence) => insert_evidence(db, evidence),
        Record::Trial(due) => {
            db.prepare_cached("INSERT OR REPLACE INTO trial VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![
                    due.at.as_millisecond(),
                    due.fault.id(),
                    due.is_withheld,
                    due.seed,
                    due.number,
                    due.edges
                ])?;
            Ok(())
        }
        Record::Routine(routine) => insert_routine(db, routine),
        Record::Session(session) => {
            let mut insert = db.prepare_cached(
                "INSERT INTO sessions (began, ended) VALUES (?1, ?2)
                 ON CONFLICT (began) DO UPDATE SET ended = max(ended, excluded.ended)",
            )?;
            insert.execute([session.from.as_millisecond(), session.to.as_millisecond()])?;
            Ok(())
        }
        Record::CalibrationUse(used) => {
            db.prepare_cached("INSERT OR REPLACE INTO calibration_uses VALUES (?1, ?2, ?3)")?
                .execute(params![
                    used.from.as_millisecond(),
                    used.camera,
                    used.profile
                ])?;
            Ok(())
        }
        Record::DeskChange(change) => {
            db.prepare_cached("INSERT OR REPLACE INTO desk_changes VALUES (?1, ?2)")?
                .execute(params![change.at.as_millisecond(), change.what.id()])?;
            Ok(())
        }
        Record::PhotoCheck(check) => {
            db.prepare_cached("INSERT OR REPLACE INTO photo_checks VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![
                    check.taken.as_millisecond(),
                    check.photo.0,
                    check.photo.1,
                    check.webcam,
                    check.error
                ])?;
            Ok(())
        }
        Record::SettledProposal(settled) => {
            db.prepare_cached("INSERT OR REPLACE INTO settled_proposals VALUES (?1, ?2)")?
                .execute(params![settled.at.as_millisecond(), settled.fault.id()])?;
            Ok(())
        }
        Record::Calibration(taken) => {
            let mut insert =
                db.prepare_cached("INSERT OR REPLACE INTO calibrations VALUES (?1, ?2, ?3)")?;
            insert.execute(params![
                taken.at.as_millisecond(),
                taken.camera,
                taken.profile
            ])?;
            Ok(())
        }
    }
}

/// Of two minutes with the same start the longer one stays: a minute saved half-way
/// grows, and a clock set back counts none twice.
fn insert_minute(db: &Connection, minute: &Minute) -> Result<(), Failure> {
    let start = minute.start.as_second();
    let ms = |time: &SignedDuration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let sum: i64 = minute.spent.values().map(ms).fold(0, i64::saturating_add);
    if minute.start.subsec_nanosecond() != 0 || start % 60 != 0 {
        return Err(Failure::Unfit(format!(
            "the minute {} does not begin on a whole minute",
            minute.start
        )));
    }
    if sum > 60_000 || minute.spent.values().any(SignedDuration::is_negative) {
        return Err(Failure::Unfit(format!(
            "the minute {} holds {sum} ms",
            minute.start
        )));
    }
    let old: Option<i64> = db
        .prepare_cached("SELECT sum(ms) FROM spent WHERE minute = ?1")?
        .query_row([start], |row| row.get(0))
        .optional()?
        .flatten();
    if old.is_some_and(|old| old > sum) {
        return Ok(());
    }
    db.prepare_cached("DELETE FROM minutes WHERE start = ?1")?
        .execute([start])?;
    let angles = minute.angles.into_iter().flat_map(|(_, span)| {
        let parts: [fn(AngleSpan) -> f64; 3] = [|s| s.mean, |s| s.worst, |s| s.error];
        parts.map(|part| Value::from(span.map(part)))
    });
    let placement = minute.placement;
    let placement = [
        placement.map(|placement| placement.distance),
        placement.map(|placement| placement.elevation),
    ];
    let values: Vec<Value> = std::iter::once(start.into())
        .chain(placement.map(Value::from))
        .chain(angles)
        .collect();
    db.prepare_cached(&format!(
        "INSERT INTO minutes (start, distance, elevation, {}) VALUES ({})",
        angle_columns(),
        vec!["?"; values.len()].join(", ")
    ))?
    .execute(params_from_iter(values))?;
    let mut insert = db.prepare_cached(
        "INSERT INTO spent (minute, kind, ms) VALUES (?1, (SELECT id FROM kinds WHERE name = ?2), ?3)",
    )?;
    for (spent, time) in &minute.spent {
        if ms(time) > 0 {
            insert.execute(params![start, spent.id(), ms(time)])?;
        }
    }
    Ok(())
}

fn insert_episode(db: &Connection, episode: &Episode) -> Result<(), Failure> {
    db.prepare_cached("INSERT OR REPLACE INTO episodes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute(params![
            episode.from.as_millisecond(),
            episode.to.as_millisecond(),
            episode.fault.id(),
            i64::try_from(episode.observed.as_millis()).unwrap_or(i64::MAX),
            episode.angle.mean,
            episode.angle.worst,
            episode.angle.error,
            episode.ending.id(),
        ])?;
    Ok(())
}

/// The person's own answer, to the monitor or in the guide, is never replaced by what
/// the monitor concludes.
fn insert_nudge(db: &Connection, nudge: &Nudge) -> Result<(), Failure> {
    let is_concluded = |answer: Answer| match answer {
        Answer::Recovered | Answer::Unanswered => true,
        Answer::Done | Answer::Part | Answer::Snoozed | Answer::Skipped | Answer::NotASlouch => {
            false
        }
    };
    let [recovered, unanswered] = [Answer::Recovered, Answer::Unanswered].map(Answer::id);
    db.prepare_cached(
        "INSERT INTO nudges VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (shown) DO UPDATE SET
             fault = excluded.fault, stretch = excluded.stretch,
             answer = excluded.answer, answered = excluded.answered
         WHERE NOT ?6 OR answer IN (?7, ?8)",
    )?
    .execute(params![
        nudge.at.as_millisecond(),
        nudge.fault.id(),
        nudge.stretch,
        nudge.answer.id(),
        nudge.answered.map(Timestamp::as_millisecond),
        is_concluded(nudge.answer),
        recovered,
        unanswered,
    ])?;
    Ok(())
}

/// The evidence of this many nudges is kept. Our choice: with the most nudges that the default settings allow
/// that is two weeks, and it takes 2 MB.
const MOST_EVIDENCE: u32 = 500;

/// The evidence of the oldest nudges gives way.
fn insert_evidence(db: &Connection, evidence: &NudgeEvidence) -> Result<(), Failure> {
    let json =
        serde_json::to_string(evidence).map_err(|error| Failure::Unfit(error.to_string()))?;
    db.prepare_cached("INSERT OR REPLACE INTO evidence VALUES (?1, ?2)")?
        .execute(params![evidence.nudge.as_millisecond(), json])?;
    db.prepare_cached(
        "DELETE FROM evidence WHERE shown <= (SELECT shown FROM evidence ORDER BY shown DESC LIMIT 1 OFFSET ?1)",
    )?
    .execute([MOST_EVIDENCE])?;
    Ok(())
}

/// An answer is never replaced by the lack of one: the monitor may save late.
fn insert_routine(db: &Connection, routine: &Routine) -> Result<(), Failure> {
    db.prepare_cached(
        "INSERT INTO routines VALUES (?1, ?2, ?3, ?4) ON CONFLICT (shown) DO UPDATE SET
             stretches = excluded.stretches, answer = excluded.answer, answered = excluded.answered
         WHERE excluded.answer <> ?5",
    )?
    .execute(params![
        routine.at.as_millisecond(),
        Value::from(serde_json::json!(routine.stretches).to_string()),
        routine.answer.id(),
        routine.answered.map(Timestamp::as_millisecond),
        Answer::Unanswered.id(),
    ])?;
    Ok(())
}
