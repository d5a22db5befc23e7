//! Why a calibration may no longer fit, once that has lasted long enough to ask for a new one.

use jiff::{SignedDuration, Timestamp};

use serde::{Deserialize, Serialize};

use super::{Moment, UnclearReason};

/// What makes a calibration doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationDoubt {
    /// The camera stands higher or lower.
    CameraElsewhere,
    /// The picture no longer fits: its shape changed, or the camera was turned.
    Stale,
    /// The head looks different, as with headphones or other hair.
    HeadLooksDifferent,
    /// Somebody sits where the calibrated person did not.
    AnotherSeat,
}

/// Somebody on another seat for longer than this may be the calibrated person after all. Our choice: longer than a
/// colleague's visit.
const ANOTHER_SEAT: SignedDuration = SignedDuration::from_mins(5);

/// Since when somebody has been on another seat.
#[derive(Debug, Clone, Copy, Default)]
pub struct SeatWatch(Option<Timestamp>);

impl SeatWatch {
    /// Adds an observation.
    #[must_use]
    pub fn step(self, moment: Moment, at: Timestamp) -> SeatWatch {
        match moment {
            Moment::Unclear(UnclearReason::AnotherSeat) => SeatWatch(self.0.or(Some(at))),
            Moment::Upright | Moment::Slouched(_) | Moment::Away => SeatWatch(None),
            Moment::Unclear(_) => self,
        }
    }

    /// Whether that has lasted long enough to ask.
    #[must_use]
    pub fn is_due(self, at: Timestamp) -> bool {
        self.0
            .is_some_and(|since| at.duration_since(since) >= ANOTHER_SEAT)
    }
}
