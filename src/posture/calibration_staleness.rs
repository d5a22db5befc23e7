//! When a calibration no longer fits: the camera was moved.
//!
//! One observation cannot distinguish a moved camera from a turned head. But people face their
//! screen. If somebody is turned away for minutes and never faces it, the camera has moved, and
//! Sitwell asks for a new calibration.
//!
//! A camera that moved straight up or down is noticed in `camera_place`. Observations do not show that another person
//! sits there: two people's proportions of head and shoulders differ less than one person's postures
//! do. Of pairs in the posture set, no proportion puts more than 14 % outside the range of 99 % of
//! one person's own pictures. That causes a slouch that never ends, so the nudge for a slouch of 45
//! minutes questions the calibration (`notify::Notice`).

use jiff::{SignedDuration, Timestamp};

use super::{Measurement, UnclearReason};

/// Turned away for longer than this without once facing the screen. Reading beside the screen or
/// talking to somebody usually takes less.
const MAX_TURNED: SignedDuration = SignedDuration::from_mins(5);

/// Whether observations still fit the calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CalibrationStaleness {
    /// The person last faced the screen as calibrated, or was not observed yet.
    #[default]
    Fits,
    /// Only turned away since then.
    Doubtful {
        /// For how long, as far as it was observed.
        turned: SignedDuration,
        /// The last observation, if it showed that.
        last: Option<Timestamp>,
    },
    /// For too long: this needs a new calibration, or an observation that fits again.
    Stale,
}

impl CalibrationStaleness {
    /// Adds a measurement. Time counts as turned away only between two such measurements in a row,
    /// at most `max_gap` apart.
    #[must_use]
    pub fn step(
        self,
        measurement: &Measurement,
        at: Timestamp,
        max_gap: SignedDuration,
    ) -> CalibrationStaleness {
        match (self, measurement) {
            (_, Measurement::Posture(_)) => CalibrationStaleness::Fits,
            (CalibrationStaleness::Fits, Measurement::Unclear(UnclearReason::TurnedAway)) => {
                CalibrationStaleness::Doubtful {
                    turned: SignedDuration::ZERO,
                    last: Some(at),
                }
            }
            (
                CalibrationStaleness::Doubtful { turned, last },
                Measurement::Unclear(UnclearReason::TurnedAway),
            ) => {
                let since = last.map_or(SignedDuration::ZERO, |last| at.duration_since(last));
                let counted = if (SignedDuration::ZERO..=max_gap).contains(&since) {
                    turned + since
                } else {
                    turned
                };
                if counted >= MAX_TURNED {
                    CalibrationStaleness::Stale
                } else {
                    CalibrationStaleness::Doubtful {
                        turned: counted,
                        last: Some(at),
                    }
                }
            }
            (
                CalibrationStaleness::Doubtful { turned, .. },
                Measurement::Unclear(_) | Measurement::Nobody,
            ) => CalibrationStaleness::Doubtful { turned, last: None },
            (
                CalibrationStaleness::Fits | CalibrationStaleness::Stale,
                Measurement::Unclear(_) | Measurement::Nobody,
            ) => self,
        }
    }

    /// The measurement, with the reason that it does not fit the calibration if that is so.
    #[must_use]
    pub fn apply(self, measurement: Measurement) -> Measurement {
        match (self, measurement) {
            (CalibrationStaleness::Stale, Measurement::Unclear(UnclearReason::TurnedAway)) => {
                Measurement::Unclear(UnclearReason::CalibrationStale)
            }
            (
                CalibrationStaleness::Stale
                | CalibrationStaleness::Fits
                | CalibrationStaleness::Doubtful { .. },
                measurement,
            ) => measurement,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Basis, PerAngle, Posture, View};
    use super::*;

    /// One observation every 10 s: `.` measured, `t` turned away, `d` too dark, `n` nobody.
    /// Gives `S` for each that says the calibration is stale, alike for a short and a long gap.
    fn play(letters: &str) -> String {
        let [short, long] = [30, 600].map(|gap| play_with(letters, SignedDuration::from_secs(gap)));
        assert_eq!(short, long);
        short
    }

    fn play_with(letters: &str, max_gap: SignedDuration) -> String {
        let mut staleness = CalibrationStaleness::default();
        let stale = letters.chars().zip(0..).map(|(letter, n)| {
            let measurement = match letter {
                't' => Measurement::Unclear(UnclearReason::TurnedAway),
                'd' => Measurement::Unclear(UnclearReason::TooDark),
                'n' => Measurement::Nobody,
                _ => Measurement::Posture(Posture {
                    view: View::Front,
                    basis: Basis::Joints,
                    placement: None,
                    trunk_lean: None,
                    angles: PerAngle::default(),
                }),
            };
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10 * n);
            staleness = staleness.step(&measurement, at, max_gap);
            match staleness.apply(measurement) {
                Measurement::Unclear(UnclearReason::CalibrationStale) => 'S',
                Measurement::Posture(_) | Measurement::Nobody | Measurement::Unclear(_) => '-',
            }
        });
        stale.collect()
    }

    #[test]
    fn turned_away_for_five_minutes_makes_a_calibration_stale() {
        let turned = "t".repeat(33);
        assert_eq!(play(&turned), format!("{}SSS", "-".repeat(30)));
    }

    #[test]
    fn one_look_that_fits_restores_trust() {
        let observations = format!("{}.{}", "t".repeat(31), "t".repeat(30));
        assert_eq!(
            play(&observations),
            format!("{}S{}", "-".repeat(30), "-".repeat(31))
        );
    }

    #[test]
    fn time_in_which_nobody_was_seen_does_not_count() {
        let observations = format!("t{}{}", "n".repeat(60), "t".repeat(10));
        assert_eq!(play(&observations), "-".repeat(71));
    }

    #[test]
    fn the_dark_neither_accuses_nor_acquits() {
        let observations = format!("{}d{}", "t".repeat(20), "t".repeat(12));
        assert!(play(&observations).ends_with('S'));
    }
}
