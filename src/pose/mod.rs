//! From a frame to joints, to the head's size and pitch, and to the shoulder girdle: `MediaPipe`'s pose graph and face
//! mesh, reimplemented on tract, and a network of our own.
//!
//! The detector finds people in the whole picture. The landmark model finds 33 joints in a
//! rotated square around one of them. The square stays while that person does, and the detector
//! runs again only when they have moved or are lost. The face mesh's square is found from the joints,
//! and so is the crop of the shoulder network, which is our own.
//!
//! Upstream's video mode also smooths landmarks over frames. Observations are seconds apart here,
//! so `posture` smooths the angles instead.
//!
//! This is the one door to tract. The rules and constants are those of `MediaPipe` 0.10.14
//! (Apache-2.0). Each cites its file under `mediapipe/modules/` or `mediapipe/calculators/`.

mod tracker;
mod crop;
mod region;
mod tracked_region;
mod detector;
mod landmarker;
mod face;
mod girdle;
mod merge;
mod model;
mod memory;
mod graph;
mod block;
mod dense;
mod depthwise;
mod prelu;
mod half_precision;
#[cfg(any(test, fuzzing))]
mod fuzz;

pub use crop::{Crop, CropPlan};
#[cfg(any(test, fuzzing))]
pub(crate) use fuzz::fuzz;
pub use merge::merge;
pub use model::PoseError;
pub use region::Mirror;
pub use tracker::Pose;

use image::RgbImage;

use crate::frame::Frame;
use crate::landmarks::{Landmarks, Sighting};

/// Finds a person's joints in frames.
pub trait PoseModel {
    /// Finds the person in one frame, by the crops of the plan.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails; nobody in view is [`Sighting::Nobody`].
    fn detect(&mut self, frame: &Frame, plan: CropPlan) -> Result<Sighting, PoseError>;

    /// How large each person shows in a picture, the largest first: the sides of the squares around
    /// them in picture heights. The person that [`PoseModel::detect`] follows stays the same.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    fn person_sizes(&self, picture: &RgbImage) -> Result<Vec<f32>, PoseError>;

    /// The person's joints by the plain crop alone, for a drawing. The person that
    /// [`PoseModel::detect`] follows stays the same.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    fn outline(&self, picture: &RgbImage) -> Result<Option<Landmarks>, PoseError>;
}
