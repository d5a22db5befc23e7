//! A small copy of a frame, as JPEG, for somebody who wants to see the camera's picture.

use image::codecs::jpeg::JpegEncoder;
use image::{ImageResult, RgbImage, imageops};

/// The longer side in pixels. Our choice: enough to see light and place, with about 15 kB.
const LONGER_SIDE: u32 = 400;

/// Our choice: 0 to 100; less shows blocks in a face.
const QUALITY: u8 = 70;

/// Makes the copy.
///
/// # Errors
///
/// The encoder fails.
pub fn preview(pixels: &RgbImage) -> ImageResult<Vec<u8>> {
    let longer = pixels.width().max(pixels.height()).max(1);
    let scaled = |side: u32| (side * LONGER_SIDE.min(longer) / longer).max(1);
    let (width, height) = (scaled(pixels.width()), scaled(pixels.height()));
    let mut jpeg = Vec::new();
    imageops::thumbnail(pixels, width, height)
        .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY))?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_small_and_keeps_the_shape() {
        let rows = [
            ((1280, 720), (400, 225)),
            ((480, 640), (300, 400)),
            ((160, 120), (160, 120)),
            ((0, 0), (1, 1)),
        ];
        for ((width, height), wanted) in rows {
            let jpeg = preview(&RgbImage::new(width, height)).unwrap();
            let shown = image::load_from_memory(&jpeg).unwrap();
            assert_eq!((shown.width(), shown.height()), wanted);
        }
    }
}
