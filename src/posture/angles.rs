//! From features to angles, by the view of the camera.
//!
//! A camera in front sees the sagittal plane edge on. It shows forward head by how far the ears sink
//! towards the shoulders. Rounded shoulders show there to a network alone, see `girdle`.
//! An oblique camera shows both angles to the joints, a camera at the side forward head alone.
//! Every change is measured from the person's own neutral posture. Without a calibration an angle is rough.

use super::coefficients;
use super::features::{Features, JointFeatures};
use super::inputs::{
    Facing, difference, front_face, front_girdle, front_head, oblique_face, oblique_head,
    oblique_shoulders, side_head,
};
use super::measure::measure;
use super::regression::{ErrorModel, UncalibratedModel};
use super::{
    Basis, Calibration, ErrorFactor, Estimate, PerAngle, Placement, Posture, TrunkLean,
    UnclearReason, View, camera_place, is_squeezed, only_looks_down,
};
use super::{
    different_head_coefficients as different_head, moved_camera_coefficients as moved_camera,
};
use crate::landmarks::{Person, Sighting};

/// What one observation shows, before it is classified.
#[derive(Debug, Clone, PartialEq)]
pub enum Measurement {
    /// Nobody is in view.
    Nobody,
    /// Somebody is in view, but nothing can be measured.
    Unclear(UnclearReason),
    /// The person's angles.
    Posture(Posture),
}

impl Measurement {
    /// The same from a picture in which errors are larger.
    #[must_use]
    pub fn less_exact(mut self, ErrorFactor(factor): ErrorFactor) -> Measurement {
        if let Measurement::Posture(posture) = &mut self {
            let angles = posture.angles.as_mut().into_iter();
            for estimate in angles.filter_map(|(_, estimate)| estimate.as_mut()) {
                estimate.error *= factor;
            }
            if let Some(lean) = &mut posture.trunk_lean {
                lean.error *= factor;
            }
        }
        self
    }
}

/// Face yaw, in degrees, at which the view changes from front to oblique and from oblique to side. In the
/// posture set's neutral pictures frontal cameras have at most 12 degrees, oblique ones 28 to 49, side ones 76 and
/// more (`tools/train` checks it).
const OBLIQUE_FROM: f64 = 20.0;
const SIDE_FROM: f64 = 64.0;

/// From where the camera sees somebody who faces the screen.
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
    if features.joints.nose_right < 0.0 {
        Facing::Left
    } else {
        Facing::Right
    }
}

/// A face turned further than this, in degrees, from its direction at the calibration is not measured. From the
/// front one ear is then behind the head, and from the side another view's estimator would be needed. Two of the
/// posture set's 1050 pictures are beyond it, and neither is a slouch.
const TURNED_AWAY: f64 = 35.0;

/// Measures one sighting: as a change from neutral if there is a calibration.
#[must_use]
pub fn observe(sighting: &Sighting, calibration: Option<&Calibration>) -> Measurement {
    match sighting {
        Sighting::Nobody => Measurement::Nobody,
        Sighting::Person(person) => features(person, calibration)
            .and_then(|features| {
                let neutral = calibration.map(Calibration::neutral);
                if neutral.is_some_and(|neutral| is_squeezed(&features, neutral)) {
                    return Err(UnclearReason::CalibrationStale);
                }
                posture(&features, calibration, None)
            })
            .map_or_else(Measurement::Unclear, Measurement::Posture),
    }
}

