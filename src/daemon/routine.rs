//! Offers the daily routine when it is due, and keeps its answer.

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::effects::{DaemonEvent, Effects, EventSink};
use crate::monitor::{MonitorStatus, WatchState};
use crate::notify::Notice;
use crate::posture::Moment;
use crate::record::{Answer, Period, Record, Routine};
use crate::stretch::{LastRoutine, Occasion, ROUTINE, Stretch, is_routine_due, routine};

/// How far back routines matter to the choice of the next.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The routine that was offered last.
#[derive(Debug)]
pub(super) struct OfferedRoutine {
    pub(super) routine: Routine,
    /// When the desktop refused to show it.
    silenced: Option<Timestamp>,
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
        zone: &TimeZone,
        on_event: &mut EventSink<'_>,
    ) -> Result<()> {
        // Without notifications nobody could answer.
        if self.stretches.routine_at.is_none() || self.notifier.is_none() {
            return Ok(());
        }
        let Some(status) = self.status() else {
            return Ok(());
        };
        let occasion = Occasion {
            now: zone.to_datetime(at),
            is_somebody_there: is_somebody_there(status),
            nudge_waits: status.nudge.is_some(),
        };
        let past = self.recent_routines(at);
        if !is_routine_due(&self.stretches, self.last_routine(&past, zone), occasion) {
            return Ok(());
        }
        self.load_recent_nudges(at);
        let unseen = self.shown.routine.take_if(|offered| {
            offered.silenced.is_some()
                && zone.to_datetime(offered.routine.at).date() == occasion.now.date()
        });
        let offered = match unseen {
            Some(unseen) => unseen.routine,
            None => {
                let nudges = &self.recent_nudges;
                let chosen = routine(&self.catalogue, &self.stretches, nudges, &past, at);
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
        self.notify(&notice)?;
        self.keep(vec![Record::Routine(offered.clone())], on_event);
        self.shown.routine = Some(OfferedRoutine {
            routine: offered,
            silenced: None,
        });
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
        offered.routine.answer = answer;
        offered.routine.answered = Some(at);
        let answered = Record::Routine(offered.routine.clone());
        if let Some(notifier) = &mut self.notifier {
            notifier.withdraw();
        }
        self.keep(vec![answered], on_event);
        true
    }

    /// Notes that the desktop did not show the notice of this instant: if it was the routine, it is
    /// offered again later.
    pub(crate) fn note_silenced(&mut self, notice: Timestamp, at: Timestamp) {
        if let Some(offered) = self.offered(notice) {
            offered.silenced = Some(at);
        }
    }

    fn offered(&mut self, notice: Timestamp) -> Option<&mut OfferedRoutine> {
        let offered = self.shown.routine.as_mut();
        offered.filter(|offered| offered.routine.at == notice)
    }

    /// The routines of the last days; if the disk fails, the last of this run.
    fn recent_routines(&mut self, at: Timestamp) -> Vec<Routine> {
        let period = Period {
            from: at.saturating_sub(RECENT).unwrap_or(at),
            to: at,
        };
        let kept = self
            .writer
            .history()
            .and_then(|history| history.routines(period));
        let in_memory = self.shown.routine.iter();
        kept.unwrap_or_else(|_| in_memory.map(|offered| offered.routine.clone()).collect())
    }

    /// The last routine, with the time at which to offer it again.
    fn last_routine(&self, past: &[Routine], zone: &TimeZone) -> Option<LastRoutine> {
        let last = past.iter().max_by_key(|routine| routine.at)?;
        let offered = self.shown.routine.as_ref();
        let silenced = offered
            .filter(|offered| offered.routine.at == last.at)
            .and_then(|offered| offered.silenced);
        let put_off = match last.answer {
            Answer::Snoozed => last.answered,
            Answer::Done
            | Answer::Part
            | Answer::Recovered
            | Answer::Skipped
            | Answer::NotASlouch
            | Answer::Unanswered => silenced,
        };
        let again = put_off.and_then(|since| since.checked_add(self.snooze).ok());
        Some(LastRoutine {
            at: zone.to_datetime(last.at),
            again: again.map(|again| zone.to_datetime(again)),
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
