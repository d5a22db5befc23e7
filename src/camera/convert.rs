//! From a camera's pixels to red, green and blue.
//!
//! A buffer of the wrong length is an error, not a panic. JPEG is in [`super::jpeg`].

use std::array;

use image::RgbImage;

use super::CameraError;
use super::format::{PixelLayout, StreamFormat, WANTED_WIDTH};
use super::jpeg;

/// Decodes a frame and makes it smaller by a whole factor that leaves at least [`WANTED_WIDTH`].
///
/// # Errors
///
/// [`CameraError::Damaged`] if the bytes are not a whole picture of that size.
pub(super) fn to_picture(bytes: &[u8], format: StreamFormat) -> Result<RgbImage, CameraError> {
    let size = format.size;
    let (width, height) = (size.width as usize, size.height as usize);
    let half = (width.div_ceil(2), height.div_ceil(2));
    let layout = format.layout;
    let row_bytes = match layout {
        PixelLayout::Yuyv | PixelLayout::Uyvy => half.0 * 4,
        PixelLayout::Rgb | PixelLayout::Bgr => width * 3,
        _ => width,
    };
    let stride = format.stride.max(row_bytes);
    // The first plane, or all there is; the chroma planes follow it.
    let first = || plane(bytes, 0, stride, row_bytes, height);
    let chroma_start = stride * height;
    if layout == PixelLayout::Mjpeg {
        let pixels = jpeg::decode(bytes, size)?;
        let picture = RgbImage::from_raw(size.width, size.height, pixels);
        return Ok(shrink(picture.ok_or(CameraError::Damaged)?));
    }
    let mut picture = RgbImage::new(size.width, size.height);
    let out = picture.chunks_exact_mut((width * 3).max(1));
    let mut yuv = YuvRow::new(width);
    match layout {
        PixelLayout::Yuyv => {
            for (row, out) in first()?.zip(out) {
                yuv.read_pairs(row, |[y0, u, y1, v]| ([y0, y1], [u, v]));
                yuv.write_rgb(out);
            }
        }
        PixelLayout::Uyvy => {
            for (row, out) in first()?.zip(out) {
                yuv.read_pairs(row, |[u, y0, v, y1]| ([y0, y1], [u, v]));
                yuv.write_rgb(out);
            }
        }
        PixelLayout::Nv12 => {
            let chroma_stride = stride.div_ceil(2) * 2;
            let chroma = plane(bytes, chroma_start, chroma_stride, half.0 * 2, half.1)?;
            for ((luma, uv), out) in first()?.zip(chroma.flat_map(twice)).zip(out) {
                yuv.y.as_flattened_mut()[..width].copy_from_slice(luma);
                let chroma = yuv.u.as_flattened_mut().iter_mut();
                let chroma = chroma.zip(yuv.v.as_flattened_mut());
                for (pair, (u, v)) in uv.as_chunks().0.iter().zip(chroma) {
                    [*u, *v] = *pair;
                }
                yuv.write_rgb(out);
            }
        }
        PixelLayout::Yu12 | PixelLayout::Yv12 => {
            let chroma_stride = stride.div_ceil(2);
            let second_start = chroma_start + chroma_stride * half.1;
            let starts = match layout {
                PixelLayout::Yu12 => [chroma_start, second_start],
                _ => [second_start, chroma_start],
            };
            let [us, vs] = starts.map(|start| plane(bytes, start, chroma_stride, half.0, half.1));
            let chroma = us?.zip(vs?).flat_map(twice);
            for ((luma, (u, v)), out) in first()?.zip(chroma).zip(out) {
                yuv.y.as_flattened_mut()[..width].copy_from_slice(luma);
                yuv.u.as_flattened_mut()[..half.0].copy_from_slice(u);
                yuv.v.as_flattened_mut()[..half.0].copy_from_slice(v);
                yuv.write_rgb(out);
            }
        }
        PixelLayout::Grey => {
            for (row, out) in first()?.zip(out) {
                for (&y, pixel) in row.iter().zip(out.as_chunks_mut().0) {
                    *pixel = [y, y, y];
                }
            }
        }
        PixelLayout::Rgb => {
            for (row, out) in first()?.zip(out) {
                out.copy_from_slice(row);
            }
        }
        PixelLayout::Bgr => {
            for (row, out) in first()?.zip(out) {
                for (&[b, g, r], pixel) in row.as_chunks().0.iter().zip(out.as_chunks_mut().0) {
                    *pixel = [r, g, b];
                }
            }
        }
        PixelLayout::Mjpeg | PixelLayout::Other(_) => {
            return Err(CameraError::NoUsableFormat {
                offered: layout.to_string(),
            });
        }
    }
    Ok(shrink(picture))
}

