//! What the capture child says over its pipe: a kind, a length, the content.
//!
//! The other way there is one byte: [`LOOK`]. The end of either pipe ends the child.

use std::io::{self, Read, Write};

use image::RgbImage;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::CameraError;
use super::super::format::FormatOffer;
use crate::frame::Frame;

/// Asks the child for one picture.
pub(in crate::camera) const LOOK: u8 = b'L';

/// No message is longer: an 8K picture is 100 MB, and none is taken that large.
const LONGEST: u32 = 128 * 1024 * 1024;

const NOTICE: u8 = b'N';
const PICTURE: u8 = b'P';

/// Bytes before a picture's pixels: instant, width, height.
const PICTURE_HEAD: usize = 16;

/// Something the child says.
#[derive(Debug)]
pub(in crate::camera) enum ChildMessage {
    Notice(ChildNotice),
    Picture(Frame),
}

/// Everything but pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::camera) enum ChildNotice {
    /// About to open the camera.
    Opening {
        node: Option<String>,
        is_virtual: bool,
    },
    /// The camera is open and streams.
    Opened { camera: String, offer: FormatOffer },
    /// The camera is closed again.
    Closed,
    /// It does not work; the child ends.
    Failed(CameraError),
}

/// Writes a notice.
pub(in crate::camera) fn write_notice(to: &mut impl Write, notice: &ChildNotice) -> io::Result<()> {
    let text = serde_json::to_vec(notice)?;
    write_head(to, NOTICE, text.len())?;
    to.write_all(&text)?;
    to.flush()
}

/// Writes a picture.
pub(in crate::camera) fn write_picture(
    to: &mut impl Write,
    pixels: &RgbImage,
    at: Timestamp,
) -> io::Result<()> {
    write_head(to, PICTURE, PICTURE_HEAD + pixels.as_raw().len())?;
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

/// The next thing said; an error at the end of the pipe, or if it is not a message.
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
        NOTICE => Ok(ChildMessage::Notice(serde_json::from_slice(&content(
            from, length,
        )?)?)),
        PICTURE => {
            let pixels = length.checked_sub(PICTURE_HEAD);
            let pixels = pixels.ok_or(io::ErrorKind::InvalidData)?;
            let head = content(from, PICTURE_HEAD)?;
            let pixels = content(from, pixels)?;
            picture(&head, pixels)
                .map(ChildMessage::Picture)
                .ok_or_else(|| io::ErrorKind::InvalidData.into())
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn content(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut content = vec![0; length];
    from.read_exact(&mut content)?;
    Ok(content)
}

fn picture(head: &[u8], pixels: Vec<u8>) -> Option<Frame> {
    let at = i64::from_le_bytes(head.get(..8)?.try_into().ok()?);
    let width = u32::from_le_bytes(head.get(8..12)?.try_into().ok()?);
    let height = u32::from_le_bytes(head.get(12..)?.try_into().ok()?);
    if pixels.len() as u64 != u64::from(width) * u64::from(height) * 3 {
        return None;
    }
    Some(Frame {
        pixels: RgbImage::from_raw(width, height, pixels)?,
        at: Timestamp::from_microsecond(at).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut pipe = Vec::new();
        let notice = ChildNotice::Failed(CameraError::Busy {
            by: Some("cheese".to_owned()),
        });
        let pixels = RgbImage::from_fn(3, 2, |x, y| image::Rgb([x as u8, y as u8, 9]));
        let at = Timestamp::from_microsecond(1_700_000_000_123_456).unwrap();
        write_notice(&mut pipe, &notice).unwrap();
        write_picture(&mut pipe, &pixels, at).unwrap();
        let mut from = pipe.as_slice();
        assert!(matches!(read(&mut from).unwrap(), ChildMessage::Notice(n) if n == notice));
        assert!(
            matches!(read(&mut from).unwrap(), ChildMessage::Picture(f) if f.pixels == pixels && f.at == at)
        );
        assert_eq!(
            read(&mut from).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for bytes in [
            &b"N\x02\0\0\0{"[..],
            b"X\0\0\0\0",
            b"N\xFF\xFF\xFF\xFF",
            b"P\x04\0\0\0abcd",
            b"N\x02\0\0\0[]",
        ] {
            assert!(read(&mut &bytes[..]).is_err(), "{bytes:?}");
        }
    }
}
