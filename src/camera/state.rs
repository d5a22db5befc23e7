//! A camera's errors and states, and the words for them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::holders::Holder;
use crate::record::NotWatching;

/// A camera's error. It crosses the pipe from the capture child, so it holds data only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CameraError {
    /// There is no camera, or not the one in the settings.
    #[error("{}", missing(wanted.as_deref(), found))]
    Missing {
        /// The setting; `None` for any camera.
        wanted: Option<String>,
        /// The cameras that exist, as index and name.
        found: Vec<String>,
    },
    /// The system does not allow this user to open it.
    #[error("no permission to use the camera{}", device.as_deref().map_or(String::new(), |device| format!(" {device}")))]
    NoPermission {
        /// The device, such as `/dev/video0`, where the system names one.
        device: Option<String>,
    },
    /// Another program uses it.
    #[error("the camera is in use by {}", by.as_deref().unwrap_or("another program"))]
    Busy {
        /// That program's name, if it is known.
        by: Option<String>,
    },
    /// It was unplugged.
    #[error("the camera was unplugged")]
    Unplugged,
    /// It is open and sends no frame.
    #[error("the camera is on but sends no picture")]
    Stalled,
    /// It sends damaged frames.
    #[error("the camera sends damaged pictures")]
    Damaged,
    /// Its frames have another size than it states.
    #[error("the camera sends pictures of {}x{} and says they are {}x{}", got.0, got.1, wanted.0, wanted.1)]
    WrongSize {
        /// The stated width and height.
        wanted: (u32, u32),
        /// The width and height of a frame.
        got: (u32, u32),
    },
    /// It offers no format that Sitwell can read.
    #[error("the camera offers only {offered}, which Sitwell cannot read")]
    NoUsableFormat {
        /// The formats it offers, for people.
        offered: String,
    },
    /// It is a node of an image processor that gives raw sensor data.
    #[error("the device gives a sensor's raw data, which only the system's camera service can use")]
    RawSensor,
    /// It gives no stream of frames.
    #[error("the device cannot stream")]
    CannotStream,
    /// A transfer over USB failed, or memory or the bandwidth of the bus is used up.
    #[error("the camera driver failed for now: {what}")]
    Passing {
        /// The driver's message.
        what: String,
    },
    /// Any other error of the driver.
    #[error("the camera driver failed: {what}")]
    Driver {
        /// The driver's message.
        what: String,
    },
    /// The capture process ended or could not be started.
    #[error("the capture process failed: {what}")]
    Child {
        /// What is known of the cause.
        what: String,
    },
}

fn missing(wanted: Option<&str>, found: &[String]) -> String {
    match (wanted, found) {
        (None, _) => "no camera was found".to_owned(),
        (Some(wanted), []) => format!("no camera matches \"{wanted}\" (found no camera)"),
        (Some(wanted), found) => {
            format!(
                "no camera matches \"{wanted}\" (found {})",
                found.join(", ")
            )
        }
    }
}

impl CameraError {
    /// What the user can do about it, as a sentence; `None` if it passes without help.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            CameraError::Missing { wanted: None, .. } => {
                Some("Connect a camera, or open its shutter or switch.")
            }
            CameraError::Missing {
                wanted: Some(_), ..
            } => Some(
                "`sitwell cameras` lists the cameras; set `camera.device` to one of them or to \"auto\".",
            ),
            CameraError::NoPermission { .. } if cfg!(target_os = "linux") => {
                Some("Let your user read it: `sudo usermod -aG video $USER`, then log in again.")
            }
            CameraError::NoPermission { .. } => {
                Some("Allow Sitwell to use the camera in the system's privacy settings.")
            }
            CameraError::RawSensor => Some(
                "Use the camera that the service offers (v4l2-relayd, or libcamera through v4l2loopback).",
            ),
            CameraError::NoUsableFormat { .. } | CameraError::CannotStream => Some(
                "Choose another camera (`sitwell cameras` lists them), or let the program that feeds it send YUYV: for ffmpeg `-pix_fmt yuyv422 -f v4l2`.",
            ),
            CameraError::Stalled
            | CameraError::Damaged
            | CameraError::WrongSize { .. }
            | CameraError::Passing { .. } => Some(
                "If this stays, unplug the camera and plug it in again, on another port if it has a hub.",
            ),
            CameraError::Busy { .. }
            | CameraError::Unplugged
            | CameraError::Driver { .. }
            | CameraError::Child { .. } => None,
        }
    }

    /// Whether this camera will not work later either, so that another one is worth a try. A camera
    /// that is busy, stalled or unplugged is waited for.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            CameraError::NoPermission { .. }
            | CameraError::NoUsableFormat { .. }
            | CameraError::RawSensor
            | CameraError::CannotStream
            | CameraError::Driver { .. } => true,
            CameraError::Missing { .. }
            | CameraError::Busy { .. }
            | CameraError::Unplugged
            | CameraError::Stalled
            | CameraError::Damaged
            | CameraError::WrongSize { .. }
            | CameraError::Passing { .. }
            | CameraError::Child { .. } => false,
        }
    }

    /// Its kind for the log, without names of cameras, programs and devices.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            CameraError::Missing { .. } => "missing",
            CameraError::NoPermission { .. } => "no permission",
            CameraError::Busy { .. } => "in use",
            CameraError::Unplugged => "unplugged",
            CameraError::Stalled => "no picture comes",
            CameraError::Damaged => "damaged pictures",
            CameraError::WrongSize { .. } => "pictures of another size",
            CameraError::NoUsableFormat { .. } => "no readable format",
            CameraError::RawSensor => "raw sensor",
            CameraError::CannotStream => "no stream",
            CameraError::Passing { .. } => "the driver failed for now",
            CameraError::Driver { .. } => "the driver failed",
            CameraError::Child { .. } => "the capture process failed",
        }
    }

    /// From the system's error number.
    pub(super) fn from_os(code: i32, what: &str) -> Self {
        match code {
            // ENOENT, ENXIO: the node or its device is gone.
            2 | 6 => CameraError::Missing {
                wanted: None,
                found: Vec::new(),
            },
            // EPERM, EACCES.
            1 | 13 => CameraError::NoPermission { device: None },
            // EBUSY.
            16 => CameraError::Busy { by: None },
            // ENODEV.
            19 => CameraError::Unplugged,
            // ETIMEDOUT.
            110 => CameraError::Stalled,
            // EIO, ENOMEM, ENOSPC (the bandwidth of USB), EPROTO.
            5 | 12 | 28 | 71 => CameraError::Passing {
                what: what.to_owned(),
            },
            _ => CameraError::Driver {
                what: what.to_owned(),
            },
        }
    }

    /// From a text that may hold "os error N", which is all that nokhwa gives.
    pub(super) fn from_text(text: &str) -> Self {
        let code = text.split_once("os error ").and_then(|(_, rest)| {
            rest.split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        });
        match code {
            Some(code) if cfg!(unix) => CameraError::from_os(code, text),
            _ => CameraError::Driver {
                what: text.to_owned(),
            },
        }
    }
}

