//! Videos, decoded by `ffmpeg` into memory.

#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, reason = "its bytes come from outside")
)]

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use image::RgbImage;
use jiff::SignedDuration;

use super::recording::RecordingError;

/// The longest line of `ffmpeg` that is kept, in bytes.
const LONGEST_LINE: usize = 1000;

/// How long the last error is waited for. Our choice: `ffmpeg` ends as soon as it has closed its
/// output, unless it hangs or a program that it started does.
const ERROR_LIMIT: Duration = Duration::from_secs(1);

/// How long the next picture is waited for. Our choice: `ffmpeg` decodes a minute of 4K video in less.
const PICTURE_LIMIT: Duration = Duration::from_secs(60);

/// The most pixels of a picture: 8K is 33 million. A damaged header may ask for more than memory holds.
const MOST_PIXELS: u64 = 64_000_000;

/// A running `ffmpeg` that writes one PPM picture after the other.
#[derive(Debug)]
pub(super) struct Video {
    path: PathBuf,
    ffmpeg: Child,
    /// Gives the pictures, which a thread reads: `ffmpeg` may hang.
    pictures: Receiver<io::Result<RgbImage>>,
    limit: Duration,
    has_pictures: bool,
    /// Gives the last line of standard error, which a thread reads to its end. A full pipe would stop
    /// `ffmpeg`, which writes megabytes about a damaged video.
    last_error: Receiver<Option<String>>,
    damage: Option<String>,
}

impl Video {
    pub(super) fn open(path: &Path, step: SignedDuration) -> Result<Video, RecordingError> {
        let unopenable = |source| RecordingError::Unopenable {
            path: path.to_path_buf(),
            source,
        };
        std::fs::metadata(path).map_err(unopenable)?;
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg
            .args(["-nostdin", "-v", "error", "-i"])
            .arg(path)
            // Pixels that are not square are made so. No format has them longer than 2 to 1: that is damage.
            .arg("-vf")
            .arg(format!(
                "fps={},scale=iw*if(between(sar\\,1/2\\,2)\\,sar\\,1):ih,setsar=1",
                1.0 / step.as_secs_f64()
            ))
            .args(["-f", "image2pipe", "-c:v", "ppm", "-"]);
        Video::read(path, &mut ffmpeg, PICTURE_LIMIT)
    }

    fn read(path: &Path, ffmpeg: &mut Command, limit: Duration) -> Result<Video, RecordingError> {
        let mut ffmpeg = ffmpeg
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => RecordingError::NoFfmpeg {
                    path: path.to_path_buf(),
                },
                _ => RecordingError::Unopenable {
                    path: path.to_path_buf(),
                    source,
                },
            })?;
        let (Some(output), Some(errors)) = (ffmpeg.stdout.take(), ffmpeg.stderr.take()) else {
            unreachable!("both were asked for as pipes")
        };
        // One picture waits, so that no more are decoded than are taken.
        let (sender, pictures) = mpsc::sync_channel(1);
        std::thread::spawn(move || send_pictures(output, &sender));
        let (sender, last_error) = mpsc::channel();
        std::thread::spawn(move || sender.send(last_line(errors)));
        Ok(Video {
            path: path.to_path_buf(),
            ffmpeg,
            pictures,
            limit,
            has_pictures: false,
            last_error,
            damage: None,
        })
    }

    pub(super) fn next(&mut self) -> Result<Option<RgbImage>, RecordingError> {
        let failure = match self.pictures.recv_timeout(self.limit) {
            Ok(Ok(picture)) => {
                self.has_pictures = true;
                return Ok(Some(picture));
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(RecvTimeoutError::Timeout) => Some(format!(
                "ffmpeg gave no picture for {} seconds",
                self.limit.as_secs()
            )),
            Err(RecvTimeoutError::Disconnected) => None,
        };
        if failure.is_some() {
            // Nothing that follows can be read. Its end also ends the threads that read from it.
            let _ = self.ffmpeg.kill();
        }
        if let Ok(last_error) = self.last_error.recv_timeout(ERROR_LIMIT) {
            self.damage = last_error;
        }
        let message = match failure {
            None if self.has_pictures => return Ok(None),
            None => "ffmpeg found no pictures in it".to_owned(),
            Some(failure) => failure,
        };
        Err(RecordingError::NotAVideo {
            path: self.path.clone(),
            message: self.damage.take().unwrap_or(message),
        })
    }

    /// The last error that `ffmpeg` reported, once the video is over.
    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        // It has ended already, or nobody wants the rest.
        let _ = self.ffmpeg.kill();
        let _ = self.ffmpeg.wait();
    }
}

