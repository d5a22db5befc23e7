//! Measures the features of a person, or says why the picture does not show enough.

use std::f64::consts::FRAC_PI_4;

use super::UnclearReason;
use super::features::{FaceFeatures, Features, JointFeatures, NOSE_LENGTH, ShapeFeatures};
use crate::landmarks::{Face, Joint, Landmark, Landmarks};

/// The joints that the proportions are measured from: the head's, then the trunk's.
pub const MEASURED: [Joint; 11] = [
    Joint::Nose,
    Joint::LeftEye,
    Joint::RightEye,
    Joint::LeftEar,
    Joint::RightEar,
    Joint::MouthLeft,
    Joint::MouthRight,
    Joint::LeftShoulder,
    Joint::RightShoulder,
    Joint::LeftHip,
    Joint::RightHip,
];
/// How many of them are the head's.
const HEAD_JOINTS: usize = 7;

/// A head smaller than this (picture heights) is too far away: 8 pixels of 480, where one pixel is
/// already 8 degrees of forward head.
const MIN_HEAD: f64 = 0.017;
/// Points may lie this far outside the picture (picture heights) before a part counts as cut off.
const MARGIN: f64 = 0.02;
/// Shoulders whose middle is lower than this (picture heights) are a guess: their joints lie at the
/// edge or below it. Of five sets of labelled webcam photographs, leaving these out and the heads
/// below was the largest gain of all: areas under the curve rose from 0.91 and 0.84 to 0.996 and
/// 0.915, for 0 to 11 % fewer measured.
const LOWEST_SHOULDERS: f64 = 0.97;
/// How far the top of the forehead lies above the eyes, in distances of the eyes from the mouth:
/// points 10, 33, 133, 61 of `modules/face_geometry/data/canonical_face_model.obj` of `MediaPipe`.
const FOREHEAD: f64 = 0.81;
/// The least height of the ears above the shoulders, in ear distances and in head sizes. Below it
/// the logarithm would magnify the joints' errors.
const MIN_EAR_HEIGHT: f64 = 0.1;
const MIN_EAR_UP: f64 = 0.5;
/// The same over the head's size by the mesh.
const MIN_FACE_HEIGHT: f64 = 0.1;
/// Below this visibility the model guesses a shoulder rather than sees it.
const MIN_VISIBILITY: f32 = 0.3;
/// A neck and a face further from upright than this, in radians, belong to a turned picture. On the
/// 1172 posture pictures in which the model finds a person, one detection is upside down. In the others the
/// smaller of the two angles is at most 33 degrees, and at least 53 in the same pictures turned.
const MAX_TILT: f64 = FRAC_PI_4;
/// A point in picture heights.
#[derive(Debug, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    fn of(landmark: Landmark) -> Point {
        Point {
            x: landmark.x.into(),
            y: landmark.y.into(),
        }
    }

    fn between(a: Point, b: Point) -> Point {
        Point {
            x: (a.x + b.x) / 2.0,
            y: (a.y + b.y) / 2.0,
        }
    }

    fn from(self, other: Point) -> Point {
        Point {
            x: self.x - other.x,
            y: self.y - other.y,
        }
    }

    fn length(self) -> f64 {
        self.x.hypot(self.y)
    }

    fn dot(self, other: Point) -> f64 {
        self.x * other.x + self.y * other.y
    }
}

