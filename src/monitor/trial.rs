//! Which due nudges are withheld to find out whether nudges help, and which come without dimmed edges to find out whether these do.
//!
//! The seed decides in advance: what becomes of a nudge does not depend on the slouch that it is for. One in five is
//! withheld, and never two in a row. Of the others half come without dimmed edges, if that is compared.

use jiff::Timestamp;

use super::NudgeLimits;
use crate::posture::Fault;
use crate::record::TrialNudge;
use crate::statistics::random;

/// After a nudge that was shown, the next one is withheld with this chance. After one that was withheld none is. So
/// the share withheld is 0.25 / 1.25, a fifth.
const CHANCE: f64 = 0.25;

impl TrialNudge {
    /// The next due nudge of the trial. The first one is shown, and its instant gives the seed.
    #[must_use]
    pub fn next(
        last: Option<&TrialNudge>,
        at: Timestamp,
        fault: Fault,
        limits: &NudgeLimits,
    ) -> TrialNudge {
        let (seed, number) = match last {
            Some(last) => (last.seed, last.number.saturating_add(1)),
            None => (at.as_nanosecond() as u32, 0),
        };
        let random = random(seed.into(), number.into());
        let may_be_withheld = last.is_some_and(|last| !last.is_withheld);
        let is_withheld = may_be_withheld && (random as f64) < CHANCE * u64::MAX as f64;
        TrialNudge {
            at,
            fault,
            is_withheld,
            // The lowest bit says nothing about how large the number is.
            edges: (limits.trial_edges && !is_withheld).then_some(random.is_multiple_of(2)),
            seed,
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
            let limits = NudgeLimits {
                trial_edges: true,
                ..NudgeLimits::default()
            };
            let mut last = TrialNudge::next(None, at, Fault::ForwardHead, &limits);
            assert!(!last.is_withheld);
            let (mut withheld, mut with_edges) = (0, 0);
            for _ in 0..5000 {
                let next = TrialNudge::next(Some(&last), at, Fault::ForwardHead, &limits);
                assert!(!(next.is_withheld && last.is_withheld));
                assert_eq!(next.is_withheld, next.edges.is_none());
                withheld += u32::from(next.is_withheld);
                with_edges += u32::from(next.edges == Some(true));
                last = next;
            }
            // Four standard errors: the share of such a renewal process varies by 0.0044.
            assert!((912..=1088).contains(&withheld), "seed {seed}: {withheld}");
            // Four standard errors of half of those shown.
            let half = (5000 - withheld) / 2;
            assert!(
                with_edges.abs_diff(half) <= 127,
                "seed {seed}: {with_edges}"
            );
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
        assert!(due.iter().all(|nudge| nudge.edges.is_none()));
        let withheld = due.iter().filter(|nudge| nudge.is_withheld).count();
        assert!((4..=20).contains(&withheld), "{withheld}");
        assert_eq!(unprompted, withheld);
        let kept = due.iter().filter(|nudge| !nudge.is_withheld);
        assert!(kept.map(|nudge| nudge.at).eq(shown));
        let off = live(&strip, Habit::Ignores, MonitorSettings::default());
        let is_trial = |effect: &Effect| matches!(effect, Effect::Save(Record::Trial(_)));
        assert!(!off.effects.iter().any(|(_, effect)| is_trial(effect)));
    }

    #[test]
    fn the_status_says_for_which_nudges_the_edges_stay_bright() {
        let mut settings = MonitorSettings::default();
        (settings.nudges.trial, settings.nudges.trial_edges) = (true, true);
        let strip = ("x".repeat(5) + &".".repeat(25)).repeat(60);
        let day = live(&strip, Habit::Ignores, settings);
        let mut due = Vec::new();
        let mut bright = std::collections::BTreeSet::new();
        for (_, effect) in day.effects {
            match effect {
                Effect::Save(Record::Trial(nudge)) => due.push(nudge),
                Effect::Publish(status) if status.leaves_out_edges => {
                    bright.extend(status.nudge);
                }
                _ => {}
            }
        }
        let wanted = due.iter().filter(|nudge| nudge.edges == Some(false));
        let wanted: std::collections::BTreeSet<Timestamp> = wanted.map(|nudge| nudge.at).collect();
        assert!(wanted.len() > 10, "{}", wanted.len());
        assert_eq!(bright, wanted);
    }
}
