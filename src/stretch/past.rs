//! What was suggested before now, and what became of it.

use jiff::{SignedDuration, Timestamp};

use super::entry::MOVE;
use crate::posture::Fault;
use crate::record::{Answer, Nudge};

/// How far back "today" reaches. Our choice: a waking day, so that every night starts afresh
/// in every time zone.
const DAY: SignedDuration = SignedDuration::from_hours(12);

/// How far back a refusal counts. Our choice: tastes change within a week.
const REFUSALS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A stretch that was refused this much more often than done steps back.
const TOO_OFTEN_REFUSED: usize = 2;

/// The nudges before an instant.
pub(super) struct Past<'a> {
    pub(super) nudges: &'a [Nudge],
    pub(super) now: Timestamp,
}

impl<'a> Past<'a> {
    fn within(&self, reach: SignedDuration) -> impl Iterator<Item = &'a Nudge> + use<'a> {
        let now = self.now;
        self.nudges
            .iter()
            .filter(move |nudge| nudge.at <= now && now.duration_since(nudge.at) < reach)
    }

    pub(super) fn today(&self) -> impl Iterator<Item = &'a Nudge> + use<'a> {
        self.within(DAY)
    }

    /// The stretch that was suggested last today.
    pub(super) fn last_stretch(&self) -> Option<&'a str> {
        self.today()
            .filter(|nudge| nudge.stretch != MOVE)
            .max_by(|a, b| (a.at, &a.stretch).cmp(&(b.at, &b.stretch)))
            .map(|nudge| nudge.stretch.as_str())
    }

    /// How many stretches were suggested for a fault today since the last advice to get up for it.
    ///
    /// Nudges that were taken back because the person sat up, or that named a slouch where there was
    /// none, do not count: they needed no relief.
    pub(super) fn quick_fixes(&self, fault: Fault) -> usize {
        let same = || self.today().filter(|nudge| nudge.fault == fault);
        let moved = same()
            .filter(|nudge| nudge.stretch == MOVE)
            .map(|nudge| nudge.at)
            .max();
        same()
            .filter(|nudge| nudge.stretch != MOVE)
            .filter(|nudge| !matches!(nudge.answer, Answer::Recovered | Answer::NotASlouch))
            .filter(|nudge| moved.is_none_or(|moved| nudge.at > moved))
            .count()
    }

    /// Whether a stretch was refused too often.
    pub(super) fn is_refused(&self, id: &str) -> bool {
        let count = |is_counted: fn(Answer) -> bool| {
            self.within(REFUSALS)
                .filter(|nudge| nudge.stretch == id && is_counted(nudge.answer))
                .count()
        };
        let refused = count(|answer| answer == Answer::Skipped);
        let done = count(|answer| matches!(answer, Answer::Done | Answer::Part));
        refused.saturating_sub(done) >= TOO_OFTEN_REFUSED
    }

    /// When a stretch was last suggested today; none sorts first.
    pub(super) fn suggested(&self, id: &str) -> Option<Timestamp> {
        self.today()
            .filter(|nudge| nudge.stretch == id)
            .map(|nudge| nudge.at)
            .max()
    }

    /// When the person last stretched because of a nudge.
    pub(super) fn last_movement(&self) -> Option<Timestamp> {
        self.today()
            .filter(|nudge| matches!(nudge.answer, Answer::Done | Answer::Part))
            .map(|nudge| nudge.answered.unwrap_or(nudge.at).min(self.now))
            .max()
    }
}
