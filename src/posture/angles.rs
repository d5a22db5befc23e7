//! From proportions to angles, by the view of the camera.
//!
//! From the front a camera sees the sagittal plane edge on: forward head is
//! read from how far the ears have sunk towards the shoulders, and rounded
//! shoulders are not given at all, for nothing in the picture carries them.
//! From an oblique camera both are seen more directly, from the side forward head alone.
//! Every change is against the person's own neutral; without one an angle is rough.

use serde::{Deserialize, Serialize};

use super::coefficients;
use super::features::{Features, measure};
use super::regression::{ErrorModel, UncalibratedModel};
use super::{Calibration, Estimate, PerAngle, Posture, UnclearReason, View};
use crate::landmarks::{Person, Sighting};

/// What one look says, before it is judged.
#[derive(Debug, Clone, PartialEq)]
pub enum Measurement {
    /// Nobody is in view.
    Nobody,
    /// Somebody is, but nothing can be measured.
    Unclear(UnclearReason),
    /// Angles.
    Posture(Posture),
}

/// Which way a person looks in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facing {
    /// Towards the picture's left edge.
    Left,
    /// Towards the picture's right edge.
    Right,
}

impl Facing {
    /// Turns a length to the picture's right into one to the person's front.
    fn forward(self, right: f64) -> f64 {
        match self {
            Facing::Right => right,
            Facing::Left => -right,
        }
    }
}

/// The face turned so far from the camera (degrees) parts front from oblique,
/// and oblique from side. Calibrated on the posture set, frontal cameras have at
/// most 12, oblique ones 28 to 49, the sides 76 and more (`tools/train` checks it).
const OBLIQUE_FROM: f64 = 20.0;
const SIDE_FROM: f64 = 64.0;

/// Where the camera stands, from one look at somebody who faces the screen.
pub(super) fn view(features: &Features) -> View {
    let yaw = features.face_yaw().abs();
    if yaw < OBLIQUE_FROM {
        View::Front
    } else if yaw < SIDE_FROM {
        View::Oblique
    } else {
        View::Side
    }
}

/// Which way the person looks in the picture.
#[must_use]
pub fn facing(features: &Features) -> Facing {
    if features.nose_right < 0.0 {
        Facing::Left
    } else {
        Facing::Right
    }
}

/// The proportions that carry forward head from the front.
#[must_use]
pub fn front_head(features: &Features) -> Vec<f64> {
    vec![
        features.ear_height,
        features.ear_width,
        features.eye_drop,
        features.nose_drop,
        features.mouth_drop,
    ]
}

/// The proportions that carry forward head from an oblique camera.
#[must_use]
pub fn oblique_head(features: &Features, facing: Facing) -> Vec<f64> {
    vec![
        facing.forward(features.ear_right),
        features.ear_up,
        features.face_pitch,
    ]
}

/// The proportions that carry forward head from the side: those from an oblique camera, the
/// trunk's lean, and the ears against the near shoulder alone, since the far one is behind the body.
#[must_use]
pub fn side_head(features: &Features, facing: Facing) -> Vec<f64> {
    let [near, _] = near_and_far(features, facing);
    let mut inputs = oblique_head(features, facing);
    inputs.extend([facing.forward(features.trunk_right), near[0], near[1]]);
    inputs
}

/// The proportions that carry rounded shoulders from an oblique camera.
#[must_use]
pub fn oblique_shoulders(features: &Features, facing: Facing) -> Vec<f64> {
    let [near, far] = near_and_far(features, facing);
    let mut inputs = oblique_head(features, facing);
    inputs.extend([near[0], far[0], near[1], far[1]]);
    inputs
}

/// The ears in front of and above the near and the far shoulder, in head sizes. Who faces the
/// picture's right shows the camera the right shoulder.
fn near_and_far(features: &Features, facing: Facing) -> [[f64; 2]; 2] {
    let right = [
        facing.forward(features.right_of_right),
        features.above_right,
    ];
    let left = [facing.forward(features.right_of_left), features.above_left];
    match facing {
        Facing::Right => [right, left],
        Facing::Left => [left, right],
    }
}

/// A face turned further than this (degrees) from where it looked when it was calibrated
/// is not measured: from the front one ear is behind the head by then, and from a
/// side another view's curve would be needed. Of the posture set's 1050 pictures 2 are,
/// neither of them a slouch.
const TURNED_AWAY: f64 = 35.0;

/// Says how somebody sits in one sighting: against the neutral if there is a calibration.
#[must_use]
pub fn observe(sighting: &Sighting, calibration: Option<&Calibration>) -> Measurement {
    match sighting {
        Sighting::Nobody => Measurement::Nobody,
        Sighting::Person(person) => features(person, calibration)
            .and_then(|features| posture(&features, calibration))
            .map_or_else(Measurement::Unclear, Measurement::Posture),
    }
}

