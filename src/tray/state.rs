//! What the tray shows of the monitor.

use jiff::tz::TimeZone;

use crate::control::{ControlError, DaemonStatus};
use crate::posture::UnclearReason;
use crate::record::{NotWatching, TimeUse};

/// What the icon says. Each has a shape and a colour of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum TrayIcon {
    /// Watching, and nothing is wrong.
    Fine,
    Slouched,
    /// Not watching, for a reason that ends by itself or with the pause.
    Paused,
    /// The camera shows too little, or there is none.
    CannotSee,
    /// There is no calibration, or it no longer fits.
    NotCalibrated,
    /// No monitor runs.
    #[default]
    Stopped,
}

/// Which part of the menu makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum MonitorPhase {
    #[default]
    Stopped,
    Paused,
    Running,
}

/// What icon, tooltip and menu show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TrayState {
    pub(super) icon: TrayIcon,
    pub(super) sentence: String,
    pub(super) phase: MonitorPhase,
}

impl TrayState {
    /// The state of a monitor, or of one that does not run or answer.
    pub(crate) fn new(
        status: &Result<Box<DaemonStatus>, ControlError>,
        zone: &TimeZone,
    ) -> TrayState {
        match status {
            Ok(status) => TrayState {
                icon: icon(status),
                sentence: status.state(&status.at.to_zoned(zone.clone())),
                phase: match status.not_watching {
                    Some(NotWatching::Paused) => MonitorPhase::Paused,
                    _ => MonitorPhase::Running,
                },
            },
            Err(ControlError::NoMonitor) => TrayState {
                sentence: "not watching: no monitor is running".to_owned(),
                ..TrayState::default()
            },
            Err(error) => TrayState {
                sentence: error.to_string(),
                ..TrayState::default()
            },
        }
    }
}

fn icon(status: &DaemonStatus) -> TrayIcon {
    match (status.not_watching, status.observation) {
        (Some(reason), _) | (None, Some(TimeUse::NotWatched(reason))) => match reason {
            NotWatching::CameraMissing => TrayIcon::CannotSee,
            // A video call has the camera.
            NotWatching::CameraBusy
            | NotWatching::Paused
            | NotWatching::Locked
            | NotWatching::Suspended
            | NotWatching::SessionInactive
            | NotWatching::Idle
            | NotWatching::OutOfHours
            | NotWatching::OnBattery => TrayIcon::Paused,
        },
        // It is starting.
        (None, None) => TrayIcon::Paused,
        (None, Some(TimeUse::Upright | TimeUse::Away)) => TrayIcon::Fine,
        (None, Some(TimeUse::Slouched(_))) => TrayIcon::Slouched,
        (None, Some(TimeUse::Unclear(reason))) => match reason {
            UnclearReason::NotCalibrated | UnclearReason::CalibrationStale => {
                TrayIcon::NotCalibrated
            }
            _ => TrayIcon::CannotSee,
        },
    }
}
