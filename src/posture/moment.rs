//! The class of one observation: upright, slouched, unclear or away.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which angle, or both, is beyond its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The head is forward of the trunk.
    ForwardHead,
    /// The shoulders are drawn forward (protraction).
    RoundedShoulders,
    /// Both at once; stored as `mixed`.
    #[serde(rename = "mixed")]
    HeadAndShoulders,
}

impl Fault {
    /// Every fault, in the order in which reports list them.
    pub const ALL: [Fault; 3] = [
        Fault::ForwardHead,
        Fault::RoundedShoulders,
        Fault::HeadAndShoulders,
    ];

    /// The name in stored data and settings, such as `forward_head`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Fault::ForwardHead => "forward_head",
            Fault::RoundedShoulders => "rounded_shoulders",
            Fault::HeadAndShoulders => "mixed",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::ForwardHead => "head forward",
            Fault::RoundedShoulders => "rounded shoulders",
            Fault::HeadAndShoulders => "head and shoulders forward",
        })
    }
}

/// The reason why an observation gives no posture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnclearReason {
    /// A shoulder is outside the picture.
    ShouldersOutOfPicture,
    /// Part of the head is outside the picture.
    HeadCutOff,
    /// The head is so near that the picture does not hold the person: leaning into the screen.
    LeaningIn,
    /// Somebody is there, but not where the calibrated person sits.
    AnotherSeat,
    /// The head is turned too far from where it was calibrated, or hides its face.
    TurnedAway,
    /// The head looks down, and that is all that its angle shows.
    LookingDown,
    /// The model swapped left and right.
    LeftRightSwapped,
    /// The person is too far from the camera.
    TooSmall,
    /// The picture is upside down.
    UpsideDown,
    /// The picture lies on its side, with the head to its left.
    HeadToTheLeft,
    /// The picture lies on its side, with the head to its right.
    HeadToTheRight,
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
    /// The picture no longer fits the calibration: the camera was moved or its picture has another shape.
    CalibrationStale,
}

impl UnclearReason {
    /// Every reason, in the order in which reports list them.
    pub const ALL: [UnclearReason; 17] = [
        UnclearReason::ShouldersOutOfPicture,
        UnclearReason::HeadCutOff,
        UnclearReason::LeaningIn,
        UnclearReason::AnotherSeat,
        UnclearReason::TurnedAway,
        UnclearReason::LookingDown,
        UnclearReason::LeftRightSwapped,
        UnclearReason::TooSmall,
        UnclearReason::UpsideDown,
        UnclearReason::HeadToTheLeft,
        UnclearReason::HeadToTheRight,
        UnclearReason::TooDark,
        UnclearReason::Covered,
        UnclearReason::Blurred,
        UnclearReason::Frozen,
        UnclearReason::NotCalibrated,
        UnclearReason::CalibrationStale,
    ];

    /// The name in stored data, such as `too_dark`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            UnclearReason::ShouldersOutOfPicture => "shoulders_out_of_picture",
            UnclearReason::HeadCutOff => "head_cut_off",
            UnclearReason::LeaningIn => "leaning_in",
            UnclearReason::AnotherSeat => "another_seat",
            UnclearReason::TurnedAway => "turned_away",
            UnclearReason::LookingDown => "looking_down",
            UnclearReason::LeftRightSwapped => "left_right_swapped",
            UnclearReason::TooSmall => "too_small",
            UnclearReason::UpsideDown => "upside_down",
            UnclearReason::HeadToTheLeft => "head_to_the_left",
            UnclearReason::HeadToTheRight => "head_to_the_right",
            UnclearReason::TooDark => "too_dark",
            UnclearReason::Covered => "covered",
            UnclearReason::Blurred => "blurred",
            UnclearReason::Frozen => "frozen",
            UnclearReason::NotCalibrated => "not_calibrated",
            UnclearReason::CalibrationStale => "calibration_stale",
        }
    }

    /// Whether the picture is turned: only the camera or its settings can fix that.
    #[must_use]
    pub fn is_turned(self) -> bool {
        matches!(
            self,
            UnclearReason::UpsideDown
                | UnclearReason::HeadToTheLeft
                | UnclearReason::HeadToTheRight
        )
    }
}

impl fmt::Display for UnclearReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UnclearReason::ShouldersOutOfPicture => "shoulders out of the picture",
            UnclearReason::HeadCutOff => "head partly out of the picture",
            UnclearReason::LeaningIn => "leaning into the screen",
            UnclearReason::AnotherSeat => "somebody on another seat",
            UnclearReason::TurnedAway => "turned away",
            UnclearReason::LookingDown => "looking down",
            UnclearReason::LeftRightSwapped => "left and right not told apart",
            UnclearReason::TooSmall => "too far from the camera",
            UnclearReason::UpsideDown => "picture upside down",
            UnclearReason::HeadToTheLeft => "picture on its side, head to the left",
            UnclearReason::HeadToTheRight => "picture on its side, head to the right",
            UnclearReason::TooDark => "too dark",
            UnclearReason::Covered => "lens covered",
            UnclearReason::Blurred => "picture blurred",
            UnclearReason::Frozen => "picture frozen",
            UnclearReason::NotCalibrated => "not calibrated",
            UnclearReason::CalibrationStale => "calibration no longer fits",
        })
    }
}

/// The class of one observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Sitting within the limits.
    Upright,
    /// Beyond a limit.
    Slouched(Fault),
    /// Somebody is there, but nothing can be measured.
    Unclear(UnclearReason),
    /// Nobody is there.
    Away,
}
