//! What is seen: by the running monitor, which is asked, or by a look of our own while nobody else has the camera.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use crate::camera::{self, CameraError, CameraOptions, CameraState, ListedCamera, Webcam};
use crate::control::{DaemonStatus, read_status};
use crate::daemon::calibration_session::CalibrationHint;
use crate::daemon::picture_advice;
use crate::perception::Perception;
use crate::pose::CropPlan;
use crate::posture::UnclearReason;
use crate::record::{NotWatching, TimeUse};
use crate::settings::{CameraMode, CameraSettings};

/// A monitor that has just begun is asked again so often, and after so long each time.
const TRIES: u32 = 20;
const AGAIN: Duration = Duration::from_millis(500);

/// Somebody may be moving in one picture; in so many they hold still once. Ours.
const LOOKS: u32 = 5;

/// What to do while another program has the camera.
const WAIT: &str = "End the other program, or wait: Sitwell watches when the camera is free.";

/// A picture may be so old. A look is answered with one of at most 250 ms; a busy machine takes its time.
const FRESH: SignedDuration = SignedDuration::from_secs(1);

/// Who looks.
#[derive(Debug)]
pub(super) enum ObservationSource {
    /// The running monitor, which has the camera.
    Monitor(Box<DaemonStatus>),
    /// We do: nobody of ours has it.
    Own,
}

/// What is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ViewResult {
    Somebody,
    Nobody,
    Unclear(UnclearReason),
}

/// What came of looking.
#[derive(Debug)]
pub(super) struct ViewFindings {
    pub(super) findings: Vec<Finding>,
    /// The camera that looked, or would have.
    pub(super) camera: Option<String>,
    /// Whether its calibration does not fit what is seen any more.
    pub(super) is_stale: bool,
}

