//! What a nudge was based on, so that the person can check it afterwards. It holds no picture.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::CalibrationRecord;
use crate::landmarks::Skeleton;
use crate::posture::{Basis, CalibrationDoubt, Estimate, PerAngle, View};

/// What a nudge was based on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NudgeEvidence {
    /// The nudge's instant, which identifies it.
    pub nudge: Timestamp,
    /// Readings of the slouch up to the nudge, in order of time.
    pub readings: Vec<Reading>,
    /// Where the camera stood.
    pub view: View,
    /// What the angles were measured from.
    pub basis: Basis,
    /// Head and shoulders as they were seen last.
    pub skeleton: Option<Skeleton>,
    /// The changes from neutral at which the angles were beyond their limits, in degrees.
    pub limits: PerAngle<Option<f64>>,
    /// How long slouching had to last.
    pub onset: SignedDuration,
    /// The model that found the joints.
    pub model: String,
    /// The calibration in force.
    pub calibration: Option<CalibrationRecord>,
    /// Why the calibration may not have fitted.
    pub doubt: Option<CalibrationDoubt>,
}

/// The angles of one observation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// When the frame was taken.
    pub at: Timestamp,
    /// The angles that were measured.
    #[serde(flatten)]
    pub angles: PerAngle<Option<AngleReading>>,
}

/// One angle in one observation, in tenths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AngleReading {
    /// The change from neutral in degrees.
    pub change: f64,
    /// One standard error of it in degrees.
    pub error: f64,
}

/// Of a longer slouch, earlier readings are kept more sparsely. Our choice: with so many, the evidence of
/// a nudge takes about 4 kB.
const MOST_READINGS: usize = 32;

impl Reading {
    /// The reading of these estimates.
    #[must_use]
    pub fn new(at: Timestamp, angles: &PerAngle<Option<Estimate>>) -> Reading {
        let tenths = |degrees: f64| (degrees * 10.0).round() / 10.0;
        Reading {
            at,
            angles: angles.map(|estimate| {
                let estimate = estimate?;
                Some(AngleReading {
                    change: tenths(estimate.change?),
                    error: tenths(estimate.error),
                })
            }),
        }
    }

    /// Adds this reading to those before it, of which every second one is left out once they are many.
    pub fn add_to(self, readings: &mut Vec<Reading>) {
        if readings.len() == MOST_READINGS {
            let mut is_kept = false;
            readings.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
        }
        readings.push(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_of_a_long_slouch_stay_few_and_begin_with_its_first() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let mut readings = Vec::new();
        for second in 0..10_000 {
            Reading::new(at(second), &PerAngle::default()).add_to(&mut readings);
            assert!(readings.len() <= MOST_READINGS);
        }
        assert_eq!(readings.first().map(|first| first.at), Some(at(0)));
        assert_eq!(readings.last().map(|last| last.at), Some(at(9_999)));
        assert!(readings.is_sorted_by(|one, next| one.at < next.at));
    }

    #[test]
    fn evidence_is_small() {
        let estimate = Estimate {
            degrees: 41.234_567,
            change: Some(14.234_567),
            error: 2.345_678,
        };
        let angles = PerAngle {
            forward_head: Some(estimate),
            rounded_shoulders: Some(estimate),
        };
        let at: Timestamp = "2026-11-23T09:00:00.123456789Z".parse().unwrap();
        let calibration = CalibrationRecord {
            at,
            camera: "usb-0000:00:14.0-1/HD Pro Webcam C920".to_owned(),
            profile: "standing".to_owned(),
        };
        let evidence = NudgeEvidence {
            nudge: at,
            readings: vec![Reading::new(at, &angles); MOST_READINGS],
            view: View::Oblique,
            basis: Basis::FaceMesh,
            skeleton: Some(Skeleton {
                aspect: 16.0 / 9.0,
                points: [(0.123_456_7, 0.765_432_1); Skeleton::JOINTS.len()],
            }),
            limits: angles.map(|_| Some(10.0)),
            onset: SignedDuration::from_mins(1),
            model: "full".to_owned(),
            calibration: Some(calibration),
            doubt: Some(CalibrationDoubt::CameraElsewhere),
        };
        let json = serde_json::to_string(&evidence).unwrap();
        assert!(json.len() < 5_500, "{} bytes: {json}", json.len());
        assert!(json.contains("14.2") && !json.contains("14.23"), "{json}");
        assert_eq!(
            serde_json::from_str::<NudgeEvidence>(&json).unwrap(),
            evidence
        );
    }
}
