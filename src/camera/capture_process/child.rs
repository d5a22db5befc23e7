//! The capture child: a process of its own that holds the camera.
//!
//! A driver can block for ever, and the libraries underneath panic, even abort,
//! when closing a broken device fails. In a process that can be killed neither
//! is Sitwell's end, and the kernel closes the camera of a killed process
//! whatever it was doing. The child ends by itself when its parent does: its
//! standard input ends.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvError, TryRecvError};
use std::time::{Duration, Instant};

use image::RgbImage;
use jiff::Timestamp;
use nokhwa::{Buffer, Camera};

use super::super::exposure::{self, ExposureSettling};
use super::super::format::FormatOffer;
use super::super::{
    CameraChoice, CameraError, CameraMode, ListedCamera, backend, convert, listing,
};
use super::protocol::{self, ChildNotice};

/// A camera may send so long nothing but damaged pictures before it is given up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes pictures whenever a byte arrives on standard input and writes them to
/// standard output, until either ends.
///
/// # Errors
///
/// The pipe to the parent broke. What is wrong with the camera is said over the pipe.
pub fn run(choice: &CameraChoice, mode: CameraMode) -> io::Result<()> {
    let looks = looks_from_stdin();
    let mut out = io::stdout().lock();
    let Err(end) = serve(choice, mode, &looks, &mut out);
    match end {
        End::ParentLeft => Ok(()),
        End::Pipe(error) => Err(error),
        End::Failed(error) => protocol::write_notice(&mut out, &ChildNotice::Failed(error)),
    }
}

/// The looks asked for. Reading happens beside the camera, so that a blocked
/// driver cannot keep this process alive when its parent is gone.
fn looks_from_stdin() -> Receiver<()> {
    let (sender, looks) = mpsc::channel();
    std::thread::spawn(move || {
        let mut byte = [0];
        let mut stdin = io::stdin().lock();
        while stdin.read_exact(&mut byte).is_ok() {
            if byte[0] == protocol::LOOK && sender.send(()).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    looks
}

/// Why the child ends.
enum End {
    ParentLeft,
    Pipe(io::Error),
    Failed(CameraError),
}

impl From<RecvError> for End {
    fn from(_: RecvError) -> Self {
        End::ParentLeft
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        End::Pipe(error)
    }
}

impl From<CameraError> for End {
    fn from(error: CameraError) -> Self {
        End::Failed(error)
    }
}

fn serve(
    choice: &CameraChoice,
    mode: CameraMode,
    looks: &Receiver<()>,
    out: &mut impl Write,
) -> Result<Infallible, End> {
    // Nothing is opened before the first look.
    looks.recv()?;
    let cameras = listing::list()?;
    let (camera, _) = listing::select(&cameras, choice)?;
    if let Some(trouble) = &camera.trouble {
        return Err(trouble.clone().into());
    }
    match mode {
        CameraMode::Glance => loop {
            let mut open = Open::camera(camera, mode, out)?;
            let (picture, at) = open.settled()?;
            // First the picture, which ages while some drivers take 100 ms and more to close.
            protocol::write_picture(out, &picture, at)?;
            drop(open);
            protocol::write_notice(out, &ChildNotice::Closed)?;
            looks.recv()?;
        },
        CameraMode::Continuous => {
            let mut open = Open::camera(camera, mode, out)?;
            let (picture, at) = open.settled()?;
            protocol::write_picture(out, &picture, at)?;
            loop {
                // The queue is drained without a pause, so no picture waits in
                // it. Only one that was asked for is copied and decoded.
                match looks.try_recv() {
                    Ok(()) => {
                        let (picture, at) = open.good_picture()?;
                        protocol::write_picture(out, &picture, at)?;
                    }
                    Err(TryRecvError::Empty) => open.pass_over()?,
                    Err(TryRecvError::Disconnected) => return Err(End::ParentLeft),
                }
            }
        }
    }
}

/// A camera that is open and streams.
struct Open {
    camera: Camera,
    offer: FormatOffer,
    since: Instant,
}

impl Open {
    fn camera(listed: &ListedCamera, mode: CameraMode, out: &mut impl Write) -> Result<Self, End> {
        protocol::write_notice(
            out,
            &ChildNotice::Opening {
                node: listed.node.clone(),
                is_virtual: listed.is_virtual,
            },
        )?;
        let (camera, offer) = backend::open(listed, mode)?;
        protocol::write_notice(
            out,
            &ChildNotice::Opened {
                camera: listed.id(),
                offer,
            },
        )?;
        Ok(Open {
            camera,
            offer,
            since: now(),
        })
    }

    fn raw(&mut self) -> Result<Buffer, CameraError> {
        self.camera
            .frame()
            .map_err(|error| CameraError::from_text(&error.to_string()))
    }

    /// Takes the next picture out of the queue without reading it.
    fn pass_over(&mut self) -> Result<(), CameraError> {
        self.camera
            .frame_raw()
            .map(drop)
            .map_err(|error| CameraError::from_text(&error.to_string()))
    }

    fn picture(&self, buffer: &Buffer) -> Result<(RgbImage, Timestamp), CameraError> {
        let at = taken(buffer);
        let picture = convert::to_picture(buffer.buffer(), self.offer.layout, self.offer.size())?;
        Ok((picture, at))
    }

    /// The next picture that is whole, and when it was taken.
    fn good_picture(&mut self) -> Result<(RgbImage, Timestamp), CameraError> {
        let asked = now();
        loop {
            let buffer = self.raw()?;
            match self.picture(&buffer) {
                Ok(picture) => return Ok(picture),
                Err(error) if asked.elapsed() > PATIENCE => return Err(error),
                Err(_) => {}
            }
        }
    }

    /// The first picture after exposure has settled.
    fn settled(&mut self) -> Result<(RgbImage, Timestamp), CameraError> {
        let mut settling = ExposureSettling::default();
        loop {
            if !settling.is_due() {
                self.pass_over()?;
                continue;
            }
            let buffer = self.raw()?;
            let since_opening = self.since.elapsed();
            match self.picture(&buffer) {
                Ok((picture, at)) => {
                    if settling.is_settled(exposure::brightness(&picture), since_opening) {
                        return Ok((picture, at));
                    }
                }
                Err(error) if since_opening > PATIENCE => return Err(error),
                Err(_) => {}
            }
        }
    }
}

/// The driver's stamp, or now where it gives none: the queue was drained, so
/// the picture waited for at most one interval.
#[expect(
    clippy::disallowed_methods,
    reason = "the capture edge stamps pictures"
)]
fn taken(buffer: &Buffer) -> Timestamp {
    buffer
        .capture_timestamp()
        .and_then(|since_1970| {
            Timestamp::from_microsecond(i64::try_from(since_1970.as_micros()).ok()?).ok()
        })
        .unwrap_or_else(Timestamp::now)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a camera that sends nothing good is given up after a while"
)]
fn now() -> Instant {
    Instant::now()
}
