//! Pictures: from files and recordings, and whether they can show a posture at all.
//!
//! It opens no camera and looks for nobody: that is `camera` and `pose`.

pub mod empty_scene;
mod file;
pub mod freeze;
pub mod quality;
mod recording;

pub use file::{PictureError, read_picture};
pub use recording::{RecordedFrame, Recording, RecordingError, RecordingItem, list};
