//! Pictures that were taken before: files, folders of them, videos.
//!
//! Videos are decoded by `ffmpeg` where it is installed; nothing is written.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use image::RgbImage;
use jiff::{SignedDuration, Timestamp};

use super::file::{PictureError, read_picture};
use crate::frame::{Frame, FrameSource};

const PICTURES: [&str; 3] = ["jpg", "jpeg", "png"];
const VIDEOS: [&str; 9] = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ogv",
];

/// Why a recording could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// One picture could not be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A file or folder is not there or cannot be listed.
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
    /// `ffmpeg` is not there.
    #[error("{} is a video, and reading videos needs ffmpeg, which is not on the PATH; install ffmpeg or give pictures", path.display())]
    NoFfmpeg {
        /// The video.
        path: PathBuf,
    },
    /// `ffmpeg` did not get pictures out of the file.
    #[error("{} cannot be read as a video: {said}", path.display())]
    NotAVideo {
        /// The video.
        path: PathBuf,
        /// What `ffmpeg` said, its last line.
        said: String,
    },
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingItem {
    /// A picture file.
    Picture(PathBuf),
    /// A video file.
    Video(PathBuf),
}

impl RecordingItem {
    /// What a path names: a video by its ending, else a picture.
    fn of(path: PathBuf) -> RecordingItem {
        if ends_in(&path, &VIDEOS) {
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

/// What a path holds: itself when it is a file; the pictures and videos in it,
/// by name, when it is a folder.
///
/// # Errors
///
/// When the path is not there, or is a folder without pictures.
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
        if file.is_file() && (ends_in(&file, &PICTURES) || ends_in(&file, &VIDEOS)) {
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

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        endings
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    })
}

/// A picture of a recording that is decoded only when somebody looks at it.
#[derive(Debug)]
pub struct RecordedFrame {
    /// When it was taken.
    pub at: Timestamp,
    picture: Undecoded,
}

#[derive(Debug)]
enum Undecoded {
    File(PathBuf),
    /// What `ffmpeg` has decoded already.
    Pixels(RgbImage),
}

impl RecordedFrame {
    /// The picture itself.
    ///
    /// # Errors
    ///
    /// When its file is not a whole picture.
    pub fn frame(self) -> Result<Frame, PictureError> {
        let pixels = match self.picture {
            Undecoded::File(path) => read_picture(&path)?,
            Undecoded::Pixels(pixels) => pixels,
        };
        Ok(Frame {
            pixels,
            at: self.at,
        })
    }
}

/// Pictures in a row with their own time: the first is taken at the given
/// instant, each next one a step later.
#[derive(Debug)]
pub struct Recording {
    frames: Frames,
    at: Timestamp,
    step: SignedDuration,
}

#[derive(Debug)]
enum Frames {
    Files(std::vec::IntoIter<PathBuf>),
    Video(Video),
}

impl Recording {
    /// Opens a folder of pictures, one picture or a video. Pictures are `step`
    /// apart; a video is sampled that often.
    ///
    /// # Errors
    ///
    /// When there is nothing to read there, or `ffmpeg` is missing for a video.
    pub fn open(
        path: &Path,
        from: Timestamp,
        step: SignedDuration,
    ) -> Result<Recording, RecordingError> {
        let frames = match RecordingItem::of(path.to_path_buf()) {
            RecordingItem::Video(path) => Frames::Video(Video::open(path, step)?),
            RecordingItem::Picture(path) => {
                let files: Vec<_> = list(&path)?
                    .into_iter()
                    .map(|item| item.path().to_path_buf())
                    .collect();
                Frames::Files(files.into_iter())
            }
        };
        Ok(Recording {
            frames,
            at: from,
            step,
        })
    }

    /// The next picture, not decoded yet; none when the recording is over.
    ///
    /// # Errors
    ///
    /// When `ffmpeg` gives no more pictures before a video's end.
    pub fn next_frame(&mut self) -> Result<Option<RecordedFrame>, RecordingError> {
        let at = self.at;
        self.at += self.step;
        let picture = match &mut self.frames {
            Frames::Files(files) => files.next().map(Undecoded::File),
            Frames::Video(video) => video.next()?.map(Undecoded::Pixels),
        };
        Ok(picture.map(|picture| RecordedFrame { at, picture }))
    }
}

impl FrameSource for Recording {
    type Error = RecordingError;

