//! Fits the curves of `src/posture/fitted.rs` and says how well they do on
//! people they were not fitted to: each subject is estimated by a fit on all others.
//!
//! ```text
//! cargo run --release --example fit_posture -- SET [--model full] [--write]
//! ```
//!
//! SET is a folder with `labels.csv` (the truth) and `pictures/`. Shapes are
//! kept in `target/` between runs, since looking at a thousand pictures takes minutes.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool for developers: a failed fit may stop with a panic"
)]

#[path = "fit_posture/solve.rs"]
mod solve;
#[path = "fit_posture/write.rs"]
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use jiff::Timestamp;
use sitwell::capture::read_picture;
use sitwell::frame::Frame;
use sitwell::landmarks::Sighting;
use sitwell::pose::{HEAVY_FILE, Looks, Pose, PoseModel, Variant};
use sitwell::posture::angles::{
    difference, facing, front_head, oblique_head, oblique_shoulders, side_head,
};
use sitwell::posture::{Facing, Shape, measure};
use solve::{fit_bumps, fit_line, fit_surface};

#[derive(Parser)]
struct Args {
    /// The folder with labels.csv and pictures/
    set: PathBuf,
    /// Which landmark model looks
    #[arg(long, value_enum, default_value_t)]
    model: Variant,
    /// Write src/posture/fitted.rs
    #[arg(long)]
    write: bool,
}

/// What is no slouch: looking down, turning, tilting, leaning aside, the chair nearer or farther, the camera nudged.
const NOT_A_SLOUCH: [&str; 7] = ["pitch", "yaw", "roll", "side", "near", "far", "campitch"];
/// A true change of forward head that counts as a slouch, in degrees.
const SLOUCH: f64 = 10.0;

/// One picture that is not a neutral, with what it is compared to.
struct Sample {
    subject: String,
    view: String,
    pose: String,
    neutral: Shape,
    shape: Shape,
    facing: Facing,
    head: f64,
    shoulders: f64,
    /// The absolute truths.
    fha: f64,
    protraction: f64,
}

/// A change of proportions and the change in degrees that belongs to it.
pub(crate) struct Point {
    pub(crate) change: Vec<f64>,
    pub(crate) elevation: f64,
    pub(crate) degrees: f64,
}

