//! One MJPEG frame: checked, then decoded.
//!
//! zune-jpeg decodes (pure Rust, errors instead of panics on junk). It takes 1.3 to 1.8 ms for
//! 640 x 480. mozjpeg took 1.0 ms, panicked on a corrupt frame and needs a C compiler and nasm.
//! The check that the frame is whole and has the stated size is ours.

#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, reason = "its bytes come from outside")
)]

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::CameraError;
use crate::frame::PictureSize;

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const HUFFMAN_TABLES: u8 = 0xC4;

/// An application segment "AVI1", which makes the decoder use the standard Huffman tables. Many
/// cameras leave the tables out, as Motion JPEG allows.
const STANDARD_TABLES: [u8; 18] = *b"\xFF\xE0\x00\x10AVI1\0\0\0\0\0\0\0\0\0\0";

/// Decodes a whole JPEG of the given size to RGB.
///
/// # Errors
///
/// [`CameraError::Damaged`] for junk and torn frames, [`CameraError::WrongSize`] for another size.
pub(super) fn decode(bytes: &[u8], wanted: PictureSize) -> Result<Vec<u8>, CameraError> {
    let frame = Outline::read(bytes).ok_or(CameraError::Damaged)?;
    if frame.size != wanted {
        return Err(CameraError::WrongSize {
            wanted: (wanted.width, wanted.height),
            got: (frame.size.width, frame.size.height),
        });
    }
    let completed = (!frame.has_tables).then(|| {
        let mut completed = Vec::with_capacity(frame.bytes.len() + STANDARD_TABLES.len());
        let (start, rest) = frame.bytes.split_at(2.min(frame.bytes.len()));
        completed.extend_from_slice(start);
        completed.extend_from_slice(&STANDARD_TABLES);
        completed.extend_from_slice(rest);
        completed
    });
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    JpegDecoder::new_with_options(
        ZCursor::new(completed.as_deref().unwrap_or(frame.bytes)),
        options,
    )
    .decode()
    .map_err(|_| CameraError::Damaged)
}

/// What the markers of a JPEG say.
struct Outline<'a> {
    /// From the start-of-image marker to the end-of-image marker.
    bytes: &'a [u8],
    size: PictureSize,
    has_tables: bool,
}

impl<'a> Outline<'a> {
    /// `None` if the frame is not whole. Only zeros may follow its end: a torn frame in a reused
    /// buffer ends in the tail of an earlier frame.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let used = bytes.iter().rposition(|&byte| byte != 0)? + 1;
        let bytes = bytes.get(..used)?;
        if !bytes.starts_with(&[0xFF, START_OF_IMAGE]) || !bytes.ends_with(&[0xFF, END_OF_IMAGE]) {
            return None;
        }
        let mut size = None;
        let mut has_tables = false;
        let mut at = 2;
        loop {
            let [0xFF, marker] = *bytes.get(at..at + 2)? else {
                return None;
            };
            if marker == 0xFF {
                at += 1;
                continue;
            }
            let length = usize::from(u16::from_be_bytes(
                bytes.get(at + 2..at + 4)?.try_into().ok()?,
            ));
            match marker {
                START_OF_SCAN => break,
                HUFFMAN_TABLES => has_tables = true,
                // Start of frame: precision, height, width.
                0xC0..=0xC2 => {
                    let [_, h1, h0, w1, w0] = *bytes.get(at + 4..at + 9)? else {
                        return None;
                    };
                    size = Some(PictureSize {
                        width: u32::from(u16::from_be_bytes([w1, w0])),
                        height: u32::from(u16::from_be_bytes([h1, h0])),
                    });
                }
                _ => {}
            }
            at += 2 + length;
        }
        // The scan ends at the first marker that is not a restart. If that is not the end of the
        // image, the tail of another frame follows.
        let scan = bytes.get(at + 2..)?;
        let is_end = |pair: &[u8]| matches!(pair, [0xFF, marker] if !matches!(marker, 0x00 | 0xD0..=0xD7 | 0xFF));
        let end = scan.windows(2).position(is_end)?;
        (scan.get(end + 1..)? == [END_OF_IMAGE]).then_some(())?;
        Some(Outline {
            bytes,
            size: size?,
            has_tables,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;

    const SIZE: PictureSize = PictureSize {
        width: 64,
        height: 48,
    };

    /// A picture with enough detail that its JPEG has a scan worth tearing.
    fn picture(seed: u32) -> Vec<u8> {
        let pixels = image::RgbImage::from_fn(SIZE.width, SIZE.height, |x, y| {
            let n = (x * 37 + y * 101 + seed * 13) % 251;
            image::Rgb([n as u8, (n / 2) as u8, (x * 4) as u8])
        });
        let mut bytes = Vec::new();
        JpegEncoder::new(&mut bytes).encode_image(&pixels).unwrap();
        bytes
    }

    fn without_tables(jpeg: &[u8]) -> Vec<u8> {
        let mut out = jpeg[..2].to_vec();
        let mut at = 2;
        while jpeg[at + 1] != START_OF_SCAN {
            let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
            if jpeg[at + 1] != HUFFMAN_TABLES {
                out.extend_from_slice(&jpeg[at..end]);
            }
            at = end;
        }
        out.extend_from_slice(&jpeg[at..]);
        out
    }

    #[test]
    fn a_whole_frame_is_decoded_with_or_without_padding_and_tables() {
        let whole = picture(1);
        let decoded = decode(&whole, SIZE).unwrap();
        assert_eq!(decoded.len(), 64 * 48 * 3);
        let padded = [whole.clone(), vec![0; 500]].concat();
        assert_eq!(decode(&padded, SIZE).unwrap(), decoded);
        let bare = without_tables(&whole);
        assert!(bare.len() < whole.len() - 400);
        assert_eq!(
            decode(&bare, SIZE).unwrap(),
            decoded,
            "the standard tables are put in"
        );
    }

    #[test]
    fn what_is_not_one_whole_frame_is_damaged() {
        let whole = picture(1);
        let half = &whole[..whole.len() / 2];
        let other = picture(2);
        let rows: [(&str, Vec<u8>); 7] = [
            ("empty", vec![]),
            ("zeros", vec![0; 1000]),
            (
                "junk",
                (0..1000_u32).map(|n| (n * 31 % 255) as u8).collect(),
            ),
            ("torn", half.to_vec()),
            ("torn, padded", [half, &[0; 400]].concat()),
            (
                "torn, then the tail of an earlier picture from its header on",
                [half, &other[..]].concat(),
            ),
            ("no start", whole[20..].to_vec()),
        ];
        for (name, bytes) in rows {
            assert!(
                matches!(decode(&bytes, SIZE), Err(CameraError::Damaged)),
                "{name}"
            );
        }
    }

    #[test]
    fn no_single_torn_length_panics() {
        let whole = picture(3);
        for length in 0..whole.len() {
            assert!(decode(&whole[..length], SIZE).is_err(), "{length}");
        }
    }

    #[test]
    fn another_size_is_named() {
        let wanted = PictureSize {
            width: 640,
            height: 480,
        };
        let error = decode(&picture(1), wanted).unwrap_err();
        assert_eq!(
            error,
            CameraError::WrongSize {
                wanted: (640, 480),
                got: (64, 48)
            }
        );
    }

    proptest::proptest! {
        #[test]
        fn flipped_bytes_never_panic(at in 2..2000_usize, with: u8) {
            let mut bytes = picture(4);
            let at = at % bytes.len();
            bytes[at] = with;
            let _ = decode(&bytes, SIZE);
        }
    }
}