/// The features of a person. Features from a single crop are corrected by what that crop showed of the
/// neutral posture.
///
/// # Errors
///
/// The reason why the person cannot be measured.
pub fn features(
    person: &Person,
    calibration: Option<&Calibration>,
) -> Result<Features, UnclearReason> {
    let measured = measure(&person.merged, person.face.as_ref());
    let Some(calibration) = calibration else {
        return measured;
    };
    if !calibration.is_seat_of(&person.merged) {
        return Err(UnclearReason::AnotherSeat);
    }
    let features = measured.map_err(|reason| match (reason, person.face) {
        (UnclearReason::ShouldersOutOfPicture | UnclearReason::HeadCutOff, Some(face))
            if calibration.is_leaning_in(&face) =>
        {
            UnclearReason::LeaningIn
        }
        (reason, _) => reason,
    })?;
    let features = match &person.crops[..] {
        [cut] => calibration.relative_to_crop(cut.crop, features),
        _ => features,
    };
    if !calibration.fits(person.merged.picture.aspect()) {
        return Err(UnclearReason::CalibrationStale);
    }
    // A head that looks far down hides its face, and the joints alone can take it for a slouch. Of the
    // posture set's 896 pictures in front and oblique 5 are like this, and 4 of them only look down.
    let showed = calibration.view() != View::Side && calibration.neutral().face.is_some();
    if showed && features.face.is_none() {
        return Err(UnclearReason::TurnedAway);
    }
    faces_as_calibrated(&features, calibration)?;
    let girdle = calibration.girdle_change(person.girdle.as_ref());
    Ok(Features { girdle, ..features })
}

/// The angles that features show. Without `basis` they say themselves what has changed since the calibration.
///
/// # Errors
///
/// [`UnclearReason::TurnedAway`] if the head is turned away from its direction at the calibration, and
/// [`UnclearReason::LookingDown`] if it only looks down.
pub fn posture(
    features: &Features,
    calibration: Option<&Calibration>,
    basis: Option<Basis>,
) -> Result<Posture, UnclearReason> {
    let posture = estimated(features, calibration, basis)?;
    let change = posture.angles.forward_head.and_then(|head| head.change);
    let is_glance = calibration
        .zip(change)
        .is_some_and(|(calibration, change)| {
            only_looks_down(change, posture.basis, features, calibration.neutral())
        });
    if is_glance {
        return Err(UnclearReason::LookingDown);
    }
    Ok(posture)
}

