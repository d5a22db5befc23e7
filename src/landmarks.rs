//! Where a person's joints are in a picture, and the one coordinate frame for it.
//!
//! **The coordinate frame.** Points are in units of the picture's *height*: x
//! runs right from the left edge, y runs down from the top edge, and both have
//! the same scale. A 4:3 picture spans x 0..1.333 and y 0..1. Points may lie
//! outside the picture when the model guesses a joint beyond its edge. z is in
//! the same unit, negative towards the camera, and only roughly right.
//! Left and right are the person's own.
//!
//! The 33 joints and their order are those of `MediaPipe`'s pose landmark model
//! (`BlazePose GHUM`).

use serde::{Deserialize, Serialize};

use crate::frame::PictureSize;

/// The joints of the pose model, in the model's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(usize)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Joint {
    Nose,
    LeftEyeInner,
    LeftEye,
    LeftEyeOuter,
    RightEyeInner,
    RightEye,
    RightEyeOuter,
    LeftEar,
    RightEar,
    MouthLeft,
    MouthRight,
    LeftShoulder,
    RightShoulder,
    LeftElbow,
    RightElbow,
    LeftWrist,
    RightWrist,
    LeftPinky,
    RightPinky,
    LeftIndex,
    RightIndex,
    LeftThumb,
    RightThumb,
    LeftHip,
    RightHip,
    LeftKnee,
    RightKnee,
    LeftAnkle,
    RightAnkle,
    LeftHeel,
    RightHeel,
    LeftFootIndex,
    RightFootIndex,
}

impl Joint {
    /// How many joints the model gives.
    pub const COUNT: usize = 33;

    /// Every joint with its name, in the model's order.
    pub const ALL: [(Joint, &'static str); Joint::COUNT] = [
        (Joint::Nose, "nose"),
        (Joint::LeftEyeInner, "left_eye_inner"),
        (Joint::LeftEye, "left_eye"),
        (Joint::LeftEyeOuter, "left_eye_outer"),
        (Joint::RightEyeInner, "right_eye_inner"),
        (Joint::RightEye, "right_eye"),
        (Joint::RightEyeOuter, "right_eye_outer"),
        (Joint::LeftEar, "left_ear"),
        (Joint::RightEar, "right_ear"),
        (Joint::MouthLeft, "mouth_left"),
        (Joint::MouthRight, "mouth_right"),
        (Joint::LeftShoulder, "left_shoulder"),
        (Joint::RightShoulder, "right_shoulder"),
        (Joint::LeftElbow, "left_elbow"),
        (Joint::RightElbow, "right_elbow"),
        (Joint::LeftWrist, "left_wrist"),
        (Joint::RightWrist, "right_wrist"),
        (Joint::LeftPinky, "left_pinky"),
        (Joint::RightPinky, "right_pinky"),
        (Joint::LeftIndex, "left_index"),
        (Joint::RightIndex, "right_index"),
        (Joint::LeftThumb, "left_thumb"),
        (Joint::RightThumb, "right_thumb"),
        (Joint::LeftHip, "left_hip"),
        (Joint::RightHip, "right_hip"),
        (Joint::LeftKnee, "left_knee"),
        (Joint::RightKnee, "right_knee"),
        (Joint::LeftAnkle, "left_ankle"),
        (Joint::RightAnkle, "right_ankle"),
        (Joint::LeftHeel, "left_heel"),
        (Joint::RightHeel, "right_heel"),
        (Joint::LeftFootIndex, "left_foot_index"),
        (Joint::RightFootIndex, "right_foot_index"),
    ];

    /// The same joint on the other side of the body; the nose is its own.
    #[must_use]
    pub fn mirrored(self) -> Joint {
        let index = self as usize;
        let other = match index {
            0 => 0,
            // Each eye has three points: 1, 2, 3 on the left, 4, 5, 6 on the right.
            1..=3 => index + 3,
            4..=6 => index - 3,
            // From the ears on, left is odd and its right comes next.
            _ if index % 2 == 1 => index + 1,
            _ => index - 1,
        };
        Joint::ALL[other].0
    }
}

/// One joint in the picture. See the module for the coordinate frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Landmark {
    /// Rightwards from the left edge, in picture heights.
    pub x: f32,
    /// Downwards from the top edge, in picture heights.
    pub y: f32,
    /// Depth relative to the mid hip, negative towards the camera, in picture heights.
    pub z: f32,
    /// How likely the joint is in the picture and not hidden, 0 to 1.
    pub visibility: f32,
    /// How likely the joint is inside the picture, 0 to 1.
    pub presence: f32,
}

/// One joint in space: metres from the mid hip, x right, y down, z away from the camera.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WorldPoint {
    /// Rightwards in metres.
    pub x: f32,
    /// Downwards in metres.
    pub y: f32,
    /// Away from the camera in metres.
    pub z: f32,
}

