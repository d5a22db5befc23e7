//! Slouching on purpose: whether this camera shows a slouch of somebody who was calibrated.

use jiff::{SignedDuration, Timestamp};

use crate::posture::{AngleKind, Estimate, Limits, Measurement, PerAngle, View, limits_of};
use crate::statistics::median;
use crate::wording;

/// How long somebody slouches. Our choice: long enough to sink and stay there.
pub(in crate::commands) const LENGTH: SignedDuration = SignedDuration::from_secs(10);

/// Only this last part counts: until then somebody is still sinking.
const COUNTED: SignedDuration = SignedDuration::from_secs(5);

/// The observations of somebody who slouches on purpose.
#[derive(Debug, Default)]
pub(in crate::commands) struct SlouchTest {
    began: Option<Timestamp>,
    measured: Vec<Measured>,
    view: Option<View>,
}

#[derive(Debug)]
struct Measured {
    at: Timestamp,
    /// Each angle with its limit.
    angles: PerAngle<Option<(Estimate, f64)>>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::commands) struct SlouchVerdict {
    /// Whether it would count.
    pub(in crate::commands) counts: bool,
    /// What was seen, and what to change if it does not count.
    pub(in crate::commands) words: String,
}

impl SlouchTest {
    /// Notes what a frame shows. Returns how much longer to slouch.
    pub(in crate::commands) fn observe(
        &mut self,
        measurement: &Measurement,
        limits: &Limits,
        at: Timestamp,
    ) -> SignedDuration {
        if let Measurement::Posture(posture) = measurement {
            self.view = Some(posture.view);
            let limits = limits_of(posture, limits);
            let angles = posture.angles.zip(limits);
            self.measured.push(Measured {
                at,
                angles: angles.map(|(angle, limit)| Some((angle?, limit?))),
            });
        }
        let began = *self.began.get_or_insert(at);
        (LENGTH - at.duration_since(began)).max(SignedDuration::ZERO)
    }

    /// The verdict; none if hardly anything was measured.
    pub(in crate::commands) fn verdict(&self) -> Option<SlouchVerdict> {
        let last = self.measured.last()?.at;
        let counted = || {
            let counts = |measured: &&Measured| last.duration_since(measured.at) <= COUNTED;
            self.measured.iter().filter(counts)
        };
        let middle = |angle: AngleKind| {
            let of = |part: fn((Estimate, f64)) -> Option<f64>| {
                median(counted().filter_map(|measured| part(measured.angles[angle]?)))
            };
            Some(Middle {
                angle,
                change: of(|(estimate, _)| estimate.change)?,
                error: of(|(estimate, _)| Some(estimate.error))?,
                limit: of(|(_, limit)| Some(limit))?,
            })
        };
        let furthest = AngleKind::ALL
            .into_iter()
            .filter_map(middle)
            .max_by(|a, b| (a.change / a.limit).total_cmp(&(b.change / b.limit)))?;
        Some(furthest.verdict(self.view?))
    }
}

/// An angle in the middle of what was measured, in degrees.
struct Middle {
    angle: AngleKind,
    change: f64,
    error: f64,
    limit: f64,
}

impl Middle {
    fn verdict(&self, view: View) -> SlouchVerdict {
        let Middle {
            angle,
            change,
            error,
            limit,
        } = self;
        let name = wording::angle_name(*angle).to_lowercase();
        // Adding zero turns -0 into 0.
        let shown = change.round() + 0.0;
        let seen = format!("{name} {shown:+.0}\u{b0} \u{b1} {error:.0}\u{b0} from neutral");
        let counts = change >= limit;
        SlouchVerdict {
            counts,
            words: match counts {
                true => format!("Seen: {seen}. That counts: the limit is {limit:.0}\u{b0}."),
                false => format!(
                    "This view hardly shows it: {seen}, and the limit is {limit:.0}\u{b0}. {} Then calibrate and try again. If you did not slouch as far as you usually do, try again at once.",
                    advice(view)
                ),
            },
        }
    }
}

/// What makes a slouch show more.
fn advice(view: View) -> &'static str {
    match view {
        View::Front => "Raise the camera by a hand's width, or put it in front and to one side.",
        View::Oblique | View::Side => {
            "Put the camera at the height of your eyes, so that head and both shoulders are in the picture."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posture::{Basis, Posture, SlouchLimit};

    /// The head by this many degrees forward, second by second.
    fn verdict(changes: impl IntoIterator<Item = Option<f64>>) -> Option<SlouchVerdict> {
        let mut test = SlouchTest::default();
        let limits = Limits::from_fn(|_| SlouchLimit(10.0));
        for (second, change) in (0_i64..).zip(changes) {
            let measurement = match change {
                None => Measurement::Nobody,
                Some(change) => Measurement::Posture(Posture {
                    view: View::Side,
                    basis: Basis::Joints,
                    placement: None,
                    trunk_lean: None,
                    angles: PerAngle {
                        forward_head: Some(Estimate {
                            degrees: 40.0 + change,
                            change: Some(change),
                            error: 3.0,
                        }),
                        rounded_shoulders: None,
                    },
                }),
            };
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
            let left = test.observe(&measurement, &limits, at);
            assert_eq!(left, SignedDuration::from_secs((10 - second).max(0)));
        }
        test.verdict()
    }

    #[test]
    fn the_last_seconds_of_a_slouch_count() {
        let sinking = [0.0, 2.0, 5.0, 9.0, 14.0, 17.0, 18.0, 18.0, 17.0, 18.0, 17.0];
        let seen = verdict(sinking.map(Some)).unwrap();
        assert!(seen.counts, "{seen:?}");
        assert!(
            seen.words
                .starts_with("Seen: forward head +18\u{b0} \u{b1} 3\u{b0} from neutral. That counts: the limit is "),
            "{seen:?}"
        );
        // A moment in which the camera saw nobody changes nothing.
        let gap = sinking.into_iter().map(Some).chain([None]);
        assert_eq!(verdict(gap), Some(seen));
    }

    #[test]
    fn a_slouch_that_hardly_shows_is_said_with_its_degrees() {
        let seen = verdict([Some(4.0); 11]).unwrap();
        assert!(!seen.counts);
        assert!(
            seen.words
                .starts_with("This view hardly shows it: forward head +4\u{b0}"),
            "{seen:?}"
        );
        assert_eq!(verdict([None; 11]), None);
    }
}
