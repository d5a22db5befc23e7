//! From joints to angles, from angles to a verdict, from verdicts to a slouch.
//!
//! Everything here is pure: landmarks and instants come in, values go out.
//! Taking pictures, finding joints, storing and notifying happen elsewhere.

mod estimate;
mod moment;

pub use estimate::{Estimate, Posture, View};
pub use moment::{Fault, Moment, Why};
