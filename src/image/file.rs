//! Reading one picture file, and refusing what is not a whole picture.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

/// No camera that people sit in front of makes larger pictures; beyond this a
/// file is more likely an accident or an attack.
const MAX_SIDE: u32 = 12_000;
/// Decoding may take this much memory.
const MAX_BYTES: u64 = 512 * 1024 * 1024;
/// A file beyond this is not read at all.
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// Why a picture could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file cannot be opened or read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// There is nothing in the file.
    #[error("{} is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The content is neither PNG nor JPEG.
    #[error("{} is not a PNG or JPEG picture; convert it to one of these first", path.display())]
    NotAPicture {
        /// The file.
        path: PathBuf,
    },
    /// The name says one format, the content is the other.
    #[error("{} is named as a {named} picture but holds {held}; rename it", path.display())]
    Misnamed {
        /// The file.
        path: PathBuf,
        /// What the name says.
        named: &'static str,
        /// What the content is.
        held: &'static str,
    },
    /// The file or the picture in it is too large.
    #[error("{} is too large: at most {MAX_SIDE} pixels a side and {} MB", path.display(), MAX_FILE / 1024 / 1024)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The picture breaks off or is damaged.
    #[error("{} is torn or damaged", path.display())]
    Torn {
        /// The file.
        path: PathBuf,
        /// What the decoder said; none when the end is missing.
        source: Option<image::ImageError>,
    },
}

/// Reads a PNG or JPEG file, turned as its EXIF orientation says.
///
/// # Errors
///
/// For anything but a whole picture of a sensible size, see [`PictureError`].
pub fn read_picture(path: &Path) -> Result<RgbImage, PictureError> {
    let unreadable = |source| PictureError::Unreadable {
        path: path.to_path_buf(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > MAX_FILE {
        return Err(PictureError::TooLarge {
            path: path.to_path_buf(),
        });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    // A growing file or a device may give more than its stated size.
    BufReader::new(file)
        .take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(PictureError::TooLarge {
            path: path.to_path_buf(),
        });
    }
    decode(path, &bytes)
}

fn decode(path: &Path, bytes: &[u8]) -> Result<RgbImage, PictureError> {
    let path = || path.to_path_buf();
    if bytes.is_empty() {
        return Err(PictureError::Empty { path: path() });
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        _ => return Err(PictureError::NotAPicture { path: path() }),
    };
    if let Some(named) = ImageFormat::from_path(path())
        .ok()
        .filter(|named| *named != format)
    {
        return Err(PictureError::Misnamed {
            path: path(),
            named: name(named),
            held: name(format),
        });
    }
    if format == ImageFormat::Jpeg && !has_end(bytes) {
        return Err(PictureError::Torn {
            path: path(),
            source: None,
        });
    }
    let mut reader = ImageReader::with_format(std::io::Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let wrong = |source: image::ImageError| match source {
        image::ImageError::Limits(_) => PictureError::TooLarge { path: path() },
        source => PictureError::Torn {
            path: path(),
            source: Some(source),
        },
    };
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let orientation = decoder.orientation().map_err(wrong)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    picture.apply_orientation(orientation);
    Ok(picture.into_rgb8())
}

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        _ => "another format's",
    }
}

/// Whether a JPEG's last scan is closed by an end-of-image marker. Decoders
/// fill a torn picture up with grey and say nothing, which would be measured.
fn has_end(jpeg: &[u8]) -> bool {
    let last_scan = jpeg.windows(2).rposition(|pair| pair == [0xff, 0xda]);
    last_scan.is_some_and(|start| jpeg[start..].windows(2).any(|pair| pair == [0xff, 0xd9]))
}
