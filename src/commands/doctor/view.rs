//! What the camera sees: the running monitor is asked, or doctor opens the camera itself while no monitor has it.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use jiff::SignedDuration;

use super::finding::Finding;
use crate::camera::{
    self, CameraError, CameraOptions, CameraState, ListedCamera, UsageLog, WAIT_FOR_CAMERA, Webcam,
};
use crate::clock::now;
use crate::control::{DaemonStatus, read_status};
use crate::daemon::calibration_session::CalibrationHint;
use crate::daemon::picture_advice;
use crate::perception::Perception;
use crate::pose::CropPlan;
use crate::posture::UnclearReason;
use crate::record::{NotWatching, TimeUse};
use crate::settings::{CameraMode, CameraSettings};

/// A monitor that has just started is asked again, 10 seconds in all. Our choice: a camera opens or
/// fails within seconds.
const RETRIES: u32 = 20;
const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// Our choice: somebody may move in one frame, but holds still in one of five.
const MAX_FRAMES: u32 = 5;

/// An older frame is a problem. Our choice: frames are at most 250 ms old, more on a busy machine.
const MAX_FRAME_AGE: SignedDuration = SignedDuration::from_secs(1);

/// Where the frames to check come from.
#[derive(Debug)]
pub(super) enum ObservationSource {
    /// The running monitor, which has the camera.
    Monitor(Box<DaemonStatus>),
    /// The camera itself, which no monitor has.
    Own,
}

/// What a frame shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ViewResult {
    Somebody,
    Nobody,
    Unclear(UnclearReason),
}

/// The findings about camera, light and person.
#[derive(Debug)]
pub(super) struct ViewFindings {
    pub(super) findings: Vec<Finding>,
    /// The id of the camera, also where it gave no frame.
    pub(super) camera: Option<String>,
    /// Whether its calibration no longer fits.
    pub(super) is_stale: bool,
}

/// Where the frames come from, given the status of the monitor if one runs.
pub(super) fn observation_source(status: Option<Box<DaemonStatus>>) -> ObservationSource {
    let Some(status) = status else {
        return ObservationSource::Own;
    };
    match status.not_watching {
        None | Some(NotWatching::CameraBusy) => ObservationSource::Monitor(status),
        // It does not hold a camera.
        Some(
            NotWatching::CameraMissing
            | NotWatching::Paused
            | NotWatching::Locked
            | NotWatching::Suspended
            | NotWatching::SessionInactive
            | NotWatching::Idle
            | NotWatching::OutOfHours
            | NotWatching::OnBattery,
        ) => ObservationSource::Own,
    }
}

/// The status of a monitor once it has observed something, or knows why not.
pub(super) fn status_after_start(
    folder: &Path,
    mut status: Box<DaemonStatus>,
) -> Box<DaemonStatus> {
    for _ in 0..RETRIES {
        if status.observation.is_some() || status.not_watching.is_some() {
            break;
        }
        std::thread::sleep(RETRY_INTERVAL);
        match read_status(folder) {
            Ok(later) => status = later,
            // It has ended. Its last status is known.
            Err(_) => break,
        }
    }
    status
}

/// The findings from the last observation of the monitor that has the camera.
pub(super) fn findings_of_monitor(status: &DaemonStatus) -> ViewFindings {
    let name = status.camera.as_deref().unwrap_or("a camera");
    let says = format!("the running monitor says: {}", status.words);
    let mut findings = vec![Finding::ok("permission", "the running monitor has it")];
    match (status.not_watching, status.observation) {
        (Some(_), _) => {
            findings.push(Finding::problem("camera", says, WAIT_FOR_CAMERA));
            findings.extend(light_and_person_unknown());
        }
        (None, None) => {
            findings.push(Finding::problem(
                "camera",
                says,
                "Run `sitwell doctor` again in a minute; if this stays: `sitwell restart`.",
            ));
            findings.extend(light_and_person_unknown());
        }
        (None, Some(observation)) => {
            let says = format!("the running monitor watches through {name}");
            findings.push(Finding::ok("camera", says));
            findings.extend(light_and_person(result_of(observation)));
        }
    }
    ViewFindings {
        findings,
        camera: status.camera.clone(),
        is_stale: status.observation == Some(TimeUse::Unclear(UnclearReason::CalibrationStale)),
    }
}

