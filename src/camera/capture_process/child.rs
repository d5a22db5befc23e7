//! The capture child: a process of its own that holds the camera.
//!
//! A driver can block for ever, and the libraries below panic or even abort when closing a broken
//! device fails. Killing this process ends both, and the kernel then closes the camera. The child
//! ends with its parent, because its standard input ends.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvError, TryRecvError};
use std::time::{Duration, Instant};

use image::RgbImage;
use jiff::Timestamp;
use nokhwa::{Buffer, Camera, NokhwaError};

use super::super::exposure::{self, ExposureSettling};
use super::super::format::StreamFormat;
use super::super::holders::EarlierHolders;
use super::super::{
    CameraChoice, CameraError, CameraMode, ListedCamera, backend, convert, holders, listing,
};
use super::protocol::{self, ChildNotice};
use crate::clock;
use crate::confinement::confine_camera_process;

/// A camera that sends only damaged frames for this long has failed.
const DAMAGED_LIMIT: Duration = Duration::from_secs(2);

/// A program that has had the camera open for this long without making it busy may keep it open.
/// Our choice: a call opens a camera and starts its stream in less.
const HOLDER_AGE: Duration = Duration::from_secs(1);

/// Sends a frame to standard output for each byte on standard input, until either ends.
///
/// # Errors
///
/// The pipe to the parent broke. Errors of the camera are sent over the pipe.
pub fn run(choice: &CameraChoice, mode: CameraMode) -> io::Result<()> {
    let requests = requests_from_stdin();
    let mut out = io::stdout().lock();
    let Err(end) = serve(choice, mode, &requests, &mut out);
    match end {
        ChildEnd::ParentEnded(_) => Ok(()),
        ChildEnd::Pipe(error) => Err(error),
        ChildEnd::Camera(error) => protocol::write_notice(&mut out, &ChildNotice::Failed(error)),
    }
}

