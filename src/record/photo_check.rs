//! The neck angle on a photograph from the side, beside what the webcam said in that minute.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A neck angle that was measured twice, on a photograph and by the webcam. The photograph itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PhotoCheck {
    /// When the photograph was taken; this identifies it.
    pub taken: Timestamp,
    /// The craniovertebral angle in degrees by the first two clicks and by the second two.
    pub photo: (f64, f64),
    /// The same angle by the webcam.
    pub webcam: f64,
    /// One standard error of a reading of the webcam.
    pub error: f64,
}

impl PhotoCheck {
    /// The angle of the photograph: the mean of both.
    #[must_use]
    pub fn measured(&self) -> f64 {
        self.photo.0.midpoint(self.photo.1)
    }
}

/// The craniovertebral angle in degrees: from the horizontal through C7 to the line from C7 to the tragus (Wickens and
/// Kiputh 1937). Points are rightwards and downwards in equal units. `None` if the tragus is not above C7.
#[must_use]
pub fn craniovertebral(tragus: (f64, f64), c7: (f64, f64)) -> Option<f64> {
    // The nearer side of the head may be the left or the right one.
    let (forward, up) = ((tragus.0 - c7.0).abs(), c7.1 - tragus.1);
    (up > 0.0 && up.is_finite() && forward.is_finite()).then(|| up.atan2(forward).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_angle_is_from_the_horizontal_through_c7_to_the_tragus() {
        let angle = |tragus, c7| craniovertebral(tragus, c7).map(f64::round);
        assert_eq!(angle((100.0, 100.0), (0.0, 200.0)), Some(45.0));
        assert_eq!(angle((0.0, 100.0), (100.0, 200.0)), Some(45.0));
        assert_eq!(angle((100.0, 50.0), (0.0, 223.2)), Some(60.0));
        assert_eq!(angle((50.0, 0.0), (50.0, 10.0)), Some(90.0));
        assert_eq!(angle((100.0, 200.0), (0.0, 100.0)), None);
        assert_eq!(angle((100.0, f64::NAN), (0.0, 100.0)), None);
        assert_eq!(angle((f64::INFINITY, 0.0), (0.0, 100.0)), None);
    }
}
