//! Where in the picture a person sits, so that somebody on another chair is not taken for them.

use serde::{Deserialize, Serialize};

use crate::landmarks::{Joint, Landmarks};

/// Further than this from the calibrated place, in sizes: about 36 cm beside it at the same distance.
/// Our choice: whoever leans aside moves by a third of a size, and two chairs stand 60 cm apart.
const BESIDE: f64 = 2.0;
/// Nearer or farther than this, as a factor. Our choice: a chair rolled back from 60 cm to 1 m shows 0.6.
const NEARER: f64 = 2.0;

/// Where head and shoulders are, in picture heights: from the left edge, since seats stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Seat {
    x: f64,
    /// The mean distance of ears and shoulders from their middle.
    size: f64,
}

impl Seat {
    /// Of somebody with these joints.
    #[must_use]
    pub fn of(joints: &Landmarks) -> Seat {
        let points = [
            Joint::LeftEar,
            Joint::RightEar,
            Joint::LeftShoulder,
            Joint::RightShoulder,
        ]
        .map(|joint| (f64::from(joints[joint].x), f64::from(joints[joint].y)));
        let mean =
            |of: &dyn Fn((f64, f64)) -> f64| points.iter().map(|p| of(*p)).sum::<f64>() / 4.0;
        let (x, y) = (mean(&|(x, _)| x), mean(&|(_, y)| y));
        Seat {
            x,
            size: mean(&|(px, py)| (px - x).hypot(py - y)),
        }
    }

    /// The mean of several; none of none.
    #[must_use]
    pub(super) fn mean(seats: &[Seat]) -> Option<Seat> {
        let count = seats.len() as f64;
        let mean = |of: fn(&Seat) -> f64| seats.iter().map(of).sum::<f64>() / count;
        (!seats.is_empty()).then(|| Seat {
            x: mean(|seat| seat.x),
            size: mean(|seat| seat.size),
        })
    }

    /// Whether whoever sits at `other` may be the person who sits here.
    #[must_use]
    pub(super) fn is_near(&self, other: &Seat) -> bool {
        let nearer = other.size / self.size;
        (self.x - other.x).abs() <= BESIDE * self.size.max(other.size)
            && (1.0 / NEARER..=NEARER).contains(&nearer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chair_that_rolls_is_near_and_the_next_one_is_not() {
        let seat = |x, size| Seat { x, size };
        let calibrated = seat(0.67, 0.24);
        let rows = [
            (seat(0.67, 0.24), true),
            (seat(0.80, 0.26), true),
            (seat(0.67, 0.15), true),
            (seat(0.95, 0.24), true),
            (seat(1.17, 0.24), false),
            (seat(0.05, 0.20), false),
            (seat(0.75, 0.10), false),
            (seat(f64::NAN, 0.24), false),
        ];
        for (other, wanted) in rows {
            assert_eq!(calibrated.is_near(&other), wanted, "{other:?}");
        }
    }
}
