//! A picture and the instant it was taken.
//!
//! Nothing here reads a camera or a clock: whoever takes the picture stamps it.

use image::RgbImage;
use jiff::Timestamp;

/// One picture in memory. It is never written to disk nor sent anywhere.
#[derive(Debug, Clone)]
pub struct Frame {
    /// 8-bit RGB, row by row from the top left.
    pub pixels: RgbImage,
    /// When the picture was taken.
    pub at: Timestamp,
}

impl Frame {
    /// The picture's size.
    #[must_use]
    pub fn size(&self) -> PictureSize {
        PictureSize {
            width: self.pixels.width(),
            height: self.pixels.height(),
        }
    }
}

/// Width and height of a picture in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureSize {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl PictureSize {
    /// Width in units of height: 4:3 gives 1.333.
    #[must_use]
    pub fn aspect(self) -> f32 {
        self.width as f32 / self.height as f32
    }
}

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
