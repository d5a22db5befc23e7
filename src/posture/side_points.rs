//! Where tragus and C7 may be in a photograph from the side. A guess to look at, never a measurement.

use serde::Serialize;

use crate::landmarks::{Joint, Landmarks};

/// From the middle of the ears to the tragus, and from the middle of the shoulders to C7: along the line from the shoulders
/// to the ears, and across it towards the back, in lengths of that line. Medians of the 280 pictures from the side of the
/// posture set. For people left out the tragus is off by .09 of the neck's length (the line from C7 to the tragus) and C7 by
/// .14, the medians; the angle between both is off by 7 degrees on average, and by more than 14 in one picture of ten
/// (`tools/shoulders/side_points.py`).
const TRAGUS: (f64, f64) = (-0.14, 0.12);
const C7: (f64, f64) = (0.25, 0.37);

/// From the side the nose is at least this many ear distances from the middle of the ears. In 99 % of the posture set's pictures from the
/// side it is further, in 97 % of the oblique ones and in all of those from the front it is nearer.
const FROM_THE_SIDE: f64 = 1.5;

/// A guess of the two points of the craniovertebral angle, rightwards and downwards in picture heights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SidePoints {
    /// The flap in front of the ear's opening.
    pub tragus: (f64, f64),
    /// The bone that stands out most where the neck meets the back.
    pub c7: (f64, f64),
}

impl SidePoints {
    /// A guess by somebody's joints; `None` if they are not seen from the side.
    #[must_use]
    pub fn guess(joints: &Landmarks) -> Option<SidePoints> {
        let place = |joint| (f64::from(joints[joint].x), f64::from(joints[joint].y));
        let middle = |left, right| {
            let (left, right) = (place(left), place(right));
            (left.0.midpoint(right.0), left.1.midpoint(right.1))
        };
        let ears = middle(Joint::LeftEar, Joint::RightEar);
        let shoulders = middle(Joint::LeftShoulder, Joint::RightShoulder);
        let forward = place(Joint::Nose).0 - ears.0;
        let between_ears = (place(Joint::LeftEar).0 - place(Joint::RightEar).0).abs();
        if forward.abs() < FROM_THE_SIDE * between_ears {
            return None;
        }
        let along = (ears.0 - shoulders.0, ears.1 - shoulders.1);
        let across = match (along.1 < 0.0) == (forward > 0.0) {
            true => (along.1, -along.0),
            false => (-along.1, along.0),
        };
        let from = |start: (f64, f64), (up, back): (f64, f64)| {
            (
                start.0 + up * along.0 + back * across.0,
                start.1 + up * along.1 + back * across.1,
            )
        };
        Some(SidePoints {
            tragus: from(ears, TRAGUS),
            c7: from(shoulders, C7),
        })
    }
}