/// The names of programs, for people; `None` without any.
pub(super) fn names(holders: &[Holder]) -> Option<String> {
    let mut names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join(" and "))
}

/// What the user can do while another program uses the camera.
pub const WAIT_FOR_CAMERA: &str =
    "End the other program, or wait: Sitwell watches when the camera is free.";

/// What a camera is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameraState {
    /// Closed, because no frame is wanted.
    Off,
    /// Being opened.
    Opening,
    /// It sends frames.
    Watching {
        /// The camera's stable id.
        camera: String,
    },
    /// Another program uses it; Sitwell waits until it is free.
    Busy {
        /// That program's name, if it is known.
        by: Option<String>,
    },
    /// It failed; Sitwell tries again.
    Failed {
        /// What failed.
        error: CameraError,
    },
}

impl CameraState {
    /// The reason to record; `None` while frames arrive or none is wanted.
    #[must_use]
    pub fn not_watching(&self) -> Option<NotWatching> {
        match self {
            CameraState::Off | CameraState::Opening | CameraState::Watching { .. } => None,
            CameraState::Busy { .. } => Some(NotWatching::CameraBusy),
            CameraState::Failed { .. } => Some(NotWatching::CameraMissing),
        }
    }

    /// What the user can do about it; `None` if it passes without help.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            CameraState::Failed { error } => error.advice(),
            _ => None,
        }
    }
}

impl fmt::Display for CameraState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CameraState::Off => f.write_str("the camera is off"),
            CameraState::Opening => f.write_str("opening the camera"),
            CameraState::Watching { camera } => write!(f, "watching through {camera}"),
            CameraState::Busy { by: Some(by) } => write!(f, "waiting: {by} uses the camera"),
            CameraState::Busy { by: None } => {
                f.write_str("waiting: another program uses the camera")
            }
            CameraState::Failed { error } => write!(f, "{error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_s_error_numbers_become_named_errors() {
        let rows = [
            (
                "Could not open device 0: V4L2 Error: No such file or directory (os error 2)",
                "no camera was found",
            ),
            (
                "Permission denied (os error 13)",
                "no permission to use the camera",
            ),
            (
                "Could not open device stream: Device or resource busy (os error 16)",
                "the camera is in use by another program",
            ),
            ("No such device (os error 19)", "the camera was unplugged"),
            (
                "Connection timed out (os error 110)",
                "the camera is on but sends no picture",
            ),
            (
                "Invalid argument (os error 22)",
                "the camera driver failed: Invalid argument (os error 22)",
            ),
            (
                "No space left on device (os error 28)",
                "the camera driver failed for now: No space left on device (os error 28)",
            ),
            ("what", "the camera driver failed: what"),
        ];
        for (text, words) in rows {
            assert_eq!(CameraError::from_text(text).to_string(), words, "{text}");
        }
    }

    #[test]
    fn an_error_that_passes_is_no_reason_to_take_another_camera() {
        let rows = [
            (1, true),
            (5, false),
            (12, false),
            (13, true),
            (16, false),
            (19, false),
            (22, true),
            (28, false),
            (71, false),
            (110, false),
        ];
        for (code, wanted) in rows {
            let error = CameraError::from_os(code, "");
            assert_eq!(error.is_lasting(), wanted, "{code}: {error}");
        }
    }

    #[test]
    fn a_missing_camera_is_named_with_the_cameras_that_exist() {
        let error = CameraError::Missing {
            wanted: Some("c920".to_owned()),
            found: vec!["0: Integrated Camera".to_owned(), "2: OBS".to_owned()],
        };
        assert_eq!(
            error.to_string(),
            "no camera matches \"c920\" (found 0: Integrated Camera, 2: OBS)"
        );
    }
}
