//! What was suggested before now, and what became of it.

use jiff::{SignedDuration, Timestamp};

use super::entry::MOVE;
use crate::posture::Fault;
use crate::record::{Answer, Nudge, Routine};

/// How far back "today" reaches. Our choice: a waking day, so that every night starts afresh
/// in every time zone.
const DAY: SignedDuration = SignedDuration::from_hours(12);

/// How far back nudges, refusals and routines matter. Our choice: tastes change within a week.
pub const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A stretch that was refused this much more often than done steps back.
const TOO_OFTEN_REFUSED: usize = 2;

/// What was suggested before an instant, with its answers, in any order. Later entries are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The nudges of the last week.
    pub nudges: &'a [Nudge],
    /// The daily routines of the last week.
    pub routines: &'a [Routine],
    /// The instant.
    pub now: Timestamp,
}

impl<'a> Past<'a> {
    fn reaches(&self, at: Timestamp, reach: SignedDuration) -> bool {
        at <= self.now && self.now.duration_since(at) < reach
    }

    fn within(self, reach: SignedDuration) -> impl Iterator<Item = &'a Nudge> {
        let nudges = self.nudges.iter();
        nudges.filter(move |nudge| self.reaches(nudge.at, reach))
    }

    pub(super) fn today(self) -> impl Iterator<Item = &'a Nudge> {
        self.within(DAY)
    }

    fn routines_today(self) -> impl Iterator<Item = &'a Routine> {
        let routines = self.routines.iter();
        routines.filter(move |routine| self.reaches(routine.at, DAY))
    }

    /// The stretch that was suggested last today. A routine's last stretch stands for it.
    pub(super) fn last_stretch(self) -> Option<&'a str> {
        let nudges = self.today().filter(|nudge| nudge.stretch != MOVE);
        let nudges = nudges.map(|nudge| (nudge.at, &nudge.stretch));
        let last_of = |routine: &'a Routine| Some((routine.at, routine.stretches.last()?));
        let routines = self.routines_today().filter_map(last_of);
        let (_, stretch) = nudges.chain(routines).max()?;
        Some(stretch)
    }

    /// How many stretches were suggested for a fault today since the last advice to get up for it.
    ///
    /// Nudges that were taken back because the person sat up, or that named a slouch where there was
    /// none, do not count: they needed no relief.
    pub(super) fn quick_fixes(self, fault: Fault) -> usize {
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
    pub(super) fn is_refused(self, id: &str) -> bool {
        let count = |is_counted: fn(Answer) -> bool| {
            self.within(RECENT)
                .filter(|nudge| nudge.stretch == id && is_counted(nudge.answer))
                .count()
        };
        let refused = count(|answer| answer == Answer::Skipped);
        let done = count(|answer| matches!(answer, Answer::Done | Answer::Part));
        refused.saturating_sub(done) >= TOO_OFTEN_REFUSED
    }

    /// When a stretch was last suggested today; none sorts first.
    pub(super) fn suggested(self, id: &str) -> Option<Timestamp> {
        let nudges = self.today().filter(|nudge| nudge.stretch == id);
        let routines = self
            .routines_today()
            .filter(|routine| routine.stretches.iter().any(|one| one == id));
        let nudges = nudges.map(|nudge| nudge.at);
        nudges.chain(routines.map(|routine| routine.at)).max()
    }

    /// When the person last stretched because of a nudge, or did the routine.
    pub(super) fn last_movement(self) -> Option<Timestamp> {
        let nudges = self
            .today()
            .map(|nudge| (nudge.at, nudge.answer, nudge.answered));
        let routines = self
            .routines_today()
            .map(|routine| (routine.at, routine.answer, routine.answered));
        nudges
            .chain(routines)
            .filter(|(_, answer, _)| matches!(answer, Answer::Done | Answer::Part))
            .map(|(at, _, answered)| answered.unwrap_or(at).min(self.now))
            .max()
    }
}
