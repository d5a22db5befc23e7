//! The verdict on one look.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is wrong with how somebody sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The head is carried in front of the trunk.
    ForwardHead,
    /// The shoulders are drawn forward (protraction).
    RoundedShoulders,
    /// The upper back is rounded and the trunk sinks (thoracic flexion).
    Slump,
    /// More than one of these at once.
    Mixed,
}

impl Fault {
    /// Every fault, in the order in which reports list them.
    pub const ALL: [Fault; 4] = [
        Fault::ForwardHead,
        Fault::RoundedShoulders,
        Fault::Slump,
        Fault::Mixed,
    ];

    /// The name in stored data and settings, such as `forward_head`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Fault::ForwardHead => "forward_head",
            Fault::RoundedShoulders => "rounded_shoulders",
            Fault::Slump => "slump",
            Fault::Mixed => "mixed",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::ForwardHead => "head forward",
            Fault::RoundedShoulders => "rounded shoulders",
            Fault::Slump => "slumped back",
            Fault::Mixed => "head forward and back slumped",
        })
    }
}

/// Why a look says nothing about the posture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A shoulder is outside the picture.
    ShouldersOutOfPicture,
    /// Part of the head is outside the picture.
    HeadCutOff,
    /// The head is turned too far from where it was calibrated.
    TurnedAway,
    /// The model took left for right.
    LeftRightSwapped,
    /// The person is too far from the camera.
    TooSmall,
    /// There is too little light.
    TooDark,
    /// The lens is covered.
    Covered,
    /// The picture is blurred.
    Blurred,
    /// The camera repeats the same picture.
    Frozen,
    /// There is no calibration for this camera.
    NotCalibrated,
    /// The picture no longer fits the calibration: the camera was moved or somebody else sits there.
    CalibrationStale,
}

impl Why {
    /// Every reason, in the order in which reports list them.
    pub const ALL: [Why; 11] = [
        Why::ShouldersOutOfPicture,
        Why::HeadCutOff,
        Why::TurnedAway,
        Why::LeftRightSwapped,
        Why::TooSmall,
        Why::TooDark,
        Why::Covered,
        Why::Blurred,
        Why::Frozen,
        Why::NotCalibrated,
        Why::CalibrationStale,
    ];

    /// The name in stored data, such as `too_dark`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Why::ShouldersOutOfPicture => "shoulders_out_of_picture",
            Why::HeadCutOff => "head_cut_off",
            Why::TurnedAway => "turned_away",
            Why::LeftRightSwapped => "left_right_swapped",
            Why::TooSmall => "too_small",
            Why::TooDark => "too_dark",
            Why::Covered => "covered",
            Why::Blurred => "blurred",
            Why::Frozen => "frozen",
            Why::NotCalibrated => "not_calibrated",
            Why::CalibrationStale => "calibration_stale",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::ShouldersOutOfPicture => "shoulders out of the picture",
            Why::HeadCutOff => "head partly out of the picture",
            Why::TurnedAway => "turned away",
            Why::LeftRightSwapped => "left and right not told apart",
            Why::TooSmall => "too far from the camera",
            Why::TooDark => "too dark",
            Why::Covered => "lens covered",
            Why::Blurred => "picture blurred",
            Why::Frozen => "picture frozen",
            Why::NotCalibrated => "not calibrated",
            Why::CalibrationStale => "calibration no longer fits",
        })
    }
}

/// The verdict on one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Sitting within the limits.
    Upright,
    /// Beyond a limit.
    Slouched(Fault),
    /// Somebody is there but nothing can be said.
    Unclear(Why),
    /// Nobody is there.
    Away,
}
