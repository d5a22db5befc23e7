//! The process that holds the camera, so that nothing a driver does can stop the monitor.

pub mod child;
pub(in crate::camera) mod handle;
pub(in crate::camera) mod protocol;
