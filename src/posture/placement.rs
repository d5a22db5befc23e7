//! Where somebody sits before the camera, against the calibration.

use serde::{Deserialize, Serialize};

use super::View;
use super::camera_place::{LOWERED, RAISED_BEYOND_BENDING, elevation};
use super::features::Features;

/// Where somebody sits before the camera, against the calibration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The distance from the camera as a part of the calibrated one, by the shoulders' width in the picture. In the posture set's
    /// pictures from the front it is off by 1 to 3 %, and a head that only goes forward, by up to 25 degrees, leaves it as it is
    /// (1.00 with a standard deviation of 0.02). What rounded shoulders come nearer does not show (7 %): `tools/shoulders/distance.py`.
    pub distance: f64,
    /// From how many degrees further above the camera sees the face, beyond what bending forward shows; below 0 from further below.
    pub elevation: f64,
}

/// How high the camera stands, against the calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraHeight {
    /// Higher.
    Higher,
    /// As calibrated.
    AsCalibrated,
    /// Lower.
    Lower,
}

impl Placement {
    /// Of somebody with these features; `None` where the view does not show it. From oblique cameras a turned trunk
    /// changes the shoulders' width as much as the distance does.
    #[must_use]
    pub(super) fn of(now: &Features, neutral: &Features, view: View) -> Option<Placement> {
        let (now, neutral) = now.face.as_ref().zip(neutral.face.as_ref())?;
        (view == View::Front).then(|| Placement {
            distance: (neutral.shoulder_width - now.shoulder_width).exp(),
            elevation: elevation(now, neutral),
        })
    }

    /// How high the camera stands.
    #[must_use]
    pub fn camera(&self) -> CameraHeight {
        if self.elevation > RAISED_BEYOND_BENDING {
            CameraHeight::Higher
        } else if self.elevation < LOWERED {
            CameraHeight::Lower
        } else {
            CameraHeight::AsCalibrated
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::FaceFeatures;
    use super::super::{JointFeatures, View};
    use super::*;

    fn features(pitch: f64, shoulder_width: f64, shoulder_y: f64) -> Features {
        let mut values = [0.0; FaceFeatures::COUNT];
        values[1] = -1.0;
        let mut face = FaceFeatures::of(values);
        (face.pitch, face.shoulder_width, face.shoulder_y) =
            (pitch.to_radians(), shoulder_width, shoulder_y);
        Features {
            face: Some(face),
            ..JointFeatures::of([0.0; JointFeatures::COUNT]).into()
        }
    }

    #[test]
    fn narrower_shoulders_are_further_away_and_a_raised_camera_sees_from_above() {
        let neutral = features(5.0, -0.5, 0.8);
        let placement = |now: &Features| Placement::of(now, &neutral, View::Front).unwrap();
        let as_calibrated = placement(&neutral);
        assert_eq!(
            (as_calibrated.distance, as_calibrated.elevation),
            (1.0, 0.0)
        );
        assert_eq!(as_calibrated.camera(), CameraHeight::AsCalibrated);
        let further = placement(&features(5.0, -0.5 - 1.25_f64.ln(), 0.8));
        assert!((further.distance - 1.25).abs() < 1e-12);
        assert_eq!(
            placement(&features(20.0, -0.5, 0.8)).camera(),
            CameraHeight::Higher
        );
        assert_eq!(
            placement(&features(0.0, -0.5, 0.8)).camera(),
            CameraHeight::Lower
        );
        // Somebody who bends forward sinks in the picture.
        assert_eq!(
            placement(&features(20.0, -0.5, 0.95)).camera(),
            CameraHeight::AsCalibrated
        );
        assert_eq!(Placement::of(&neutral, &neutral, View::Oblique), None);
        let without = Features::from(neutral.joints);
        assert_eq!(Placement::of(&without, &neutral, View::Front), None);
    }
}
