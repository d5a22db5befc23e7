//! The square around a person, from frame to frame.
//!
//! Upstream derives each square from the last frame's joints. Here frames take crops of different
//! sizes by turns, and the model takes each crop to be about right whatever its size. So derived
//! squares drift, and a still person's joints drift with them: by 1.8 pixels of 480 on recordings
//! of the posture set, by 0.5 in a fixed square. The detector's square therefore stays until the
//! person has clearly moved; then the detector runs again.

use super::girdle::ShoulderCrop;
use super::region::Region;
use crate::landmarks::{Joint, Landmarks};

/// A person has moved when head and shoulders are further than this from their start, in their own
/// size: a quarter of the shoulders' width. Bending the neck by 20 degrees moves them by a tenth.
const MAX_DISTANCE: f32 = 0.5;
/// Or when they show larger or smaller by this factor, as after 20 cm at arm's length.
const MAX_GROWTH: f32 = 1.25;

/// The region of the person who is followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrackedRegion {
    /// The square.
    pub(super) region: Region,
    /// The square around the face in the last frame.
    pub(super) face: Option<Region>,
    /// The crop of the shoulders in the last frame.
    pub(super) girdle: Option<ShoulderCrop>,
    /// Where the person was in its first frame.
    start: Option<Place>,
    /// Whether the person has stayed there.
    pub(super) stays: bool,
}

/// Where head and shoulders are, in picture heights.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: f32,
    y: f32,
    size: f32,
}

impl Place {
    fn of(joints: &Landmarks) -> Place {
        let points = [
            Joint::LeftEar,
            Joint::RightEar,
            Joint::LeftShoulder,
            Joint::RightShoulder,
        ]
        .map(|joint| joints[joint]);
        let mean = |values: [f32; 4]| values.iter().sum::<f32>() / 4.0;
        let (x, y) = (mean(points.map(|p| p.x)), mean(points.map(|p| p.y)));
        Place {
            x,
            y,
            size: mean(points.map(|p| (p.x - x).hypot(p.y - y))),
        }
    }

    fn is_near(self, other: Place) -> bool {
        let growth = self.size / other.size;
        (self.x - other.x).hypot(self.y - other.y) <= MAX_DISTANCE * other.size
            && (1.0 / MAX_GROWTH..=MAX_GROWTH).contains(&growth)
    }
}

impl TrackedRegion {
    /// A region that the detector has found.
    pub(super) fn new(region: Region) -> TrackedRegion {
        TrackedRegion {
            region,
            face: None,
            girdle: None,
            start: None,
            stays: true,
        }
    }

    /// The same region after a frame with these joints.
    pub(super) fn updated(self, joints: &Landmarks) -> TrackedRegion {
        let now = Place::of(joints);
        let start = self.start.unwrap_or(now);
        TrackedRegion {
            start: Some(start),
            stays: now.is_near(start),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PictureSize;
    use crate::landmarks::{Landmark, WorldPoint};

    /// Head and shoulders of somebody at a desk, moved and made larger.
    fn joints(right: f32, down: f32, scale: f32) -> Landmarks {
        let mut points = [Landmark::default(); Joint::COUNT];
        for (joint, x, y) in [
            (Joint::LeftEar, 0.76, 0.38),
            (Joint::RightEar, 0.58, 0.38),
            (Joint::LeftShoulder, 0.94, 0.68),
            (Joint::RightShoulder, 0.40, 0.68),
        ] {
            points[joint as usize] = Landmark {
                x: x * scale + right,
                y: y * scale + down,
                ..Landmark::default()
            };
        }
        Landmarks {
            points,
            world: [WorldPoint::default(); Joint::COUNT],
            presence: 1.0,
            picture: PictureSize {
                width: 640,
                height: 480,
            },
        }
    }

    fn stays(right: f32, down: f32, scale: f32) -> bool {
        let region = Region {
            x: 320.0,
            y: 570.0,
            side: 1340.0,
            rotation: 0.0,
        };
        let tracked = TrackedRegion::new(region).updated(&joints(0.0, 0.0, 1.0));
        assert!(tracked.stays);
        let tracked = tracked.updated(&joints(right, down, scale));
        assert_eq!(tracked.region, region);
        tracked.stays
    }

    #[test]
    fn swaying_is_staying_and_moving_is_not() {
        assert!(stays(0.04, 0.02, 1.0));
        assert!(stays(0.0, 0.0, 1.1));
        assert!(!stays(0.2, 0.0, 1.0));
        assert!(!stays(0.0, -0.2, 1.0));
        assert!(!stays(-0.2, -0.1, 1.4));
        assert!(!stays(0.2, 0.15, 0.7));
    }

    #[test]
    fn undefined_joints_have_moved() {
        assert!(!stays(f32::NAN, 0.0, 1.0));
    }
}
