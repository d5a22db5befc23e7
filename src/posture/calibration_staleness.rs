//! When a calibration no longer fits: the camera was moved.
//!
//! A single look cannot tell a moved camera from a turned head. But people face
//! their screen: where somebody has been seen for minutes and never facing
//! where they did when they were calibrated, it is the camera that has moved, and
//! the person is asked for a new calibration instead of being blamed.
//!
//! What this leaves out, because looks do not show it: another person in the
//! same seat, and a camera moved straight up or down. Two people differ less in the
//! proportions of the head and shoulders than one person's own postures do: of
//! pairs in the posture set, no proportion puts more than 14 % beyond what 99 % of one
//! person's own pictures keep within. A camera 20 cm higher moves the eyes in the picture by no
//! more than looking down does.
//! What both come to is a slouch that never breaks, so the nudge for one of
//! 45 minutes doubts the calibration itself (`notify::Notice`).

use jiff::{SignedDuration, Timestamp};

use super::{Measurement, UnclearReason};

/// Turned away for so long without facing the screen once: longer than reading a
/// page beside the screen or talking to somebody usually takes.
const LASTED: SignedDuration = SignedDuration::from_mins(5);

/// Whether looks still fit the calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CalibrationStaleness {
    /// The person was seen facing where they did, or not at all yet.
    #[default]
    Fits,
    /// Seen only turned away since the last look that fitted.
    Doubtful {
        /// For how long, as far as it was observed.
        turned: SignedDuration,
        /// The last such look.
        last: Timestamp,
    },
    /// For too long: this needs a new calibration, or a look that fits again.
    Stale,
}

impl CalibrationStaleness {
    /// Takes in a measurement. More than `max_gap` between two that are turned away does not count,
    /// because what happened between is unknown.
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
                    last: at,
                }
            }
            (
                CalibrationStaleness::Doubtful { turned, last },
                Measurement::Unclear(UnclearReason::TurnedAway),
            ) => {
                let since = at.duration_since(last);
                let counted = if (SignedDuration::ZERO..=max_gap).contains(&since) {
                    turned + since
                } else {
                    turned
                };
                if counted >= LASTED {
                    CalibrationStaleness::Stale
                } else {
                    CalibrationStaleness::Doubtful {
                        turned: counted,
                        last: at,
                    }
                }
            }
            (_, Measurement::Unclear(_) | Measurement::Nobody) => self,
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
    use super::super::{EpisodeTiming, PerAngle, Posture, View};
    use super::*;

    /// One look every 10 s: `.` measured, `t` turned away, `d` too dark, `n` nobody.
    /// Gives `S` for each that says the calibration is stale.
    fn play(looks: &str) -> String {
        let mut staleness = CalibrationStaleness::default();
        let said = looks.chars().zip(0..).map(|(look, n)| {
            let seen = match look {
                't' => Measurement::Unclear(UnclearReason::TurnedAway),
                'd' => Measurement::Unclear(UnclearReason::TooDark),
                'n' => Measurement::Nobody,
                _ => Measurement::Posture(Posture {
                    view: View::Front,
                    angles: PerAngle::default(),
                }),
            };
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10 * n);
            staleness = staleness.step(&seen, at, EpisodeTiming::default().max_gap);
            match staleness.apply(seen) {
                Measurement::Unclear(UnclearReason::CalibrationStale) => 'S',
                Measurement::Posture(_) | Measurement::Nobody | Measurement::Unclear(_) => '-',
            }
        });
        said.collect()
    }

    #[test]
    fn turned_away_for_five_minutes_makes_a_calibration_stale() {
        let turned = "t".repeat(33);
        assert_eq!(play(&turned), format!("{}SSS", "-".repeat(30)));
    }

    #[test]
    fn one_look_that_fits_restores_trust() {
        let looks = format!("{}.{}", "t".repeat(31), "t".repeat(30));
        assert_eq!(
            play(&looks),
            format!("{}S{}", "-".repeat(30), "-".repeat(31))
        );
    }

    #[test]
    fn time_in_which_nobody_was_seen_does_not_count() {
        let looks = format!("t{}{}", "n".repeat(60), "t".repeat(10));
        assert_eq!(play(&looks), "-".repeat(71));
    }

    #[test]
    fn the_dark_neither_accuses_nor_acquits() {
        let looks = format!("{}d{}", "t".repeat(20), "t".repeat(11));
        assert!(play(&looks).ends_with('S'));
    }
}
