//! What the dashboard itself does with the camera: take a calibration, see a slouch on purpose, show
//! the picture of a camera. The monitor pauses meanwhile.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::SignedDuration;

use super::super::calibrate::slouch_test::{self, SlouchTest};
use super::super::calibrate::{self, CalibrationProgress};
use super::super::frames::Frames;
use super::super::pause_guard::PauseGuard;
use crate::camera::{self, CameraPurpose, UsageLog};
use crate::cli::CalibrateArgs;
use crate::clock::{instant, now};
use crate::control::Preview;
use crate::daemon::calibration_session::CalibrationHint;
use crate::frame::Frame;
use crate::history::{FILE_NAME, History};
use crate::image::preview;
use crate::landmarks::Sighting;
use crate::perception::{FrameOrigin, Perception};
use crate::pose::{CropPlan, Pose};
use crate::posture::{Measurement, UnclearReason};
use crate::settings::{CameraChoice, Settings};
use crate::web::{CameraOutcome, CameraTask, CameraView, OfferedCamera, TakenCalibration};
use crate::{folders, settings};

/// The least time between two pictures, as the monitor has it.
const INTERVAL: Duration = Duration::from_millis(200);

/// A picture is shown no longer than this: a page that is forgotten must not keep the monitor from
/// watching. Our choice.
const LONGEST_VIEW: SignedDuration = SignedDuration::from_mins(2);

/// The time to see somebody at all, before and during a slouch. Our choice.
const TO_BE_SEEN: SignedDuration = SignedDuration::from_secs(20);

/// From one picture of a recording to the next. Our choice: more pictures show no more.
const RECORDED_STEP: SignedDuration = SignedDuration::from_secs(2);

/// The camera of one dashboard.
pub(super) struct DashboardCamera {
    pub(super) data: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
    /// A recording instead of the camera.
    pub(super) source: Option<PathBuf>,
}

/// Receives what the camera shows, and says whether somebody still looks.
type Show<'a> = dyn FnMut(CameraView) -> ControlFlow<()> + 'a;

impl DashboardCamera {
    /// Does what a page asks for.
    pub(super) fn perform(&self, task: &CameraTask, show: &mut Show<'_>) -> Result<CameraOutcome> {
        let mut settings = settings::load(self.config.as_deref())?.settings;
        match task {
            CameraTask::Calibrate { profile } => self.calibrate(profile, &settings, show),
            CameraTask::Slouch => self.slouch(&settings, show),
            CameraTask::View { camera } => {
                settings.camera.device = CameraChoice::Named(camera.clone());
                self.view(&settings, show)
            }
        }
    }

    /// The cameras that there are.
    pub(super) fn list(&self) -> Result<Vec<OfferedCamera>> {
        let settings = settings::load(self.config.as_deref())?.settings.camera;
        if let Some(source) = &self.source {
            return Ok(vec![OfferedCamera {
                id: source.display().to_string(),
                name: "a recording".to_owned(),
                is_used: true,
                is_usable: true,
                trouble: None,
            }]);
        }
        let cameras = camera::list()?;
        let used = camera::select(&cameras, &settings.device)
            .ok()
            .map(|(camera, _)| camera.id());
        let offered = cameras.iter().map(|camera| OfferedCamera {
            is_used: used == Some(camera.id()),
            id: camera.id(),
            name: camera.name.clone(),
            is_usable: camera.is_usable(),
            trouble: camera.error.as_ref().map(|error| match error.advice() {
                Some(advice) => format!("{error}. {advice}"),
                None => error.to_string(),
            }),
        });
        Ok(offered.collect())
    }

    fn calibrate(
        &self,
        profile: &str,
        settings: &Settings,
        show: &mut Show<'_>,
    ) -> Result<CameraOutcome> {
        let args = CalibrateArgs {
            profile: profile.to_owned(),
            source: self.source.clone(),
            fps: RECORDED_STEP.as_secs_f64().recip(),
            ..CalibrateArgs::default()
        };
        let data = self.data.as_deref();
        let taken = calibrate::learn(&args, data, settings, &now(), &mut |progress| {
            if let CalibrationProgress::Observed { hint, left, person } = progress {
                // A calibration that nobody looks at goes on: it takes seconds.
                let _ = show(CameraView {
                    hint: hint.words(),
                    problem: hint.problem(),
                    left: Some(left),
                    skeleton: person.map(|person| (&person.merged).into()),
                    picture: None,
                });
            }
        })?;
        let mut words = Vec::new();
        taken.write(&mut words)?;
        Ok(CameraOutcome::Calibrated(Box::new(TakenCalibration {
            new: taken.stored,
            old: taken.before,
            words: String::from_utf8_lossy(&words).trim_end().to_owned(),
        })))
    }