/// Reads on a thread of its own, so that a blocked driver cannot keep this process alive when its
/// parent has ended.
fn requests_from_stdin() -> Receiver<()> {
    let (sender, requests) = mpsc::channel();
    std::thread::spawn(move || {
        let mut byte = [0];
        let mut stdin = io::stdin().lock();
        while stdin.read_exact(&mut byte).is_ok() {
            if byte[0] == protocol::REQUEST && sender.send(()).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    requests
}

/// Why the child ends.
#[derive(Debug, thiserror::Error)]
enum ChildEnd {
    #[error(transparent)]
    ParentEnded(#[from] RecvError),
    #[error(transparent)]
    Pipe(#[from] io::Error),
    #[error(transparent)]
    Camera(#[from] CameraError),
}

fn serve(
    choice: &CameraChoice,
    mode: CameraMode,
    requests: &Receiver<()>,
    out: &mut impl Write,
) -> Result<Infallible, ChildEnd> {
    requests.recv()?;
    let cameras = listing::list()?;
    let candidates = listing::candidates(&cameras, choice)?;
    try_each(&candidates, |camera, has_worked| {
        serve_camera(camera, mode, requests, out, has_worked)
    })
}

/// Serves from the first camera that works. `serve` notes whether its camera has worked.
fn try_each(
    candidates: &[&ListedCamera],
    mut serve: impl FnMut(&ListedCamera, &mut bool) -> Result<Infallible, ChildEnd>,
) -> Result<Infallible, ChildEnd> {
    let mut first_error = None;
    for camera in candidates {
        let mut has_worked = false;
        let Err(end) = serve(camera, &mut has_worked);
        match end {
            // What happens to a camera that has worked is not a reason to take another one.
            ChildEnd::Camera(error) if error.is_lasting() && !has_worked => {
                first_error.get_or_insert(error);
            }
            end => return Err(end),
        }
    }
    let missing = || CameraError::Missing {
        wanted: None,
        found: Vec::new(),
    };
    Err(first_error.unwrap_or_else(missing).into())
}

fn serve_camera(
    camera: &ListedCamera,
    mode: CameraMode,
    requests: &Receiver<()>,
    out: &mut impl Write,
    has_worked: &mut bool,
) -> Result<Infallible, ChildEnd> {
    let node = camera.contended_node();
    let earlier = match (node, &camera.error) {
        (Some(node), None) => holders::earlier_holders(node, &ours(), HOLDER_AGE),
        _ => EarlierHolders::default(),
    };
    let selected = ChildNotice::Selected {
        contended_node: node.map(str::to_owned),
        settled_holders: earlier.settled,
    };
    // The parent can then say who uses a camera that is busy.
    protocol::write_notice(out, &selected)?;
    if let Some(error) = &camera.error {
        return Err(error.clone().into());
    }
    if earlier.is_contested {
        return Err(CameraError::Busy { by: None }.into());
    }
    loop {
        let mut open = OpenCamera::open(camera, mode, out)?;
        let (picture, at) = open.settled_frame()?;
        if !*has_worked {
            // From the first picture on, this process needs its camera and nothing else.
            confine_camera_process(camera.node.as_deref().map(Path::new));
        }
        // The frame goes first: it ages while some drivers take 100 ms and more to close.
        protocol::write_frame(out, &picture, at)?;
        *has_worked = true;
        if mode == CameraMode::Continuous {
            open.serve(requests, out)?;
        }
        drop(open);
        protocol::write_notice(out, &ChildNotice::Closed)?;
        requests.recv()?;
    }
}

/// A camera that streams.
struct OpenCamera {
    camera: Camera,
    format: StreamFormat,
    since: Instant,
}

impl OpenCamera {
    fn open(
        listed: &ListedCamera,
        mode: CameraMode,
        out: &mut impl Write,
    ) -> Result<Self, ChildEnd> {
        protocol::write_notice(out, &ChildNotice::Opening)?;
        let (camera, format) = backend::open(listed, mode)?;
        let opened = ChildNotice::Opened {
            camera: listed.id(),
        };
        protocol::write_notice(out, &opened)?;
        Ok(OpenCamera {
            camera,
            format,
            since: clock::instant(),
        })
    }

    /// Drains the queue without a pause, so that no frame waits in it. Only requested frames are
    /// copied and decoded.
    fn serve(
        &mut self,
        requests: &Receiver<()>,
        out: &mut impl Write,
    ) -> Result<Infallible, ChildEnd> {
        loop {
            match requests.try_recv() {
                Ok(()) => {
                    let (picture, at) = self.whole_frame()?;
                    protocol::write_frame(out, &picture, at)?;
                }
                Err(TryRecvError::Empty) => self.skip_frame()?,
                Err(TryRecvError::Disconnected) => return Err(RecvError.into()),
            }
        }
    }

    fn skip_frame(&mut self) -> Result<(), CameraError> {
        self.camera.frame_raw().map(drop).map_err(camera_error)
    }

    fn raw_frame(&mut self) -> Result<Buffer, CameraError> {
        self.camera.frame().map_err(camera_error)
    }

    fn decode(&self, buffer: &Buffer) -> Result<(RgbImage, Timestamp), CameraError> {
        let picture = convert::to_picture(buffer.buffer(), self.format)?;
        Ok((picture, taken_at(buffer)))
    }

    /// The next frame that is whole.
    fn whole_frame(&mut self) -> Result<(RgbImage, Timestamp), CameraError> {
        let requested = clock::instant();
        loop {
            let buffer = self.raw_frame()?;
            match self.decode(&buffer) {
                Ok(frame) => return Ok(frame),
                Err(error) if requested.elapsed() > DAMAGED_LIMIT => return Err(error),
                Err(_) => {}
            }
        }
    }

    /// The first frame after exposure has settled.
    fn settled_frame(&mut self) -> Result<(RgbImage, Timestamp), CameraError> {
        let mut settling = ExposureSettling::default();
        loop {
            if !settling.is_due() {
                self.skip_frame()?;
                continue;
            }
            let buffer = self.raw_frame()?;
            let since_opening = self.since.elapsed();
            match self.decode(&buffer) {
                Ok((picture, at)) => {
                    if settling.is_settled(exposure::brightness(&picture), since_opening) {
                        return Ok((picture, at));
                    }
                }
                Err(error) if since_opening > DAMAGED_LIMIT => return Err(error),
                Err(_) => {}
            }
        }
    }
}

/// This process and its parent.
fn ours() -> [u32; 2] {
    #[cfg(unix)]
    let parent = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let parent = 0;
    [std::process::id(), parent]
}

fn camera_error(error: NokhwaError) -> CameraError {
    CameraError::from_text(&error.to_string())
}

/// The driver's timestamp, or now where there is none: the queue was drained, so the frame waited
/// for one interval at most.
fn taken_at(buffer: &Buffer) -> Timestamp {
    buffer
        .capture_timestamp()
        .and_then(|since_1970| {
            Timestamp::from_microsecond(i64::try_from(since_1970.as_micros()).ok()?).ok()
        })
        .unwrap_or_else(|| clock::now().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries cameras that end in these ways; returns how many were tried and the error at the end.
    fn tried(ends: &[(CameraError, bool)]) -> (usize, String) {
        let camera = ListedCamera {
            index: 0,
            name: "C920".to_owned(),
            bus: String::new(),
            node: None,
            is_virtual: false,
            offers: Vec::new(),
            error: None,
        };
        let mut count = 0;
        let Err(end) = try_each(&vec![&camera; ends.len()], |_, has_worked| {
            let (error, worked) = &ends[count];
            *has_worked = *worked;
            count += 1;
            Err(error.clone().into())
        });
        (count, end.to_string())
    }

    #[test]
    fn another_camera_is_tried_only_while_none_has_worked_or_will_work_later() {
        let lasting = |what: &str| CameraError::Driver {
            what: what.to_owned(),
        };
        let busy = CameraError::Busy { by: None };
        let rows = [
            (vec![], 0, "no camera was found"),
            (
                vec![(lasting("a"), false), (lasting("b"), false)],
                2,
                "the camera driver failed: a",
            ),
            (
                vec![(lasting("a"), false), (busy.clone(), false)],
                2,
                "the camera is in use by another program",
            ),
            (
                vec![(busy, false), (lasting("b"), false)],
                1,
                "the camera is in use by another program",
            ),
            (
                vec![(lasting("a"), true), (lasting("b"), false)],
                1,
                "the camera driver failed: a",
            ),
            (
                vec![(lasting("a"), false), (CameraError::Unplugged, true)],
                2,
                "the camera was unplugged",
            ),
        ];
        for (ends, count, words) in rows {
            assert_eq!(tried(&ends), (count, words.to_owned()), "{ends:?}");
        }
    }
}
