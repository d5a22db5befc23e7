//! `sitwell calibrate`: learns how somebody sits well in front of one camera.

mod pause_guard;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp, Zoned};

use self::pause_guard::PauseGuard;
use crate::camera::{CameraOptions, CameraReport, CameraState, CaptureAnswer, Webcam};
use crate::cli::CalibrateArgs;
use crate::daemon::calibration_session::{CalibrationHint, CalibrationSession, is_in_company};
use crate::daemon::replay::CAMERA as RECORDING;
use crate::daemon::status_line::StatusLine;
use crate::frame::Frame;
use crate::frame::FrameSource;
use crate::history::{FILE_NAME, History, StoredCalibration};
use crate::image::Recording;
use crate::landmarks::Sighting;
use crate::perception::{FrameOrigin, Perception};
use crate::pose::{CropPlan, Pose};
use crate::record::CalibrationRecord;
use crate::settings::{Camera, CameraMode, Config};
use crate::{folders, wording as words};

/// So long beyond the time wanted somebody may take to sit down and put the camera right. Ours.
const TO_SETTLE: SignedDuration = SignedDuration::from_secs(30);

/// Runs the subcommand; the answer goes to `out`, the countdown to `story`.
///
/// # Errors
///
/// The camera or the recording cannot be used, or what was seen makes no
/// calibration. Then the one before stays in force.
pub(super) fn run(
    args: &CalibrateArgs,
    data_dir: Option<&Path>,
    config: &Config,
    now: &Zoned,
    out: &mut impl Write,
    story: impl Write,
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
    let mut run_ = CalibrationRun {
        perception: Perception::new(Box::new(pose), origin, config.into()),
        session: CalibrationSession::new(wanted),
        voice: StatusLine::new(story),
        hint: None,
    };
    let camera = match &args.source {
        Some(source) => {
            let step = SignedDuration::try_from_secs_f64(1.0 / args.fps)?;
            run_.recording(Recording::open(source, now.timestamp(), step)?)?;
            RECORDING.to_owned()
        }
        None => run_.webcam(&config.camera, wanted + TO_SETTLE)?,
    };
    run_.voice.rest();
    let mut history = History::open(&file)?;
    let before = history.calibration(&camera, Some(&args.profile));
    let learnt = match (run_.session.learn(), before) {
        (Ok(learnt), _) => learnt,
        (Err(why), Ok(Some(before))) => {
            let ago = words::ago(before.taken.at, now.timestamp());
            return Err(why).context(format!(
                "not calibrated; the one taken {ago} stays in force"
            ));
        }
        (Err(why), Ok(None) | Err(_)) => return Err(why).context("not calibrated"),
    };
    let calibration = StoredCalibration {
        taken: CalibrationRecord {
            at: crate::clock::now().timestamp(),
            camera,
            profile: args.profile.clone(),
        },
        calibration: learnt.calibration,
    };
    history.calibrate(&calibration)?;
    writeln!(
        out,
        "Calibrated {} ({}) from {} looks: {}.",
        calibration.taken.camera,
        args.profile,
        learnt.looks,
        words::calibration(&calibration.calibration)
    )?;
    if let Some(warning) = calibration.calibration.warning() {
        writeln!(out, "But {warning}.")?;
    }
    Ok(())
}

/// Somebody who is being looked at, to learn how they sit.
struct CalibrationRun<W> {
    perception: Perception,
    session: CalibrationSession,
    voice: StatusLine<W>,
    /// What was last said.
    hint: Option<CalibrationHint>,
}

impl<W: Write> CalibrationRun<W> {
    fn recording(&mut self, mut recording: Recording) -> Result<()> {
        while let Some(frame) = recording.next()? {
            self.look(&frame)?;
            if self.session.left() == SignedDuration::ZERO {
                break;
            }
        }
        if let Some(damage) = recording.damage() {
            self.voice.line(&damage);
        }
        Ok(())
    }

    /// Looks through the webcam until enough was seen, and says which one it was.
    fn webcam(&mut self, camera: &Camera, patience: SignedDuration) -> Result<String> {
        let webcam = Webcam::start(CameraOptions {
            program: std::env::current_exe().context("cannot tell where sitwell itself is")?,
            choice: camera.device.clone(),
            // Looks follow each other too quickly to open the camera for each.
            mode: CameraMode::Continuous,
        })?;
        let mut used = None;
        let mut began: Option<Timestamp> = None;
        webcam.request_frame();
        loop {
            match webcam.reports().recv() {
                Ok(CameraReport::State(CameraState::Watching { camera })) => used = Some(camera),
                Ok(CameraReport::State(_)) => {}
                Ok(CameraReport::Answer(CaptureAnswer::Frame(frame))) => {
                    self.look(&frame)?;
                    let began = *began.get_or_insert(frame.at);
                    let is_over = self.session.left() == SignedDuration::ZERO
                        || frame.at.duration_since(began) > patience;
                    match used.take() {
                        Some(camera) if is_over => return Ok(camera),
                        other => used = other,
                    }
                    webcam.request_frame();
                }
                Ok(CameraReport::Answer(CaptureAnswer::NoFrame(state))) => {
                    self.voice.rest();
                    match state.advice() {
                        Some(advice) => bail!("{state}. {advice}"),
                        None => bail!("{state}"),
                    }
                }
                Err(_) => bail!("the thread that keeps the camera has ended"),
            }
        }
    }

    fn look(&mut self, frame: &Frame) -> Result<()> {
        let hint = match self.perception.sight(frame, CropPlan::AllCrops)? {
            Err(reason) => self.session.nothing(CalibrationHint::Unclear(reason)),
            Ok(Sighting::Person(_)) if is_in_company(&self.perception.person_sizes(frame)?) => {
                self.session.nothing(CalibrationHint::Company)
            }
            Ok(sighting) => self.session.look(&sighting, frame.at),
        };
        if self.hint.replace(hint) != Some(hint) {
            self.voice.line(hint.words());
        }
        let left = self.session.left().as_secs_f64().ceil();
        self.voice.standing(&format!("{left:.0} s left"));
        Ok(())
    }
}
