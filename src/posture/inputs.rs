//! What the estimators take of the features, by the view of the camera.

use serde::{Deserialize, Serialize};

use super::features::{FaceFeatures, GirdleChange, JointFeatures};

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
    /// Turns a distance towards the picture's right into one towards the person's front.
    pub(super) fn forward(self, right: f64) -> f64 {
        match self {
            Facing::Right => right,
            Facing::Left => -right,
        }
    }
}

/// The features that carry forward head from the front, as the estimator's inputs.
#[must_use]
pub fn front_head(features: &JointFeatures) -> Vec<f64> {
    vec![
        features.ear_height,
        features.ear_width,
        features.eye_drop,
        features.nose_drop,
        features.mouth_drop,
    ]
}

/// The features that carry forward head from an oblique camera.
#[must_use]
pub fn oblique_head(features: &JointFeatures, facing: Facing) -> Vec<f64> {
    vec![
        facing.forward(features.ear_right),
        features.ear_up,
        features.face_pitch,
    ]
}

/// The features that carry forward head from the side: those of an oblique camera, the trunk's lean, and
/// the ears against the near shoulder alone, because the body hides the far one.
#[must_use]
pub fn side_head(features: &JointFeatures, facing: Facing) -> Vec<f64> {
    let [near, _] = near_and_far(features, facing);
    let mut inputs = oblique_head(features, facing);
    inputs.extend([facing.forward(features.trunk_right), near[0], near[1]]);
    inputs
}

/// The features that carry rounded shoulders from an oblique camera.
#[must_use]
pub fn oblique_shoulders(features: &JointFeatures, facing: Facing) -> Vec<f64> {
    let [near, far] = near_and_far(features, facing);
    let mut inputs = oblique_head(features, facing);
    inputs.extend([near[0], far[0], near[1], far[1]]);
    inputs
}

/// The ears in front of and above the near and the far shoulder, in head sizes. Who faces the
/// picture's right shows the camera the right shoulder.
fn near_and_far(features: &JointFeatures, facing: Facing) -> [[f64; 2]; 2] {
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

/// The changes of the face mesh's features that carry forward head from the front.
#[must_use]
pub fn front_face(now: &FaceFeatures, neutral: &FaceFeatures) -> Vec<f64> {
    let change = *now - *neutral;
    vec![
        change.height,
        change.size,
        change.pitch,
        change.shoulder_width,
    ]
}

/// What the shoulder network finds that carries forward head and the trunk's lean from the front.
#[must_use]
pub fn girdle_inputs(girdle: &GirdleChange) -> [f64; 2] {
    [girdle.forward_head, girdle.trunk_lean]
}

/// What carries both from the front where the shoulder network tells: what it finds, then the face mesh's changes.
#[must_use]
pub fn front_girdle(girdle: &GirdleChange, now: &FaceFeatures, neutral: &FaceFeatures) -> Vec<f64> {
    let mut inputs = girdle_inputs(girdle).to_vec();
    inputs.extend(front_face(now, neutral));
    inputs
}

/// The changes of the face mesh's features that carry the angles from an oblique camera. The shoulders' place is
/// in shoulder widths of the neutral posture.
#[must_use]
pub fn oblique_face(now: &FaceFeatures, neutral: &FaceFeatures, facing: Facing) -> Vec<f64> {
    let change = *now - *neutral;
    let width = neutral.shoulder_width.exp();
    vec![
        facing.forward(change.right),
        now.height.exp() - neutral.height.exp(),
        change.size,
        change.pitch,
        change.shoulder_width,
        facing.forward(change.shoulder_x) / width,
        change.shoulder_y / width,
    ]
}

/// What changed from one list of proportions to the other.
#[must_use]
pub fn difference(now: &[f64], neutral: &[f64]) -> Vec<f64> {
    now.iter()
        .zip(neutral)
        .map(|(now, neutral)| now - neutral)
        .collect()
}
