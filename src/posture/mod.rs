//! From joints to angles, from angles to a verdict, from verdicts to a slouch.
//!
//! Everything here is pure: landmarks and instants come in, values go out.
//! Taking pictures, finding joints, storing and notifying happen elsewhere.

mod per_angle;
mod features;
mod measure;
pub mod regression;
mod coefficients;
#[allow(
    clippy::approx_constant,
    reason = "a fitted number equals a mathematical constant by chance"
)]
mod moved_camera_coefficients;
#[allow(
    clippy::approx_constant,
    reason = "a fitted number equals a mathematical constant by chance"
)]
mod different_head_coefficients;
mod estimate;
pub mod inputs;
pub mod angles;
mod calibration;
mod calibration_staleness;
mod calibration_doubt;
mod camera_place;
mod looking_down;
mod placement;
mod seat;
mod side_points;
pub mod girdle;
mod filter;
mod moment;
mod classify;
pub mod episode;

pub use angles::{Measurement, observe};
pub use calibration::{Calibration, CalibrationBuilder, CalibrationRefusal, CalibrationWarning};
pub use calibration_doubt::{CalibrationDoubt, SeatWatch};
pub use calibration_staleness::CalibrationStaleness;
pub use camera_place::{CameraWatch, basis, is_squeezed};
pub use classify::{Classification, Limits, SlouchLimit, classify, limits_of};
pub use episode::{EpisodeState, EpisodeTiming};
pub use estimate::{Basis, ErrorFactor, Estimate, Posture, TrunkLean, View};
pub use features::{FaceFeatures, Features, GirdleChange, JointFeatures, ShapeFeatures};
pub use filter::{DriftCorrection, FilterState, TemporalFilter};
pub use inputs::Facing;
pub use looking_down::only_looks_down;
pub use measure::{MEASURED, measure};
pub use moment::{Fault, Moment, UnclearReason};
pub use per_angle::{AngleKind, PerAngle};
pub use placement::{CameraHeight, Placement};
pub use seat::Seat;
pub use side_points::SidePoints;
