//! From a picture to joints: `MediaPipe`'s pose graph, re-implemented on tract.
//!
//! A detector finds people in the whole picture; a landmark model looks closely
//! at a rotated square around one of them and gives 33 joints. Once somebody is
//! found, the square stays while they do, and the detector rests until they have moved
//! or are lost.
//!
//! What upstream's video mode adds and this leaves out: smoothing of landmarks
//! over frames. Looks are seconds apart here, and smoothing belongs to angles.
//!
//! This is the one door to tract. The rules and constants are those of
//! `MediaPipe` 0.10.14 (Apache-2.0); each is cited by its file under
//! `mediapipe/modules/` or `mediapipe/calculators/` where it is used.

mod crop;
mod depthwise;
mod detector;
mod followed;
mod graph;
mod landmarker;
mod memory;
mod merge;
mod model;
mod tracker;
mod weights;
mod widened;

pub use crop::Mirror;
pub use merge::merge;
pub use model::PoseError;
pub use tracker::{Crop, CropPlan, Pose};

use crate::frame::Frame;
use crate::landmarks::Sighting;

/// Finds a person's joints in pictures.
pub trait PoseModel {
    /// Finds the person in one frame through the crops of the plan.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails; nobody in view is [`Sighting::Nobody`].
    fn detect(&mut self, frame: &Frame, plan: CropPlan) -> Result<Sighting, PoseError>;
}