/// Sends the pictures until the last, the first that cannot be read, or until nobody takes them.
fn send_pictures(output: impl Read, pictures: &SyncSender<io::Result<RgbImage>>) {
    let mut output = BufReader::new(output);
    while let Some(picture) = read_ppm(&mut output).transpose() {
        let is_last = picture.is_err();
        if pictures.send(picture).is_err() || is_last {
            return;
        }
    }
}

/// Reads to the end; the last line that is not empty.
fn last_line(source: impl Read) -> Option<String> {
    let mut source = BufReader::new(source);
    let mut last = None;
    loop {
        let mut line = Vec::new();
        let mut rest = source.by_ref().take(LONGEST_LINE as u64);
        match rest.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return last,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if !line.is_empty() {
            last = Some(line);
        }
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
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        let told =
            format!("ffmpeg gave a picture of {width} by {height} pixels, which is too large");
        return Err(io::Error::new(io::ErrorKind::InvalidData, told));
    }
    let mut pixels = vec![0; width as usize * height as usize * 3];
    source.read_exact(&mut pixels)?;
    RgbImage::from_raw(width, height, pixels)
        .map(Some)
        .ok_or_else(not_a_ppm)
}

/// Reads any bytes as what ffmpeg writes.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz_video(bytes: &[u8]) {
    let mut source = bytes;
    while let Ok(Some(_)) = read_ppm(&mut source) {}
    let _ = last_line(bytes);
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

    /// A shell script in the place of `ffmpeg`.
    #[cfg(unix)]
    fn video(script: &str) -> Video {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        Video::read(Path::new("film.mp4"), &mut shell, PICTURE_LIMIT).unwrap()
    }

    #[cfg(unix)]
    #[test]
    fn a_stream_that_breaks_off_is_explained_by_the_last_error() {
        let mut video =
            video("printf 'P6\\n1 1\\n255\\nabcP6\\n9'; echo why >&2; exec sleep 60 >&-");
        assert!(video.next().unwrap().is_some());
        let error = video.next().unwrap_err().to_string();
        assert_eq!(error, "film.mp4 cannot be read as a video: why");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_hangs_after_the_last_picture_is_not_waited_for() {
        let mut video = video("printf 'P6\\n1 1\\n255\\nabc'; exec sleep 60 >&-");
        assert!(video.next().unwrap().is_some());
        assert!(video.next().unwrap().is_none());
        assert_eq!(video.damage(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_gives_no_picture_is_not_waited_for() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec sleep 60"]);
        let limit = Duration::from_millis(10);
        let mut video = Video::read(Path::new("film.mp4"), &mut shell, limit).unwrap();
        let error = video.next().unwrap_err().to_string();
        let wanted = "film.mp4 cannot be read as a video: ffmpeg gave no picture for 0 seconds";
        assert_eq!(error, wanted);
    }

    #[test]
    fn a_picture_larger_than_memory_is_refused() {
        let mut stream: &[u8] = b"P6\n4000000000 4000000000\n255\nabc";
        let error = read_ppm(&mut stream).unwrap_err().to_string();
        assert!(error.contains("too large"), "{error}");
    }

    #[test]
    fn pixels_that_are_not_square_are_made_so() {
        // The last is a damaged header: no camera has such pixels.
        for (aspect, width) in [("4/3", 640), ("1/1", 480), ("17/1", 480)] {
            let folder = tempfile::tempdir().unwrap();
            let film = folder.path().join("film.mkv");
            let filter = format!("setsar={aspect}");
            let made = Command::new("ffmpeg")
                .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i"])
                .args(["testsrc2=size=480x480", "-t", "1", "-vf", &filter])
                .args(["-c:v", "ffv1"])
                .arg(&film)
                .status();
            if made.is_err() {
                eprintln!("SKIPPED pixels_that_are_not_square_are_made_so: ffmpeg is missing");
                return;
            }
            let mut video = Video::open(&film, SignedDuration::from_secs(1)).unwrap();
            let size = video.next().unwrap().unwrap().dimensions();
            assert_eq!(size, (width, 480), "{aspect}");
        }
    }

    #[test]
    fn only_the_last_line_of_any_amount_is_kept() {
        let long = "x".repeat(3_000_000);
        let rows = [
            ("", None),
            ("one\n\n", Some("one")),
            ("one\ntwo", Some("two")),
        ];
        for (text, wanted) in rows {
            assert_eq!(last_line(text.as_bytes()).as_deref(), wanted);
            let text = format!("{long}\n{text}");
            let found = last_line(text.as_bytes()).unwrap();
            assert!(found.len() <= LONGEST_LINE, "{}", found.len());
        }
    }
}
