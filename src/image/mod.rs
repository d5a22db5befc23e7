//! Pictures: from files and recordings, and whether they can show a posture.
//!
//! The webcam is in `camera`, finding people in `pose`.

mod file;
mod preview;
mod recording;
mod video;

pub mod quality;
pub mod freeze;
pub mod empty_scene;

pub use file::{PictureError, decode_picture, read_picture};
pub use preview::preview;
pub use recording::{RecordedFrame, Recording, RecordingError, RecordingItem, list};
#[cfg(any(test, fuzzing))]
pub(crate) use video::fuzz_video;
