//! The running monitor: one loop owns the watching; the camera, answers to
//! notifications, signals and the socket reach it through channels, so that
//! waiting for one never keeps it from another.
//!
//! It performs what [`crate::monitor`] decides. What is decided, measured and
//! stored lies elsewhere.

mod active_settings;
mod calibrations;
mod appeal;
pub(crate) mod calibration_session;
pub(crate) mod effects;
mod followers;
mod guide_window;
pub(crate) mod instance_lock;
mod live;
pub(crate) mod log;
mod on_demand;
mod permission;
pub mod picture_advice;
mod previews;
mod progress;
pub(crate) mod recent_history;
pub(crate) mod replay;
mod resource_use;
mod routine;
mod run;
mod runtime;
mod status;
pub(crate) mod status_line;
pub(crate) mod terminal_window;

pub use replay::ReplayOptions;
pub use run::{RunOptions, run};
