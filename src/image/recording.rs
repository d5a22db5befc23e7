//! Recordings: picture files, folders of them, and videos.

use std::path::{Path, PathBuf};

use image::RgbImage;
use jiff::{SignedDuration, Timestamp};

use super::file::{PictureError, read_picture};
use super::video::Video;
use crate::frame::{Frame, FrameSource};

const PICTURE_EXTENSIONS: [&str; 3] = ["jpg", "jpeg", "png"];
const VIDEO_EXTENSIONS: [&str; 9] = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ogv",
];

/// Why a recording could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// One picture could not be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A file or folder cannot be opened or listed.
    #[error("cannot open {}", path.display())]
    Unopenable {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A folder holds no picture.
    #[error("{} holds no PNG or JPEG picture", path.display())]
    NoPictures {
        /// The folder.
        path: PathBuf,
    },
    /// `ffmpeg` is not installed.
    #[error("{} is a video, and reading videos needs ffmpeg, which is not on the PATH; install ffmpeg or give pictures", path.display())]
    NoFfmpeg {
        /// The video.
        path: PathBuf,
    },
    /// `ffmpeg` found no pictures in the file.
    #[error("{} cannot be read as a video: {message}", path.display())]
    NotAVideo {
        /// The video.
        path: PathBuf,
        /// The last line that `ffmpeg` printed.
        message: String,
    },
}

/// One file of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingItem {
    /// A picture file.
    Picture(PathBuf),
    /// A video file.
    Video(PathBuf),
}

impl RecordingItem {
    /// A video by its extension, else a picture.
    fn of(path: PathBuf) -> RecordingItem {
        if has_extension(&path, &VIDEO_EXTENSIONS) {
            RecordingItem::Video(path)
        } else {
            RecordingItem::Picture(path)
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            RecordingItem::Picture(path) | RecordingItem::Video(path) => path,
        }
    }
}

/// The file itself, or the pictures and videos of a folder, sorted by name.
///
/// # Errors
///
/// The path does not exist, or is a folder without pictures.
pub fn list(path: &Path) -> Result<Vec<RecordingItem>, RecordingError> {
    let unopenable = |source| RecordingError::Unopenable {
        path: path.to_path_buf(),
        source,
    };
    if !std::fs::metadata(path).map_err(unopenable)?.is_dir() {
        return Ok(vec![RecordingItem::of(path.to_path_buf())]);
    }
    let mut items = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unopenable)? {
        let file = entry.map_err(unopenable)?.path();
        if file.is_file()
            && (has_extension(&file, &PICTURE_EXTENSIONS)
                || has_extension(&file, &VIDEO_EXTENSIONS))
        {
            items.push(RecordingItem::of(file));
        }
    }
    if items.is_empty() {
        return Err(RecordingError::NoPictures {
            path: path.to_path_buf(),
        });
    }
    items.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(items)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        let mut extensions = extensions.iter();
        extensions.any(|known| known.eq_ignore_ascii_case(extension))
    })
}

/// A picture of a recording, decoded only on demand.
#[derive(Debug)]
pub struct RecordedFrame {
    /// When it was taken.
    pub at: Timestamp,
    source: PictureSource,
}

#[derive(Debug)]
enum PictureSource {
    File(PathBuf),
    /// What `ffmpeg` has decoded already.
    Pixels(RgbImage),
}

impl RecordedFrame {
    /// The picture itself.
    ///
    /// # Errors
    ///
    /// Its file does not hold a whole picture.
    pub fn frame(self) -> Result<Frame, PictureError> {
        let pixels = match self.source {
            PictureSource::File(path) => read_picture(&path)?,
            PictureSource::Pixels(pixels) => pixels,
        };
        Ok(Frame {
            pixels,
            at: self.at,
        })
    }
}

/// Pictures with a time of their own: the first is taken at a given instant, each next one a step later.
#[derive(Debug)]
pub struct Recording {
    pictures: PictureSequence,
    at: Timestamp,
    step: SignedDuration,
}

#[derive(Debug)]
enum PictureSequence {
    Files(std::vec::IntoIter<RecordingItem>),
    Video(Video),
}

impl Recording {
    /// Opens a folder of pictures, one picture or a video. Pictures are `step` apart; a video is
    /// sampled at that interval.
    ///
    /// # Errors
    ///
    /// There is nothing to read, or `ffmpeg` is missing for a video.
    pub fn open(
        path: &Path,
        from: Timestamp,
        step: SignedDuration,
    ) -> Result<Recording, RecordingError> {
        let pictures = match RecordingItem::of(path.to_path_buf()) {
            RecordingItem::Video(path) => PictureSequence::Video(Video::open(&path, step)?),
            RecordingItem::Picture(path) => PictureSequence::Files(list(&path)?.into_iter()),
        };
        Ok(Recording {
            pictures,
            at: from,
            step,
        })
    }

    /// The next picture, not decoded yet; none when the recording is over.
    ///
    /// # Errors
    ///
    /// `ffmpeg` gives no more pictures before a video's end.
    pub fn next_frame(&mut self) -> Result<Option<RecordedFrame>, RecordingError> {
        let at = self.at;
        self.at += self.step;
        let source = match &mut self.pictures {
            PictureSequence::Files(files) => files
                .next()
                .map(|item| PictureSource::File(item.path().to_path_buf())),
            PictureSequence::Video(video) => video.next()?.map(PictureSource::Pixels),
        };
        Ok(source.map(|source| RecordedFrame { at, source }))
    }
}

impl Recording {
    /// What is wrong with a video, known once it is over. What can be decoded was read.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        let PictureSequence::Video(video) = &self.pictures else {
            return None;
        };
        let damage = video.damage()?;
        Some(format!(
            "the video is damaged and parts of it may be missing; ffmpeg's last error: {damage}"
        ))
    }
}

impl FrameSource for Recording {
    type Error = RecordingError;

    fn next(&mut self) -> Result<Option<Frame>, RecordingError> {
        let next = self.next_frame()?;
        Ok(next.map(RecordedFrame::frame).transpose()?)
    }
}
