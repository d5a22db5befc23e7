//! Where pictures come from: files, recordings, the webcam.
//!
//! A source stamps each frame with the instant it was taken. It judges nothing.

pub mod empty;
pub mod light;
mod picture;
mod recording;
pub mod webcam;

pub use picture::{PictureError, read_picture};
pub use recording::{Item, Recording, RecordingError, Shot, list};

use crate::frame::Frame;

/// Where frames come from.
pub trait FrameSource {
    /// What can go wrong with this source.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The next frame, or none when the source is over.
    ///
    /// # Errors
    ///
    /// When this frame cannot be had; the next one may well be.
    fn next(&mut self) -> Result<Option<Frame>, Self::Error>;
}