fn result_of(observation: TimeUse) -> ViewResult {
    match observation {
        TimeUse::Upright | TimeUse::Slouched(_) => ViewResult::Somebody,
        TimeUse::Away | TimeUse::NotWatched(_) => ViewResult::Nobody,
        // Reported with the calibration.
        TimeUse::Unclear(UnclearReason::NotCalibrated | UnclearReason::CalibrationStale) => {
            ViewResult::Somebody
        }
        TimeUse::Unclear(why) => ViewResult::Unclear(why),
    }
}

/// The findings from frames of the camera in the settings. Without a model the camera is only opened.
pub(super) fn findings_of_camera(
    camera: &CameraSettings,
    usage: UsageLog,
    perception: Option<Perception>,
) -> ViewFindings {
    let cameras = camera::list();
    let chosen = cameras.as_ref().ok().and_then(|cameras| {
        camera::select(cameras, &camera.device)
            .ok()
            .map(|(camera, _)| camera.id())
    });
    let mut findings = vec![permission(&cameras)];
    match observe(camera, usage, perception) {
        Ok((id, age, result)) => {
            let ms = age.as_millis();
            findings.push(if age <= MAX_FRAME_AGE {
                let others = match cameras.as_ref().map_or(0, Vec::len) {
                    0 | 1 => "",
                    _ => "; `sitwell cameras` says why the others are not used",
                };
                Finding::ok(
                    "camera",
                    format!("{id} gives a picture, {ms} ms old{others}"),
                )
            } else {
                Finding::problem(
                    "camera",
                    format!("{id} gives a picture that is {ms} ms old"),
                    "Unplug the camera and plug it in again; if this stays, try `mode = \"continuous\"` in the settings.",
                )
            });
            findings.extend(match result {
                Some(result) => light_and_person(result),
                None => light_and_person_unknown(),
            });
            ViewFindings {
                findings,
                camera: Some(id),
                is_stale: false,
            }
        }
        Err(error) => {
            let fix = error
                .downcast_ref::<NoFrame>()
                .map_or("", |no_frame| advice(&no_frame.0));
            findings.push(Finding::problem("camera", format!("{error:#}"), fix));
            findings.extend(light_and_person_unknown());
            ViewFindings {
                findings,
                camera: chosen,
                is_stale: false,
            }
        }
    }
}

/// The camera gave no frame.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoFrame(CameraState);

fn advice(state: &CameraState) -> &'static str {
    match state {
        CameraState::Busy { .. } => WAIT_FOR_CAMERA,
        other => other
            .advice()
            .unwrap_or("Unplug the camera and plug it in again, then run `sitwell doctor` again."),
    }
}

/// The camera's id, how old its first frame was, and what the frames show if there is a model.
fn observe(
    camera: &CameraSettings,
    usage: UsageLog,
    mut perception: Option<Perception>,
) -> Result<(String, SignedDuration, Option<ViewResult>)> {
    // Frames follow each other too quickly to open the camera for each.
    let options = CameraOptions::of_this_program(camera, CameraMode::Continuous, usage);
    let webcam = Webcam::start(options?)?;
    let mut id = String::new();
    let mut first = None;
    let mut result = None;
    for _ in 0..MAX_FRAMES {
        let (frame, camera) = webcam.capture().map_err(NoFrame)?;
        id = camera;
        first.get_or_insert_with(|| now().timestamp().duration_since(frame.at));
        if let Some(perception) = &mut perception {
            result = Some(match perception.problem(&frame) {
                Some(reason) => ViewResult::Unclear(reason),
                None => {
                    let analysis = perception.analyze(&frame, CropPlan::NextCrop)?;
                    result_of(analysis.classification.moment.into())
                }
            });
        }
        if result.is_none_or(|result| result == ViewResult::Somebody) {
            break;
        }
    }
    Ok((id, first.unwrap_or_default(), result))
}

