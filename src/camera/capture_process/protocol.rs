//! The messages from the capture child to its parent: a kind, a length, the content.
//!
//! In the other direction one byte, [`REQUEST`], asks for a frame. The end of either pipe ends the child.

#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, reason = "its bytes come from outside")
)]

use std::io::{self, Read, Write};

use image::RgbImage;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::CameraError;
use crate::frame::Frame;

/// Asks the child for one frame.
pub(in crate::camera) const REQUEST: u8 = b'R';

/// The longest message, in bytes. An 8K frame is 100 MB, and none that large is sent.
const LONGEST: u32 = 128 * 1024 * 1024;

const NOTICE: u8 = b'N';
const FRAME: u8 = b'F';

/// Bytes before a frame's pixels: time, width, height.
const FRAME_HEAD: usize = 16;

#[derive(Debug)]
pub(in crate::camera) enum ChildMessage {
    Notice(ChildNotice),
    Frame(Frame),
}

/// Everything but frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::camera) enum ChildNotice {
    /// This camera is to be used.
    Selected {
        /// Its device, if programs compete for it. A virtual camera is shared.
        contended_node: Option<String>,
        /// Processes that may keep it open, see [`EarlierHolders`](super::super::holders::EarlierHolders).
        settled_holders: Vec<u32>,
    },
    /// About to open the camera.
    Opening,
    /// The camera with this id streams.
    Opened { camera: String },
    /// The camera is closed until the next request.
    Closed,
    /// The camera failed; the child ends.
    Failed(CameraError),
}

pub(in crate::camera) fn write_notice(to: &mut impl Write, notice: &ChildNotice) -> io::Result<()> {
    let text = serde_json::to_vec(notice)?;
    write_head(to, NOTICE, text.len())?;
    to.write_all(&text)?;
    to.flush()
}

pub(in crate::camera) fn write_frame(
    to: &mut impl Write,
    pixels: &RgbImage,
    at: Timestamp,
) -> io::Result<()> {
    write_head(to, FRAME, FRAME_HEAD + pixels.as_raw().len())?;
    to.write_all(&at.as_microsecond().to_le_bytes())?;
    to.write_all(&pixels.width().to_le_bytes())?;
    to.write_all(&pixels.height().to_le_bytes())?;
    to.write_all(pixels.as_raw())?;
    to.flush()
}

fn write_head(to: &mut impl Write, kind: u8, length: usize) -> io::Result<()> {
    let length = u32::try_from(length).map_err(|_| io::ErrorKind::InvalidData)?;
    to.write_all(&[kind])?;
    to.write_all(&length.to_le_bytes())
}

/// Reads the next message; an error at the end of the pipe or for anything else.
pub(in crate::camera) fn read(from: &mut impl Read) -> io::Result<ChildMessage> {
    let mut head = [0; 5];
    from.read_exact(&mut head)?;
    let [kind, length @ ..] = head;
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let length = length as usize;
    match kind {
        NOTICE => {
            let text = read_content(from, length)?;
            Ok(ChildMessage::Notice(serde_json::from_slice(&text)?))
        }
        FRAME if length >= FRAME_HEAD => {
            let head = read_content(from, FRAME_HEAD)?;
            let pixels = read_content(from, length - FRAME_HEAD)?;
            let frame = parse_frame(&head, pixels).ok_or(io::ErrorKind::InvalidData)?;
            Ok(ChildMessage::Frame(frame))
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn read_content(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut content = vec![0; length];
    from.read_exact(&mut content)?;
    Ok(content)
}

fn parse_frame(head: &[u8], pixels: Vec<u8>) -> Option<Frame> {
    let at = i64::from_le_bytes(head.get(..8)?.try_into().ok()?);
    let width = u32::from_le_bytes(head.get(8..12)?.try_into().ok()?);
    let height = u32::from_le_bytes(head.get(12..)?.try_into().ok()?);
    let size = (u64::from(width) * u64::from(height)).checked_mul(3)?;
    if pixels.len() as u64 != size {
        return None;
    }
    Some(Frame {
        pixels: RgbImage::from_raw(width, height, pixels)?,
        at: Timestamp::from_microsecond(at).ok()?,
    })
}

/// Reads any bytes as messages of a capture child.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz_message(mut bytes: &[u8]) {
    while read(&mut bytes).is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_written() {
        let mut pipe = Vec::new();
        let notice = ChildNotice::Failed(CameraError::Busy {
            by: Some("cheese".to_owned()),
        });
        let pixels = RgbImage::from_fn(3, 2, |x, y| image::Rgb([x as u8, y as u8, 9]));
        let at = Timestamp::from_microsecond(1_700_000_000_123_456).unwrap();
        write_notice(&mut pipe, &notice).unwrap();
        write_frame(&mut pipe, &pixels, at).unwrap();
        let mut from = pipe.as_slice();
        assert!(matches!(read(&mut from).unwrap(), ChildMessage::Notice(n) if n == notice));
        assert!(
            matches!(read(&mut from).unwrap(), ChildMessage::Frame(f) if f.pixels == pixels && f.at == at)
        );
        assert_eq!(
            read(&mut from).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }

    #[test]
    fn anything_but_a_message_is_an_error() {
        for bytes in [
            &b"N\x02\0\0\0{"[..],
            b"X\0\0\0\0",
            b"N\xFF\xFF\xFF\xFF",
            b"F\x04\0\0\0abcd",
            b"N\x02\0\0\0[]",
            b"F\x10\0\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        ] {
            assert!(read(&mut &bytes[..]).is_err(), "{bytes:?}");
        }
    }
}