fn main() {
    let args = Args::parse();
    let labels = labels(&args.set);
    let shapes = shapes(&args.set, args.model, &labels);
    let samples = samples(&labels, &shapes);
    let of = |views: &[&str]| -> Vec<&Sample> {
        samples
            .iter()
            .filter(|sample| views.contains(&&*sample.view))
            .collect()
    };
    let (front, oblique, side) = (
        of(&["front_top", "front_laptop"]),
        of(&["oblique"]),
        of(&["side"]),
    );

    let head: fn(&Sample) -> f64 = |sample| sample.head;
    let shoulders: fn(&Sample) -> f64 = |sample| sample.shoulders;
    let front_point: fn(&Sample) -> Vec<f64> =
        |s| difference(&front_head(&s.shape), &front_head(&s.neutral));
    let oblique_point: fn(&Sample) -> Vec<f64> = |s| {
        difference(
            &oblique_head(&s.shape, s.facing),
            &oblique_head(&s.neutral, s.facing),
        )
    };
    let side_point: fn(&Sample) -> Vec<f64> = |s| {
        difference(
            &side_head(&s.shape, s.facing),
            &side_head(&s.neutral, s.facing),
        )
    };
    let shoulder_point: fn(&Sample) -> Vec<f64> = |s| {
        difference(
            &oblique_shoulders(&s.shape, s.facing),
            &oblique_shoulders(&s.neutral, s.facing),
        )
    };

    let surface = |points: &[Point]| {
        let fitted = fit_surface(points);
        move |point: &Point| fitted.degrees(&point.change, point.elevation)
    };
    let bumps = |ridge: f64, sharpness: f64| {
        move |points: &[Point]| {
            let fitted = fit_bumps(points, ridge, sharpness);
            move |point: &Point| fitted.degrees(&point.change)
        }
    };
    let front_error = report("forward head, front", &front, front_point, head, surface);
    let oblique_error = report(
        "forward head, oblique",
        &oblique,
        oblique_point,
        head,
        bumps(0.4, 0.1),
    );
    let side_error = report(
        "forward head, side",
        &side,
        side_point,
        head,
        bumps(0.4, 0.1),
    );
    let shoulders_error = report(
        "rounded shoulders, oblique",
        &oblique,
        shoulder_point,
        shoulders,
        bumps(0.3, 0.05),
    );

    let rough =
        |name: &str,
         samples: &[&Sample],
         features: &dyn Fn(&Sample) -> Vec<f64>,
         truth: fn(&Sample) -> f64| { rough(name, samples, features, truth) };
    let rough = vec![
        rough(
            "absolute forward head, front",
            &front,
            &|s| front_head(&s.shape),
            |s| s.fha,
        ),
        rough(
            "absolute forward head, oblique",
            &oblique,
            &|s| oblique_head(&s.shape, s.facing),
            |s| s.fha,
        ),
        rough(
            "absolute forward head, side",
            &side,
            &|s| oblique_head(&s.shape, s.facing),
            |s| s.fha,
        ),
        rough(
            "absolute protraction, oblique",
            &oblique,
            &|s| oblique_shoulders(&s.shape, s.facing),
            |s| s.protraction,
        ),
    ];
    let table = write::Table {
        front: front_error,
        oblique: oblique_error,
        side: side_error,
        shoulders: shoulders_error,
        rough,
    };
    if args.write {
        let all = |samples: &[&Sample],
                   change: fn(&Sample) -> Vec<f64>,
                   truth: fn(&Sample) -> f64| points(samples, change, truth);
        table.write(
            &fit_surface(&all(&front, front_point, head)),
            &fit_bumps(&all(&oblique, oblique_point, head), 0.4, 0.1),
            &fit_bumps(&all(&side, side_point, head), 0.4, 0.1),
            &fit_bumps(&all(&oblique, shoulder_point, shoulders), 0.3, 0.05),
        );
    }
}

fn points(
    samples: &[&Sample],
    change: fn(&Sample) -> Vec<f64>,
    truth: fn(&Sample) -> f64,
) -> Vec<Point> {
    let point = |sample: &&Sample| Point {
        change: change(sample),
        elevation: sample.neutral.eye_drop,
        degrees: truth(sample),
    };
    samples.iter().map(point).collect()
}