/// Whether the system lets us use the cameras that there are.
fn permission(cameras: &Result<Vec<ListedCamera>, CameraError>) -> Finding {
    let refused = |error: &CameraError| {
        Finding::problem(
            "permission",
            error.to_string(),
            error.advice().unwrap_or_default(),
        )
    };
    match cameras {
        Err(error @ CameraError::NoPermission { .. }) => refused(error),
        Err(error) => Finding::unknown("permission", error.to_string()),
        Ok(cameras) if cameras.is_empty() => {
            Finding::unknown("permission", "there is no camera to ask for")
        }
        Ok(cameras) => cameras
            .iter()
            .filter_map(|camera| camera.error.as_ref())
            .find(|error| matches!(error, CameraError::NoPermission { .. }))
            .map_or_else(|| Finding::ok("permission", "cameras may be used"), refused),
    }
}

/// The findings about light and person.
fn light_and_person(result: ViewResult) -> Vec<Finding> {
    let light = match result {
        ViewResult::Somebody | ViewResult::Nobody => Finding::ok("light", "enough to see by"),
        ViewResult::Unclear(why) if why.is_turned() => Finding::ok("light", "enough to see by"),
        ViewResult::Unclear(why) => match picture_advice::advice(why) {
            Some(advice) => Finding::problem("light", why.to_string(), advice),
            None => Finding::ok("light", "enough to see by"),
        },
    };
    let person = match result {
        ViewResult::Somebody => Finding::ok("person", "somebody is seen, with head and shoulders"),
        ViewResult::Nobody => {
            Finding::problem("person", "nobody is seen", CalibrationHint::Nobody.words())
        }
        ViewResult::Unclear(why) if !why.is_turned() && picture_advice::advice(why).is_some() => {
            Finding::unknown("person", "the picture shows too little")
        }
        ViewResult::Unclear(why) => Finding::problem(
            "person",
            why.to_string(),
            CalibrationHint::Unclear(why).words(),
        ),
    };
    vec![light, person]
}

/// The same without a frame.
fn light_and_person_unknown() -> Vec<Finding> {
    ["light", "person"]
        .map(|check| Finding::unknown(check, "there is nothing to see it by"))
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posture::Fault;

    #[test]
    fn an_observation_of_the_monitor_becomes_findings_about_light_and_person() {
        let findings = |observation| {
            let mut out = Vec::new();
            for finding in light_and_person(result_of(observation)) {
                finding.write(&mut out).unwrap();
            }
            let text = String::from_utf8(out).unwrap();
            let statuses = text.lines().filter(|line| !line.starts_with(' '));
            let statuses = statuses.map(|line| line.split_whitespace().take(2));
            let words: Vec<&str> = statuses.flatten().collect();
            words.join(" ")
        };
        let rows = [
            (TimeUse::Upright, "ok light ok person"),
            (TimeUse::Slouched(Fault::ForwardHead), "ok light ok person"),
            (
                TimeUse::Unclear(UnclearReason::NotCalibrated),
                "ok light ok person",
            ),
            (TimeUse::Away, "ok light FAIL person"),
            (
                TimeUse::Unclear(UnclearReason::ShouldersOutOfPicture),
                "ok light FAIL person",
            ),
            (
                TimeUse::Unclear(UnclearReason::TooDark),
                "FAIL light ? person",
            ),
            (
                TimeUse::Unclear(UnclearReason::Frozen),
                "FAIL light ? person",
            ),
        ];
        for (observation, statuses) in rows {
            assert_eq!(findings(observation), statuses, "{observation:?}");
        }
    }
}
