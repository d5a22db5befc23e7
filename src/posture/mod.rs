//! From joints to angles, from angles to a verdict, from verdicts to a slouch.
//!
//! Everything here is pure: landmarks and instants come in, values go out.
//! Taking pictures, finding joints, storing and notifying happen elsewhere.

mod estimate;
mod moment;
mod patience;
pub mod slouch;
mod smooth;

pub use estimate::{Estimate, Posture, View};
pub use moment::{Fault, Moment, Why};
pub use patience::Patience;
pub use slouch::State;
pub use smooth::{Smooth, Standing};
