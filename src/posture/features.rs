//! The few proportions of a person's outline that carry the angles.
//!
//! All are ratios or angles: shifting, scaling or bending the picture's aspect
//! does not move them, and a chair rolled back hardly does. What each shows was
//! measured on rendered people with exactly known angles; the model's own depth
//! is not used, for from the front it shows 1 degree where there are 12.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

use super::UnclearReason;
use crate::landmarks::{Joint, Landmark, Landmarks};
use crate::statistics;

/// The proportions in one look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// Height of the ears above the shoulder line over the ear distance, as a
    /// logarithm. It falls when the head goes forward: lower, and nearer the camera.
    pub ear_height: f64,
    /// Ear distance over shoulder width, as a logarithm: a head nearer than the shoulders looks larger.
    pub ear_width: f64,
    /// Eyes below the ears, in ear distances: the head's pitch against the camera.
    pub eye_drop: f64,
    /// Nose below the ears, in ear distances.
    pub nose_drop: f64,
    /// Mouth below the ears, in ear distances.
    pub mouth_drop: f64,
    /// Ears right of the shoulders in the picture, in head sizes.
    pub ear_right: f64,
    /// Height of the ears above the shoulders over the head size, as a logarithm.
    pub ear_up: f64,
    /// Angle of the line from the ears to the nose below the horizontal, in radians.
    pub face_pitch: f64,
    /// Nose right of the ears in the picture, in ear distances: the head's yaw.
    pub nose_right: f64,
    /// The line from hips to shoulders to the right of upright, in radians: the trunk's lean.
    pub trunk_right: f64,
    /// Ears right of the right shoulder, in head sizes.
    pub right_of_right: f64,
    /// Ears right of the left shoulder, in head sizes.
    pub right_of_left: f64,
    /// Ears above the right shoulder, in head sizes.
    pub above_right: f64,
    /// Ears above the left shoulder, in head sizes.
    pub above_left: f64,
}

/// The joints that a shape is measured from: the head's, and those of the trunk.
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
const OF_HEAD: usize = 7;

/// Ears nearer to each other than this (picture heights) belong to somebody too
/// far away: 8 pixels of 480, where a pixel is already 8 degrees of forward head.
const MIN_HEAD: f64 = 0.017;
/// Points may lie this far outside the picture (picture heights) before a part counts as cut off.
const MARGIN: f64 = 0.02;
/// Ears sunk to the shoulders are at least this far above them: in ear
/// distances, and in head sizes. Below, a logarithm would say more than the joints do.
const MIN_EAR_HEIGHT: f64 = 0.1;
const MIN_EAR_UP: f64 = 0.5;
/// A shoulder that the model rather guesses than sees.
const MIN_VISIBILITY: f32 = 0.3;
/// Nose before the ears in ear distances when a head faces the camera (the
/// posture set's README: 0.76), with which yaw is undone.
const NOSE_LENGTH: f64 = 0.76;
/// A look this many robust standard deviations from the others shows something else: by
/// chance less than one in a million is. Told only of so many looks and more.
const ASTRAY: f64 = 5.0;
const ENOUGH: usize = 5;

