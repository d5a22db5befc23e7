//! Reads one picture file and refuses everything but a whole picture.

#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, reason = "its bytes come from outside")
)]

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

/// No webcam makes larger pictures. A file beyond this is more likely an accident or an attack.
const MAX_SIDE: u32 = 12_000;
/// The memory that decoding may take.
const MAX_BYTES: u64 = 512 * 1024 * 1024;
/// A larger file is not read at all.
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// A picture file that cannot be used.
#[derive(Debug)]
pub struct PictureError {
    path: PathBuf,
    problem: PictureProblem,
}

#[derive(Debug, thiserror::Error)]
enum PictureProblem {
    #[error("cannot be read")]
    Unreadable(#[from] std::io::Error),
    #[error("is empty")]
    Empty,
    #[error("is not a PNG or JPEG picture; convert it to one of these first")]
    NotAPicture,
    #[error("is a {content} picture under another format's name; rename it")]
    Misnamed { content: &'static str },
    #[error("is too large: at most {MAX_SIDE} pixels a side and {} MB", MAX_FILE / 1024 / 1024)]
    TooLarge,
    #[error("is torn or damaged")]
    Torn,
    #[error("is torn or damaged")]
    Undecodable(#[source] ImageError),
}

impl From<ImageError> for PictureProblem {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => PictureProblem::TooLarge,
            error => PictureProblem::Undecodable(error),
        }
    }
}

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path.display(), self.problem)
    }
}

impl Error for PictureError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.problem.source()
    }
}

/// Reads a PNG or JPEG file, turned as its EXIF orientation says.
///
/// # Errors
///
/// The file does not hold a whole PNG or JPEG picture of a sensible size.
pub fn read_picture(path: &Path) -> Result<RgbImage, PictureError> {
    read_bytes(path)
        .and_then(|bytes| decode(path, &bytes))
        .map_err(|problem| PictureError {
            path: path.to_path_buf(),
            problem,
        })
}

/// Decodes a PNG or JPEG picture that is in no file, within the same limits. Errors call it by this name.
///
/// # Errors
///
/// The bytes are not a whole PNG or JPEG picture of a sensible size.
pub fn decode_picture(name: &str, bytes: &[u8]) -> Result<RgbImage, PictureError> {
    let path = PathBuf::from(name);
    decode(&path, bytes).map_err(|problem| PictureError { path, problem })
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, PictureProblem> {
    let file = File::open(path)?;
    if file.metadata()?.len() > MAX_FILE {
        return Err(PictureProblem::TooLarge);
    }
    let mut bytes = Vec::new();
    // A growing file or a device may give more than its stated size.
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(PictureProblem::TooLarge);
    }
    Ok(bytes)
}

fn decode(path: &Path, bytes: &[u8]) -> Result<RgbImage, PictureProblem> {
    if bytes.is_empty() {
        return Err(PictureProblem::Empty);
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        _ => return Err(PictureProblem::NotAPicture),
    };
    if ImageFormat::from_path(path).is_ok_and(|named| named != format) {
        let content = match format {
            ImageFormat::Png => "PNG",
            _ => "JPEG",
        };
        return Err(PictureProblem::Misnamed { content });
    }
    if format == ImageFormat::Jpeg && !has_end(bytes) {
        return Err(PictureProblem::Torn);
    }
    let mut reader = ImageReader::with_format(std::io::Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture.into_rgb8())
}

/// Whether an end-of-image marker closes a JPEG's last scan. Without it decoders fill the picture
/// up with grey and report no error, and the grey would be measured.
fn has_end(jpeg: &[u8]) -> bool {
    let last_scan = jpeg.windows(2).rposition(|pair| pair == [0xff, 0xda]);
    let rest = last_scan.and_then(|start| jpeg.get(start..));
    rest.is_some_and(|rest| rest.windows(2).any(|pair| pair == [0xff, 0xd9]))
}
