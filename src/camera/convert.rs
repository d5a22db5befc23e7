//! From a camera's pixels to red, green and blue.
//!
//! A buffer of the wrong length is an error, not a panic. JPEG is in [`super::jpeg`].

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
    let mut out = Vec::with_capacity(width * height * 3);
    match layout {
        PixelLayout::Mjpeg => out = jpeg::decode(bytes, size)?,
        PixelLayout::Yuyv => pairs(first()?, width, &mut out, |[y0, u, y1, v]| [y0, y1, u, v]),
        PixelLayout::Uyvy => pairs(first()?, width, &mut out, |[u, y0, v, y1]| [y0, y1, u, v]),
        PixelLayout::Nv12 => {
            let chroma_stride = stride.div_ceil(2) * 2;
            let chroma = plane(bytes, chroma_start, chroma_stride, half.0 * 2, half.1)?;
            for (luma, uv) in first()?.zip(chroma.flat_map(twice)) {
                let chroma = |x: usize| (uv[x / 2 * 2], uv[x / 2 * 2 + 1]);
                yuv_row(luma, chroma, &mut out);
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
            for (luma, (u, v)) in first()?.zip(chroma) {
                yuv_row(luma, |x| (u[x / 2], v[x / 2]), &mut out);
            }
        }
        PixelLayout::Grey => out.extend(first()?.flatten().flat_map(|&y| [y, y, y])),
        PixelLayout::Rgb => out.extend(first()?.flatten()),
        PixelLayout::Bgr => {
            let pixels = first()?.flat_map(|row| row.chunks_exact(3));
            out.extend(pixels.flat_map(|p| [p[2], p[1], p[0]]));
        }
        PixelLayout::Other(_) => {
            return Err(CameraError::NoUsableFormat {
                offered: layout.to_string(),
            });
        }
    }
    let picture = RgbImage::from_raw(size.width, size.height, out).ok_or(CameraError::Damaged)?;
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

/// Rows in which four bytes hold two pixels.
fn pairs<'a>(
    rows: impl Iterator<Item = &'a [u8]>,
    width: usize,
    out: &mut Vec<u8>,
    order: impl Fn([u8; 4]) -> [u8; 4],
) {
    for (n, row) in rows.enumerate() {
        for &four in row.as_chunks().0 {
            let [y0, y1, u, v] = order(four);
            out.extend_from_slice(&rgb(y0, u, v));
            out.extend_from_slice(&rgb(y1, u, v));
        }
        // Of an odd width the last pair holds one pixel too many.
        out.truncate((n + 1) * width * 3);
    }
}

fn yuv_row(luma: &[u8], chroma: impl Fn(usize) -> (u8, u8), out: &mut Vec<u8>) {
    for (x, &y) in luma.iter().enumerate() {
        let (u, v) = chroma(x);
        out.extend_from_slice(&rgb(y, u, v));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PictureSize;

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
        for layout in [
            PixelLayout::Yuyv,
            PixelLayout::Nv12,
            PixelLayout::Grey,
            PixelLayout::Rgb,
            PixelLayout::Bgr,
            PixelLayout::Mjpeg,
        ] {
            assert!(
                to_picture(&[0; 11], packed(layout, 4, 4)).is_err(),
                "{layout}"
            );
        }
        assert!(to_picture(&[0; 4096], packed(PixelLayout::Yuyv, 4, 4)).is_ok());
    }

    #[test]
    fn odd_sizes_are_converted_whole() {
        for layout in [PixelLayout::Yuyv, PixelLayout::Nv12, PixelLayout::Grey] {
            let picture = to_picture(&[128; 64], packed(layout, 5, 3)).unwrap();
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
            let picture = to_picture(&grey, packed(PixelLayout::Grey, width, height)).unwrap();
            assert_eq!(picture.dimensions(), wanted);
        }
    }
}
