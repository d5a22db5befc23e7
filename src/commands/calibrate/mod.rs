//! `sitwell calibrate`: learns how somebody sits well in front of one camera.

mod pause_guard;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp, Zoned};

use self::pause_guard::PauseGuard;
use crate::camera::{CameraOptions, Webcam};
use crate::cli::CalibrateArgs;
use crate::daemon::calibration_session::{CalibrationHint, CalibrationSession, is_in_company};
use crate::daemon::replay::CAMERA as RECORDING;
use crate::daemon::status_line::StatusLine;
use crate::frame::{Frame, FrameSource};
use crate::history::{FILE_NAME, History, StoredCalibration};
use crate::image::Recording;
use crate::landmarks::{Person, Sighting};
use crate::perception::{FrameOrigin, Perception};
use crate::pose::{CropPlan, Pose};
use crate::record::CalibrationRecord;
use crate::settings::{CameraMode, CameraSettings, Settings};
use crate::{folders, wording};

/// The additional time to sit down and adjust the camera. Our choice.
const TO_SETTLE: SignedDuration = SignedDuration::from_secs(30);

/// What happens in a calibration.
pub(super) enum CalibrationProgress<'a> {
    /// An observation.
    Observed {
        hint: CalibrationHint,
        /// How much longer the person must be observed.
        left: SignedDuration,
        /// Who was seen.
        person: Option<&'a Person>,
    },
    /// What is wrong with the recording.
    Damage(String),
}

/// Runs the subcommand; the answer goes to `out`, the countdown to `progress`.
///
/// # Errors
///
/// As for [`calibrate`].
pub(super) fn run(
    args: &CalibrateArgs,
    data_dir: Option<&Path>,
    config: &Settings,
    now: &Zoned,
    out: &mut impl Write,
    progress: impl Write,
) -> Result<()> {
    let mut status_line = StatusLine::new(progress);
    let mut last = None;
    let calibrated = calibrate(
        args,
        data_dir,
        config,
        now,
        out,
        &mut |progress| match progress {
            CalibrationProgress::Observed { hint, left, .. } => {
                if last.replace(hint) != Some(hint) {
                    status_line.line(hint.words());
                }
                let left = left.as_secs_f64().ceil();
                status_line.standing(&format!("{left:.0} s left"));
            }
            CalibrationProgress::Damage(damage) => status_line.line(&damage),
        },
    );
    status_line.rest();
    calibrated
}

/// Calibrates; the answer goes to `out`.
///
/// # Errors
///
/// The camera or the recording cannot be used, or the calibration is refused. The last calibration
/// then stays in force.
pub(super) fn calibrate(
    args: &CalibrateArgs,
    data_dir: Option<&Path>,
    config: &Settings,
    now: &Zoned,
    out: &mut impl Write,
    on_progress: &mut dyn FnMut(CalibrationProgress<'_>),
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let file = folder.join(FILE_NAME);
    let wanted = SignedDuration::from_secs(args.seconds.into());
    let _paused = match args.source {
        Some(_) => None,
        None => PauseGuard::monitor(&folder, now.timestamp() + (wanted + TO_SETTLE) * 2),
    };
    let pose = Pose::load(config.pose.model, &folders::heavy_model())?;
    let origin = match args.source {
        Some(_) => FrameOrigin::Recording,
        None => FrameOrigin::Camera,
    };
    let mut calibration_run = CalibrationRun {
        perception: Perception::new(Box::new(pose), origin, config.into()),
        session: CalibrationSession::new(wanted),
        on_progress,
    };
    let camera = match &args.source {
        Some(source) => {
            let step = SignedDuration::try_from_secs_f64(1.0 / args.fps)?;
            calibration_run.recording(Recording::open(source, now.timestamp(), step)?)?;
            RECORDING.to_owned()
        }
        None => calibration_run.webcam(&config.camera, wanted + TO_SETTLE)?,
    };
    let mut history = History::open(&file)?;
    let before = history.calibration(&camera, Some(&args.profile));
    let learnt = match (calibration_run.session.learn(), before) {
        (Ok(learnt), _) => learnt,
        (Err(reason), Ok(Some(before))) => {
            let ago = wording::ago(before.taken.at, now.timestamp());
            return Err(reason).context(format!(
                "not calibrated; the one taken {ago} stays in force"
            ));
        }
        (Err(reason), Ok(None) | Err(_)) => return Err(reason).context("not calibrated"),
    };
    let stored = StoredCalibration {
        taken: CalibrationRecord {
            at: crate::clock::now().timestamp(),
            camera,
            profile: args.profile.clone(),
        },
        calibration: learnt.calibration,
    };
    history.calibrate(&stored)?;
    writeln!(
        out,
        "Calibrated {} ({}) from {} observations: {}.",
        stored.taken.camera,
        args.profile,
        learnt.observations,
        wording::calibration(&stored.calibration)
    )?;
    if let Some(warning) = stored.calibration.warning() {
        writeln!(out, "But {warning}.")?;
    }
    Ok(())
}

/// A calibration under way.
struct CalibrationRun<'a> {
    perception: Perception,
    session: CalibrationSession,
    on_progress: &'a mut dyn FnMut(CalibrationProgress<'_>),
}

impl CalibrationRun<'_> {
    fn recording(&mut self, mut recording: Recording) -> Result<()> {
        while let Some(frame) = recording.next()? {
            self.observe(&frame)?;
            if self.session.left() == SignedDuration::ZERO {
                break;
            }
        }
        if let Some(damage) = recording.damage() {
            (self.on_progress)(CalibrationProgress::Damage(damage));
        }
        Ok(())
    }

    /// Observes through the webcam until the session is complete. Returns the camera.
    fn webcam(&mut self, camera: &CameraSettings, time_limit: SignedDuration) -> Result<String> {
        // Frames follow each other too quickly to open the camera for each.
        let options = CameraOptions::of_this_program(camera, CameraMode::Continuous);
        let webcam = Webcam::start(options?)?;
        let mut began: Option<Timestamp> = None;
        loop {
            let (frame, camera) = match webcam.capture() {
                Ok(captured) => captured,
                Err(state) => match state.advice() {
                    Some(advice) => bail!("{state}. {advice}"),
                    None => bail!("{state}"),
                },
            };
            self.observe(&frame)?;
            let began = *began.get_or_insert(frame.at);
            if self.session.left() == SignedDuration::ZERO
                || frame.at.duration_since(began) > time_limit
            {
                return Ok(camera);
            }
        }
    }

    fn observe(&mut self, frame: &Frame) -> Result<()> {
        let mut sighting = Sighting::Nobody;
        let hint = match self.perception.problem(frame) {
            Some(reason) => self
                .session
                .observe_nothing(CalibrationHint::Unclear(reason)),
            None if is_in_company(&self.perception.person_sizes(frame)?) => {
                self.session.observe_nothing(CalibrationHint::Company)
            }
            None => {
                sighting = self.perception.detect(frame, CropPlan::AllCrops)?;
                self.session.observe(&sighting, frame.at)
            }
        };
        (self.on_progress)(CalibrationProgress::Observed {
            hint,
            left: self.session.left(),
            person: match &sighting {
                Sighting::Person(person) => Some(person),
                Sighting::Nobody => None,
            },
        });
        Ok(())
    }
}
