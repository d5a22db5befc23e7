//! The running monitor.

pub mod picture_advice;
