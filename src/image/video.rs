//! Videos, decoded by `ffmpeg` into memory.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use image::RgbImage;
use jiff::SignedDuration;

use super::recording::RecordingError;

/// A running `ffmpeg` that writes one PPM picture after the other.
#[derive(Debug)]
pub(super) struct Video {
    path: PathBuf,
    ffmpeg: Child,
    pictures: BufReader<ChildStdout>,
    has_pictures: bool,
}

impl Video {
    pub(super) fn open(path: &Path, step: SignedDuration) -> Result<Video, RecordingError> {
        let unopenable = |source| RecordingError::Unopenable {
            path: path.to_path_buf(),
            source,
        };
        std::fs::metadata(path).map_err(unopenable)?;
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-i"])
            .arg(path)
            .args(["-vf", &format!("fps={}", 1.0 / step.as_secs_f64())])
            .args(["-f", "image2pipe", "-c:v", "ppm", "-"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => RecordingError::NoFfmpeg {
                    path: path.to_path_buf(),
                },
                _ => unopenable(source),
            })?;
        let Some(pictures) = ffmpeg.stdout.take() else {
            unreachable!("stdout was asked for as a pipe")
        };
        Ok(Video {
            path: path.to_path_buf(),
            ffmpeg,
            pictures: BufReader::new(pictures),
            has_pictures: false,
        })
    }

    pub(super) fn next(&mut self) -> Result<Option<RgbImage>, RecordingError> {
        let picture =
            read_ppm(&mut self.pictures).map_err(|source| RecordingError::Unopenable {
                path: self.path.clone(),
                source,
            })?;
        if picture.is_none() && !self.has_pictures {
            let mut message = String::new();
            if let Some(mut stderr) = self.ffmpeg.stderr.take() {
                let _ = stderr.read_to_string(&mut message);
            }
            return Err(RecordingError::NotAVideo {
                path: self.path.clone(),
                message: message
                    .lines()
                    .last()
                    .unwrap_or("ffmpeg found no pictures in it")
                    .to_owned(),
            });
        }
        self.has_pictures = true;
        Ok(picture)
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        // It has ended already, or nobody wants the rest.
        let _ = self.ffmpeg.kill();
        let _ = self.ffmpeg.wait();
    }
}

/// Reads one binary PPM picture (`P6`, 8 bits), or none at the end.
fn read_ppm(source: &mut impl BufRead) -> io::Result<Option<RgbImage>> {
    let not_a_ppm = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
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
    let text = String::from_utf8(header).map_err(|_| not_a_ppm())?;
    let mut words = text.split_ascii_whitespace();
    let magic = words.next();
    let mut number = || words.next().and_then(|word| word.parse::<u32>().ok());
    let (Some("P6"), Some(width), Some(height), Some(255)) = (magic, number(), number(), number())
    else {
        return Err(not_a_ppm());
    };
    let mut pixels = vec![0; width as usize * height as usize * 3];
    source.read_exact(&mut pixels)?;
    RgbImage::from_raw(width, height, pixels)
        .map(Some)
        .ok_or_else(not_a_ppm)
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
