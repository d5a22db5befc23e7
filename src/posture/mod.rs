//! From joints to angles, from angles to a verdict, from verdicts to a slouch.
//!
//! Everything here is pure: landmarks and instants come in, values go out.
//! Taking pictures, finding joints, storing and notifying happen elsewhere.

pub mod angles;
mod baseline;
pub mod curve;
mod drift;
mod estimate;
mod fitted;
mod fitting;
mod judge;
mod moment;
mod patience;
mod shape;
pub mod slouch;
mod smooth;

pub use angles::{Facing, Seen, observe};
pub use baseline::{Baseline, Neutral, Refusal, Spread, Warning};
pub use drift::Drift;
pub use estimate::{Estimate, Posture, View};
pub use fitting::Fitting;
pub use judge::{Limits, Verdict, judge};
pub use moment::{Fault, Moment, Why};
pub use patience::Patience;
pub use shape::{MEASURED, Shape, measure};
pub use slouch::State;
pub use smooth::{Smooth, Standing};
