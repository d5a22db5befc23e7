//! What a page has the dashboard do with the camera: one thing at a time, in a thread of its own.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;

use super::App;
use crate::control::Preview;
use crate::history::StoredCalibration;
use crate::landmarks::Skeleton;
use crate::posture::UnclearReason;

/// How often a camera in use is tried again: 10 seconds in all. Our choice: closing one takes less.
const RETRIES: u32 = 100;
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// What to do with the camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CameraTask {
    /// Take a calibration of this name.
    Calibrate { profile: String },
    /// See somebody slouch on purpose.
    Slouch,
    /// Show the picture of this camera while somebody looks.
    View { camera: String },
}

/// What the camera shows meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct CameraView {
    /// What to do.
    pub(crate) hint: &'static str,
    /// What is wrong with the picture.
    pub(crate) problem: Option<UnclearReason>,
    /// How much longer the person must be observed.
    pub(crate) left: Option<SignedDuration>,
    /// Head and shoulders of who was seen.
    pub(crate) skeleton: Option<Skeleton>,
    /// The picture, where it is what was asked for.
    pub(crate) picture: Option<Preview>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) enum CameraOutcome {
    /// A calibration, which is not kept yet.
    Calibrated(Box<TakenCalibration>),
    /// How far the slouch went, in words.
    Slouched(String),
    Viewed,
}

/// A calibration that waits for somebody to accept it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TakenCalibration {
    pub(crate) new: StoredCalibration,
    /// The one that it would replace.
    pub(crate) old: Option<StoredCalibration>,
    /// What it found.
    pub(crate) words: String,
}

/// A camera to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfferedCamera {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether the settings lead to it.
    pub(crate) is_used: bool,
    /// Whether it works, now or later.
    pub(crate) is_usable: bool,
    /// Why it does not work now, with advice.
    pub(crate) trouble: Option<String>,
}

/// The last task of the page that calibrates.
#[derive(Debug, Clone, Default)]
pub(super) enum TaskState {
    #[default]
    None,
    /// The camera is opening.
    Starting,
    UnderWay(CameraView),
    /// What came of it, or why it failed, in words.
    Over(Result<CameraOutcome, String>),
}

/// The camera, the last task with it, and who listens to that.
#[derive(Debug, Default)]
pub(super) struct CameraTasks {
    state: watch::Sender<Arc<TaskState>>,
    /// Held while the camera is in use.
    camera: Mutex<()>,
}

impl CameraTasks {
    /// The newest state, and all that follow.
    pub(super) fn subscribe(&self) -> watch::Receiver<Arc<TaskState>> {
        self.state.subscribe()
    }

    /// Forgets what came of the last task. Returns the calibration that waited.
    pub(super) fn take(&self) -> Option<Box<TakenCalibration>> {
        let mut taken = None;
        self.state.send_if_modified(|state| match &**state {
            TaskState::Over(outcome) => {
                if let Ok(CameraOutcome::Calibrated(waiting)) = outcome {
                    taken = Some(waiting.clone());
                }
                *state = Arc::new(TaskState::None);
                true
            }
            TaskState::None | TaskState::Starting | TaskState::UnderWay(_) => false,
        });
        taken
    }

    /// Starts a task, unless one is under way.
    pub(super) fn start(app: &Arc<App>, task: CameraTask) {
        let is_free = app.camera_tasks.state.send_if_modified(|state| {
            let is_free = matches!(**state, TaskState::None | TaskState::Over(_));
            if is_free {
                *state = Arc::new(TaskState::Starting);
            }
            is_free
        });
        if !is_free {
            return;
        }
        let app = Arc::clone(app);
        tokio::task::spawn_blocking(move || {
            let show = |state| {
                app.camera_tasks.state.send_replace(Arc::new(state));
            };
            let done = CameraTasks::perform(&app, &task, &mut |view| {
                show(TaskState::UnderWay(view));
                ControlFlow::Continue(())
            });
            show(TaskState::Over(done));
        });
    }

    /// Performs a task in this thread, unless the camera is in use.
    pub(super) fn perform(
        app: &App,
        task: &CameraTask,
        show: &mut dyn FnMut(CameraView) -> ControlFlow<()>,
    ) -> Result<CameraOutcome, String> {
        let _held = app.camera_tasks.hold()?;
        (app.options.camera)(task, show)
    }

    /// Takes the camera. A picture that somebody has just let go of is closed first.
    fn hold(&self) -> Result<MutexGuard<'_, ()>, String> {
        for _ in 0..RETRIES {
            match self.camera.try_lock() {
                Ok(held) => return Ok(held),
                Err(TryLockError::Poisoned(held)) => return Ok(held.into_inner()),
                Err(TryLockError::WouldBlock) => thread::sleep(RETRY_AFTER),
            }
        }
        Err("another page uses the camera; try again when it is done".to_owned())
    }
}
