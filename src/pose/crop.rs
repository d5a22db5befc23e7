//! The ways of cutting a person out of a frame, and the order in which observations take them.

use std::ops::Range;

use jiff::SignedDuration;

use super::region::{Mirror, Region};
use crate::landmarks::{Joint, Landmarks};

/// Which crops of a frame are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CropPlan {
    /// The frame continues the last one, of a camera or a video: one crop, each in its turn. The
    /// detector rests while the person stays.
    NextCrop,
    /// The same, unless the face is where it was: then the person is taken to sit as in the last
    /// crop. The face mesh alone finds that out. After [`CropPlan::MAX_UNMOVED`] a crop is run again.
    IfMoved,
    /// The frame continues the last one, but the person is found again, by all the crops that take
    /// turns: for a changed posture.
    Round,
    /// The same by every crop: for a calibration.
    AllCrops,
    /// The frame is alone, as a photograph is. Every crop is run.
    Single,
}

impl CropPlan {
    /// The longest time for which the face alone tells that nobody has moved. Our choice: shoulders that are
    /// rounded under a still head are noticed this late, and a slouch counts from a minute on.
    pub const MAX_UNMOVED: SignedDuration = SignedDuration::from_secs(20);
}

/// One way of cutting a person out of a frame, relative to the region found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// A factor of the region's side.
    pub scale: f32,
    /// How far its centre lies above the region's, in sides of the region.
    pub up: f32,
    /// Clockwise, in degrees.
    pub rotation: f32,
    /// Whether left and right are exchanged.
    pub mirror: Mirror,
}

impl Crop {
    /// Upstream's crop.
    pub const PLAIN: Crop = Crop {
        scale: 1.0,
        up: 0.0,
        rotation: 0.0,
        mirror: Mirror::No,
    };

    /// All crops, known by their index. Each has its own error of some thousandths of the
    /// picture's height, and mirrored ones err to the other side. So together they measure better
    /// than any alone.
    pub const ALL: [Crop; 14] = [
        Crop::PLAIN,
        Crop::PLAIN.mirrored(),
        Crop::PLAIN.scaled(1.10).mirrored(),
        Crop::PLAIN.scaled(0.92),
        Crop::PLAIN.scaled(0.8).raised(0.1),
        Crop::PLAIN.scaled(0.8).raised(0.1).mirrored(),
        Crop::PLAIN.scaled(0.7).raised(0.15),
        Crop::PLAIN.scaled(0.7).raised(0.15).mirrored(),
        Crop::PLAIN.scaled(1.10),
        Crop::PLAIN.scaled(0.92).mirrored(),
        Crop::PLAIN.rotated(7.0),
        Crop::PLAIN.rotated(7.0).mirrored(),
        Crop::PLAIN.rotated(-7.0),
        Crop::PLAIN.rotated(-7.0).mirrored(),
    ];

    /// The crops for everybody.
    pub const COMMON: Range<usize> = 0..4;

    /// Further crops for a person who faces the camera, closer around the upper body, since at a
    /// desk the lower half of upstream's crop is most often empty. None is better alone, but each
    /// has its own error: they bring the angles' error from 2.7 to 2.6 degrees on the posture set.
    pub const FACING: Range<usize> = 4..8;

    /// Further crops for a person who faces elsewhere. There joints err more and closer crops lose
    /// them; these bring the angles' error from 2.6 to 2.5 degrees.
    pub const ASIDE: Range<usize> = 8..14;

    /// The crops that this person gets beside the common ones.
    #[must_use]
    pub fn further(landmarks: &Landmarks) -> Range<usize> {
        if faces_camera(landmarks) {
            Crop::FACING
        } else {
            Crop::ASIDE
        }
    }

    /// The indices of the crops that consecutive observations take in turn, and a changed posture all of.
    /// Where the face mesh shows the head, four are nearly as good as all: ACCURACY.md, "Over time".
    #[must_use]
    pub fn round(faces_camera: bool, face_shows: bool) -> &'static [usize] {
        /// Wide and close ones, plain and mirrored ones by turns, so that a few observations
        /// already hold some of each.
        const FACING: [usize; 8] = [0, 5, 3, 7, 4, 1, 6, 2];
        /// Upright and rotated ones by turns.
        const ASIDE: [usize; 10] = [0, 11, 3, 13, 8, 1, 10, 2, 12, 9];
        let all = match faces_camera {
            true => &FACING[..],
            false => &ASIDE[..],
        };
        if face_shows { &all[..4] } else { all }
    }

    /// This crop's square in a frame where the person's region is known.
    pub(super) fn within(self, region: Region) -> Region {
        let (x, y) = region.to_picture(0.5, 0.5 - self.up);
        Region {
            x,
            y,
            side: region.side * self.scale,
            rotation: region.rotation + self.rotation.to_radians(),
        }
    }

    const fn mirrored(self) -> Crop {
        Crop {
            mirror: Mirror::Yes,
            ..self
        }
    }

    const fn scaled(self, scale: f32) -> Crop {
        Crop { scale, ..self }
    }

    const fn raised(self, up: f32) -> Crop {
        Crop { up, ..self }
    }

    const fn rotated(self, rotation: f32) -> Crop {
        Crop { rotation, ..self }
    }
}

/// How far the nose lies beside the middle of the ears, in ear distances, when a face is turned by
/// 20 degrees. From there on `posture` takes the camera to be oblique.
const OBLIQUE_NOSE: f32 = 0.28;

/// Whether a person looks roughly towards the camera.
pub(super) fn faces_camera(landmarks: &Landmarks) -> bool {
    let [nose, left, right] =
        [Joint::Nose, Joint::LeftEar, Joint::RightEar].map(|joint| landmarks[joint]);
    let ears = (left.x - right.x).hypot(left.y - right.y);
    (nose.x - (left.x + right.x) / 2.0).abs() < OBLIQUE_NOSE * ears
}