/// Measures the proportions.
///
/// # Errors
///
/// The reason why the picture does not show enough of the person.
pub fn measure(landmarks: &Landmarks, face: Option<&Face>) -> Result<Features, UnclearReason> {
    let at = |joint| Point::of(landmarks[joint]);
    let between = |left, right| Point::between(at(left), at(right));
    let width = f64::from(landmarks.picture.aspect());
    let inside = |joint| {
        let point = at(joint);
        (-MARGIN..=width + MARGIN).contains(&point.x) && (-MARGIN..=1.0 + MARGIN).contains(&point.y)
    };
    let eye = between(Joint::LeftEye, Joint::RightEye);
    let mouth = between(Joint::MouthLeft, Joint::MouthRight);
    let forehead = eye.y - FOREHEAD * (mouth.y - eye.y);
    if !MEASURED[..HEAD_JOINTS].iter().copied().all(inside) || forehead < 0.0 {
        return Err(UnclearReason::HeadCutOff);
    }
    let shoulders = [Joint::LeftShoulder, Joint::RightShoulder];
    let is_visible = |joint| landmarks[joint].visibility >= MIN_VISIBILITY;
    // Hips are most often below the picture, but the model places them there all the same.
    let hips_placed = [Joint::LeftHip, Joint::RightHip]
        .into_iter()
        .all(|joint| at(joint).x.is_finite() && at(joint).y.is_finite());
    let shoulder = between(Joint::LeftShoulder, Joint::RightShoulder);
    if !hips_placed
        || shoulder.y > LOWEST_SHOULDERS
        || !shoulders
            .into_iter()
            .all(|joint| inside(joint) && is_visible(joint))
    {
        return Err(UnclearReason::ShouldersOutOfPicture);
    }

    let (nose, ear) = (at(Joint::Nose), between(Joint::LeftEar, Joint::RightEar));
    let (left, right) = (at(Joint::LeftShoulder), at(Joint::RightShoulder));
    let hip = between(Joint::LeftHip, Joint::RightHip);
    if let Some(turned) = turned(ear.from(shoulder), eye.from(mouth)) {
        return Err(turned);
    }
    let ears = at(Joint::LeftEar).from(at(Joint::RightEar));
    let shoulder_line = left.from(right);
    let ear_distance = ears.length().max(1e-6);

    // Axes across and down the face, so that a tilted head measures as an upright one.
    let across = Point {
        x: ears.x / ear_distance,
        y: ears.y / ear_distance,
    };
    let down = if across.x >= 0.0 {
        Point {
            x: -across.y,
            y: across.x,
        }
    } else {
        Point {
            x: across.y,
            y: -across.x,
        }
    };
    let yaw = nose.from(ear).dot(across) / ear_distance;
    let facing_distance = ear_distance * (1.0 + (yaw / NOSE_LENGTH).powi(2)).sqrt();
    // From the side ears and eyes fall together; this size hardly changes with the view.
    let head_size =
        (nose.from(ear).length() * 1.3 * mouth.from(eye).length() * eye.from(ear).length()).cbrt();
    if facing_distance.max(head_size) < MIN_HEAD {
        return Err(UnclearReason::TooSmall);
    }
    // From the front, ears and shoulders must agree which side is left.
    let from_front = ears.x.abs().min(shoulder_line.x.abs()) > head_size;
    if from_front && ears.x.signum() != shoulder_line.x.signum() {
        return Err(UnclearReason::LeftRightSwapped);
    }
    let head_size = head_size.max(1e-6);
    let drop = |point: Point| point.from(ear).dot(down) / facing_distance;
    let shoulder_width = shoulder_line.length().max(1e-6);
    let joints = JointFeatures {
        ear_height: ((shoulder.y - ear.y) / facing_distance)
            .max(MIN_EAR_HEIGHT)
            .ln(),
        ear_width: (facing_distance / shoulder_width).ln(),
        eye_drop: drop(eye),
        nose_drop: drop(nose),
        mouth_drop: drop(mouth),
        ear_right: (ear.x - shoulder.x) / head_size,
        ear_up: ((shoulder.y - ear.y) / head_size).max(MIN_EAR_UP).ln(),
        face_pitch: (nose.y - ear.y).atan2((nose.x - ear.x).abs()),
        nose_right: (nose.x - ear.x) / ear_distance,
        trunk_right: (shoulder.x - hip.x).atan2(hip.y - shoulder.y),
        right_of_right: (ear.x - right.x) / head_size,
        right_of_left: (ear.x - left.x) / head_size,
        above_right: (right.y - ear.y) / head_size,
        above_left: (left.y - ear.y) / head_size,
    };
    Ok(Features {
        joints,
        face: face.map(|face| {
            let size = f64::from(face.size).max(1e-6);
            FaceFeatures {
                height: ((shoulder.y - f64::from(face.y)) / size)
                    .max(MIN_FACE_HEIGHT)
                    .ln(),
                size: (size / shoulder_width).ln(),
                pitch: face.pitch.into(),
                right: (f64::from(face.x) - shoulder.x) / size,
                shoulder_width: shoulder_width.ln(),
                shoulder_x: shoulder.x,
                shoulder_y: shoulder.y,
            }
        }),
        shape: face.and_then(|face| face.shape).map(|shape| ShapeFeatures {
            width: shape.width.into(),
            ears: shape.ears.into(),
        }),
        girdle: None,
    })
}

/// How the picture is turned, if so: by the directions of the neck and of the face, upwards.
fn turned(neck: Point, face: Point) -> Option<UnclearReason> {
    // Clockwise from upright.
    let tilt = |up: Point| up.x.atan2(-up.y);
    if tilt(neck).abs().min(tilt(face).abs()) <= MAX_TILT {
        return None;
    }
    let both = Point {
        x: neck.x / neck.length() + face.x / face.length(),
        y: neck.y / neck.length() + face.y / face.length(),
    };
    Some(match tilt(both) {
        tilt if tilt.abs() > 3.0 * FRAC_PI_4 => UnclearReason::UpsideDown,
        tilt if tilt < 0.0 => UnclearReason::HeadToTheLeft,
        _ => UnclearReason::HeadToTheRight,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_picture_is_told_from_somebody_who_leans() {
        // Degrees clockwise by which the neck and the face lie.
        let rows = [
            (0.0, 0.0, None),
            (40.0, 80.0, None),
            (-100.0, -30.0, None),
            (180.0, 170.0, Some(UnclearReason::UpsideDown)),
            (-170.0, 160.0, Some(UnclearReason::UpsideDown)),
            (-90.0, -70.0, Some(UnclearReason::HeadToTheLeft)),
            (55.0, 120.0, Some(UnclearReason::HeadToTheRight)),
        ];
        for (neck, face, wanted) in rows {
            let up = |degrees: f64| Point {
                x: degrees.to_radians().sin(),
                y: -degrees.to_radians().cos(),
            };
            assert_eq!(turned(up(neck), up(face)), wanted, "{neck} {face}");
        }
    }
}