/// The rows of a plane, without their padding. The last row may lack its padding.
fn plane(
    bytes: &[u8],
    start: usize,
    stride: usize,
    row_bytes: usize,
    rows: usize,
) -> Result<impl Iterator<Item = &[u8]>, CameraError> {
    let end = start + stride * rows.saturating_sub(1) + row_bytes;
    let plane = bytes.get(start..end).ok_or(CameraError::Damaged)?;
    Ok(plane
        .chunks(stride.max(1))
        .map(move |row| &row[..row_bytes]))
}

/// A row of chroma serves two rows of luma.
fn twice<T: Copy>(row: T) -> [T; 2] {
    [row, row]
}

/// Pixels that are converted together. Our own measurement: blocks of 16 take 1.0 ms at 640 x 480
/// where single pixels take 2.9 ms, because the compiler uses vector instructions for them.
const BLOCK: usize = 16;

/// A row of luma and, for each pair of pixels, chroma; filled up to whole blocks.
struct YuvRow {
    y: Vec<[u8; BLOCK]>,
    u: Vec<[u8; BLOCK / 2]>,
    v: Vec<[u8; BLOCK / 2]>,
}

impl YuvRow {
    fn new(width: usize) -> YuvRow {
        let blocks = width.div_ceil(BLOCK);
        YuvRow {
            y: vec![[0; BLOCK]; blocks],
            u: vec![[0; BLOCK / 2]; blocks],
            v: vec![[0; BLOCK / 2]; blocks],
        }
    }

    /// Reads a row in which four bytes hold two pixels, in an order that gives luma and chroma.
    fn read_pairs(&mut self, row: &[u8], order: impl Fn([u8; 4]) -> ([u8; 2], [u8; 2])) {
        let luma = self.y.as_flattened_mut().as_chunks_mut().0.iter_mut();
        let chroma = self.u.as_flattened_mut().iter_mut();
        let pairs = luma.zip(chroma.zip(self.v.as_flattened_mut()));
        for (&four, (ys, (u, v))) in row.as_chunks().0.iter().zip(pairs) {
            (*ys, [*u, *v]) = order(four);
        }
    }

    /// BT.601 with studio swing (luma 16 to 235), as UVC cameras send it, in 1/256.
    fn write_rgb(&self, out: &mut [u8]) {
        let byte = |value: i32| (value >> 8).clamp(0, 255) as u8;
        let blocks = self.y.iter().zip(&self.u).zip(&self.v);
        for (((ys, us), vs), out) in blocks.zip(out.chunks_mut(BLOCK * 3)) {
            // Each step by itself, or the compiler gives up on vectors.
            let y: [i32; BLOCK] = array::from_fn(|n| 298 * (i32::from(ys[n]) - 16) + 128);
            let u: [i32; BLOCK] = array::from_fn(|n| i32::from(us[n / 2]) - 128);
            let v: [i32; BLOCK] = array::from_fn(|n| i32::from(vs[n / 2]) - 128);
            let mut rgb = [[0; 3]; BLOCK];
            for (pixel, (y, v)) in rgb.iter_mut().zip(y.iter().zip(&v)) {
                pixel[0] = byte(y + 409 * v);
            }
            for (pixel, ((y, u), v)) in rgb.iter_mut().zip(y.iter().zip(&u).zip(&v)) {
                pixel[1] = byte(y - 100 * u - 208 * v);
            }
            for (pixel, (y, u)) in rgb.iter_mut().zip(y.iter().zip(&u)) {
                pixel[2] = byte(y + 516 * u);
            }
            out.copy_from_slice(&rgb.as_flattened()[..out.len()]);
        }
    }
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

/// Takes any bytes as a frame of a small camera in each layout. The first four say its size and padding.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz_frame(bytes: &[u8]) {
    use super::format::PixelLayout::{Bgr, Grey, Mjpeg, Nv12, Rgb, Uyvy, Yu12, Yuyv, Yv12};
    let Some((&[width, height, padding, gap], pixels)) = bytes.split_first_chunk() else {
        return;
    };
    let size = crate::frame::PictureSize {
        width: width.into(),
        height: height.into(),
    };
    for layout in [Yuyv, Uyvy, Nv12, Yu12, Yv12, Rgb, Bgr, Grey, Mjpeg] {
        let stride = usize::from(padding) << (gap % 32);
        let format = StreamFormat {
            layout,
            size,
            stride,
        };
        let _ = to_picture(pixels, format);
    }
    let size = crate::frame::PictureSize {
        width: 16,
        height: 12,
    };
    let _ = jpeg::decode(bytes, size);
}

#[cfg(test)]
mod tests {
    use super::super::format::READABLE;
    use super::*;
    use crate::frame::PictureSize;

    /// Every layout that can be read but JPEG, which is tested in its own file.
    fn raw_layouts() -> impl Iterator<Item = PixelLayout> {
        let layouts = READABLE.iter().map(|(layout, ..)| *layout);
        layouts.filter(|layout| *layout != PixelLayout::Mjpeg)
    }