/// The same where a head that only looks down has its angles, too.
///
/// # Errors
///
/// [`UnclearReason::TurnedAway`] if the head is turned away from its direction at the calibration.
pub fn estimated(
    features: &Features,
    calibration: Option<&Calibration>,
    basis: Option<Basis>,
) -> Result<Posture, UnclearReason> {
    let Some(calibration) = calibration else {
        return Ok(rough(features));
    };
    faces_as_calibrated(features, calibration)?;
    let neutral = calibration.neutral();
    let view = calibration.view();
    let (changes, basis) = changes(neutral, features, view, calibration.facing(), basis);
    let angles = changes
        .zip(rough(neutral).angles)
        .zip(errors(view, basis))
        .map(|((change, neutral), error)| {
            change.map(|change| Estimate {
                degrees: neutral.map_or(TYPICAL_PROTRACTION, |neutral| neutral.degrees) + change,
                change: Some(change),
                error: error.at(change),
            })
        });
    Ok(Posture {
        view,
        basis,
        placement: Placement::of(features, neutral, view),
        angles,
        trunk_lean: trunk_lean(neutral, features, view, calibration.facing(), basis),
    })
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

/// The factor by which `classify` multiplies each change. Least-squares estimates shrink towards zero, and the
/// class must not. The degrees that users see are not scaled.
#[must_use]
pub fn gains(view: View, basis: Basis) -> PerAngle<f64> {
    PerAngle {
        forward_head: match (view, basis) {
            (View::Front, Basis::Joints) => coefficients::FRONT_HEAD_GAIN,
            (View::Front, Basis::FaceMesh) => coefficients::FRONT_FACE_HEAD_GAIN,
            (View::Front, Basis::ShoulderGirdle) => coefficients::FRONT_GIRDLE_HEAD_GAIN,
            (View::Front, Basis::MovedCamera) => moved_camera::HEAD_GAIN,
            (View::Front, Basis::DifferentHead) => different_head::HEAD_GAIN,
            (View::Oblique, Basis::Joints) => coefficients::OBLIQUE_HEAD_GAIN,
            (View::Oblique, _) => coefficients::OBLIQUE_FACE_HEAD_GAIN,
            (View::Side, _) => coefficients::SIDE_HEAD_GAIN,
        },
        rounded_shoulders: match (view, basis) {
            // With it 6 of 292 upright pictures before a moved camera would be called rounded, without it 2.
            (View::Front, Basis::MovedCamera) | (View::Oblique | View::Side, _) => 1.0,
            (View::Front, _) => FRONT_SHOULDERS_GAIN,
        },
    }
}

/// Protraction of upright people, in degrees, for a view that shows only its change: the mean of the posture set's 18
/// people, who differ by 2.8 (one standard deviation).
const TYPICAL_PROTRACTION: f64 = 14.5;

/// The shoulder network reads a seventh too little of a large change (ACCURACY.md). With this 82 instead of 78 of 96 changes of 10
/// degrees and more are found in the posture set, and still none of 328 pictures of other postures is called one.
const FRONT_SHOULDERS_GAIN: f64 = 1.2;

/// Of the shoulder network, which was not taught on the posture set: 88 % of its changes there are off by one of it at
/// most, and 96 % by two.
const FRONT_SHOULDERS_ERROR: ErrorModel = ErrorModel {
    base: 1.2,
    share: 0.5,
    grows_to: 6.0,
};

/// The same with the neutral from a camera 13 to 26 cm lower or higher: 85 % and 98 % there.
const MOVED_FRONT_SHOULDERS_ERROR: ErrorModel = ErrorModel {
    base: 3.0,
    share: 0.5,
    grows_to: 6.0,
};

fn errors(view: View, basis: Basis) -> PerAngle<&'static ErrorModel> {
    PerAngle {
        forward_head: match (view, basis) {
            (View::Front, Basis::Joints) => &coefficients::FRONT_HEAD_ERROR,
            (View::Front, Basis::FaceMesh) => &coefficients::FRONT_FACE_HEAD_ERROR,
            (View::Front, Basis::ShoulderGirdle) => &coefficients::FRONT_GIRDLE_HEAD_ERROR,
            (View::Front, Basis::MovedCamera) => &moved_camera::HEAD_ERROR,
            (View::Front, Basis::DifferentHead) => &different_head::HEAD_ERROR,
            (View::Oblique, Basis::Joints) => &coefficients::OBLIQUE_HEAD_ERROR,
            (View::Oblique, _) => &coefficients::OBLIQUE_FACE_HEAD_ERROR,
            (View::Side, _) => &coefficients::SIDE_HEAD_ERROR,
        },
        rounded_shoulders: match (view, basis) {
            (View::Front, Basis::MovedCamera) => &MOVED_FRONT_SHOULDERS_ERROR,
            (View::Front, _) => &FRONT_SHOULDERS_ERROR,
            (View::Oblique | View::Side, Basis::Joints) => &coefficients::OBLIQUE_SHOULDERS_ERROR,
            (View::Oblique | View::Side, _) => &coefficients::OBLIQUE_FACE_SHOULDERS_ERROR,
        },
    }
}

/// How much the network with the face mesh counts beside the joints' surface from the front. The network
/// alone is better on rendered people. On five sets of photographs of real people the mean of both
/// parts good postures from bad ones better, with any weight from 0.5 to 0.75.
pub const FACE_SHARE: f64 = 0.75;