/// Who is to look, with a monitor that says this.
pub(super) fn eye(status: Option<Box<DaemonStatus>>) -> ObservationSource {
    let Some(status) = status else {
        return ObservationSource::Own;
    };
    match status.not_watching {
        None | Some(NotWatching::CameraBusy) => ObservationSource::Monitor(status),
        // It has let go of the camera, or has none.
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

/// What a monitor says once it has begun to see, or knows why it does not.
pub(super) fn settled(folder: &Path, mut status: Box<DaemonStatus>) -> Box<DaemonStatus> {
    for _ in 0..TRIES {
        if status.look.is_some() || status.not_watching.is_some() {
            break;
        }
        std::thread::sleep(AGAIN);
        match read_status(folder) {
            Ok(later) => status = later,
            // It has ended, and what it said last is known.
            Err(_) => break,
        }
    }
    status
}

/// What a monitor that has the camera saw last.
pub(super) fn through_monitor(status: &DaemonStatus) -> ViewFindings {
    let name = status.camera.as_deref().unwrap_or("a camera");
    let says = format!("the running monitor says: {}", status.words);
    let mut findings = vec![Finding::ok("permission", "the running monitor has it")];
    match (status.not_watching, status.look) {
        (Some(_), _) => {
            findings.push(Finding::problem("camera", says, WAIT));
            findings.extend(unseen());
        }
        (None, None) => {
            findings.push(Finding::problem(
                "camera",
                says,
                "Run `sitwell doctor` again in a minute; if this stays: `sitwell restart`.",
            ));
            findings.extend(unseen());
        }
        (None, Some(look)) => {
            let says = format!("the running monitor watches through {name}");
            findings.push(Finding::ok("camera", says));
            findings.extend(found(sight_of(look)));
        }
    }
    ViewFindings {
        findings,
        camera: status.camera.clone(),
        is_stale: status.look == Some(TimeUse::Unclear(UnclearReason::CalibrationStale)),
    }
}

fn sight_of(look: TimeUse) -> ViewResult {
    match look {
        TimeUse::Upright | TimeUse::Slouched(_) => ViewResult::Somebody,
        TimeUse::Away | TimeUse::NotWatched(_) => ViewResult::Nobody,
        // That is told with the calibration.
        TimeUse::Unclear(UnclearReason::NotCalibrated | UnclearReason::CalibrationStale) => {
            ViewResult::Somebody
        }
        TimeUse::Unclear(why) => ViewResult::Unclear(why),
    }
}

/// Looks through the camera of the settings; without a model it is only opened.
pub(super) fn of_our_own(camera: &CameraSettings, perception: Option<Perception>) -> ViewFindings {
    let cameras = camera::list();
    let chosen = cameras.as_ref().ok().and_then(|cameras| {
        camera::select(cameras, &camera.device)
            .ok()
            .map(|(camera, _)| camera.id())
    });
    let mut findings = vec![permission(&cameras)];
    match looked(camera, perception) {
        Ok((id, age, sight)) => {
            let ms = age.as_millis();
            findings.push(if age <= FRESH {
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
            findings.extend(match sight {
                Some(sight) => found(sight),
                None => unseen(),
            });
            ViewFindings {
                findings,
                camera: Some(id),
                is_stale: false,
            }
        }
        Err(error) => {
            let fix = error
                .downcast_ref::<Unseen>()
                .map_or("", |unseen| advice(&unseen.0));
            findings.push(Finding::problem("camera", format!("{error:#}"), fix));
            findings.extend(unseen());
            ViewFindings {
                findings,
                camera: chosen,
                is_stale: false,
            }
        }
    }
}

/// The camera has no picture.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unseen(CameraState);

fn advice(state: &CameraState) -> &'static str {
    match state {
        CameraState::Busy { .. } => WAIT,
        other => other
            .advice()
            .unwrap_or("Unplug the camera and plug it in again, then run `sitwell doctor` again."),
    }
}

/// The camera's id, how old its first picture was, and what is seen if there is a model to see it.
fn looked(
    camera: &CameraSettings,
    mut perception: Option<Perception>,
) -> Result<(String, SignedDuration, Option<ViewResult>)> {
    // Frames follow each other too quickly to open the camera for each.
    let options = CameraOptions::of_this_program(camera.device.clone(), CameraMode::Continuous);
    let webcam = Webcam::start(options?)?;
    let mut id = None;
    let mut first = None;
    let mut sight = None;
    for _ in 0..LOOKS {
        let frame = webcam.capture(&mut id).map_err(Unseen)?;
        first.get_or_insert_with(|| now().duration_since(frame.at));
        if let Some(perception) = &mut perception {
            sight = Some(match perception.problem(&frame) {
                Some(reason) => ViewResult::Unclear(reason),
                None => {
                    let analysis = perception.analyze(&frame, CropPlan::NextCrop)?;
                    sight_of(analysis.classification.moment.into())
                }
            });
        }
        if sight.is_none_or(|sight| sight == ViewResult::Somebody) {
            break;
        }
    }
    Ok((id.unwrap_or_default(), first.unwrap_or_default(), sight))
}

/// Whether the system lets us use the cameras that there are.
fn permission(cameras: &Result<Vec<ListedCamera>, CameraError>) -> Finding {
    let refused = |trouble: &CameraError| {
        Finding::problem(
            "permission",
            trouble.to_string(),
            trouble.advice().unwrap_or_default(),
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
            .find(|trouble| matches!(trouble, CameraError::NoPermission { .. }))
            .map_or_else(|| Finding::ok("permission", "cameras may be used"), refused),
    }
}

/// Light and person, as they are seen.
fn found(sight: ViewResult) -> Vec<Finding> {
    let light = match sight {
        ViewResult::Somebody | ViewResult::Nobody => Finding::ok("light", "enough to see by"),
        ViewResult::Unclear(why) => match picture_advice::advice(why) {
            Some(advice) => Finding::problem("light", why.to_string(), advice),
            None => Finding::ok("light", "enough to see by"),
        },
    };
    let person = match sight {
        ViewResult::Somebody => Finding::ok("person", "somebody is seen, with head and shoulders"),
        ViewResult::Nobody => {
            Finding::problem("person", "nobody is seen", CalibrationHint::Nobody.words())
        }
        ViewResult::Unclear(why) if picture_advice::advice(why).is_some() => {
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

/// Light and person without a picture of them.
fn unseen() -> Vec<Finding> {
    ["light", "person"]
        .map(|what| Finding::unknown(what, "there is nothing to see it by"))
        .to_vec()
}

#[expect(
    clippy::disallowed_methods,
    reason = "how fresh a picture is, the clock says"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posture::Fault;

    #[test]
    fn what_a_monitor_sees_is_told_as_light_and_person() {
        let told = |look| {
            let mut out = Vec::new();
            for finding in found(sight_of(look)) {
                finding.write(&mut out).unwrap();
            }
            let text = String::from_utf8(out).unwrap();
            let verdicts = text.lines().filter(|line| !line.starts_with(' '));
            let verdicts = verdicts.map(|line| line.split_whitespace().take(2));
            let words: Vec<&str> = verdicts.flatten().collect();
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
        for (look, verdicts) in rows {
            assert_eq!(told(look), verdicts, "{look:?}");
        }
    }
}
