//! Fits `src/posture/coefficients/` and prints how well the fits do on people they were not
//! fitted to: each subject is estimated by a fit on all others.
//!
//! ```text
//! cargo run --release -p train -- SET [--also SET] [--judged SET] [--spoilt] [--model full] [--write]
//! cargo run --release -p train -- SET [--moved-camera | --different-head | --trunk-lean] [--write]
//! ```
//!
//! What Sitwell has is written with `--also NEW`, where NEW holds the teachers that `tools/shoulders/README.md` names.
//!
//! Run it in the repository's root. SET is a folder with `labels.csv` (the truth) and `pictures/`.
//! The joints are kept in `target/` between runs, since the pose model takes minutes for a
//! thousand pictures.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool for developers: a failed fit may stop with a panic"
)]

mod conditions;
mod set;
mod study;
mod estimator;
mod fit;
mod network;
mod stated_error;
mod figures;
mod given;
mod write;
mod fixture;
mod stream;
mod moved_camera;
mod different_head;
mod trunk_lean;
mod limits;

use std::path::{Path, PathBuf};

use clap::Parser;
use conditions::Condition;
use figures::{Fits, SLOUCH, beside_zero, uncalibrated};
use given::Given;
use set::{Moved, Sample, Set};
use sitwell::posture::inputs::{front_head, oblique_head, oblique_shoulders};
use sitwell::settings::ModelVariant;
use study::{FRONT, NOT_GIVEN, OBLIQUE, SHOULDERS, SIDE};

#[derive(Parser)]
struct Args {
    /// The folder with labels.csv and pictures/
    set: PathBuf,
    /// The landmark model of the people estimated; the fit always uses the full one
    #[arg(long, default_value = "full")]
    model: ModelVariant,
    /// Fit to this model's own joints
    #[arg(long)]
    own: bool,
    /// The crops of the people estimated
    #[arg(long, default_value = set::AS_OBSERVED)]
    crops: String,
    /// Further sets of other people, to test on as well. They also teach the estimators by the shoulder network in front and
    /// by the face mesh from an oblique camera, and the stated errors hold for them too
    #[arg(long, num_args = 1.., value_name = "SET")]
    also: Vec<PathBuf>,
    /// Further sets of people who are only tested on
    #[arg(long, num_args = 1.., value_name = "SET")]
    judged: Vec<PathBuf>,
    /// Also test spoilt copies of some of the pictures
    #[arg(long)]
    spoilt: bool,
    /// Only play recordings made of the pictures through all of Sitwell, of these views or all views
    #[arg(long, num_args = 0.., value_name = "VIEW")]
    stream: Option<Vec<String>>,
    /// Write src/posture/coefficients/
    #[arg(long)]
    write: bool,
    /// Only fit the estimator for a moved camera; with --write, write moved_camera_coefficients.rs
    #[arg(long)]
    moved_camera: bool,
    /// Only fit the estimator for a head that looks different; with --write, write different_head_coefficients.rs
    #[arg(long)]
    different_head: bool,
    /// Only fit how far the trunk leans; with --write, write coefficients/lean.rs
    #[arg(long)]
    trunk_lean: bool,
    /// Only print what other limits cost the first set's people, from the front with this gain
    #[arg(long, value_name = "GAIN")]
    limits: Option<f64>,
    /// Write tests/fixtures/posture/joints.csv; with --different-head, headphones.csv
    #[arg(long)]
    fixture: bool,
}

/// What happens after the calibration at a real desk, in picture heights.
pub(crate) const MOVED: [Moved; 7] = [
    moved("chair 10 % nearer", 1.1, 0.0, 0.0),
    moved("chair 10 % farther", 0.9, 0.0, 0.0),
    moved("camera 5 % up", 1.0, 0.0, 0.05),
    moved("camera 5 % down", 1.0, 0.0, -0.05),
    moved("camera 5 % aside", 1.0, 0.05, 0.0),
    moved("camera 5 % to the other side", 1.0, -0.05, 0.0),
    moved("nearer and camera 5 % down", 1.1, 0.0, -0.05),
];

const fn moved(name: &'static str, scale: f32, right: f32, down: f32) -> Moved {
    Moved {
        name,
        scale,
        right,
        down,
    }
}

fn main() {
    let args = Args::parse();
    let fitted = if args.own {
        args.model
    } else {
        ModelVariant::Full
    };
    let folders: Vec<PathBuf> = std::iter::once(args.set.clone())
        .chain(args.also.clone())
        .collect();
    let set = Set::open(&folders, fitted, None);
    if let Some(views) = &args.stream {
        return stream::play(&set, views);
    }
    if args.moved_camera {
        return moved_camera::study(&set, args.write);
    }
    if args.trunk_lean {
        return trunk_lean::study(&set, args.write);
    }
    if args.different_head {
        return different_head::study(set, &folders, args.write, args.fixture);
    }
    let tested_set = Set::open(&folders, args.model, None);
    let seen = |choices: &[&str]| -> Vec<Sample> {
        let choices = choices.iter();
        choices
            .flat_map(|crops| set.samples(crops, Moved::NOT))
            .collect()
    };
    let tested = tested_set.samples(&args.crops, Moved::NOT);

    let given = Given::new(&seen, &worn(&folders, &set, fitted), &tested);
    if let Some(gain) = args.limits {
        return limits::print(&given.front(&tested).strangers, gain);
    }
    println!("\nWhat Sitwell gives");
    given.print("as they are", &tested);
    for folder in folders.iter().filter(|_| !args.also.is_empty()) {
        let of = tested.iter().filter(|s| Path::new(&s.set) == folder);
        let of: Vec<Sample> = of.cloned().collect();
        given.print_with_poses(&format!("of them {}", folder.display()), &of);
    }
    for folder in &args.judged {
        let judged = Set::open(std::slice::from_ref(folder), args.model, None);
        let judged = judged.samples(&args.crops, Moved::NOT);
        given.print_with_poses(&format!("not fitted to: {}", folder.display()), &judged);
    }
    for moved in MOVED {
        let mut of_set = tested_set.samples(&args.crops, moved);
        of_set.retain(|sample| !sample.is_further);
        given.print(moved.name, &of_set);
    }

    println!();
    for study in NOT_GIVEN {
        let estimates = Fits::new(&study, &seen(study.crops)).estimates(&study, &tested);
        beside_zero(&study, &estimates.strangers, SLOUCH);
    }
    if args.fixture {
        fixture::write(&set);
    }
    write_all(&given, &tested, args.write);
    if args.spoilt {
        spoilt(&args, &folders, &tested_set, &given);
    }
}

