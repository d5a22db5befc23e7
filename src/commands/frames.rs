//! One frame after the other, of the webcam or of a recording, for as long as they are wanted.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};

use crate::camera::{CameraOptions, UsageLog, Webcam};
use crate::daemon::replay::CAMERA as RECORDING;
use crate::frame::{Frame, FrameSource};
use crate::image::Recording;
use crate::settings::{CameraMode, CameraSettings};

/// Where frames come from.
pub(super) enum Frames<'a> {
    Webcam {
        camera: &'a CameraSettings,
        usage: UsageLog,
    },
    Recording {
        source: &'a Path,
        began: Timestamp,
        /// From one picture to the next.
        step: SignedDuration,
    },
}

/// What takes the frames, each with the id of its camera, until it breaks off.
pub(super) type TakeFrame<'a> = dyn FnMut(&Frame, &str) -> Result<ControlFlow<()>> + 'a;

impl Frames<'_> {
    /// Gives the frames. Returns what is wrong with a recording that came to its end.
    ///
    /// # Errors
    ///
    /// The camera or the recording cannot be used, or a frame was not taken.
    pub(super) fn give(self, take: &mut TakeFrame<'_>) -> Result<Option<String>> {
        match self {
            Frames::Recording {
                source,
                began,
                step,
            } => {
                let mut recording = Recording::open(source, began, step)?;
                while let Some(frame) = recording.next()? {
                    if take(&frame, RECORDING)?.is_break() {
                        return Ok(None);
                    }
                }
                Ok(recording.damage())
            }
            Frames::Webcam { camera, usage } => {
                // Frames follow each other too quickly to open the camera for each.
                let options = CameraOptions::of_this_program(camera, CameraMode::Continuous, usage);
                let webcam = Webcam::start(options?)?;
                loop {
                    let (frame, camera) = match webcam.capture() {
                        Ok(captured) => captured,
                        Err(state) => match state.advice() {
                            Some(advice) => bail!("{state}. {advice}"),
                            None => bail!("{state}"),
                        },
                    };
                    if take(&frame, &camera)?.is_break() {
                        return Ok(None);
                    }
                }
            }
        }
    }
}
