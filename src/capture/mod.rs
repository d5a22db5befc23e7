//! Where pictures come from: files, recordings, the webcam.

pub mod light;
pub mod webcam;