    #[track_caller]
    fn covers_every_raw_layout(mut rows: impl Iterator<Item = PixelLayout> + Clone) {
        for layout in raw_layouts() {
            assert!(rows.clone().any(|row| row == layout), "{layout} is missing");
        }
        assert!(rows.all(|row| raw_layouts().any(|layout| layout == row)));
    }

    fn packed(layout: PixelLayout, width: u32, height: u32) -> StreamFormat {
        StreamFormat {
            layout,
            size: PictureSize { width, height },
            stride: 0,
        }
    }

    /// Rows that the driver pads give the same picture as rows without padding.
    #[test]
    fn padded_rows_are_read_without_their_padding() {
        // Layout, bytes of a row of each plane as parts of the luma's, rows of each plane.
        type Planes = &'static [(usize, usize, u32)];
        let rows: [(PixelLayout, Planes); 8] = [
            (PixelLayout::Yuyv, &[(2, 1, 4)]),
            (PixelLayout::Uyvy, &[(2, 1, 4)]),
            (PixelLayout::Nv12, &[(1, 1, 4), (1, 1, 2)]),
            (PixelLayout::Yu12, &[(1, 1, 4), (1, 2, 2), (1, 2, 2)]),
            (PixelLayout::Yv12, &[(1, 1, 4), (1, 2, 2), (1, 2, 2)]),
            (PixelLayout::Grey, &[(1, 1, 4)]),
            (PixelLayout::Rgb, &[(3, 1, 4)]),
            (PixelLayout::Bgr, &[(3, 1, 4)]),
        ];
        covers_every_raw_layout(rows.iter().map(|(layout, _)| *layout));
        for (layout, planes) in rows {
            let (mut plain, mut padded, mut value) = (Vec::new(), Vec::new(), 0_u8);
            for (bytes, part, rows) in planes {
                for _ in 0..*rows {
                    let row: Vec<u8> = (0..8 * bytes / part)
                        .map(|_| {
                            value = value.wrapping_mul(5).wrapping_add(77);
                            value
                        })
                        .collect();
                    plain.extend_from_slice(&row);
                    padded.extend_from_slice(&row);
                    padded.extend(vec![255; 16 / part]);
                }
            }
            let format = packed(layout, 8, 4);
            let wanted = to_picture(&plain, format).unwrap();
            let stride = 8 * planes[0].0 + 16;
            let format = StreamFormat { stride, ..format };
            assert_eq!(to_picture(&padded, format).unwrap(), wanted, "{layout}");
            // The driver need not fill the padding of the last row.
            let short = &padded[..padded.len() - 8];
            assert_eq!(to_picture(short, format).unwrap(), wanted, "{layout}");
            assert!(to_picture(&padded[..padded.len() - 20], format).is_err());
        }
    }

    #[test]
    fn known_colours_come_out_in_every_layout() {
        // Studio-swing BT.601: black, white, and pure red (81, 90, 240).
        let rows: [(PixelLayout, &[u8], [u8; 3]); 11] = [
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
            (
                PixelLayout::Uyvy,
                &[90, 81, 240, 81, 90, 81, 240, 81],
                [255, 0, 0],
            ),
            (PixelLayout::Yu12, &[81, 81, 81, 81, 90, 240], [255, 0, 0]),
            (PixelLayout::Yv12, &[81, 81, 81, 81, 240, 90], [255, 0, 0]),
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
        covers_every_raw_layout(rows.iter().map(|(layout, ..)| *layout));
        for (layout, bytes, colour) in rows {
            let picture = to_picture(bytes, packed(layout, 2, 2)).unwrap();
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
        for layout in raw_layouts() {
            let format = packed(layout, 4, 4);
            assert!(to_picture(&[0; 11], format).is_err(), "{layout}");
            assert!(to_picture(&[0; 4096], format).is_ok(), "{layout}");
        }
        assert!(to_picture(&[0; 11], packed(PixelLayout::Mjpeg, 4, 4)).is_err());
    }

    #[test]
    fn odd_sizes_are_converted_whole() {
        for layout in raw_layouts() {
            let picture = to_picture(&[128; 64], packed(layout, 5, 3)).unwrap();
            assert_eq!(picture.dimensions(), (5, 3), "{layout}");
            // Grey in the middle of the range, to the last pixel.
            let value = picture.get_pixel(0, 0)[0];
            assert!((127..=131).contains(&value), "{layout}: {value}");
            assert!(picture.iter().all(|byte| *byte == value), "{layout}");
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
            let picture = to_picture(&grey, packed(PixelLayout::Grey, width, height)).unwrap();
            assert_eq!(picture.dimensions(), wanted);
        }
    }
}
