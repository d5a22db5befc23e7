//! What one look adds to those before it: noise averaged out, slow drift followed.

mod temporal;
mod drift;

pub use drift::DriftCorrection;
pub use temporal::{FilterState, TemporalFilter};
