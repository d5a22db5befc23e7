//! Classifies one observation: upright, slouched, unclear or away.

use serde::{Deserialize, Serialize};

use super::{
    Calibration, Estimate, Fault, Measurement, Moment, PerAngle, Posture, UnclearReason, angles,
};

/// The change from neutral at which a posture counts as slouched, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlouchLimit(pub f64);

impl Default for SlouchLimit {
    /// 10 degrees. Furniture alone changes the craniovertebral angle by 7 to 9 degrees, so a lower limit would
    /// count the chair's effect as a slouch.
    fn default() -> SlouchLimit {
        SlouchLimit(10.0)
    }
}

/// The limits, one for each angle.
pub type Limits = PerAngle<SlouchLimit>;

/// A slouch ends when its change falls below this share of the limit.
const RELEASE: f64 = 0.7;
/// A limit is at least this many standard deviations of the person's movement during the calibration.
const SPREADS: f64 = 2.0;

impl Limits {
    /// Raises limits that lie within the person's own movement.
    #[must_use]
    pub fn fitted_to(self, calibration: &Calibration) -> Limits {
        self.zip(calibration.spread())
            .map(|(limit, spread)| SlouchLimit(limit.0.max(SPREADS * spread)))
    }
}

/// The class of one observation, and how far the posture is from its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Classification {
    /// Upright, slouched, unclear or away.
    pub moment: Moment,
    /// The largest share of its limit that an angle has reached: 0 at neutral or behind it, 1 at the limit.
    /// None without a calibrated angle.
    pub severity: Option<f64>,
}

/// Classifies one observation. `before` is the class of the observation before it: an angle that
/// was beyond its limit counts as slouched until it falls below 70 % of the limit, so a posture
/// near the limit does not change class all the time.
#[must_use]
pub fn classify(seen: &Measurement, limits: &Limits, before: Option<Moment>) -> Classification {
    let unclear = |why| Classification {
        moment: Moment::Unclear(why),
        severity: None,
    };
    let posture = match seen {
        Measurement::Nobody => {
            return Classification {
                moment: Moment::Away,
                severity: None,
            };
        }
        Measurement::Unclear(why) => return unclear(*why),
        Measurement::Posture(posture) => posture,
    };
    let severities: Vec<(Fault, f64)> = posture
        .angles
        .zip(angles::gains(posture.view, posture.basis))
        .zip(*limits)
        .into_iter()
        .filter_map(|(angle, ((estimate, gain), limit))| {
            Some((angle.fault(), share(estimate?, gain, limit)?))
        })
        .collect();
    let Some(severity) = severities.iter().map(|(_, share)| *share).reduce(f64::max) else {
        return unclear(UnclearReason::NotCalibrated);
    };
    let needed = |fault| match before {
        Some(Moment::Slouched(Fault::HeadAndShoulders)) => RELEASE,
        Some(Moment::Slouched(was)) if was == fault => RELEASE,
        Some(Moment::Slouched(_) | Moment::Upright | Moment::Unclear(_) | Moment::Away) | None => {
            1.0
        }
    };
    let beyond: Vec<Fault> = severities
        .iter()
        .filter(|(fault, share)| *share >= needed(*fault))
        .map(|(fault, _)| *fault)
        .collect();
    let moment = match beyond[..] {
        [] => Moment::Upright,
        [fault] => Moment::Slouched(fault),
        [..] => Moment::Slouched(Fault::HeadAndShoulders),
    };
    Classification {
        moment,
        severity: Some(severity),
    }
}

/// The changes, in the degrees that users see, at which the angles of a posture reach their limits.
#[must_use]
pub fn limits_of(posture: &Posture, limits: &Limits) -> PerAngle<Option<f64>> {
    let angles = posture
        .angles
        .zip(angles::gains(posture.view, posture.basis))
        .zip(*limits);
    angles.map(|((estimate, gain), limit)| Some(limit.0.max(estimate?.error) / gain))
}

