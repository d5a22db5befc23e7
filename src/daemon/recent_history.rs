//! Reads the recent history for the choice of a stretch, and keeps how the stretch went.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::history::{History, HistoryError};
use crate::posture::Fault;
use crate::record::{Answer, Nudge, Period, Record, Routine};
use crate::stretch::{Outcome, Past, RECENT};

/// A slouch longer ago than this says nothing about now. Our choice: a waking day.
const SAME_DAY: SignedDuration = SignedDuration::from_hours(12);

/// A stretch within this time of a nudge is an answer to it. Our choice: people put a stretch off to the
/// next pause.
const LED_TO: SignedDuration = SignedDuration::from_hours(1);

/// A guided session that was held, so that it can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldStretch {
    /// The id of the stretch.
    pub(crate) stretch: String,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

/// What matters to the choice of a stretch.
#[derive(Debug)]
pub(crate) struct RecentHistory {
    file: PathBuf,
    /// The nudges of the last days.
    pub(crate) nudges: Vec<Nudge>,
    /// The daily routines of the last days.
    pub(crate) routines: Vec<Routine>,
    /// The latest slouch, from a nudge or an episode.
    pub(crate) last: Option<(Fault, Timestamp)>,
}

impl RecentHistory {
    /// Reads it; empty where there is no history yet.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub(crate) fn read(file: PathBuf, now: Timestamp) -> Result<RecentHistory, HistoryError> {
        let Some(history) = History::open_to_read(&file)? else {
            return Ok(RecentHistory::none(file));
        };
        RecentHistory::of(&history, now)
    }

    /// Reads it from a history that is open.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub(crate) fn of(history: &History, now: Timestamp) -> Result<RecentHistory, HistoryError> {
        let since = |time: SignedDuration| Period {
            from: now.saturating_sub(time).unwrap_or(Timestamp::MIN),
            to: now,
        };
        let nudges = history.nudges(since(RECENT))?;
        let routines = history.routines(since(RECENT))?;
        let slouches = history.read(since(SAME_DAY))?.episodes;
        let told = nudges
            .iter()
            .filter(|nudge| now.duration_since(nudge.at) < SAME_DAY)
            .map(|nudge| (nudge.fault, nudge.at));
        let last = slouches
            .iter()
            .map(|slouch| (slouch.fault, slouch.to))
            .chain(told)
            .max_by_key(|(_, at)| *at);
        Ok(RecentHistory {
            file: history.path().to_owned(),
            nudges,
            routines,
            last,
        })
    }

    /// Nothing is known.
    pub(crate) fn none(file: PathBuf) -> RecentHistory {
        RecentHistory {
            file,
            nudges: Vec::new(),
            routines: Vec::new(),
            last: None,
        }
    }

    /// What was suggested before an instant, for the choice of a stretch.
    pub(crate) fn before(&self, now: Timestamp) -> Past<'_> {
        Past {
            nudges: &self.nudges,
            routines: &self.routines,
            now,
        }
    }

    /// The nudge of this instant, which is kept to the millisecond.
    pub(crate) fn nudge(&self, at: Timestamp) -> Option<&Nudge> {
        self.nudges
            .iter()
            .find(|nudge| nudge.at.as_millisecond() == at.as_millisecond())
    }

    /// The last nudge, if its stretch may still be waited for: nobody answered it within the hour, or
    /// it was put off.
    pub(crate) fn waiting(&self, now: Timestamp) -> Option<&Nudge> {
        let last = self.nudges.iter().max_by_key(|nudge| nudge.at);
        last.filter(|nudge| now.duration_since(nudge.at) < LED_TO)
            .filter(|nudge| matches!(nudge.answer, Answer::Unanswered | Answer::Snoozed))
    }

    /// The nudge that led to a stretch which nobody started from a notification.
    pub(crate) fn led_to(&self, stretch: &str, now: Timestamp) -> Option<&Nudge> {
        self.nudges
            .iter()
            .filter(|nudge| nudge.stretch == stretch && now.duration_since(nudge.at) < LED_TO)
            .filter(|nudge| match nudge.answer {
                Answer::Done | Answer::Part => false,
                Answer::Snoozed
                | Answer::Skipped
                | Answer::NotASlouch
                | Answer::Recovered
                | Answer::Unanswered => true,
            })
            .max_by_key(|nudge| nudge.at)
    }

    /// Keeps what became of a stretch with the nudge that led to it.
    ///
    /// # Errors
    ///
    /// The history cannot be written.
    pub(crate) fn keep(
        &self,
        nudge: &Nudge,
        held: &HeldStretch,
        at: Timestamp,
    ) -> Result<(), HistoryError> {
        let answered = Nudge {
            answer: held.outcome.into(),
            answered: Some(at),
            ..nudge.clone()
        };
        History::open(&self.file)?.save(&Record::Nudge(answered))
    }

    /// The routine to do: that of this instant, or one that was offered within the hour and is not
    /// done yet.
    pub(crate) fn offered_routine(
        &self,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<&Routine> {
        self.routines
            .iter()
            .filter(|routine| match at {
                Some(at) => routine.at.as_millisecond() == at.as_millisecond(),
                None => {
                    let is_done = matches!(routine.answer, Answer::Done | Answer::Part);
                    !is_done && now.duration_since(routine.at) < LED_TO
                }
            })
            .max_by_key(|routine| routine.at)
    }

    /// Keeps a routine with its answer.
    ///
    /// # Errors
    ///
    /// The history cannot be written.
    pub(crate) fn keep_routine(&self, routine: Routine) -> Result<(), HistoryError> {
        History::open(&self.file)?.save(&Record::Routine(routine))
    }
}
