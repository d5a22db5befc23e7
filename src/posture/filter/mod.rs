//! Filters over time: noise is averaged out, slow drift is followed.

mod temporal;
mod drift;

pub use drift::DriftCorrection;
pub use temporal::{FilterState, TemporalFilter};
