//! The square in which somebody is looked at, from picture to picture.
//!
//! Upstream takes each square from the joints of the look before. Here looks go through crops of different
//! sizes in turns, and the model sees its own crop as about the right one whatever its size: squares that
//! follow from it wander, and a still sitter's joints with them (by 1.8 pixels of 480 on
//! recordings of the posture set, 0.5 in a square that stays). So the square stays as the detector
//! gave it until the person has clearly moved; then the detector is asked anew.

use super::crop::Region;
use crate::landmarks::{Joint, Landmarks};

/// A person has moved whose head and shoulders are this far from where they were, in their own size: a
/// quarter of a shoulder's width. Bending the neck by 20 degrees moves them by a tenth.
const MOVED: f32 = 0.5;
/// Or who shows larger or smaller by this factor, as 20 cm nearer at arm's length.
const GROWN: f32 = 1.25;

/// Somebody who is followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrackedRegion {
    /// The square.
    pub(super) region: Region,
    /// Where the person was in the first look at it.
    from: Option<Place>,
    /// Whether the person is still there.
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
        (self.x - other.x).hypot(self.y - other.y) <= MOVED * other.size
            && (1.0 / GROWN..=GROWN).contains(&growth)
    }
}

impl TrackedRegion {
    /// Somebody whom the detector has found.
    pub(super) fn found(region: Region) -> TrackedRegion {
        TrackedRegion {
            region,
            from: None,
            stays: true,
        }
    }

    /// What is known after a look.
    pub(super) fn seen(self, joints: &Landmarks) -> TrackedRegion {
        let now = Place::of(joints);
        let from = self.from.unwrap_or(now);
        TrackedRegion {
            from: Some(from),
            stays: now.is_near(from),
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
            turn: 0.0,
        };
        let followed = TrackedRegion::found(region).seen(&joints(0.0, 0.0, 1.0));
        assert!(followed.stays);
        let followed = followed.seen(&joints(right, down, scale));
        assert_eq!(followed.region, region);
        followed.stays
    }

    #[test]
    fn who_sways_stays_and_who_moves_does_not() {
        assert!(stays(0.04, 0.02, 1.0));
        assert!(stays(0.0, 0.0, 1.1));
        assert!(!stays(0.2, 0.0, 1.0));
        assert!(!stays(0.0, -0.2, 1.0));
        assert!(!stays(-0.2, -0.1, 1.4));
        assert!(!stays(0.2, 0.15, 0.7));
    }

    #[test]
    fn joints_that_are_nowhere_have_moved() {
        assert!(!stays(f32::NAN, 0.0, 1.0));
    }
}