/// All joints of one person in one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// The 33 joints in the picture, in the order of [`Joint`].
    pub points: [Landmark; Joint::COUNT],
    /// The same joints in space, in metres.
    pub world: [WorldPoint; Joint::COUNT],
    /// The model's confidence that a person is in the region it looked at, 0 to 1.
    pub presence: f32,
    /// The size of the picture that the points belong to.
    pub picture: PictureSize,
}

impl std::ops::Index<Joint> for Landmarks {
    type Output = Landmark;

    fn index(&self, joint: Joint) -> &Landmark {
        &self.points[joint as usize]
    }
}

/// Head and shoulders of somebody as a drawing needs them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Skeleton {
    /// The picture's width in picture heights.
    pub aspect: f32,
    /// The places of [`Skeleton::JOINTS`], rightwards and downwards, in picture heights.
    pub points: [(f32, f32); Skeleton::JOINTS.len()],
}

impl Skeleton {
    /// The joints that a camera at a desk sees of everybody.
    pub const JOINTS: [Joint; 7] = [
        Joint::Nose,
        Joint::LeftEye,
        Joint::RightEye,
        Joint::LeftEar,
        Joint::RightEar,
        Joint::LeftShoulder,
        Joint::RightShoulder,
    ];
}

impl From<&Landmarks> for Skeleton {
    fn from(joints: &Landmarks) -> Skeleton {
        Skeleton {
            aspect: joints.picture.aspect(),
            points: Skeleton::JOINTS.map(|joint| (joints[joint].x, joints[joint].y)),
        }
    }
}

/// One way in which a person was cut out of a picture, and what showed.
#[derive(Debug, Clone, PartialEq)]
pub struct CropLandmarks {
    /// Which of the pose model's crops it was. Each errs in its own way, alike from picture to picture.
    pub crop: usize,
    /// The joints as this crop shows them.
    pub joints: Landmarks,
}

/// The head as a mesh over the face shows it. Points are those of the module's coordinate frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// The middle between the tragi of both ears, rightwards from the left edge, in picture heights.
    pub x: f32,
    /// The same downwards from the top edge.
    pub y: f32,
    /// The size of the head: the root mean square distance of the mesh's points from their middle, in
    /// picture heights. It hardly changes when the head turns or nods.
    pub size: f32,
    /// How far the line from forehead to chin leans from the picture's plane, in radians: larger when
    /// the chin is further from the camera than the forehead.
    pub pitch: f32,
    /// The face's own proportions; none of stored faces from before they were measured.
    pub shape: Option<FaceShape>,
}

/// Proportions of a face that no posture changes, as logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceShape {
    /// The distance of the eyes' outer corners over that of the eyes from the mouth.
    pub width: f32,
    /// The distance of the tragi over that of the eyes' outer corners.
    pub ears: f32,
}

/// The shoulder girdle as the shoulder network shows it. Only two of one person tell anything: see
/// [`Calibration`](crate::posture::Calibration).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Girdle {
    /// [`Girdle::VALUES`] numbers of the picture as it is: the network's embedding, then the points rightwards and
    /// downwards from the middle of the acromia, in units of 1 / 4.8 of the picture's height.
    /// None where only the mirror image was looked at.
    pub plain: Option<Vec<f32>>,
    /// The same of its mirror image.
    pub mirrored: Option<Vec<f32>>,
}

impl Girdle {
    /// How many numbers the embedding has.
    pub const EMBEDDING: usize = 48;
    /// How many numbers describe one picture: the embedding and 17 points.
    pub const VALUES: usize = Girdle::EMBEDDING + 2 * 17;
}

/// Somebody in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The joints of all crops, merged: what is measured.
    pub merged: Landmarks,
    /// Each crop, at least one. The first is the crop that MediaPipe would take.
    pub crops: Vec<CropLandmarks>,
    /// The head. None if the face does not show well enough.
    pub face: Option<Face>,
    /// The shoulders of somebody whose face shows; none of others.
    pub girdle: Option<Girdle>,
}

/// What the pose model saw in one picture. Nobody in view is a value, not an error.
#[derive(Debug, Clone, PartialEq)]
pub enum Sighting {
    /// No person was found.
    Nobody,
    /// A person was found.
    Person(Box<Person>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_joint_stands_at_its_own_place() {
        for (index, (joint, _)) in Joint::ALL.iter().enumerate() {
            assert_eq!(*joint as usize, index);
        }
    }

    #[test]
    fn left_mirrors_to_right_by_name() {
        for (joint, name) in Joint::ALL {
            let (_, mirrored) = Joint::ALL[joint.mirrored() as usize];
            let expected = if name.contains("left") {
                name.replace("left", "right")
            } else {
                name.replace("right", "left")
            };
            assert_eq!(mirrored, expected);
        }
    }
}
