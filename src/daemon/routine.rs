//! Offers the daily routine when it is due, and keeps its answer.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::effects::{DaemonEvent, Effects, EventSink};
use crate::calendar::Calendar;
use crate::monitor::{MonitorStatus, WatchState};
use crate::notify::{Notice, NotifyError};
use crate::posture::Moment;
use crate::record::{Answer, Period, Record, Routine};
use crate::stretch::{
    LastRoutine, Occasion, OfferAgain, Past, RECENT, ROUTINE, Stretch, is_routine_due,
    is_time_for_routine, routine,
};

/// A notice that was on the screen for this long was seen. Our choice: as long as a nudge waits for
/// an answer by default.
const SEEN_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// The routine that was offered last.
#[derive(Debug)]
pub(super) struct OfferedRoutine {
    pub(super) routine: Routine,
    notice: RoutineNotice,
}

/// What became of the routine's notice.
#[derive(Debug, Clone, Copy)]
enum RoutineNotice {
    /// It is on the screen since then.
    Shown(Timestamp),
    /// It was seen, and is gone or answered.
    Seen,
    /// Nobody saw it; it is gone since then.
    Unseen(Timestamp),
}

impl Effects<'_> {
    /// Offers the routine if it is due.
    ///
    /// # Errors
    ///
    /// The notice cannot be shown.
    pub(crate) fn offer_routine_if_due(
        &mut self,
        at: Timestamp,
        calendar: &Calendar,
        on_event: &mut EventSink<'_>,
    ) -> Result<()> {
        // Without notifications nobody could answer.
        if self.notifier.is_none() {
            return Ok(());
        }
        let Some(status) = self.status() else {
            return Ok(());
        };
        let occasion = Occasion {
            now: calendar.zone.to_datetime(at),
            day_began: calendar.date_of(at).to_datetime(calendar.day_starts),
            is_somebody_there: is_somebody_there(status),
            nudge_waits: status.nudge.is_some(),
        };
        // What follows asks the history, twice a minute.
        if !is_time_for_routine(&self.stretches, occasion) {
            return Ok(());
        }
        let past = self.recent_routines(at);
        if !is_routine_due(
            &self.stretches,
            self.last_routine(&past, calendar),
            occasion,
        ) {
            return Ok(());
        }
        self.load_recent_nudges(at);
        let unseen = self.shown.routine.take_if(|offered| {
            matches!(offered.notice, RoutineNotice::Unseen(_))
                && calendar.date_of(offered.routine.at) == calendar.date_of(at)
        });
        let offered = match unseen {
            Some(unseen) => unseen.routine,
            None => {
                let past = Past {
                    nudges: &self.recent_nudges,
                    routines: &past,
                    now: at,
                };
                let chosen = routine(&self.catalogue, &self.stretches, past);
                // Where the settings leave no stretch there is nothing to offer.
                let Ok(chosen) = chosen else {
                    return Ok(());
                };
                Routine {
                    // The history is kept to the millisecond.
                    at: Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at),
                    stretches: chosen.iter().map(|stretch| stretch.id.clone()).collect(),
                    answer: Answer::Unanswered,
                    answered: None,
                }
            }
        };
        let known = |id: &String| self.catalogue.get(id);
        let stretches: Vec<&Stretch> = offered.stretches.iter().filter_map(known).collect();
        let notice = Notice::for_routine(offered.at, &stretches, self.snooze);
        on_event(DaemonEvent::Suggested {
            notice: &notice,
            stretch: ROUTINE,
        });
        self.notify(&notice, at)?;
        self.keep(vec![Record::Routine(offered.clone())], on_event);
        self.shown.routine = Some(OfferedRoutine {
            routine: offered,
            notice: RoutineNotice::Shown(at),
        });
        Ok(())
    }

    /// Shows a notice in place of the one on the screen. If that was the routine and nobody can have
    /// seen it yet, it is offered again later.
    ///
    /// # Errors
    ///
    /// The notice cannot be shown.
    pub(crate) fn notify(&mut self, notice: &Notice, at: Timestamp) -> Result<(), NotifyError> {
        let Some(notifier) = &mut self.notifier else {
            return Ok(());
        };
        notifier.show(notice)?;
        if let Some(OfferedRoutine { notice, .. }) = &mut self.shown.routine
            && let RoutineNotice::Shown(since) = *notice
        {
            *notice = if at.duration_since(since) < SEEN_AFTER {
                RoutineNotice::Unseen(at)
            } else {
                RoutineNotice::Seen
            };
        }
        Ok(())
    }

    /// Keeps the answer to the routine of this instant. Returns whether there is one.
    pub(crate) fn answer_routine(
        &mut self,
        notice: Timestamp,
        answer: Answer,
        at: Timestamp,
        on_event: &mut EventSink<'_>,
    ) -> bool {
        let Some(offered) = self.offered(notice) else {
            return false;
        };
        offered.notice = RoutineNotice::Seen;
        offered.routine.answer = answer;
        offered.routine.answered = Some(at);
        let answered = Record::Routine(offered.routine.clone());
        if let Some(notifier) = &mut self.notifier {
            notifier.withdraw();
        }
        self.keep(vec![answered], on_event);
        true
    }

    /// Notes that nobody saw the notice of this instant: if it was the routine, it is offered again later.
    pub(crate) fn note_unseen(&mut self, notice: Timestamp, at: Timestamp) {
        if let Some(offered) = self.offered(notice) {
            offered.notice = RoutineNotice::Unseen(at);
        }
    }

    /// Notes that the notice of this instant was seen and is gone.
    pub(crate) fn note_seen(&mut self, notice: Timestamp) {
        if let Some(offered) = self.offered(notice) {
            offered.notice = RoutineNotice::Seen;
        }
    }

    fn offered(&mut self, notice: Timestamp) -> Option<&mut OfferedRoutine> {
        let offered = self.shown.routine.as_mut();
        offered.filter(|offered| offered.routine.at == notice)
    }

    /// The routines of the last days; if the disk cannot be read, the last of this run.
    pub(super) fn recent_routines(&mut self, at: Timestamp) -> Vec<Routine> {
        let period = Period {
            from: at.saturating_sub(RECENT).unwrap_or(at),
            to: at,
        };
        let kept = self
            .writer
            .history()
            .and_then(|history| history.routines(period));
        let in_memory = self.shown.routine.iter();
        let mut routines: Vec<Routine> =
            kept.unwrap_or_else(|_| in_memory.map(|offered| offered.routine.clone()).collect());
        // A full disk can still be read, but lacks what was not saved.
        for record in self.writer.waiting() {
            if let Record::Routine(unsaved) = record {
                routines.retain(|known| known.at != unsaved.at);
                routines.push(unsaved.clone());
            }
        }
        routines
    }

    /// The last routine, with the time at which to offer it again.
    fn last_routine(&self, past: &[Routine], calendar: &Calendar) -> Option<LastRoutine> {
        let last = past.iter().max_by_key(|routine| routine.at)?;
        let offered = self.shown.routine.as_ref();
        let notice = offered
            .filter(|offered| offered.routine.at == last.at)
            .map(|offered| offered.notice);
        let later = |since: Timestamp| {
            let at = since.saturating_add(self.snooze).unwrap_or(Timestamp::MAX);
            calendar.zone.to_datetime(at)
        };
        let again = match (last.answer, last.answered, notice) {
            (Answer::Snoozed, Some(since), _) => OfferAgain::PutOff(later(since)),
            (Answer::Unanswered, _, Some(RoutineNotice::Unseen(since))) => {
                OfferAgain::Unseen(later(since))
            }
            // It was done, turned down or ignored, by hand or from its notice.
            _ => OfferAgain::No,
        };
        Some(LastRoutine {
            at: calendar.zone.to_datetime(last.at),
            again,
        })
    }
}

fn is_somebody_there(status: &MonitorStatus) -> bool {
    match &status.watch {
        WatchState::Observation(observation) => match observation.moment {
            Moment::Upright | Moment::Slouched(_) | Moment::Unclear(_) => true,
            Moment::Away => false,
        },
        WatchState::NoObservationYet | WatchState::Not(_) => false,
    }
}

#[cfg(test)]
pub(super) mod tests;