/// Pictures with something worn: at both times, only at work, and only at the calibration.
fn worn(folders: &[PathBuf], clean: &Set, model: ModelVariant) -> Vec<Sample> {
    /// What a picture counts. Hair is drawn on few people.
    const WORN: [(Condition, f64); 2] = [(Condition::Headphones, 2.0), (Condition::Hair, 4.0)];
    let of = |(condition, counts): (Condition, f64)| {
        let copies = Set::open(folders, model, Some(condition));
        let mut samples = copies.samples(set::AS_OBSERVED, Moved::NOT);
        samples.extend(copies.samples_against(clean, set::AS_OBSERVED, Moved::NOT));
        samples.extend(clean.samples_against(&copies, set::AS_OBSERVED, Moved::NOT));
        for sample in &mut samples {
            sample.worn = Some(counts);
        }
        samples
    };
    WORN.into_iter().flat_map(of).collect()
}

/// Prints what comes of spoilt copies: calibrated as they are, and calibrated on clean pictures.
fn spoilt(args: &Args, folders: &[PathBuf], clean: &Set, given: &Given) {
    println!("\nSpoilt copies, beside the same pictures as rendered");
    let mut is_first = true;
    for condition in Condition::ALL {
        let copies = Set::open(folders, args.model, Some(condition));
        if std::mem::take(&mut is_first) {
            let rendered = clean.samples(&args.crops, Moved::NOT).into_iter();
            let rendered: Vec<Sample> = rendered.filter(|s| copies.has(&s.file)).collect();
            given.print("as rendered", &rendered);
        }
        let name = format!("{condition:?}");
        given.print(&name, &copies.samples(&args.crops, Moved::NOT));
        let later = copies.samples_against(clean, &args.crops, Moved::NOT);
        given.print(&format!("{name} only at work"), &later);
        if condition.is_worn() {
            let before = clean.samples_against(&copies, &args.crops, Moved::NOT);
            let before: Vec<Sample> = before.into_iter().filter(|s| copies.has(&s.file)).collect();
            given.print(&format!("{name} only when calibrated"), &before);
        }
    }
}

/// Prints the errors of absolute angles, and writes all coefficients if `write`.
fn write_all(given: &Given, tested: &[Sample], write: bool) {
    let fha: fn(&Sample) -> f64 = |s| s.fha;
    let oblique = |s: &Sample| oblique_head(&s.features.joints, s.facing);
    let rough = [
        uncalibrated(&FRONT, tested, |s| front_head(&s.features.joints), fha),
        uncalibrated(&OBLIQUE, tested, oblique, fha),
        uncalibrated(&SIDE, tested, oblique, fha),
        uncalibrated(
            &SHOULDERS,
            tested,
            |s| oblique_shoulders(&s.features.joints, s.facing),
            |s| s.protraction,
        ),
    ];
    if !write {
        return;
    }
    let joints = ("", "by the joints");
    let face = ("_FACE", "by the face mesh too");
    let girdle = ("_GIRDLE", "by the shoulder network too");
    let files = [
        (
            "coefficients/front",
            "FRONT",
            "HEAD",
            "Forward head from the front",
            vec![
                (joints, &given.front),
                (face, &given.front_face),
                (girdle, &given.front_girdle),
            ],
        ),
        (
            "coefficients/oblique",
            "OBLIQUE",
            "HEAD",
            "Forward head from an oblique camera",
            vec![(joints, &given.oblique), (face, &given.oblique_face)],
        ),
        (
            "coefficients/shoulders",
            "OBLIQUE",
            "SHOULDERS",
            "Rounded shoulders from an oblique camera",
            vec![(joints, &given.shoulders), (face, &given.shoulders_face)],
        ),
        (
            "coefficients/side",
            "SIDE",
            "HEAD",
            "Forward head from the side",
            vec![(joints, &given.side)],
        ),
    ];
    let order = [0, 1, 3, 2];
    for ((file, view, angle, what, estimators), rough_at) in files.into_iter().zip(order) {
        let mut file = write::File::new(file);
        for ((infix, by), fitted) in estimators {
            let (name, what) = (format!("{view}{infix}_{angle}"), format!("{what}, {by}."));
            file.add(&name, &what, &fitted.fits.everybody, &fitted.figures.error);
            if angle == "HEAD" {
                file.gain(&name, &fitted.figures);
            }
        }
        file.rough(&format!("ROUGH_{view}_{angle}"), &rough[rough_at]);
        file.write();
    }
}
