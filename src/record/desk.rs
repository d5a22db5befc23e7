//! What is known of the desk: which calibration was in use when, and what the person changed.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// From when on a calibration was in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibrationUse {
    /// The first instant.
    pub from: Timestamp,
    /// The camera's stable id.
    pub camera: String,
    /// The profile's name; `None` for a camera that is not calibrated.
    pub profile: Option<String>,
}

/// Something that the person changed at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskChange {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: DeskChangeKind,
}

/// What can be changed at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskChangeKind {
    /// The screen stands higher.
    ScreenRaised,
    /// The screen stands nearer or further away.
    ScreenMoved,
    /// The chair, or how it is set.
    Chair,
    /// A break before the part of the day in which the head comes forward.
    Break,
}

impl DeskChangeKind {
    /// Every kind, in the order in which forms list them.
    pub const ALL: [DeskChangeKind; 4] = [
        DeskChangeKind::ScreenRaised,
        DeskChangeKind::ScreenMoved,
        DeskChangeKind::Chair,
        DeskChangeKind::Break,
    ];

    /// The name in stored data, such as `screen_raised`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            DeskChangeKind::ScreenRaised => "screen_raised",
            DeskChangeKind::ScreenMoved => "screen_moved",
            DeskChangeKind::Chair => "chair",
            DeskChangeKind::Break => "break",
        }
    }
}

/// What the person did, after "you".
impl fmt::Display for DeskChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DeskChangeKind::ScreenRaised => "raised the screen",
            DeskChangeKind::ScreenMoved => "moved the screen nearer or further away",
            DeskChangeKind::Chair => "changed the chair",
            DeskChangeKind::Break => "took up a break in the afternoon",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_names_are_the_serialised_names() {
        for kind in DeskChangeKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.id());
        }
    }
}