/// The features of somebody who can be measured. Those through a single crop are compared with what
/// that crop showed of the neutral.
///
/// # Errors
///
/// Why the person cannot be measured.
pub fn features(
    person: &Person,
    calibration: Option<&Calibration>,
) -> Result<Features, UnclearReason> {
    let features = measure(&person.settled)?;
    let Some(calibration) = calibration else {
        return Ok(features);
    };
    let features = match &person.crops[..] {
        [cut] => calibration.relative_to_crop(cut.crop, features),
        _ => features,
    };
    if !calibration.fits(person.settled.picture.aspect()) {
        return Err(UnclearReason::CalibrationStale);
    }
    faces_as_calibrated(&features, calibration)?;
    Ok(features)
}

/// The angles that features show.
///
/// # Errors
///
/// When the head is turned away from where it was calibrated.
pub fn posture(
    features: &Features,
    calibration: Option<&Calibration>,
) -> Result<Posture, UnclearReason> {
    let Some(calibration) = calibration else {
        return Ok(rough(features));
    };
    faces_as_calibrated(features, calibration)?;
    let neutral = calibration.neutral();
    let view = calibration.view();
    let angles = changes(neutral, features, view, calibration.facing())
        .zip(rough(neutral).angles)
        .zip(errors(view))
        .map(|((change, neutral), error)| {
            change.map(|change| Estimate {
                degrees: neutral.map_or(change, |neutral| neutral.degrees + change),
                change: Some(change),
                error: error.at(change),
            })
        });
    Ok(Posture { view, angles })
}

fn faces_as_calibrated(
    features: &Features,
    calibration: &Calibration,
) -> Result<(), UnclearReason> {
    if (features.face_yaw() - calibration.neutral().face_yaw()).abs() > TURNED_AWAY {
        return Err(UnclearReason::TurnedAway);
    }
    Ok(())
}

/// What `classify` multiplies each change by. Least-squares estimates shrink towards zero, and a
/// verdict must not. The degrees shown are not scaled.
pub(super) fn gains(view: View) -> PerAngle<f64> {
    PerAngle {
        forward_head: match view {
            View::Front => coefficients::FRONT_HEAD_GAIN,
            View::Oblique => coefficients::OBLIQUE_HEAD_GAIN,
            View::Side => coefficients::SIDE_HEAD_GAIN,
        },
        rounded_shoulders: 1.0,
    }
}

fn errors(view: View) -> PerAngle<&'static ErrorModel> {
    PerAngle {
        forward_head: match view {
            View::Front => &coefficients::FRONT_HEAD_ERROR,
            View::Oblique => &coefficients::OBLIQUE_HEAD_ERROR,
            View::Side => &coefficients::SIDE_HEAD_ERROR,
        },
        rounded_shoulders: &coefficients::OBLIQUE_SHOULDERS_ERROR,
    }
}

/// The change of each angle that the view shows, in degrees.
fn changes(
    neutral: &Features,
    features: &Features,
    view: View,
    facing: Facing,
) -> PerAngle<Option<f64>> {
    let change = |inputs: fn(&Features, Facing) -> Vec<f64>| {
        difference(&inputs(features, facing), &inputs(neutral, facing))
    };
    let forward_head = match view {
        View::Front => coefficients::FRONT_HEAD.degrees(
            &difference(&front_head(features), &front_head(neutral)),
            neutral.eye_drop,
        ),
        View::Oblique => coefficients::OBLIQUE_HEAD.degrees(&change(oblique_head)),
        View::Side => coefficients::SIDE_HEAD.degrees(&change(side_head)),
    };
    let rounded_shoulders = match view {
        View::Oblique => Some(coefficients::OBLIQUE_SHOULDERS.degrees(&change(oblique_shoulders))),
        View::Front | View::Side => None,
    };
    PerAngle {
        forward_head: Some(forward_head),
        rounded_shoulders,
    }
}

/// What changed from one list of proportions to the other.
#[must_use]
pub fn difference(now: &[f64], neutral: &[f64]) -> Vec<f64> {
    now.iter()
        .zip(neutral)
        .map(|(now, neutral)| now - neutral)
        .collect()
}

/// Absolute angles without a calibration: what such a shape was on average among
/// the people fitted to. Bodies differ more than postures do, so the error is
/// several times that of a change.
pub(super) fn rough(features: &Features) -> Posture {
    let (view, facing) = (view(features), facing(features));
    let head = match view {
        View::Front => &coefficients::ROUGH_FRONT_HEAD,
        View::Oblique => &coefficients::ROUGH_OBLIQUE_HEAD,
        View::Side => &coefficients::ROUGH_SIDE_HEAD,
    };
    let estimate = |rough: &UncalibratedModel, inputs: &[f64]| Estimate {
        degrees: rough.degrees(inputs),
        change: None,
        error: rough.error,
    };
    let head_inputs = match view {
        View::Front => front_head(features),
        View::Oblique | View::Side => oblique_head(features, facing),
    };
    Posture {
        view,
        angles: PerAngle {
            forward_head: Some(estimate(head, &head_inputs)),
            rounded_shoulders: match view {
                View::Oblique => Some(estimate(
                    &coefficients::ROUGH_OBLIQUE_SHOULDERS,
                    &oblique_shoulders(features, facing),
                )),
                View::Front | View::Side => None,
            },
        },
    }
}