/// A point in picture heights.
#[derive(Debug, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    fn of(landmark: Landmark) -> Point {
        Point {
            x: f64::from(landmark.x),
            y: f64::from(landmark.y),
        }
    }

    fn middle(a: Point, b: Point) -> Point {
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

/// Takes the proportions from the joints.
///
/// # Errors
///
/// Why the picture does not show enough of the person.
pub fn measure(landmarks: &Landmarks) -> Result<Features, UnclearReason> {
    let at = |joint| Point::of(landmarks[joint]);
    let between = |left, right| Point::middle(at(left), at(right));
    let width = f64::from(landmarks.picture.aspect());
    let inside = |joint| {
        let point = at(joint);
        (-MARGIN..=width + MARGIN).contains(&point.x) && (-MARGIN..=1.0 + MARGIN).contains(&point.y)
    };
    if !MEASURED[..OF_HEAD].iter().copied().all(inside) {
        return Err(UnclearReason::HeadCutOff);
    }
    let shoulders = [Joint::LeftShoulder, Joint::RightShoulder];
    let seen = |joint| landmarks[joint].visibility >= MIN_VISIBILITY;
    // Hips are most often below the picture; a place for them there must be all the same.
    let hips_placed = [Joint::LeftHip, Joint::RightHip]
        .into_iter()
        .all(|joint| at(joint).x.is_finite() && at(joint).y.is_finite());
    if !hips_placed
        || !shoulders
            .into_iter()
            .all(|joint| inside(joint) && seen(joint))
    {
        return Err(UnclearReason::ShouldersOutOfPicture);
    }

    let (nose, ear, eye) = (
        at(Joint::Nose),
        between(Joint::LeftEar, Joint::RightEar),
        between(Joint::LeftEye, Joint::RightEye),
    );
    let mouth = between(Joint::MouthLeft, Joint::MouthRight);
    let (left, right) = (at(Joint::LeftShoulder), at(Joint::RightShoulder));
    let (shoulder, hip) = (
        Point::middle(left, right),
        between(Joint::LeftHip, Joint::RightHip),
    );
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
    // From the front, ears and shoulders must name the same side left.
    let from_front = ears.x.abs().min(shoulder_line.x.abs()) > head_size;
    if from_front && ears.x.signum() != shoulder_line.x.signum() {
        return Err(UnclearReason::LeftRightSwapped);
    }
    let head_size = head_size.max(1e-6);
    let drop = |point: Point| point.from(ear).dot(down) / facing_distance;
    Ok(Features {
        ear_height: ((shoulder.y - ear.y) / facing_distance)
            .max(MIN_EAR_HEIGHT)
            .ln(),
        ear_width: (facing_distance / shoulder_line.length().max(1e-6)).ln(),
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
    })
}

impl Add for Features {
    type Output = Features;

    fn add(self, other: Features) -> Features {
        let (values, others) = (self.values(), other.values());
        Features::of(std::array::from_fn(|at| values[at] + others[at]))
    }
}

impl Sub for Features {
    type Output = Features;

    fn sub(self, other: Features) -> Features {
        let (values, others) = (self.values(), other.values());
        Features::of(std::array::from_fn(|at| values[at] - others[at]))
    }
}

impl Features {
    /// How far the face is turned from the camera in degrees: 0 towards it, 90 towards
    /// the picture's right, -90 towards its left.
    #[must_use]
    pub fn face_yaw(&self) -> f64 {
        self.nose_right.atan2(NOSE_LENGTH).to_degrees()
    }

    /// How many proportions there are.
    pub const COUNT: usize = 14;

    /// All proportions, in the order of the fields.
    #[must_use]
    pub fn values(&self) -> [f64; Features::COUNT] {
        [
            self.ear_height,
            self.ear_width,
            self.eye_drop,
            self.nose_drop,
            self.mouth_drop,
            self.ear_right,
            self.ear_up,
            self.face_pitch,
            self.nose_right,
            self.trunk_right,
            self.right_of_right,
            self.right_of_left,
            self.above_right,
            self.above_left,
        ]
    }

    /// A shape of values in the order of [`Features::values`].
    #[must_use]
    pub const fn of(values: [f64; Features::COUNT]) -> Features {
        let [
            ear_height,
            ear_width,
            eye_drop,
            nose_drop,
            mouth_drop,
            ear_right,
            ear_up,
            face_pitch,
            nose_right,
            trunk_right,
            right_of_right,
            right_of_left,
            above_right,
            above_left,
        ] = values;
        Features {
            ear_height,
            ear_width,
            eye_drop,
            nose_drop,
            mouth_drop,
            ear_right,
            ear_up,
            face_pitch,
            nose_right,
            trunk_right,
            right_of_right,
            right_of_left,
            above_right,
            above_left,
        }
    }

    /// The mean of several shapes; none of no shapes.
    ///
    /// Crops of one picture err to both sides of the truth, a few values each, so that a mean
    /// cancels what a median only chooses from: on the posture set a neutral by medians
    /// costs 0.2 degrees of every angle measured against it. What is astray has no say: a value more than
    /// [`ASTRAY`] robust standard deviations from the median, where there are looks enough to tell.
    #[must_use]
    pub fn mean(features: &[Features]) -> Option<Features> {
        if features.is_empty() {
            return None;
        }
        let rows: Vec<_> = features.iter().map(Features::values).collect();
        Some(Features::of(std::array::from_fn(|at| {
            let mut values: Vec<f64> = rows.iter().map(|row| row[at]).collect();
            if values.len() >= ENOUGH {
                let median = |values| statistics::median(values).unwrap_or_default();
                let centre = median(values.clone());
                let misses = values.iter().map(|value| (value - centre).abs()).collect();
                // 1.4826: of a normal distribution the median miss times this is one standard deviation.
                let far = ASTRAY * 1.4826 * median(misses);
                values.retain(|value| (value - centre).abs() <= far);
            }
            statistics::mean(&values)
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(ear_heights: &[f64]) -> Vec<Features> {
        let features = |height: &f64| {
            let mut values = [0.5; Features::COUNT];
            values[0] = *height;
            Features::of(values)
        };
        ear_heights.iter().map(features).collect()
    }

    fn mean(ear_heights: &[f64]) -> f64 {
        Features::mean(&features(ear_heights)).unwrap().ear_height
    }

    #[test]
    fn looks_that_err_to_both_sides_are_averaged() {
        assert_eq!(Features::mean(&[]), None);
        assert!((mean(&[0.2]) - 0.2).abs() < 1e-12);
        assert!((mean(&[0.2, 0.5, 0.5]) - 0.4).abs() < 1e-12);
        assert!((mean(&[0.2, 0.2, 0.2, 0.5, 0.5, 0.5]) - 0.35).abs() < 1e-12);
    }

    #[test]
    fn a_look_astray_has_no_say_where_there_are_enough() {
        assert!((mean(&[0.19, 0.21, 0.20, 0.18, 0.22, 0.9]) - 0.2).abs() < 1e-12);
        assert!((mean(&[0.2, 0.2, 0.2, 0.2, 0.2, 0.9]) - 0.2).abs() < 1e-12);
    }
}
