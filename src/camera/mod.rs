//! The webcam: the one door to nokhwa.
//!
//! [`Webcam`] keeps a camera for a monitor that looks every few seconds. A
//! look is answered with a picture taken at most 250 ms before, or with the
//! reason why there is none; never with silence. The camera itself is held by
//! a child process (see [`capture_process`]), so that nothing a driver does can stop the
//! monitor, and so that closing the camera is always possible and takes
//! milliseconds.
//!
//! The pictures stay in memory: they cross a pipe and nothing is written.
//!
//! ```text
//! Webcam -orders-> supervisor (thread: Keeper decides) -stdin-> capture child -> nokhwa -> camera
//!        <-reports-        ^        ^            <-stdout-
//!                        watch    clock
//! ```

pub mod capture_process;
mod convert;
mod exposure;
mod format;
mod jpeg;
mod listing;
mod policy;
mod state;
mod supervisor;

#[cfg(not(target_os = "linux"))]
#[path = "backend_nokhwa.rs"]
mod backend;
#[cfg(target_os = "linux")]
#[path = "backend_v4l.rs"]
mod backend;
#[cfg(not(target_os = "linux"))]
#[path = "holders_unsupported.rs"]
mod holders;
#[cfg(target_os = "linux")]
mod holders;

use std::path::PathBuf;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

pub use capture_process::handle::{CaptureProcess, SUBCOMMAND};
pub use format::{FormatOffer, FrameRate, PixelLayout, choose_format, layouts};
pub use listing::{ListedCamera, SelectionReason, list, select};
pub use state::{CameraError, CameraState};

use crate::frame::Frame;
use crate::settings::{CameraChoice, CameraMode};
use supervisor::{CameraOrder, CameraSupervisor};

/// Which camera to keep, and how.
#[derive(Debug, Clone)]
pub struct CameraOptions {
    /// The program whose `capture-child` holds the camera: this one.
    pub program: PathBuf,
    /// Which camera.
    pub choice: CameraChoice,
    /// How it is kept between looks.
    pub mode: CameraMode,
}

/// The answer to a look.
#[derive(Debug, Clone)]
pub enum CaptureAnswer {
    /// What the camera sees.
    Frame(Frame),
    /// Why there is no frame.
    NoFrame(CameraState),
}

/// What a webcam reports.
#[derive(Debug, Clone)]
pub enum CameraReport {
    /// The answer to a look: exactly one for each, within 5 s. Looks asked
    /// for while one waits for its answer share that answer.
    Answer(CaptureAnswer),
    /// The camera's state changed.
    State(CameraState),
}

/// A camera that is kept. Dropping it closes the camera.
#[derive(Debug)]
pub struct Webcam {
    orders: Option<Sender<CameraOrder>>,
    reports: Receiver<CameraReport>,
    process: CaptureProcess,
    thread: Option<JoinHandle<()>>,
}

impl Webcam {
    /// Keeps a camera. Nothing is opened before the first look.
    ///
    /// # Errors
    ///
    /// [`CameraError::Child`] if the system gives no thread.
    pub fn start(settings: CameraOptions) -> Result<Self, CameraError> {
        let (orders, received) = unbounded();
        let (sender, reports) = unbounded();
        let process = CaptureProcess::default();
        let own = process.clone();
        let thread = std::thread::Builder::new()
            .name("camera".to_owned())
            .spawn(move || {
                CameraSupervisor::new(settings, sender, own).run(&received);
            })
            .map_err(|error| CameraError::Child {
                what: error.to_string(),
            })?;
        Ok(Webcam {
            orders: Some(orders),
            reports,
            process,
            thread: Some(thread),
        })
    }

    /// Asks for one picture and returns at once; the answer is a [`CameraReport::Answer`].
    pub fn request_frame(&self) {
        self.order(CameraOrder::RequestFrame);
    }

    /// Closes the camera, for a pause. The next look opens it again.
    pub fn close(&self) {
        self.order(CameraOrder::Close(None));
    }

    /// Closes the camera, and drops what is held once it is closed.
    pub fn close_then_drop(&self, held: impl Send + 'static) {
        self.order(CameraOrder::Close(Some(Box::new(held))));
    }

    /// Where answers and changes of state arrive.
    #[must_use]
    pub fn reports(&self) -> &Receiver<CameraReport> {
        &self.reports
    }

    /// The process that holds the camera.
    #[must_use]
    pub fn process(&self) -> CaptureProcess {
        self.process.clone()
    }

    /// Asks for one picture and waits for the answer, at most 5 s. Changes of
    /// state that arrive meanwhile are passed over: the answer carries the state.
    #[must_use]
    pub fn wait_for_frame(&self) -> CaptureAnswer {
        self.request_frame();
        loop {
            match self.reports.recv() {
                Ok(CameraReport::Answer(looked)) => return looked,
                Ok(CameraReport::State(_)) => {}
                Err(_) => return CaptureAnswer::NoFrame(CameraState::Off),
            }
        }
    }

    fn order(&self, order: CameraOrder) {
        if let Some(orders) = &self.orders {
            // The thread ends only when the orders do.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Webcam {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // It panicked or not: either way its child is gone.
            let _ = thread.join();
        }
    }
}