/// Estimates each subject by a fit on all others, and prints how close that comes.
fn report<F, P>(
    name: &str,
    samples: &[&Sample],
    change: fn(&Sample) -> Vec<f64>,
    truth: fn(&Sample) -> f64,
    fit: F,
) -> write::Error
where
    F: Fn(&[Point]) -> P,
    P: Fn(&Point) -> f64,
{
    let mut estimates = Vec::new();
    for subject in subjects(samples) {
        let (own, others): (Vec<&Sample>, Vec<&Sample>) = samples
            .iter()
            .copied()
            .partition(|sample| sample.subject == subject);
        let predict = fit(&points(&others, change, truth));
        for (sample, point) in own.iter().zip(points(&own, change, truth)) {
            estimates.push((*sample, predict(&point), point.degrees));
        }
    }
    let mean_error = |rows: &[&(&Sample, f64, f64)]| {
        rows.iter()
            .map(|(_, ours, truth)| (ours - truth).abs())
            .sum::<f64>()
            / rows.len() as f64
    };
    let all: Vec<_> = estimates.iter().collect();
    println!(
        "\n{name}: {} pictures, mean absolute error {:.2} degrees",
        all.len(),
        mean_error(&all)
    );
    let strong: Vec<_> = estimates
        .iter()
        .filter(|(_, _, truth)| *truth >= 8.0)
        .collect();
    let gain = strong
        .iter()
        .map(|(_, _, truth)| truth * truth)
        .sum::<f64>()
        / strong
            .iter()
            .map(|(_, ours, truth)| ours * truth)
            .sum::<f64>();
    for gain in [1.0, gain] {
        let scaled: Vec<_> = estimates
            .iter()
            .map(|(sample, ours, truth)| (*sample, ours * gain, *truth))
            .collect();
        let views: std::collections::BTreeSet<_> =
            samples.iter().map(|sample| &*sample.view).collect();
        for view in views {
            let rows: Vec<_> = scaled
                .iter()
                .filter(|(sample, ..)| sample.view == view)
                .collect();
            let other = |pose: &str| NOT_A_SLOUCH.contains(&pose);
            let slouches: Vec<_> = rows
                .iter()
                .filter(|(s, _, truth)| *truth >= SLOUCH && !other(&s.pose))
                .collect();
            let others: Vec<_> = rows.iter().filter(|(s, ..)| other(&s.pose)).collect();
            let called = |rows: &[&&(&Sample, f64, f64)]| {
                rows.iter().filter(|(_, ours, _)| *ours >= SLOUCH).count()
            };
            let mut by_pose = BTreeMap::new();
            for (sample, ours, _) in others.iter().map(|row| **row) {
                if *ours >= SLOUCH {
                    *by_pose.entry(&*sample.pose).or_insert(0) += 1;
                }
            }
            println!(
                "  gain {gain:.2} {view:13} error {:.2}; slouches called {}/{} = {:.3}; others called {}/{} = {:.3} {by_pose:?}",
                mean_error(&rows),
                called(&slouches),
                slouches.len(),
                called(&slouches) as f64 / slouches.len() as f64,
                called(&others),
                others.len(),
                called(&others) as f64 / others.len() as f64,
            );
        }
    }
    let error = error_line(
        &estimates
            .iter()
            .map(|(_, ours, truth)| (*ours, *truth))
            .collect::<Vec<_>>(),
    );
    println!(
        "  one standard error {:.2} + {:.3} x the change up to 20",
        error.base, error.share
    );
    error
}

/// One standard error as a line over the estimated change. The mean absolute
/// error of a normal distribution is 0.798 of its standard deviation.
fn error_line(estimates: &[(f64, f64)]) -> write::Error {
    let xs: Vec<Vec<f64>> = estimates
        .iter()
        .map(|(ours, _)| vec![1.0, ours.abs().min(20.0)])
        .collect();
    let ys: Vec<f64> = estimates
        .iter()
        .map(|(ours, truth)| (ours - truth).abs() / 0.798)
        .collect();
    let line = solve::least_squares(&xs, &ys, &[0.0, 0.0]);
    let within = |times: f64| {
        let inside = estimates.iter().filter(|(ours, truth)| {
            (ours - truth).abs() <= times * (line[0] + line[1] * ours.abs().min(20.0))
        });
        inside.count() as f64 / estimates.len() as f64
    };
    println!(
        "  within one standard error {:.2}, within two {:.2}",
        within(1.0),
        within(2.0)
    );
    write::Error {
        base: line[0],
        share: line[1],
    }
}

fn rough(
    name: &str,
    samples: &[&Sample],
    features: &dyn Fn(&Sample) -> Vec<f64>,
    truth: fn(&Sample) -> f64,
) -> write::Rough {
    let rows = |samples: &[&Sample]| -> (Vec<Vec<f64>>, Vec<f64>) {
        (
            samples.iter().map(|s| features(s)).collect(),
            samples.iter().map(|s| truth(s)).collect(),
        )
    };
    let mut squares = 0.0;
    let mut absolute = 0.0;
    for subject in subjects(samples) {
        let (own, others): (Vec<&Sample>, Vec<&Sample>) = samples
            .iter()
            .copied()
            .partition(|sample| sample.subject == subject);
        let (xs, ys) = rows(&others);
        let line = fit_line(&xs, &ys);
        for sample in own {
            let off = line.degrees(&features(sample)) - truth(sample);
            squares += off * off;
            absolute += off.abs();
        }
    }
    let error = (squares / samples.len() as f64).sqrt();
    println!(
        "\n{name}: mean absolute error {:.1} degrees, one standard error {error:.1}",
        absolute / samples.len() as f64
    );
    let (xs, ys) = rows(samples);
    write::Rough {
        line: fit_line(&xs, &ys),
        error,
    }
}

