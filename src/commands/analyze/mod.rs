//! `sitwell analyze`: pictures in, joints and angles out.

mod output;
mod overlay;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

use self::output::{AnalyzedPicture, Printer};
use crate::cli::AnalyzeArgs;
use crate::folders;
use crate::frame::{Frame, FrameSource};
use crate::image::{Recording, RecordingItem, list, read_picture};
use crate::landmarks::Sighting;
use crate::perception::{FrameOrigin, Perception, PerceptionSettings};
use crate::pose::{CropPlan, Pose};
use crate::posture::{Calibration, CalibrationBuilder};
use crate::settings::{ModelVariant, PoseSettings};
use crate::terminal::understands_escapes;

/// Runs the subcommand; answers go to `stdout`, the progress to `stderr`.
///
/// # Errors
///
/// When nothing could be done at all, or some of the files could not be read.
pub(super) fn run(
    args: &AnalyzeArgs,
    settings: &PoseSettings,
    stdout: &mut impl Write,
    stderr: &mut impl Write,
) -> Result<()> {
    let model = args.model.unwrap_or(settings.model);
    let mut perception = load(model)?;
    let neutral = neutral(&args.neutral, &mut perception)?;
    perception.calibrate(neutral.clone());
    if let Some(folder) = &args.overlay {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    let mut failed = 0;
    let mut items = Vec::new();
    for path in &args.paths {
        match list(path) {
            Ok(found) => items.extend(found),
            Err(error) => failed += tell(stderr, &error.into()),
        }
    }
    let total = items.len() + failed;
    let progress = progress(items.len());
    let mut printer = Printer::new(args.format);
    for item in items {
        let outcome = match &item {
            RecordingItem::Picture(path) => {
                one_picture(path, args, &mut perception, &mut printer, stdout).map(|()| None)
            }
            RecordingItem::Video(path) => {
                video(path, args, model, neutral.clone(), &mut printer, stdout)
            }
        };
        match outcome {
            Ok(None) => {}
            Ok(Some(damage)) => progress.suspend(|| {
                let _ = writeln!(stderr, "sitwell: {}: {damage}", item.path().display());
            }),
            Err(error) if super::is_broken_pipe(&error) => return Err(error),
            Err(error) => failed += progress.suspend(|| tell(stderr, &error)),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    if failed > 0 {
        bail!("{failed} of {total} could not be read");
    }
    Ok(())
}

fn load(model: ModelVariant) -> Result<Perception> {
    let pose = Pose::load(model, &folders::heavy_model())?;
    Ok(Perception::new(
        Box::new(pose),
        FrameOrigin::Recording,
        PerceptionSettings::default(),
    ))
}

fn neutral(pictures: &[PathBuf], perception: &mut Perception) -> Result<Option<Calibration>> {
    if pictures.is_empty() {
        return Ok(None);
    }
    let mut neutral = CalibrationBuilder::default();
    for path in pictures {
        let frame = still(path)?;
        let Sighting::Person(person) = perception.analyze(&frame, CropPlan::Single)?.sighting
        else {
            bail!(
                "nobody was found in the neutral picture {}; give one with head and shoulders in view",
                path.display()
            );
        };
        if let Err(why) = neutral.add(&person) {
            bail!(
                "the neutral picture {} cannot be used: {why}",
                path.display()
            );
        }
    }
    Ok(Some(neutral.calibration()?))
}

fn one_picture(
    path: &Path,
    args: &AnalyzeArgs,
    perception: &mut Perception,
    printer: &mut Printer,
    stdout: &mut impl Write,
) -> Result<()> {
    let frame = still(path)?;
    let picture = analyze_picture(path, None, &frame, perception)?;
    if let Some(folder) = &args.overlay {
        overlay::write(folder, &frame, &picture)?;
    }
    Ok(printer.print(&picture, stdout)?)
}

/// Analyzes a video; gives what is wrong with it.
fn video(
    path: &Path,
    args: &AnalyzeArgs,
    model: ModelVariant,
    neutral: Option<Calibration>,
    printer: &mut Printer,
    stdout: &mut impl Write,
) -> Result<Option<String>> {
    let step = SignedDuration::try_from_secs_f64(args.every)?;
    let start = Timestamp::UNIX_EPOCH;
    let mut recording = Recording::open(path, start, step)?;
    let mut perception = load(model)?;
    perception.calibrate(neutral);
    while let Some(frame) = recording.next()? {
        let time = frame.at.duration_since(start).as_secs_f64();
        let picture = analyze_picture(path, Some(time), &frame, &mut perception)?;
        if let Some(folder) = &args.overlay {
            overlay::write(folder, &frame, &picture)?;
        }
        printer.print(&picture, stdout)?;
    }
    Ok(recording.damage())
}

fn analyze_picture(
    path: &Path,
    time_s: Option<f64>,
    frame: &Frame,
    perception: &mut Perception,
) -> Result<AnalyzedPicture> {
    let crops = match time_s {
        Some(_) => CropPlan::NextCrop,
        None => CropPlan::Single,
    };
    let analysis = perception
        .analyze(frame, crops)
        .with_context(|| format!("cannot analyze {}", path.display()))?;
    Ok(AnalyzedPicture {
        path: path.to_path_buf(),
        time_s,
        analysis,
    })
}

/// A picture without a time of its own.
fn still(path: &Path) -> Result<Frame> {
    Ok(Frame {
        pixels: read_picture(path)?,
        at: Timestamp::UNIX_EPOCH,
    })
}

/// Says what went wrong with one file and counts it.
fn tell(stderr: &mut impl Write, error: &anyhow::Error) -> usize {
    // With stderr gone there is nobody left to tell; the exit code still says it.
    let _ = writeln!(stderr, "sitwell: {error:#}");
    1
}

/// A bar on stderr where that is a terminal and the work is long.
fn progress(items: usize) -> ProgressBar {
    if items < 5 || !std::io::stderr().is_terminal() || !understands_escapes() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} pictures, {eta} left");
    let bar = ProgressBar::new(items as u64);
    style.map_or(ProgressBar::hidden(), |style| bar.with_style(style))
}
