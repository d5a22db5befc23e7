//! Which due nudges are withheld to find out whether nudges help.
//!
//! The seed decides in advance: what becomes of a nudge does not depend on the slouch that it is for. One in five is
//! withheld, and never two in a row.

use jiff::Timestamp;

use crate::posture::Fault;
use crate::record::TrialNudge;
use crate::statistics::random;

/// After a nudge that was shown, the next one is withheld with this chance. After one that was withheld none is. So
/// the share withheld is 0.25 / 1.25, a fifth.
const CHANCE: f64 = 0.25;

impl TrialNudge {
    /// The next due nudge of the trial. The first one is shown, and its instant gives the seed.
    #[must_use]
    pub fn next(last: Option<&TrialNudge>, at: Timestamp, fault: Fault) -> TrialNudge {
        let Some(last) = last else {
            return TrialNudge {
                at,
                fault,
                is_withheld: false,
                seed: at.as_nanosecond() as u32,
                number: 0,
            };
        };
        let number = last.number.saturating_add(1);
        let random = random(last.seed.into(), number.into());
        TrialNudge {
            at,
            fault,
            is_withheld: !last.is_withheld && (random as f64) < CHANCE * u64::MAX as f64,
            seed: last.seed,
            number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulator::{Habit, live};
    use super::super::{Effect, MonitorSettings};
    use super::*;
    use crate::record::{EpisodeOutcome, Record};

    #[test]
    fn a_fifth_is_withheld_and_never_two_in_a_row() {
        for seed in 0..20 {
            let at = Timestamp::from_nanosecond(1_795_392_000_000_000_000 + seed).unwrap();
            let mut last = TrialNudge::next(None, at, Fault::ForwardHead);
            assert!(!last.is_withheld);
            let mut withheld = 0;
            for _ in 0..5000 {
                let next = TrialNudge::next(Some(&last), at, Fault::ForwardHead);
                assert!(!(next.is_withheld && last.is_withheld));
                withheld += u32::from(next.is_withheld);
                last = next;
            }
            // Four standard errors: the share of such a renewal process varies by 0.0044.
            assert!((912..=1088).contains(&withheld), "seed {seed}: {withheld}");
        }
    }

    #[test]
    fn a_withheld_nudge_is_recorded_and_not_shown() {
        let mut settings = MonitorSettings::default();
        settings.nudges.trial = true;
        // Slouches of five minutes, half an hour apart.
        let strip = ("x".repeat(5) + &".".repeat(25)).repeat(60);
        let day = live(&strip, Habit::Ignores, settings);
        let (mut due, mut shown, mut unprompted) = (Vec::new(), Vec::new(), 0);
        for (_, effect) in day.effects {
            match effect {
                Effect::Save(Record::Trial(nudge)) => due.push(nudge),
                Effect::Nudge(request) => shown.push(request.at),
                Effect::Save(Record::Episode(episode)) => {
                    unprompted += usize::from(episode.ending == EpisodeOutcome::ByItself);
                }
                _ => {}
            }
        }
        assert_eq!(due.len(), 60);
        let withheld = due.iter().filter(|nudge| nudge.is_withheld).count();
        assert!((4..=20).contains(&withheld), "{withheld}");
        assert_eq!(unprompted, withheld);
        let kept = due.iter().filter(|nudge| !nudge.is_withheld);
        assert!(kept.map(|nudge| nudge.at).eq(shown));
        let off = live(&strip, Habit::Ignores, MonitorSettings::default());
        let is_trial = |effect: &Effect| matches!(effect, Effect::Save(Record::Trial(_)));
        assert!(!off.effects.iter().any(|(_, effect)| is_trial(effect)));
    }
}
