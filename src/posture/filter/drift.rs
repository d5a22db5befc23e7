//! Slow drift of an angle: followed while the person clearly sits upright, never learnt from slouching.
//!
//! Over hours the same posture comes to read differently: clothes, hair, a chair set lower, a lid
//! nudged. Nobody can tell that from a person who sinks as slowly by looking at the
//! angle alone, so what may be learnt is bounded three times: in which postures, how
//! fast, and how much. And it is forgotten faster than it was learnt as soon as the posture is
//! no longer clearly upright, measured against the calibration itself: whoever sinks
//! through the learnable degrees and on has lost all of it when a limit is reached.
//!
//! It lives as long as the program watches; the next start begins at the calibration again.

use jiff::{SignedDuration, Timestamp};

/// Within so many degrees of the calibrated neutral somebody clearly sits upright: 40 % of
/// the default limit, and well below the 70 % at which a slouch is over.
const UPRIGHT: f64 = 4.0;
/// Degrees that are learnt at most: half of what is clearly upright, less than a look's error.
const MOST: f64 = 2.0;
/// Degrees learnt in an hour.
const LEARNT: f64 = 1.0;
/// Degrees forgotten in an hour of any other posture: no slouch is hidden for longer than an hour.
const FORGOTTEN: f64 = 2.0;

/// What has drifted so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DriftCorrection {
    degrees: f64,
    last: Option<Timestamp>,
}

impl DriftCorrection {
    /// Takes in a filtered change from the calibrated neutral and returns it without the drift, in
    /// degrees. Nothing is learnt from the time between two of them that is longer than `max_gap`.
    pub fn correct(&mut self, change: f64, at: Timestamp, max_gap: SignedDuration) -> f64 {
        let since = self.last.map_or(SignedDuration::ZERO, |last| {
            at.duration_since(last).max(SignedDuration::ZERO)
        });
        self.last = Some(at);
        if since <= max_gap {
            let hours = since.as_secs_f64() / 3600.0;
            self.degrees = if change.abs() <= UPRIGHT {
                toward(self.degrees, change.clamp(-MOST, MOST), LEARNT * hours)
            } else {
                toward(self.degrees, 0.0, FORGOTTEN * hours)
            };
        }
        change - self.degrees
    }
}

/// A step towards a goal, at most so long.
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
    /// with a look every 15 s; `x` is 12 degrees and `-` a quarter of an hour in which nobody looked.
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
            let looks = (seconds / step).ceil() as u32;
            let mut last = f64::NAN;
            for look in 0..=looks {
                let sunk = f64::from(look) / f64::from(looks);
                let change = began * (1.0 - sunk) + 10.0 * sunk;
                last = drift.correct(change, at(f64::from(look) * step), MAX_GAP);
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
                    prop_assert!((corrected - change).abs() <= MOST);
                }
            }
            let mut last = f64::NAN;
            for _ in 0..=120 {
                now += 30.0;
                last = drift.correct(slouch, at(now), MAX_GAP);
            }
            prop_assert_eq!(last, slouch);
        }

        /// Time counts, not looks.
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