/// The change of each angle that the view shows, in degrees, and what it rests on.
fn changes(
    neutral: &Features,
    features: &Features,
    view: View,
    facing: Facing,
    basis: Option<Basis>,
) -> (PerAngle<Option<f64>>, Basis) {
    let (now, before) = (&features.joints, &neutral.joints);
    let change = |inputs: fn(&JointFeatures, Facing) -> Vec<f64>| {
        difference(&inputs(now, facing), &inputs(before, facing))
    };
    let faces = features.face.as_ref().zip(neutral.face.as_ref());
    let basis = match (view, faces) {
        (View::Front, Some(_)) => {
            match basis.unwrap_or_else(|| camera_place::basis(features, neutral)) {
                Basis::FaceMesh if features.girdle.is_some() => Basis::ShoulderGirdle,
                basis => basis,
            }
        }
        (View::Oblique, Some(_)) => Basis::FaceMesh,
        (View::Side, _) | (_, None) => Basis::Joints,
    };
    let forward_head = match (view, faces) {
        (View::Front, faces) => {
            let by_joints = || {
                let change = difference(&front_head(now), &front_head(before));
                coefficients::FRONT_HEAD.degrees(&change, before.eye_drop)
            };
            faces.map_or_else(by_joints, |(now, neutral)| {
                let change = front_face(now, neutral);
                match basis {
                    Basis::MovedCamera => moved_camera::HEAD.degrees(&change, before.eye_drop),
                    Basis::DifferentHead => different_head::HEAD.degrees(&change, neutral.pitch),
                    Basis::ShoulderGirdle | Basis::FaceMesh | Basis::Joints => {
                        let by_network = features.girdle.as_ref().map_or_else(
                            || coefficients::FRONT_FACE_HEAD.degrees(&change, neutral.pitch),
                            |girdle| {
                                let change = front_girdle(girdle, now, neutral);
                                coefficients::FRONT_GIRDLE_HEAD.degrees(&change, neutral.pitch)
                            },
                        );
                        let by_joints = by_joints();
                        by_joints + FACE_SHARE * (by_network - by_joints)
                    }
                }
            })
        }
        (View::Oblique, None) => coefficients::OBLIQUE_HEAD.degrees(&change(oblique_head)),
        (View::Oblique, Some((now, neutral))) => {
            let mut inputs = change(oblique_head);
            inputs.extend(oblique_face(now, neutral, facing));
            coefficients::OBLIQUE_FACE_HEAD.degrees(&inputs)
        }
        (View::Side, _) => {
            let change = change(side_head);
            let by_network = coefficients::SIDE_HEAD_NETWORK.degrees(&change, before.eye_drop);
            f64::midpoint(coefficients::SIDE_HEAD.degrees(&change), by_network)
        }
    };
    let rounded_shoulders = match (view, faces) {
        (View::Oblique, None) => {
            Some(coefficients::OBLIQUE_SHOULDERS.degrees(&change(oblique_shoulders)))
        }
        (View::Oblique, Some((now, neutral))) => {
            let mut inputs = change(oblique_shoulders);
            inputs.extend(oblique_face(now, neutral, facing));
            Some(coefficients::OBLIQUE_FACE_SHOULDERS.degrees(&inputs))
        }
        (View::Front, Some(_)) => features.girdle.map(|girdle| girdle.protraction),
        (View::Front | View::Side, _) => None,
    };
    let changes = PerAngle {
        forward_head: Some(forward_head),
        rounded_shoulders,
    };
    (changes, basis)
}

/// How far the trunk leans forward of its neutral. Where the camera or the head is not as calibrated it is not known how exact that is.
fn trunk_lean(
    neutral: &Features,
    features: &Features,
    view: View,
    facing: Facing,
    basis: Basis,
) -> Option<TrunkLean> {
    let (now, before) = features.face.as_ref().zip(neutral.face.as_ref())?;
    let (change, error) = match (view, basis) {
        (View::Front, Basis::FaceMesh | Basis::ShoulderGirdle) => (
            coefficients::FRONT_LEAN.degrees(&front_face(now, before), before.pitch),
            &coefficients::FRONT_LEAN_ERROR,
        ),
        (View::Oblique, Basis::FaceMesh) => {
            let joints = |of: &Features| oblique_head(&of.joints, facing);
            let mut inputs = difference(&joints(features), &joints(neutral));
            inputs.extend(oblique_face(now, before, facing));
            (
                coefficients::OBLIQUE_LEAN.degrees(&inputs),
                &coefficients::OBLIQUE_LEAN_ERROR,
            )
        }
        (View::Front | View::Oblique | View::Side, _) => return None,
    };
    Some(TrunkLean {
        change,
        error: error.at(change),
    })
}

/// Absolute angles without a calibration: what such a shape was on average among
/// the people fitted to. Bodies differ more than postures do, so the error is
/// several times that of a change.
pub(super) fn rough(features: &Features) -> Posture {
    let (view, facing) = (view(features), facing(features));
    let features = &features.joints;
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
        basis: Basis::Joints,
        placement: None,
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
        trunk_lean: None,
    }
}