/// The share of its limit that a change has reached. A limit is never smaller than the
/// estimate's own error. None for a value that is not finite.
fn share(estimate: Estimate, gain: f64, limit: SlouchLimit) -> Option<f64> {
    let share = gain * estimate.change? / limit.0.max(estimate.error);
    share.is_finite().then_some(share.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::super::{Basis, Features, JointFeatures, View};
    use super::*;

    /// Seen from the side: changes of the head and of the shoulders, each with an error of 3 degrees.
    fn seen(head: f64, shoulders: Option<f64>) -> Measurement {
        let estimate = |change| Estimate {
            degrees: 40.0 + change,
            change: Some(change),
            error: 3.0,
        };
        Measurement::Posture(Posture {
            view: View::Side,
            basis: Basis::Joints,
            placement: None,
            trunk_lean: None,
            angles: PerAngle {
                forward_head: Some(estimate(head)),
                rounded_shoulders: shoulders.map(estimate),
            },
        })
    }

    fn moment(seen: &Measurement, before: Option<Moment>) -> Moment {
        classify(seen, &Limits::default(), before).moment
    }

    #[test]
    fn ten_degrees_are_too_far() {
        let head = Moment::Slouched(Fault::ForwardHead);
        let both = Moment::Slouched(Fault::HeadAndShoulders);
        let shoulders = Moment::Slouched(Fault::RoundedShoulders);
        assert_eq!(moment(&seen(0.0, None), None), Moment::Upright);
        assert_eq!(moment(&seen(-20.0, None), None), Moment::Upright);
        assert_eq!(moment(&seen(10.0, None), None), head);
        assert_eq!(moment(&seen(12.0, Some(11.0)), None), both);
        assert_eq!(moment(&seen(0.0, Some(10.0)), None), shoulders);
    }

    #[test]
    fn the_estimates_shrinkage_is_undone() {
        let severity = classify(&seen(5.0, None), &Limits::default(), None).severity;
        assert_eq!(
            severity,
            Some(5.0 * angles::gains(View::Side, Basis::Joints).forward_head / 10.0)
        );
        assert_eq!(moment(&seen(0.0, Some(9.9)), None), Moment::Upright);
    }

    #[test]
    fn a_change_that_reaches_the_limit_shown_counts() {
        let Measurement::Posture(posture) = seen(0.0, Some(0.0)) else {
            panic!("it is a posture");
        };
        let limits = limits_of(&posture, &Limits::default());
        let (head, shoulders) = (limits.forward_head, limits.rounded_shoulders);
        assert_eq!(shoulders, Some(10.0));
        let slouched = |degrees: f64| moment(&seen(head.unwrap() + degrees, None), None);
        assert_eq!(slouched(0.01), Moment::Slouched(Fault::ForwardHead));
        assert_eq!(slouched(-0.01), Moment::Upright);
    }

    #[test]
    fn a_slouch_lasts_until_seven_tenths_of_the_limit() {
        let slouched = Moment::Slouched(Fault::RoundedShoulders);
        let after = |shoulders| moment(&seen(0.0, Some(shoulders)), Some(slouched));
        assert_eq!(after(7.1), slouched);
        assert_eq!(after(6.9), Moment::Upright);
        assert_eq!(moment(&seen(0.0, Some(7.1)), None), Moment::Upright);
    }

    #[test]
    fn what_the_estimates_error_or_the_persons_restlessness_covers_is_no_slouch() {
        let unsure = Measurement::Posture(Posture {
            view: View::Front,
            basis: Basis::Joints,
            placement: None,
            trunk_lean: None,
            angles: PerAngle {
                forward_head: Some(Estimate {
                    degrees: 50.0,
                    change: Some(12.0),
                    error: 15.0,
                }),
                rounded_shoulders: None,
            },
        });
        assert_eq!(moment(&unsure, None), Moment::Upright);

        let features = |ear_height: f64| {
            let mut values = [0.0; JointFeatures::COUNT];
            values[..5].copy_from_slice(&[ear_height, -1.0, -0.14, 0.08, 0.37]);
            Features::from(JointFeatures::of(values))
        };
        let features = [0.46, 0.54, 0.48, 0.52].map(features);
        let calibration = Calibration::from_features(&features).unwrap();
        let restless = calibration.spread().forward_head;
        let strict = Limits::from_fn(|_| SlouchLimit(1.0));
        assert!(restless > 1.0, "{restless}");
        assert_eq!(
            strict.fitted_to(&calibration).forward_head,
            SlouchLimit(2.0 * restless)
        );
    }

    #[test]
    fn without_a_neutral_there_is_no_verdict() {
        let rough = Measurement::Posture(Posture {
            view: View::Front,
            basis: Basis::Joints,
            placement: None,
            trunk_lean: None,
            angles: PerAngle {
                forward_head: Some(Estimate {
                    degrees: 70.0,
                    change: None,
                    error: 6.0,
                }),
                rounded_shoulders: None,
            },
        });
        let verdict = classify(&rough, &Limits::default(), None);
        assert_eq!(
            verdict.moment,
            Moment::Unclear(UnclearReason::NotCalibrated)
        );
        assert_eq!(verdict.severity, None);
    }
}
