//! `sitwell demo`: the main job on a built-in recording.
//!
//! The recording goes through the very code that watches a webcam: the models,
//! the calibration, the angles, the decisions, the stretch, the history and
//! its report. What it keeps lies in a temporary folder that is gone afterwards.

mod progress;
mod recording;

use std::io::{self, Write};

use anyhow::{Context, Result};
use crossbeam_channel::unbounded;
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp, Zoned};

use self::progress::DemoProgress;
use self::recording::DemoRecording;
use super::report::find_stretch;
use crate::cli::DemoArgs;
use crate::daemon::effects::Effects;
use crate::frame::FrameSource;
use crate::history::History;
use crate::landmarks::Sighting;
use crate::notify::notifier;
use crate::perception::{FrameOrigin, Perception};
use crate::pose::{CropPlan, Pose};
use crate::posture::{Calibration, CalibrationBuilder};
use crate::record::Period;
use crate::report::{Style, summary, text};
use crate::settings::{Channel, ModelVariant, NotifySettings, Settings};
use crate::stretch::catalogue;

/// How long a calibration takes, as for a real user.
const CALIBRATION: SignedDuration = SignedDuration::from_secs(10);

/// Runs the subcommand. `now` is only needed for a day to put the recording on.
///
/// # Errors
///
/// When the models cannot be run or nothing can be written.
pub(super) fn run(args: &DemoArgs, now: &Zoned, stdout: &mut impl Write) -> Result<()> {
    let start = now
        .date()
        .to_zoned(now.time_zone().clone())?
        .with()
        .time(time(10, 0, 0, 0))
        .build()?;
    let start = start.timestamp();
    let mut progress = DemoProgress::new(start, stdout);
    progress.opening(DemoRecording::LENGTH)?;

    let folder =
        tempfile::tempdir().context("cannot make a temporary folder for the demo's history")?;
    let history = folder.path().join("history.db");
    let config = Settings::default();
    let pose = Pose::load(ModelVariant::default(), &[])?;
    let mut perception = Perception::new(Box::new(pose), FrameOrigin::Recording, (&config).into());
    let mut recording = DemoRecording::from(start);
    let calibration = calibrate(&mut recording, &mut perception, start)?;
    progress.at(start + CALIBRATION);
    progress.calibrated(&calibration)?;
    perception.calibrate(Some(calibration));

    let (heard, _answers) = unbounded();
    let notifier = match desktop(args) {
        Some(settings) => notifier(&settings, heard, Box::new(io::sink()))?,
        None => None,
    };
    let mut effects = Effects::new(perception, notifier, catalogue(), &config, &history);
    while let Some(frame) = recording.next()? {
        progress.at(frame.at);
        effects.observe_if_due(&frame, &mut |event| progress.write_event(&event))?;
    }
    let end = start + DemoRecording::LENGTH;
    progress.at(end);
    effects.stop(end, &mut |told| progress.write_event(&told))?;
    drop(effects);
    progress.closing()?;

    let period = Period {
        from: start,
        to: end,
    };
    let records = History::open(&history)?.read(period)?;
    text(
        &summary(&records, period, &now.time_zone().clone().into()),
        stdout,
        Style::PLAIN,
        &find_stretch(catalogue()),
    )?;
    Ok(())
}

/// Takes the neutral from the first seconds, in which the person sits well.
fn calibrate(
    recording: &mut DemoRecording,
    perception: &mut Perception,
    start: Timestamp,
) -> Result<Calibration> {
    let mut neutral = CalibrationBuilder::default();
    while let Some(frame) = recording.next()? {
        if let Sighting::Person(person) = perception.detect(&frame, CropPlan::AllCrops)? {
            // What cannot be measured is left out.
            let _ = neutral.add(&person);
        }
        if frame.at.duration_since(start) >= CALIBRATION {
            break;
        }
    }
    Ok(neutral.calibration()?)
}

/// The desktop's notifications where there is a desktop and nobody asked for quiet.
fn desktop(args: &DemoArgs) -> Option<NotifySettings> {
    let has_desktop = cfg!(not(target_os = "linux"))
        || std::env::var_os("DISPLAY").is_some()
        || std::env::var_os("WAYLAND_DISPLAY").is_some();
    (has_desktop && !args.quiet).then(|| NotifySettings {
        channel: Channel::Desktop,
        ..NotifySettings::default()
    })
}