    fn slouch(&self, settings: &Settings, show: &mut Show<'_>) -> Result<CameraOutcome> {
        let folder = folders::data(self.data.as_deref())?;
        let _paused = self.pause(&folder, slouch_test::LENGTH + TO_BE_SEEN);
        let mut perception = self.perception(settings)?;
        let mut test = SlouchTest::default();
        let mut calibrated = None;
        let mut began = None;
        let frames = self.frames(settings, &folder, CameraPurpose::Calibrating);
        frames.give(&mut |frame, camera| {
            if calibrated.as_deref() != Some(camera) {
                let history = History::open_to_read(&folder.join(FILE_NAME))?;
                let neutral = match history {
                    Some(history) => history.calibration(camera, None)?,
                    None => None,
                };
                let neutral = neutral.context("there is no calibration yet; calibrate first")?;
                perception.calibrate(Some(neutral.calibration));
                calibrated = Some(camera.to_owned());
            }
            let mut view = CameraView {
                hint: "Slouch as you do when you are tired, and stay there.",
                problem: perception.problem(frame),
                left: None,
                skeleton: None,
                picture: None,
            };
            let mut left = slouch_test::LENGTH;
            if view.problem.is_none() {
                let analysis = perception.analyze(frame, CropPlan::NextCrop)?;
                if let Sighting::Person(person) = &analysis.sighting {
                    view.skeleton = Some((&person.merged).into());
                }
                left = test.observe(&analysis.measurement, &perception.limits(), frame.at);
                view.hint = match analysis.measurement {
                    Measurement::Posture(_) => view.hint,
                    Measurement::Nobody => CalibrationHint::Nobody.words(),
                    Measurement::Unclear(reason) => {
                        view.problem = Some(reason);
                        CalibrationHint::Unclear(reason).words()
                    }
                };
            }
            view.left = Some(left);
            // It takes seconds, so it goes on even if nobody looks.
            let _ = show(view);
            let began = *began.get_or_insert(frame.at);
            let is_over = left == SignedDuration::ZERO
                || frame.at.duration_since(began) > slouch_test::LENGTH + TO_BE_SEEN;
            Ok(match is_over {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })?;
        match test.verdict() {
            Some(verdict) => Ok(CameraOutcome::Slouched(verdict.words)),
            None => bail!(
                "you could not be measured; see that head and both shoulders are in the picture"
            ),
        }
    }

    fn view(&self, settings: &Settings, show: &mut Show<'_>) -> Result<CameraOutcome> {
        let folder = folders::data(self.data.as_deref())?;
        let _paused = self.pause(&folder, LONGEST_VIEW);
        let mut perception = self.perception(settings)?;
        let mut began = None;
        let frames = self.frames(settings, &folder, CameraPurpose::Showing);
        frames.give(&mut |frame, _| {
            let started = instant();
            let flow = show(look(&mut perception, frame)?);
            let began = *began.get_or_insert(frame.at);
            if frame.at.duration_since(began) > LONGEST_VIEW {
                return Ok(ControlFlow::Break(()));
            }
            sleep(INTERVAL.saturating_sub(started.elapsed()));
            Ok(flow)
        })?;
        Ok(CameraOutcome::Viewed)
    }

    fn perception(&self, settings: &Settings) -> Result<Perception> {
        let pose = Pose::load(settings.pose.model, &folders::heavy_model())?;
        let origin = match self.source {
            Some(_) => FrameOrigin::Recording,
            None => FrameOrigin::Camera,
        };
        Ok(Perception::new(Box::new(pose), origin, settings.into()))
    }

    fn frames<'a>(
        &'a self,
        settings: &'a Settings,
        folder: &Path,
        purpose: CameraPurpose,
    ) -> Frames<'a> {
        match &self.source {
            Some(source) => Frames::Recording {
                source,
                began: now().timestamp(),
                step: RECORDED_STEP,
            },
            None => Frames::Webcam {
                camera: &settings.camera,
                usage: UsageLog::new(folder, purpose),
            },
        }
    }

    /// Has a monitor let go of the camera for this long at most.
    fn pause(&self, folder: &Path, longest: SignedDuration) -> Option<PauseGuard> {
        match self.source {
            Some(_) => None,
            None => PauseGuard::monitor(folder, now().timestamp() + longest * 2),
        }
    }
}

/// A frame, what is found in it, and what is wrong with it.
fn look(perception: &mut Perception, frame: &Frame) -> Result<CameraView> {
    let mut hint = CalibrationHint::HoldStill;
    let mut skeleton = None;
    match perception.problem(frame) {
        Some(reason) => hint = CalibrationHint::Unclear(reason),
        None => {
            let analysis = perception.analyze(frame, CropPlan::NextCrop)?;
            match (&analysis.sighting, analysis.measurement) {
                (Sighting::Nobody, _) => hint = CalibrationHint::Nobody,
                (Sighting::Person(person), Measurement::Unclear(reason)) => {
                    skeleton = Some((&person.merged).into());
                    hint = CalibrationHint::Unclear(reason);
                }
                (Sighting::Person(person), Measurement::Posture(_) | Measurement::Nobody) => {
                    skeleton = Some((&person.merged).into());
                }
            }
        }
    }
    let problem: Option<UnclearReason> = hint.problem();
    Ok(CameraView {
        hint: match hint {
            CalibrationHint::HoldStill => "The view is good: head and both shoulders are seen.",
            hint => hint.words(),
        },
        problem,
        left: None,
        skeleton,
        picture: Some(Preview {
            jpeg: BASE64_STANDARD.encode(preview(&frame.pixels)?),
            aspect: frame.size().aspect(),
            skeleton,
        }),
    })
}