    fn next(&mut self) -> Result<Option<Frame>, RecordingError> {
        let shot = self.next_frame()?;
        Ok(shot.map(RecordedFrame::frame).transpose()?)
    }
}

/// A running `ffmpeg` that writes one PPM picture after the other.
#[derive(Debug)]
struct Video {
    path: PathBuf,
    ffmpeg: Child,
    pictures: BufReader<ChildStdout>,
    read: usize,
}

impl Video {
    fn open(path: PathBuf, step: SignedDuration) -> Result<Video, RecordingError> {
        std::fs::metadata(&path).map_err(|source| RecordingError::Unopenable {
            path: path.clone(),
            source,
        })?;
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-i"]).arg(&path);
        command.args([
            "-vf",
            &format!("fps={}", 1.0 / step.as_secs_f64()),
            "-f",
            "image2pipe",
            "-c:v",
            "ppm",
            "-",
        ]);
        let started = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut ffmpeg = started.map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => RecordingError::NoFfmpeg { path: path.clone() },
            _ => RecordingError::Unopenable {
                path: path.clone(),
                source,
            },
        })?;
        let Some(pictures) = ffmpeg.stdout.take() else {
            unreachable!("stdout was asked for as a pipe")
        };
        Ok(Video {
            path,
            ffmpeg,
            pictures: BufReader::new(pictures),
            read: 0,
        })
    }

    fn next(&mut self) -> Result<Option<RgbImage>, RecordingError> {
        let torn = |source| RecordingError::Unopenable {
            path: self.path.clone(),
            source,
        };
        match read_ppm(&mut self.pictures).map_err(torn)? {
            Some(picture) => {
                self.read += 1;
                Ok(Some(picture))
            }
            None if self.read > 0 => Ok(None),
            None => {
                let mut said = String::new();
                if let Some(mut story) = self.ffmpeg.stderr.take() {
                    let _ = story.read_to_string(&mut said);
                }
                Err(RecordingError::NotAVideo {
                    path: self.path.clone(),
                    said: said
                        .lines()
                        .last()
                        .unwrap_or("ffmpeg found no pictures in it")
                        .to_owned(),
                })
            }
        }
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        // Either it has ended already, or nobody wants the rest.
        let _ = self.ffmpeg.kill();
        let _ = self.ffmpeg.wait();
    }
}

/// Reads one binary PPM picture (`P6`, 8 bits), or none at the end.
fn read_ppm(source: &mut impl BufRead) -> std::io::Result<Option<RgbImage>> {
    let broken = || {
        std::io::Error::new(
            std::io::ErrorKind::InvalidData,
            "ffmpeg gave a picture that is not a PPM",
        )
    };
    let mut header = Vec::new();
    // The magic number, the size and the greatest value each end a line.
    for _ in 0..3 {
        source.read_until(b'\n', &mut header)?;
    }
    if header.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8(header).map_err(|_| broken())?;
    let mut words = text.split_ascii_whitespace();
    let magic = words.next();
    let mut number = || words.next().and_then(|word| word.parse::<u32>().ok());
    let (Some("P6"), Some(width), Some(height), Some(255)) = (magic, number(), number(), number())
    else {
        return Err(broken());
    };
    let mut pixels = vec![0; width as usize * height as usize * 3];
    source.read_exact(&mut pixels)?;
    RgbImage::from_raw(width, height, pixels)
        .map_or_else(|| Err(broken()), |picture| Ok(Some(picture)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_follow_each_other_in_a_stream() {
        let mut stream: &[u8] = b"P6\n2 1\n255\nabcdefP6\n1 1\n255\nxyz";
        assert_eq!(read_ppm(&mut stream).unwrap().unwrap().dimensions(), (2, 1));
        assert_eq!(read_ppm(&mut stream).unwrap().unwrap().as_raw(), b"xyz");
        assert!(read_ppm(&mut stream).unwrap().is_none());
    }

    #[test]
    fn a_stream_that_breaks_off_is_an_error() {
        let mut stream: &[u8] = b"P6\n2 2\n255\nabc";
        assert!(read_ppm(&mut stream).is_err());
    }
}
