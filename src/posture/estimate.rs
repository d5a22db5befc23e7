//! The angles of one observation, in degrees, each with its error.

use std::fmt;

use super::{PerAngle, Placement};

/// Where the camera stands relative to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The camera faces the person, as on a monitor or a laptop.
    Front,
    /// 25 to 65 degrees to a side.
    Oblique,
    /// The person's profile.
    Side,
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            View::Front => "front",
            View::Oblique => "oblique",
            View::Side => "side",
        })
    }
}

/// An angle and its error.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Estimate {
    /// The angle itself. Rough without a calibration, see [`Estimate::change`].
    pub degrees: f64,
    /// The change from the person's own neutral posture. None without a calibration.
    pub change: Option<f64>,
    /// One standard error in degrees: of the change if there is one, otherwise of the angle.
    pub error: f64,
}

/// How many times as large as in a good picture errors are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorFactor(pub f64);

impl Default for ErrorFactor {
    fn default() -> ErrorFactor {
        ErrorFactor(1.0)
    }
}

/// What the angles of one observation are measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The pose model's joints.
    #[default]
    Joints,
    /// The joints and the face mesh.
    FaceMesh,
    /// The joints, the face mesh and the shoulder network.
    ShoulderGirdle,
    /// The face mesh alone: the camera may stand elsewhere than it was calibrated.
    MovedCamera,
    /// The face mesh alone: the head looks different than calibrated, as with headphones or other hair.
    DifferentHead,
}

/// How far the trunk leans forward of where it was at the neutral.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TrunkLean {
    /// In degrees, forward positive.
    pub change: f64,
    /// One standard error in degrees.
    pub error: f64,
}

impl TrunkLean {
    /// From this on somebody leans forward, in degrees. Each person estimated by a fit on all others, it is said in
    /// none of the posture set's pictures whose trunk leans by less than 4 degrees (ACCURACY.md).
    pub const FORWARD: f64 = 8.0;

    /// Whether it is enough to say so.
    #[must_use]
    pub fn is_forward(self) -> bool {
        self.change >= TrunkLean::FORWARD
    }
}

/// The posture in one observation.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Posture {
    /// Where the camera stands.
    pub view: View,
    /// What the angles are measured from.
    #[serde(default)]
    pub basis: Basis,
    /// Where the person sits before the camera; none where that does not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// The angles. None for an angle that the view does not show.
    #[serde(flatten)]
    pub angles: PerAngle<Option<Estimate>>,
    /// None where the face mesh does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trunk_lean: Option<TrunkLean>,
}

impl Posture {
    /// The trunk's lean if it leans forward.
    #[must_use]
    pub fn leans_forward(&self) -> Option<TrunkLean> {
        self.trunk_lean.filter(|lean| lean.is_forward())
    }
}
