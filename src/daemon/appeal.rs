//! What `sitwell appeal` means for the nudges of this run.

use anyhow::Result;
use jiff::Timestamp;

use super::effects::{Effects, EventSink};
use crate::monitor::Input;
use crate::record::Answer;

impl Effects<'_> {
    /// Takes a nudge back that was a false alarm, if it is the last one of this run.
    ///
    /// # Errors
    ///
    /// A notice cannot be shown.
    pub(crate) fn appeal(
        &mut self,
        nudge: Timestamp,
        at: Timestamp,
        on_event: &mut EventSink<'_>,
    ) -> Result<()> {
        let shown = self.shown.nudge.as_ref().map(|notice| notice.at);
        // The history keeps milliseconds.
        let is_it = |shown: &Timestamp| shown.as_millisecond() == nudge.as_millisecond();
        let Some(nudge) = shown.filter(is_it) else {
            return Ok(());
        };
        let is_waiting = self.status().and_then(|status| status.nudge) == Some(nudge);
        if let Some(notifier) = self.notifier.as_mut().filter(|_| is_waiting) {
            notifier.withdraw();
        }
        let answer = Answer::NotASlouch;
        self.give(Input::Answered { nudge, answer, at }, on_event)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use crate::daemon::routine::tests::Desk;
    use crate::history::History;
    use crate::monitor::{Input, Observation};
    use crate::posture::{Basis, Estimate, Fault, FilterState, Moment, PerAngle, Posture, View};
    use crate::record::{Answer, Period};

    #[test]
    fn an_appeal_ends_the_nudges_for_its_slouch() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::new(folder.path());
        let angles = PerAngle {
            forward_head: Some(Estimate {
                degrees: 55.0,
                change: Some(15.0),
                error: 2.0,
            }),
            rounded_shoulders: None,
        };
        let start: Timestamp = "2026-11-23T09:00:00.000000123Z".parse().unwrap();
        let mut nudges = 0;
        for second in (0..2 * 3600).step_by(5) {
            let at = start + SignedDuration::from_secs(second);
            let slouched = Observation {
                at,
                since: at,
                moment: Moment::Slouched(Fault::ForwardHead),
                severity: None,
                filter: FilterState::Settled,
                posture: Some(Posture {
                    view: View::Front,
                    basis: Basis::Joints,
                    placement: None,
                    trunk_lean: None,
                    angles,
                }),
            };
            let input = Input::Observation(slouched);
            desk.effects.give(input, &mut |_| {}).unwrap();
            let waiting = desk.effects.status().and_then(|status| status.nudge);
            if let Some(nudge) = waiting {
                nudges += 1;
                // The history gives it to the millisecond.
                let kept = Timestamp::from_millisecond(nudge.as_millisecond()).unwrap();
                assert_ne!(kept, nudge);
                desk.effects.appeal(kept, at, &mut |_| {}).unwrap();
            }
        }
        assert_eq!(nudges, 1, "in two hours");
        let history = History::open(&folder.path().join("history.db")).unwrap();
        let kept = history.nudges(Period::ALWAYS).unwrap();
        let answers: Vec<Answer> = kept.into_iter().map(|nudge| nudge.answer).collect();
        assert_eq!(answers, [Answer::NotASlouch]);
        // What it was based on: a minute of readings every five seconds.
        let evidence = history.read(Period::ALWAYS).unwrap().evidence;
        assert_eq!(evidence.len(), 1);
        let [based_on] = &evidence[..] else { return };
        assert_eq!(based_on.readings.len(), 13);
        let change = |at: usize| Some(based_on.readings[at].angles.forward_head?.change);
        assert_eq!((change(0), change(12)), (Some(15.0), Some(15.0)));
        assert_eq!(based_on.onset, SignedDuration::from_mins(1));
        assert!(based_on.limits.forward_head.is_some());
    }
}
