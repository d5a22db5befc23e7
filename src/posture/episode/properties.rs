//! Laws that hold for any observations at any instants.

use proptest::prelude::*;

use super::*;
use crate::posture::UnclearReason;

const PATIENCE: EpisodeTiming = EpisodeTiming {
    onset: SignedDuration::from_secs(60),
    forgiven: SignedDuration::from_secs(5),
    recovery: SignedDuration::from_secs(10),
    max_gap: SignedDuration::from_secs(30),
};

#[derive(Debug, Clone, Copy)]
struct TimedMoment {
    moment: Moment,
    at: Timestamp,
}

fn millis(millis: i64) -> SignedDuration {
    SignedDuration::from_millis(millis)
}

fn play(observations: impl IntoIterator<Item = TimedMoment>) -> Vec<(Timestamp, EpisodeEvent)> {
    let mut state = EpisodeState::default();
    let mut events = Vec::new();
    for TimedMoment { moment, at } in observations {
        let (next, event) = state.step(moment, at, &PATIENCE);
        state = next;
        events.extend(event.map(|event| (at, event)));
    }
    events
}

fn ended(events: &[(Timestamp, EpisodeEvent)]) -> Vec<SustainedSlouch> {
    events
        .iter()
        .filter_map(|(_, event)| match event {
            EpisodeEvent::Began(_) => None,
            EpisodeEvent::Ended(slouch, _) => Some(*slouch),
        })
        .collect()
}

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        6 => proptest::sample::select(&Fault::ALL[..]).prop_map(Moment::Slouched),
        2 => Just(Moment::Upright),
        1 => Just(Moment::Unclear(UnclearReason::TooDark)),
        1 => Just(Moment::Away),
    ]
}

/// Observations with the steps between them in milliseconds.
fn observations(steps: impl Strategy<Value = i64>) -> impl Strategy<Value = Vec<TimedMoment>> {
    proptest::collection::vec((moment(), steps, 1_usize..30), 0..60).prop_map(|runs| {
        let mut at = Timestamp::UNIX_EPOCH;
        let mut observations = Vec::new();
        for (moment, step, times) in runs {
            for _ in 0..times {
                at += millis(step);
                observations.push(TimedMoment { moment, at });
            }
        }
        observations
    })
}

/// A truth as runs of slouching and sitting up, in milliseconds. Between them
/// the runs leave a margin of two of the slowest samples around every limit, since at a
/// limit any two rates may differ.
#[derive(Debug, Clone)]
struct Truth(Vec<(Moment, i64)>);

impl Truth {
    fn at(&self, millis: i64) -> Moment {
        let mut end = 0;
        for (moment, lasts) in &self.0 {
            end += lasts;
            if millis < end {
                return *moment;
            }
        }
        Moment::Upright
    }

    fn lasts(&self) -> i64 {
        self.0.iter().map(|(_, lasts)| lasts).sum()
    }

    /// Looks at it at steps that repeat.
    fn seen(&self, phase: i64, steps: &[i64]) -> Vec<TimedMoment> {
        let mut observations = Vec::new();
        let mut now = phase;
        for step in steps.iter().cycle() {
            if now > self.lasts() {
                break;
            }
            observations.push(TimedMoment {
                moment: self.at(now),
                at: Timestamp::UNIX_EPOCH + millis(now),
            });
            now += step;
        }
        observations
    }
}

/// Slouches, each of two runs with a recovery between that is surely forgiven,
/// the first and the sum well off the onset, and surely sitting up after each.
fn truth() -> impl Strategy<Value = Truth> {
    let slouched = Moment::Slouched(Fault::ForwardHead);
    let run = prop_oneof![10_000..20_000_i64, 41_000..200_000_i64];
    let slouch = (run, 0..4_900_i64, 20_000..300_000_i64)
        .prop_filter("a verdict is too near the onset", |(a, _, b)| {
            (a + b - 60_000).abs() > 20_000 && (a - 60_000).abs() > 10_000
        });
    proptest::collection::vec((slouch, 21_000..60_000_i64), 1..6).prop_map(move |slouches| {
        let mut runs = vec![(Moment::Upright, 20_000)];
        for ((first, recovery, second), upright) in slouches {
            runs.extend([
                (slouched, first),
                (Moment::Upright, recovery),
                (slouched, second),
                (Moment::Upright, upright),
            ]);
        }
        Truth(runs)
    })
}