fn subjects(samples: &[&Sample]) -> Vec<String> {
    let names: std::collections::BTreeSet<_> = samples
        .iter()
        .map(|sample| sample.subject.clone())
        .collect();
    names.into_iter().collect()
}

type Labels = Vec<BTreeMap<String, String>>;
type Row<'a> = &'a BTreeMap<String, String>;

fn labels(set: &Path) -> Labels {
    let text = std::fs::read_to_string(set.join("labels.csv")).expect("labels.csv in the set");
    let mut lines = text.lines();
    let names: Vec<_> = lines.next().expect("a header").split(',').collect();
    let row = |line: &str| {
        names
            .iter()
            .map(ToString::to_string)
            .zip(line.split(',').map(str::to_owned))
            .collect()
    };
    lines.map(row).collect()
}

/// The shape in each picture, looked at once and kept.
fn shapes(set: &Path, model: Variant, labels: &Labels) -> BTreeMap<String, Shape> {
    let name = model.to_possible_value().unwrap().get_name().to_owned();
    let cache = PathBuf::from(format!("target/posture-set-{name}.json"));
    if let Ok(text) = std::fs::read_to_string(&cache) {
        return serde_json::from_str(&text).expect("shapes; remove the file to look again");
    }
    let heavy = [Path::new("models").join(HEAVY_FILE)];
    let mut pose = Pose::load(model, &heavy, Looks::Single).unwrap();
    let mut shapes = BTreeMap::new();
    for label in labels {
        let pixels = read_picture(&set.join("pictures").join(&label["file"])).unwrap();
        let frame = Frame {
            pixels,
            at: Timestamp::UNIX_EPOCH,
        };
        if let Sighting::Person(person) = pose.look(&frame).unwrap()
            && let Ok(shape) = measure(&person.settled)
        {
            shapes.insert(label["file"].clone(), shape);
        }
    }
    std::fs::write(&cache, serde_json::to_string(&shapes).unwrap()).unwrap();
    println!(
        "{} of {} pictures can be measured",
        shapes.len(),
        labels.len()
    );
    shapes
}

fn samples(labels: &Labels, shapes: &BTreeMap<String, Shape>) -> Vec<Sample> {
    let mut sessions: BTreeMap<&str, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
    for label in labels {
        sessions.entry(&label["session"]).or_default().push(label);
    }
    let mut samples = Vec::new();
    for rows in sessions.values() {
        let (neutrals, others): (Vec<Row>, Vec<Row>) =
            rows.iter().partition(|row| row["pose"] == "neutral");
        let seen: Vec<Shape> = neutrals
            .iter()
            .filter_map(|row| shapes.get(&row["file"]).copied())
            .collect();
        let Some(neutral) = Shape::middle(&seen) else {
            continue;
        };
        let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
        let base = |name: &str| {
            neutrals.iter().map(|row| number(row, name)).sum::<f64>() / neutrals.len() as f64
        };
        let (head, shoulders) = (base("fha"), base("protraction"));
        for row in others {
            let Some(shape) = shapes.get(&row["file"]) else {
                continue;
            };
            samples.push(Sample {
                subject: row["subject"].clone(),
                view: row["view"].clone(),
                pose: row["pose"].clone(),
                neutral,
                shape: *shape,
                facing: facing(&neutral),
                head: number(row, "fha") - head,
                shoulders: number(row, "protraction") - shoulders,
                fha: number(row, "fha"),
                protraction: number(row, "protraction"),
            });
        }
    }
    samples
}
