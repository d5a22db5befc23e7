//! From a camera's pixels to red, green and blue.
//!
//! A buffer of the wrong length is an error, not a panic. JPEG is in [`super::jpeg`].

use image::RgbImage;

use super::CameraError;
use super::format::{PixelLayout, WANTED_WIDTH};
use super::jpeg;
use crate::frame::PictureSize;

/// Decodes a frame and makes it smaller by a whole factor that leaves at least [`WANTED_WIDTH`].
///
/// # Errors
///
/// [`CameraError::Damaged`] if the bytes are not a whole picture of that size.
pub(super) fn to_picture(
    bytes: &[u8],
    layout: PixelLayout,
    size: PictureSize,
) -> Result<RgbImage, CameraError> {
    let (width, height) = (size.width as usize, size.height as usize);
    let pixels = width * height;
    let rgb = match layout {
        PixelLayout::Mjpeg => jpeg::decode(bytes, size)?,
        PixelLayout::Yuyv => yuyv(whole(bytes, pixels.div_ceil(2) * 4)?, pixels),
        PixelLayout::Nv12 => nv12(
            whole(bytes, pixels + width.div_ceil(2) * 2 * height.div_ceil(2))?,
            width,
            height,
        ),
        PixelLayout::Grey => whole(bytes, pixels)?
            .iter()
            .flat_map(|&y| [y, y, y])
            .collect(),
        PixelLayout::Rgb => whole(bytes, pixels * 3)?.to_vec(),
        PixelLayout::Bgr => whole(bytes, pixels * 3)?
            .chunks_exact(3)
            .flat_map(|p| [p[2], p[1], p[0]])
            .collect(),
        PixelLayout::Other(_) => {
            return Err(CameraError::NoUsableFormat {
                offered: layout.to_string(),
            });
        }
    };
    let picture = RgbImage::from_raw(size.width, size.height, rgb).ok_or(CameraError::Damaged)?;
    Ok(shrink(picture))
}

/// The first `length` bytes.
fn whole(bytes: &[u8], length: usize) -> Result<&[u8], CameraError> {
    bytes.get(..length).ok_or(CameraError::Damaged)
}

/// BT.601 with studio swing (luma 16 to 235), as UVC cameras send it, in 1/256.
#[inline]
fn rgb(y: u8, u: u8, v: u8) -> [u8; 3] {
    let y = 298 * (i32::from(y) - 16) + 128;
    let u = i32::from(u) - 128;
    let v = i32::from(v) - 128;
    let byte = |value: i32| (value >> 8).clamp(0, 255) as u8;
    [
        byte(y + 409 * v),
        byte(y - 100 * u - 208 * v),
        byte(y + 516 * u),
    ]
}

fn yuyv(bytes: &[u8], pixels: usize) -> Vec<u8> {
    let mut out = vec![0; bytes.len() / 4 * 6];
    for (pair, four) in out.chunks_exact_mut(6).zip(bytes.chunks_exact(4)) {
        pair[..3].copy_from_slice(&rgb(four[0], four[1], four[3]));
        pair[3..].copy_from_slice(&rgb(four[2], four[1], four[3]));
    }
    out.truncate(pixels * 3);
    out
}

fn nv12(bytes: &[u8], width: usize, height: usize) -> Vec<u8> {
    let (luma, chroma) = bytes.split_at(width * height);
    let stride = width.div_ceil(2) * 2;
    let mut out = Vec::with_capacity(width * height * 3);
    for (row, line) in luma.chunks_exact(width).enumerate() {
        let uv = &chroma[row / 2 * stride..][..stride];
        for (column, &y) in line.iter().enumerate() {
            let at = column / 2 * 2;
            out.extend_from_slice(&rgb(y, uv[at], uv[at + 1]));
        }
    }
    out
}

/// Averages blocks: a 1280-wide picture costs more to process and shows no more.
fn shrink(picture: RgbImage) -> RgbImage {
    let factor = picture.width() / WANTED_WIDTH;
    if factor < 2 {
        return picture;
    }
    image::imageops::thumbnail(
        &picture,
        picture.width() / factor,
        picture.height() / factor,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: u32, height: u32) -> PictureSize {
        PictureSize { width, height }
    }

    #[test]
    fn known_colours_come_out_in_every_layout() {
        // Studio-swing BT.601: black, white, and pure red (81, 90, 240).
        let rows: [(PixelLayout, &[u8], [u8; 3]); 8] = [
            (
                PixelLayout::Yuyv,
                &[16, 128, 16, 128, 16, 128, 16, 128],
                [0, 0, 0],
            ),
            (
                PixelLayout::Yuyv,
                &[235, 128, 235, 128, 235, 128, 235, 128],
                [255, 255, 255],
            ),
            (
                PixelLayout::Yuyv,
                &[81, 90, 81, 240, 81, 90, 81, 240],
                [255, 0, 0],
            ),
            (PixelLayout::Nv12, &[81, 81, 81, 81, 90, 240], [255, 0, 0]),
            (
                PixelLayout::Nv12,
                &[235, 235, 235, 235, 128, 128],
                [255, 255, 255],
            ),
            (PixelLayout::Grey, &[7, 7, 7, 7], [7, 7, 7]),
            (
                PixelLayout::Rgb,
                &[1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3],
                [1, 2, 3],
            ),
            (
                PixelLayout::Bgr,
                &[3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1],
                [1, 2, 3],
            ),
        ];
        for (layout, bytes, colour) in rows {
            let picture = to_picture(bytes, layout, size(2, 2)).unwrap();
            for pixel in picture.pixels() {
                for (got, wanted) in pixel.0.iter().zip(colour) {
                    assert!(
                        got.abs_diff(wanted) <= 1,
                        "{layout}: {pixel:?}, not {colour:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_short_buffer_is_damaged_and_a_long_one_is_cut() {
        for layout in [
            PixelLayout::Yuyv,
            PixelLayout::Nv12,
            PixelLayout::Grey,
            PixelLayout::Rgb,
            PixelLayout::Bgr,
            PixelLayout::Mjpeg,
        ] {
            assert!(
                to_picture(&[0; 11], layout, size(4, 4)).is_err(),
                "{layout}"
            );
        }
        assert!(to_picture(&[0; 4096], PixelLayout::Yuyv, size(4, 4)).is_ok());
    }

    #[test]
    fn odd_sizes_are_converted_whole() {
        for layout in [PixelLayout::Yuyv, PixelLayout::Nv12, PixelLayout::Grey] {
            let picture = to_picture(&[128; 64], layout, size(5, 3)).unwrap();
            assert_eq!(picture.dimensions(), (5, 3), "{layout}");
        }
    }

    #[test]
    fn a_wide_picture_is_made_smaller_but_not_below_the_wanted_width() {
        let rows = [
            ((1280, 720), (640, 360)),
            ((1920, 1080), (640, 360)),
            ((800, 600), (800, 600)),
        ];
        for ((width, height), wanted) in rows {
            let grey = vec![90; (width * height) as usize];
            let picture = to_picture(&grey, PixelLayout::Grey, size(width, height)).unwrap();
            assert_eq!(picture.dimensions(), wanted);
        }
    }
}
