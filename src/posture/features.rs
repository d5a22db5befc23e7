//! The few proportions of a person's outline that carry the angles.
//!
//! All that the joints show are ratios or angles. Shifting or scaling the picture does not change them, and moving the
//! chair back hardly does. What each shows was measured on rendered people with exactly
//! known angles. The pose model's depth is not used: from the front it shows 1 degree of 12.

use std::ops::{Add, Sub};

use ndarray::{Array1, Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::statistics;

/// Declares proportions once: as fields, and in their order as an array.
macro_rules! proportions {
    ($(#[$doc:meta])* $Name:ident { $($(#[$field_doc:meta])* $name:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        pub struct $Name {
            $($(#[$field_doc])* pub $name: f64,)*
        }

        impl $Name {
            /// How many proportions there are.
            pub const COUNT: usize = [$(stringify!($name)),*].len();

            /// All proportions, in the order of the fields.
            #[must_use]
            pub fn values(&self) -> [f64; $Name::COUNT] {
                [$(self.$name),*]
            }

            /// From values in the order of the fields.
            #[must_use]
            pub const fn of([$($name),*]: [f64; $Name::COUNT]) -> $Name {
                $Name { $($name),* }
            }

            /// The mean of several observations, or none of none. See [`Features::mean`].
            pub(super) fn mean(observations: &[$Name]) -> Option<$Name> {
                let values = observations.iter().flat_map($Name::values).collect();
                let rows = Array2::from_shape_vec((observations.len(), $Name::COUNT), values).ok()?;
                let means: Option<Vec<f64>> = rows.columns().into_iter().map(robust_mean).collect();
                Some($Name::of(means?.try_into().ok()?))
            }
        }

        impl Add for $Name {
            type Output = $Name;

            fn add(self, other: $Name) -> $Name {
                let (a, b) = (self.values(), other.values());
                $Name::of(std::array::from_fn(|at| a[at] + b[at]))
            }
        }

        impl Sub for $Name {
            type Output = $Name;

            fn sub(self, other: $Name) -> $Name {
                let (a, b) = (self.values(), other.values());
                $Name::of(std::array::from_fn(|at| a[at] - b[at]))
            }
        }
    };
}

proportions! {
    /// The proportions that the joints show in one observation.
    JointFeatures {
        /// Height of the ears above the shoulder line over the ear distance, as a
        /// logarithm. It falls when the head goes forward: lower, and nearer the camera.
        ear_height,
        /// Ear distance over shoulder width, as a logarithm: a head nearer than the shoulders looks larger.
        ear_width,
        /// Eyes below the ears, in ear distances: the head's pitch against the camera.
        eye_drop,
        /// Nose below the ears, in ear distances.
        nose_drop,
        /// Mouth below the ears, in ear distances.
        mouth_drop,
        /// Ears right of the shoulders in the picture, in head sizes.
        ear_right,
        /// Height of the ears above the shoulders over the head size, as a logarithm.
        ear_up,
        /// Angle of the line from the ears to the nose below the horizontal, in radians.
        face_pitch,
        /// Nose right of the ears in the picture, in ear distances: the head's yaw.
        nose_right,
        /// The line from hips to shoulders to the right of upright, in radians: the trunk's lean.
        trunk_right,
        /// Ears right of the right shoulder, in head sizes.
        right_of_right,
        /// Ears right of the left shoulder, in head sizes.
        right_of_left,
        /// Ears above the right shoulder, in head sizes.
        above_right,
        /// Ears above the left shoulder, in head sizes.
        above_left,
    }
}

proportions! {
    /// What the face mesh shows beside them: the head against the shoulders, and the shoulders'
    /// size and place. The size and place are no proportions: a chair or a camera that is moved
    /// changes them, and the estimators are taught to see through that.
    FaceFeatures {
        /// Height of the tragi above the shoulders over the head's size, as a logarithm.
        height,
        /// The head's size over the shoulder width, as a logarithm.
        size,
        /// The head's pitch against the camera, in radians.
        pitch,
        /// Tragi right of the shoulders in the picture, in head sizes.
        right,
        /// Shoulder width in picture heights, as a logarithm.
        shoulder_width,
        /// The shoulders' middle from the picture's left edge, in picture heights.
        shoulder_x,
        /// The same from its top edge.
        shoulder_y,
    }
}

proportions! {
    /// Proportions of the face itself, see [`FaceShape`](crate::landmarks::FaceShape). They carry no angle:
    /// they tell when the picture or what is on the head has changed.
    ShapeFeatures {
        /// See [`FaceShape::width`](crate::landmarks::FaceShape::width).
        width,
        /// See [`FaceShape::ears`](crate::landmarks::FaceShape::ears).
        ears,
    }
}

proportions! {
    /// What the shoulder network finds of the change from the neutral, in degrees. See `girdle`.
    GirdleChange {
        /// By how much the shoulders are further forward.
        protraction,
        /// By how much the head is further forward.
        forward_head,
        /// By how much the trunk leans further forward.
        trunk_lean,
    }
}

impl FaceFeatures {
    /// The head's size in picture heights.
    pub(super) fn head_size(&self) -> f64 {
        (self.size + self.shoulder_width).exp()
    }

    /// The height of the tragi in the picture, from its top edge in picture heights.
    pub(super) fn head_y(&self) -> f64 {
        self.shoulder_y - self.height.exp() * self.head_size()
    }
}

/// Everything that is measured in one observation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// What the joints show.
    #[serde(flatten)]
    pub joints: JointFeatures,
    /// What the face mesh shows; none if the face does not show well enough, and none in
    /// calibrations from before Sitwell had the mesh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face: Option<FaceFeatures>,
    /// The face's own proportions; none in calibrations from before they were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<ShapeFeatures>,
    /// What the shoulder network finds; none where it does not tell.
    #[serde(skip)]
    pub girdle: Option<GirdleChange>,
}

impl From<JointFeatures> for Features {
    fn from(joints: JointFeatures) -> Features {
        Features {
            joints,
            face: None,
            shape: None,
            girdle: None,
        }
    }
}

/// How far the nose lies before the ears, in ear distances (the posture set's README: 0.76). It
/// turns the nose's place into yaw.
pub(super) const NOSE_LENGTH: f64 = 0.76;
/// In robust standard deviations from the median. By chance fewer than one value in a million is
/// further away. Applied only with at least `MIN_OBSERVATIONS`.
const OUTLIER: f64 = 5.0;
const MIN_OBSERVATIONS: usize = 5;

impl Add for Features {
    type Output = Features;

    fn add(self, other: Features) -> Features {
        Features {
            joints: self.joints + other.joints,
            face: self.face.zip(other.face).map(|(a, b)| a + b),
            shape: self.shape.zip(other.shape).map(|(a, b)| a + b),
            girdle: self.girdle.zip(other.girdle).map(|(a, b)| a + b),
        }
    }
}

impl Sub for Features {
    type Output = Features;

    fn sub(self, other: Features) -> Features {
        Features {
            joints: self.joints - other.joints,
            face: self.face.zip(other.face).map(|(a, b)| a - b),
            shape: self.shape.zip(other.shape).map(|(a, b)| a - b),
            girdle: self.girdle.zip(other.girdle).map(|(a, b)| a - b),
        }
    }
}

impl Features {
    /// How far the face is turned from the camera in degrees: 0 towards it, 90 towards
    /// the picture's right, -90 towards its left.
    #[must_use]
    pub fn face_yaw(&self) -> f64 {
        self.joints.nose_right.atan2(NOSE_LENGTH).to_degrees()
    }

    /// The mean of several observations' proportions, or none of none.
    ///
    /// Crops of one picture err to both sides of the truth, a few values each. A mean cancels
    /// these errors, where a median only chooses one: on the posture set a neutral by medians adds
    /// 0.2 degrees to the error of every angle. Outliers are left out: with at least
    /// [`MIN_OBSERVATIONS`], values more than [`OUTLIER`] robust standard deviations from the median.
    ///
    /// The mean has a face if more than half of the observations have one.
    #[must_use]
    pub fn mean(features: &[Features]) -> Option<Features> {
        let joints: Vec<JointFeatures> = features.iter().map(|features| features.joints).collect();
        let faces: Vec<FaceFeatures> = features.iter().filter_map(|f| f.face).collect();
        let face = (faces.len() * 2 > features.len()).then(|| FaceFeatures::mean(&faces));
        let shapes: Vec<ShapeFeatures> = features.iter().filter_map(|f| f.shape).collect();
        let girdles: Vec<GirdleChange> = features.iter().filter_map(|f| f.girdle).collect();
        Some(Features {
            joints: JointFeatures::mean(&joints)?,
            face: face.flatten(),
            shape: ShapeFeatures::mean(&shapes),
            girdle: GirdleChange::mean(&girdles),
        })
    }
}

/// None of no values.
fn robust_mean(values: ArrayView1<f64>) -> Option<f64> {
    if values.len() < MIN_OBSERVATIONS {
        return values.mean();
    }
    let median = |values| statistics::median(values).unwrap_or_default();
    let centre = median(values.to_vec());
    let errors = (&values - centre).abs();
    // 1.4826 times the median error is one standard deviation of a normal distribution.
    let limit = OUTLIER * 1.4826 * median(errors.to_vec());
    let near: Array1<f64> = values
        .iter()
        .zip(&errors)
        .filter(|(_, error)| **error <= limit)
        .map(|(value, _)| *value)
        .collect();
    near.mean()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(ear_heights: &[f64]) -> Vec<Features> {
        let features = |height: &f64| {
            let mut values = [0.5; JointFeatures::COUNT];
            values[0] = *height;
            JointFeatures::of(values).into()
        };
        ear_heights.iter().map(features).collect()
    }

    fn mean(ear_heights: &[f64]) -> f64 {
        Features::mean(&features(ear_heights))
            .unwrap()
            .joints
            .ear_height
    }

    #[test]
    fn observations_that_err_to_both_sides_are_averaged() {
        assert_eq!(Features::mean(&[]), None);
        assert!((mean(&[0.2]) - 0.2).abs() < 1e-12);
        assert!((mean(&[0.2, 0.5, 0.5]) - 0.4).abs() < 1e-12);
        assert!((mean(&[0.2, 0.2, 0.2, 0.5, 0.5, 0.5]) - 0.35).abs() < 1e-12);
    }

    #[test]
    fn a_mean_has_a_face_if_most_observations_have_one() {
        let with = |right| Features {
            face: Some(FaceFeatures::of([right; FaceFeatures::COUNT])),
            ..features(&[0.2])[0]
        };
        let without = features(&[0.2])[0];
        let face = |features: &[Features]| Features::mean(features).unwrap().face;
        assert_eq!(face(&[with(1.0), without]), None);
        let mean = face(&[with(1.0), without, with(2.0)]).unwrap();
        assert!((mean.right - 1.5).abs() < 1e-12);
        assert_eq!((with(1.0) - without).face, None);
    }

    #[test]
    fn an_outlier_is_left_out_where_there_are_enough_observations() {
        assert!((mean(&[0.19, 0.21, 0.20, 0.18, 0.22, 0.9]) - 0.2).abs() < 1e-12);
        assert!((mean(&[0.2, 0.2, 0.2, 0.2, 0.2, 0.9]) - 0.2).abs() < 1e-12);
    }
}