proptest! {
    #[test]
    fn episodes_never_overlap_and_never_exceed_the_time_observed(observations in observations(1..40_000_i64)) {
        let slouches = ended(&play(observations.clone()));
        for slouch in &slouches {
            prop_assert!(slouch.observed <= slouch.to.duration_since(slouch.from));
            prop_assert!(slouch.observed >= PATIENCE.onset);
        }
        for pair in slouches.windows(2) {
            prop_assert!(pair[0].to <= pair[1].from);
        }
        let observed: SignedDuration = observations.windows(2)
            .map(|pair| (pair[0].moment, pair[1].at.duration_since(pair[0].at)))
            .filter(|(moment, lasted)| matches!(moment, Moment::Slouched(_)) && *lasted <= PATIENCE.max_gap)
            .map(|(_, lasted)| lasted)
            .sum();
        prop_assert!(slouches.iter().map(|slouch| slouch.observed).sum::<SignedDuration>() <= observed);
    }

    #[test]
    fn beginnings_and_endings_alternate(observations in observations(1..40_000_i64)) {
        let began: Vec<bool> = play(observations).iter().map(|(_, event)| matches!(event, EpisodeEvent::Began(_))).collect();
        prop_assert!(began.iter().enumerate().all(|(nth, began)| *began == (nth % 2 == 0)));
    }

    #[test]
    fn any_rate_gives_the_same_verdict_within_a_sample(
        truth in truth(),
        phase in 0..5_000_i64,
        steps in proptest::collection::vec(100..=5_000_i64, 1..8),
    ) {
        let sample = millis(*steps.iter().max().unwrap());
        let finest = 100;
        let fine = play(truth.seen(0, &[finest]));
        let coarse = play(truth.seen(phase, &steps));
        prop_assert_eq!(fine.len(), coarse.len());
        for ((fine_at, fine), (coarse_at, coarse)) in fine.into_iter().zip(coarse) {
            match (fine, coarse) {
                (EpisodeEvent::Began(fine), EpisodeEvent::Began(coarse)) => {
                    prop_assert!(coarse.from.duration_since(fine.from).abs() <= sample);
                    // Late by one sample at the start, one at each end of a lapse and one at the onset.
                    prop_assert!(coarse_at.duration_since(fine_at).abs() <= sample * 4);
                }
                (EpisodeEvent::Ended(fine, how), EpisodeEvent::Ended(coarse, coarse_how)) => {
                    prop_assert_eq!(how, coarse_how);
                    prop_assert!(coarse.from.duration_since(fine.from).abs() <= sample);
                    prop_assert!(coarse.to.duration_since(fine.to).abs() <= sample);
                    // Each of the two runs may be a sample too long or too short, at either rate.
                    prop_assert!((coarse.observed - fine.observed).abs() <= (sample + millis(finest)) * 2);
                    prop_assert!(coarse_at.duration_since(fine_at).abs() <= sample * 2);
                }
                (EpisodeEvent::Began(_), EpisodeEvent::Ended(..)) | (EpisodeEvent::Ended(..), EpisodeEvent::Began(_)) => prop_assert!(false, "different events"),
            }
        }
    }

    #[test]
    fn a_clock_that_steps_back_invents_no_time(observations in observations(prop_oneof![1..10_000_i64, -7_200_000..0_i64])) {
        let forwards: SignedDuration = observations.windows(2)
            .map(|pair| pair[1].at.duration_since(pair[0].at).max(SignedDuration::ZERO))
            .sum();
        let slouches = ended(&play(observations));
        for slouch in &slouches {
            prop_assert!(slouch.from <= slouch.to);
            prop_assert!(slouch.observed <= slouch.to.duration_since(slouch.from));
        }
        prop_assert!(slouches.iter().map(|slouch| slouch.observed).sum::<SignedDuration>() <= forwards);
    }

    #[test]
    fn observations_lost_anywhere_invent_no_time(observations in observations(1..10_000_i64), cut in 0..1000_usize, lost in 0..1000_usize) {
        let cut = cut.min(observations.len());
        let (before, after) = observations.split_at(cut);
        let after = &after[lost.min(after.len())..];
        let seen: SignedDuration = [before, after].iter()
            .filter_map(|part| Some(part.last()?.at.duration_since(part.first()?.at)))
            .sum();
        let joined = ended(&play(before.iter().chain(after).copied()));
        prop_assert!(joined.iter().map(|slouch| slouch.observed).sum::<SignedDuration>() <= seen + PATIENCE.max_gap);
    }

    #[test]
    fn the_ends_of_time_do_not_panic(first in moment(), second in moment()) {
        let observations = [(first, Timestamp::MIN), (second, Timestamp::MAX), (first, Timestamp::MIN), (second, Timestamp::MIN)];
        play(observations.map(|(moment, at)| TimedMoment { moment, at }));
    }
}
