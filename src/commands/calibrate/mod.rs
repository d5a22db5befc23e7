//! `sitwell calibrate`: learns how somebody sits well in front of one camera.

pub(super) mod slouch_test;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::frames::Frames;
use super::pause_guard::PauseGuard;
use crate::camera::{CameraPurpose, UsageLog};
use crate::cli::CalibrateArgs;
use crate::daemon::calibration_session::{CalibrationHint, CalibrationSession, is_in_company};
use crate::daemon::status_line::StatusLine;
use crate::frame::Frame;
use crate::history::{FILE_NAME, History, StoredCalibration};
use crate::landmarks::{Person, Sighting};
use crate::perception::{FrameOrigin, Perception};
use crate::pose::{CropPlan, Pose};
use crate::record::CalibrationRecord;
use crate::settings::Settings;
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
/// As for [`learn`], or the calibration cannot be saved.
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
    let learnt = learn(
        args,
        data_dir,
        config,
        now,
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
    let learnt = learnt?;
    History::open(&folders::data(data_dir)?.join(FILE_NAME))?.calibrate(&learnt.stored)?;
    Ok(learnt.write(out)?)
}

/// A calibration that is not kept yet.
pub(super) struct NewCalibration {
    pub(super) stored: StoredCalibration,
    /// The one of the same camera and name that it would replace.
    pub(super) before: Option<StoredCalibration>,
    observations: usize,
}

impl NewCalibration {
    /// Writes what it found.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let StoredCalibration { taken, calibration } = &self.stored;
        writeln!(
            out,
            "Calibrated {} ({}) from {} observations: {}.",
            taken.camera,
            taken.profile,
            self.observations,
            wording::calibration(calibration)
        )?;
        if let Some(warning) = calibration.warning() {
            writeln!(out, "But {warning}.")?;
        }
        Ok(())
    }
}

/// Learns a calibration and does not keep it.
///
/// # Errors
///
/// The camera or the recording cannot be used, or the calibration is refused.
pub(super) fn learn(
    args: &CalibrateArgs,
    data_dir: Option<&Path>,
    config: &Settings,
    now: &Zoned,
    on_progress: &mut dyn FnMut(CalibrationProgress<'_>),
) -> Result<NewCalibration> {
    let folder = folders::data(data_dir)?;
    let wanted = SignedDuration::from_secs(args.seconds.into());
    let time_limit = wanted + TO_SETTLE;
    let _paused = match args.source {
        Some(_) => None,
        None => PauseGuard::monitor(&folder, now.timestamp() + time_limit * 2),
    };
    let pose = Pose::load(config.pose.model, &folders::heavy_model())?;
    let (origin, frames) = match &args.source {
        Some(source) => {
            let step = SignedDuration::try_from_secs_f64(1.0 / args.fps)?;
            let began = now.timestamp();
            let frames = Frames::Recording {
                source,
                began,
                step,
            };
            (FrameOrigin::Recording, frames)
        }
        None => {
            let frames = Frames::Webcam {
                camera: &config.camera,
                usage: UsageLog::new(&folder, CameraPurpose::Calibrating),
            };
            (FrameOrigin::Camera, frames)
        }
    };
    let mut calibration_run = CalibrationRun {
        perception: Perception::new(Box::new(pose), origin, config.into()),
        session: CalibrationSession::new(wanted),
        on_progress,
    };
    let mut camera = String::new();
    let mut began: Option<Timestamp> = None;
    let damage = frames.give(&mut |frame, id| {
        id.clone_into(&mut camera);
        calibration_run.observe(frame)?;
        let began = *began.get_or_insert(frame.at);
        let is_late = origin == FrameOrigin::Camera && frame.at.duration_since(began) > time_limit;
        Ok(match calibration_run.session.left() {
            SignedDuration::ZERO => ControlFlow::Break(()),
            _ if is_late => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
    })?;
    if let Some(damage) = damage {
        (calibration_run.on_progress)(CalibrationProgress::Damage(damage));
    }
    let history = History::open(&folder.join(FILE_NAME))?;
    let before = history.calibration(&camera, Some(&args.profile));
    let (learnt, before) = match (calibration_run.session.learn(), before) {
        (Ok(learnt), before) => (learnt, before.ok().flatten()),
        (Err(reason), Ok(Some(before))) => {
            let ago = wording::ago(before.taken.at, now.timestamp());
            return Err(reason).context(format!(
                "not calibrated; the one taken {ago} stays in force"
            ));
        }
        (Err(reason), Ok(None) | Err(_)) => return Err(reason).context("not calibrated"),
    };
    Ok(NewCalibration {
        stored: StoredCalibration {
            taken: CalibrationRecord {
                at: crate::clock::now().timestamp(),
                camera,
                profile: args.profile.clone(),
            },
            calibration: learnt.calibration,
        },
        before,
        observations: learnt.observations,
    })
}

/// A calibration under way.
struct CalibrationRun<'a> {
    perception: Perception,
    session: CalibrationSession,
    on_progress: &'a mut dyn FnMut(CalibrationProgress<'_>),
}

impl CalibrationRun<'_> {
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
