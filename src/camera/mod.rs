//! The webcam. The only room that uses nokhwa.
//!
//! A [`Webcam`] serves a monitor that wants a frame every few seconds. Each request is answered
//! within 5 s, with a frame at most 250 ms old or with the reason why there is none. A child process
//! holds the camera (see [`capture_process`]): a driver that hangs cannot stop the monitor, and
//! closing the camera always works and takes milliseconds. Frames stay in memory; they cross a
//! pipe, and nothing is written to disk.
//!
//! ```text
//! Webcam -orders-> supervisor (thread; the policy decides) -stdin-> capture child -> nokhwa -> camera
//!       <-reports-      ^       ^                         <-stdout-
//!                  holder watch clock
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
mod usage;

#[cfg(not(target_os = "linux"))]
#[path = "backend_nokhwa.rs"]
mod backend;
#[cfg(target_os = "linux")]
#[path = "backend_v4l/mod.rs"]
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
#[cfg(any(test, fuzzing))]
pub(crate) use capture_process::protocol::fuzz_message;
#[cfg(any(test, fuzzing))]
pub(crate) use convert::fuzz_frame;
pub use format::{FormatOffer, FrameRate, PixelLayout, choose_format};
pub use listing::{ListedCamera, SelectionReason, list, select};
pub use state::{CameraError, CameraState, WAIT_FOR_CAMERA};
pub use usage::{CameraPurpose, CameraUse, USAGE_FILE, UsageLog, camera_uses, forget_camera_uses};

use crate::frame::Frame;
use crate::settings::{CameraChoice, CameraMode, CameraSettings, PictureRotation};
use supervisor::{CameraOrder, CameraSupervisor};

/// Which camera to use, and how.
#[derive(Debug, Clone)]
pub struct CameraOptions {
    /// The program with the subcommand `capture-child`: this one.
    pub program: PathBuf,
    /// Which camera.
    pub choice: CameraChoice,
    /// Whether it stays open between requests.
    pub mode: CameraMode,
    /// How its pictures are turned.
    pub rotate: PictureRotation,
    /// Where its use is counted, if anywhere.
    pub usage: Option<UsageLog>,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub enum CaptureAnswer {
    /// A frame.
    Frame {
        /// The frame.
        frame: Frame,
        /// The id of the camera that took it.
        camera: String,
    },
    /// Why there is no frame.
    NoFrame(CameraState),
}

/// A report of the webcam.
#[derive(Debug, Clone)]
pub enum CameraReport {
    /// The answer to a request, within 5 s. Requests made while one is pending share its answer.
    Answer(CaptureAnswer),
    /// The camera's state changed.
    State(CameraState),
}

/// A camera in use. Dropping it closes the camera.
#[derive(Debug)]
pub struct Webcam {
    orders: Option<Sender<CameraOrder>>,
    reports: Receiver<CameraReport>,
    process: CaptureProcess,
    thread: Option<JoinHandle<()>>,
}

impl CameraOptions {
    /// The options for the running program.
    ///
    /// # Errors
    ///
    /// [`CameraError::Child`] if the system does not say where the program is.
    pub fn of_this_program(
        camera: &CameraSettings,
        mode: CameraMode,
        usage: UsageLog,
    ) -> Result<CameraOptions, CameraError> {
        let program = std::env::current_exe().map_err(|error| CameraError::Child {
            what: format!("cannot tell where sitwell itself is: {error}"),
        })?;
        Ok(CameraOptions {
            program,
            choice: camera.device.clone(),
            mode,
            rotate: camera.rotate,
            usage: Some(usage),
        })
    }
}

impl Webcam {
    /// Starts the supervisor. The first request opens the camera.
    ///
    /// # Errors
    ///
    /// [`CameraError::Child`] if the system cannot start a thread.
    pub fn start(options: CameraOptions) -> Result<Self, CameraError> {
        let (orders, received_orders) = unbounded();
        let (report_sender, reports) = unbounded();
        let process = CaptureProcess::default();
        let shared_process = process.clone();
        let thread = std::thread::Builder::new()
            .name("camera".to_owned())
            .spawn(move || {
                CameraSupervisor::new(options, report_sender, shared_process).run(&received_orders);
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

    /// Asks for one frame and returns at once. The answer is a [`CameraReport::Answer`].
    pub fn request_frame(&self) {
        self.order(CameraOrder::RequestFrame);
    }

    /// Asks for one frame and waits for it. Returns it with the id of the camera that took it.
    ///
    /// # Errors
    ///
    /// The state in which there is no frame.
    pub fn capture(&self) -> Result<(Frame, String), CameraState> {
        self.request_frame();
        loop {
            match self.reports.recv() {
                Ok(CameraReport::Answer(CaptureAnswer::Frame { frame, camera })) => {
                    return Ok((frame, camera));
                }
                Ok(CameraReport::Answer(CaptureAnswer::NoFrame(state))) => return Err(state),
                Ok(CameraReport::State(_)) => {}
                // The supervisor has ended, and the camera with it.
                Err(_) => return Err(CameraState::Off),
            }
        }
    }

    /// Closes the camera. The next request opens it again.
    pub fn close(&self) {
        self.order(CameraOrder::Close(None));
    }

    /// Closes the camera, then drops `held`.
    pub fn close_then_drop(&self, held: impl Send + 'static) {
        self.order(CameraOrder::Close(Some(Box::new(held))));
    }

    /// The channel on which answers and changes of state arrive.
    #[must_use]
    pub fn reports(&self) -> &Receiver<CameraReport> {
        &self.reports
    }

    /// The process that holds the camera.
    #[must_use]
    pub fn process(&self) -> CaptureProcess {
        self.process.clone()
    }

    fn order(&self, order: CameraOrder) {
        // The thread outlives the channel, so this cannot fail.
        let _ = self.orders.as_ref().map(|orders| orders.send(order));
    }
}

impl Drop for Webcam {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // Even if it panicked, its child has ended.
            let _ = thread.join();
        }
    }
}

/// A shell script in the place of the capture child, with the folder that holds it.
#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a test may stop where it fails")]
fn fake_child(script: &str) -> (tempfile::TempDir, CameraOptions) {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("child");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let options = CameraOptions {
        program,
        choice: CameraChoice::Auto,
        mode: CameraMode::Continuous,
        rotate: PictureRotation::None,
        usage: None,
    };
    (folder, options)
}
