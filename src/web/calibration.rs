//! A calibration that a page asked for: one at a time, in a thread of its own.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::watch;

use super::App;
use crate::landmarks::Skeleton;

/// What a calibration under way shows.
#[derive(Debug, Clone)]
pub(crate) struct CalibrationView {
    /// What to do.
    pub(crate) hint: &'static str,
    /// How much longer the person must be observed.
    pub(crate) left: SignedDuration,
    /// Head and shoulders of who was seen.
    pub(crate) skeleton: Option<Skeleton>,
}

/// The last calibration of this dashboard.
#[derive(Debug, Clone, Default)]
pub(super) enum CalibrationState {
    #[default]
    None,
    /// The camera is opening.
    Starting,
    UnderWay(CalibrationView),
    /// Its answer, or why it failed, in words.
    Over(Result<String, String>),
}

/// The calibration, and who listens to it.
#[derive(Debug, Default)]
pub(super) struct Calibrations(watch::Sender<Arc<CalibrationState>>);

impl Calibrations {
    /// The newest state, and all that follow.
    pub(super) fn subscribe(&self) -> watch::Receiver<Arc<CalibrationState>> {
        self.0.subscribe()
    }

    /// Starts one, unless one is under way.
    pub(super) fn start(app: &Arc<App>, profile: String) {
        let is_free = app.calibrations.0.send_if_modified(|state| {
            let is_free = matches!(**state, CalibrationState::None | CalibrationState::Over(_));
            if is_free {
                *state = Arc::new(CalibrationState::Starting);
            }
            is_free
        });
        if !is_free {
            return;
        }
        let app = Arc::clone(app);
        tokio::task::spawn_blocking(move || {
            let show = |state| {
                app.calibrations.0.send_replace(Arc::new(state));
            };
            let done = (app.options.calibrate)(&profile, &mut |view| {
                show(CalibrationState::UnderWay(view));
            });
            show(CalibrationState::Over(done));
        });
    }
}
