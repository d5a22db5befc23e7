//! Slow drift of an angle: followed while the person clearly sits upright, never during a slouch.
//!
//! Over hours the same posture gives other angles: clothes, hair, a chair set lower, a nudged lid.
//! The angle alone cannot distinguish that from a person who slowly sinks. So the correction is
//! limited to clearly upright postures, in speed and in size. In any other posture it is undone
//! faster than it was made. A person who sinks through the upright degrees and beyond them has no
//! correction left when an angle reaches its limit.
//!
//! The correction lasts as long as the program watches; the next start has none.

use jiff::{SignedDuration, Timestamp};

/// Within this many degrees of neutral a person clearly sits upright: 40 % of the default limit, and
/// well below the 70 % at which a slouch ends. Our choice.
const UPRIGHT: f64 = 4.0;
/// The largest correction in degrees: half of [`UPRIGHT`], and less than an observation's error. Our choice.
const MAX_CORRECTION: f64 = 2.0;
/// Degrees of correction added in an hour. Our choice.
const ADDED_PER_HOUR: f64 = 1.0;
/// Degrees of correction undone in an hour of any other posture: no slouch is hidden for longer than
/// an hour. Our choice.
const UNDONE_PER_HOUR: f64 = 2.0;

/// The current correction.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DriftCorrection {
    degrees: f64,
    last: Option<Timestamp>,
}

impl DriftCorrection {
    /// Adds a filtered change from neutral, in degrees, and returns it without the drift. A time of
    /// more than `max_gap` between two changes does not count.
    pub fn correct(&mut self, change: f64, at: Timestamp, max_gap: SignedDuration) -> f64 {
        let since = self.last.map_or(SignedDuration::ZERO, |last| {
            at.duration_since(last).max(SignedDuration::ZERO)
        });
        self.last = Some(at);
        if since <= max_gap {
            let hours = since.as_secs_f64() / 3600.0;
            self.degrees = if change.abs() <= UPRIGHT {
                toward(
                    self.degrees,
                    change.clamp(-MAX_CORRECTION, MAX_CORRECTION),
                    ADDED_PER_HOUR * hours,
                )
            } else {
                toward(self.degrees, 0.0, UNDONE_PER_HOUR * hours)
            };
        }
        change - self.degrees
    }
}

/// A step of at most `step` towards `goal`.
fn toward(from: f64, goal: f64, step: f64) -> f64 {
    from + (goal - from).clamp(-step, step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX_GAP: SignedDuration = SignedDuration::from_secs(30);

    fn at(seconds: f64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds)
    }

    /// A quarter of an hour for each digit, which is the change from the calibration in degrees,
    /// with an observation every 15 s; `x` is 12 degrees and `-` a quarter of an hour in which nobody looked.
    /// Gives what has drifted at the end of each.
    fn play(quarters: &str) -> String {
        let (mut drift, mut now) = (DriftCorrection::default(), 0.0);
        let ends = quarters.chars().map(|quarter| {
            for _ in 0..60 {
                now += 15.0;
                let change = match quarter {
                    '-' => continue,
                    'x' => 12.0,
                    digit => f64::from(digit.to_digit(10).unwrap()),
                };
                drift.correct(change, at(now), MAX_GAP);
            }
            format!("{:.1}", drift.degrees)
        });
        ends.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_drift_is_followed_slowly_and_not_far() {
        insta::assert_snapshot!(play("333333333333"), @"0.2 0.5 0.7 1.0 1.2 1.5 1.7 2.0 2.0 2.0 2.0 2.0");
        insta::assert_snapshot!(play("111111"), @"0.2 0.5 0.7 1.0 1.0 1.0");
    }

    #[test]
    fn a_slouch_teaches_nothing_and_what_was_learnt_is_lost_in_it() {
        insta::assert_snapshot!(play("5555xxxx"), @"0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0");
        insta::assert_snapshot!(play("33333333xxxxx"), @"0.2 0.5 0.7 1.0 1.2 1.5 1.7 2.0 1.5 1.0 0.5 0.0 0.0");
    }

    #[test]
    fn time_in_which_nobody_looked_teaches_nothing() {
        insta::assert_snapshot!(play("33----33"), @"0.2 0.5 0.5 0.5 0.5 0.5 0.7 1.0");
    }

    proptest! {
        /// Ten degrees in a quarter of an hour or in a day: at the tenth nothing is left to hide it.
        #[test]
        fn no_slow_slouch_is_learnt(hours in 0.25..24.0_f64, step in 0.2..30.0_f64, began in -4.0..4.0_f64) {
            let mut drift = DriftCorrection::default();
            let seconds = hours * 3600.0;
            let observations = (seconds / step).ceil() as u32;
            let mut last = f64::NAN;
            for observation in 0..=observations {
                let sunk = f64::from(observation) / f64::from(observations);
                let change = began * (1.0 - sunk) + 10.0 * sunk;
                last = drift.correct(change, at(f64::from(observation) * step), MAX_GAP);
            }
            prop_assert_eq!(last, 10.0);
        }

        /// Whatever was sat before, an hour beyond what is clearly upright hides nothing any more.
        #[test]
        fn no_slouch_is_hidden_for_more_than_an_hour(
            before in proptest::collection::vec((-20.0..20.0_f64, 0.1..20.0_f64), 0..500), slouch in 4.1..40.0_f64,
        ) {
            let (mut drift, mut now) = (DriftCorrection::default(), 0.0);
            for (change, minutes) in before {
                for _ in 0..(minutes * 2.0) as u32 {
                    now += 30.0;
                    let corrected = drift.correct(change, at(now), MAX_GAP);
                    prop_assert!((corrected - change).abs() <= MAX_CORRECTION);
                }
            }
            let mut last = f64::NAN;
            for _ in 0..=120 {
                now += 30.0;
                last = drift.correct(slouch, at(now), MAX_GAP);
            }
            prop_assert_eq!(last, slouch);
        }

        /// Time counts, not observations.
        #[test]
        fn looking_more_often_teaches_no_more(change in -4.0..4.0_f64, every in 1_u32..20) {
            let drifted = |every: u32| {
                let mut drift = DriftCorrection::default();
                for second in (0..=3600).step_by(every as usize) {
                    drift.correct(change, at(f64::from(second)), MAX_GAP);
                }
                drift.degrees
            };
            prop_assert!((drifted(every) - drifted(1)).abs() < 0.01);
        }
    }
}
