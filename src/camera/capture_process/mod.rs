//! The process that holds the camera. A driver that hangs or crashes cannot stop the monitor.

pub mod child;
pub(in crate::camera) mod handle;
pub(in crate::camera) mod protocol;
