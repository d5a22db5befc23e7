//! How well a fit does on people it was not fitted to.

use std::collections::{BTreeMap, BTreeSet};

use super::set::Sample;
use super::solve::{fit_line, least_squares};
use super::write::UncalibratedModel;
use super::{Point, Study};

/// What is no slouch: looking down, turning, tilting, leaning aside, the chair nearer or farther, the camera nudged.
pub(crate) const NOT_A_SLOUCH: [&str; 7] =
    ["pitch", "yaw", "roll", "side", "near", "far", "campitch"];
/// A true change that counts as a slouch, in degrees.
const SLOUCH: f64 = 10.0;
/// From so large a true change on the shrinkage of the estimates is measured.
const STRONG: f64 = 8.0;
/// A gain may call at most this share of what is no slouch: half a point below the bar of 3 %.
const MAX_FALSE: f64 = 0.025;
/// The most a gain may be: with it a limit of 10 degrees is one of 8 estimated degrees. The shrinkage is 1.10 to 1.16.
const MAX_GAIN: f64 = 1.25;

/// One picture estimated by a fit on all other subjects.
#[derive(Debug, Clone)]
pub(crate) struct Estimate {
    pub(crate) sample: Sample,
    pub(crate) degrees: f64,
    pub(crate) truth: f64,
}

impl Estimate {
    fn other(&self) -> bool {
        NOT_A_SLOUCH.contains(&&*self.sample.pose)
    }

    fn slouch(&self) -> bool {
        self.sample.head >= SLOUCH && !self.other()
    }
}

/// The same pictures estimated in two ways.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Each subject by a fit on all others.
    pub(crate) strangers: Vec<Estimate>,
    /// Everybody by the fit on everybody.
    fitted: Vec<Estimate>,
}

/// Estimates everybody, each subject by a fit on all others and by the fit on all.
pub(crate) fn estimates<F, P>(study: &Study, seen: &[Sample], tested: &[Sample], fit: F) -> Found
where
    F: Fn(&[Point]) -> P,
    P: Fn(&Point) -> f64,
{
    let estimate = |sample: &Sample, predict: &P| {
        let point = &study.points([sample])[0];
        Estimate {
            sample: sample.clone(),
            degrees: predict(point),
            truth: point.degrees,
        }
    };
    let mut found = Found::default();
    let everybody = fit(&study.points(seen.iter().filter(|s| study.has(s))));
    for subject in subjects(study, tested) {
        let others = seen.iter().filter(|s| study.has(s) && s.subject != subject);
        let predict = fit(&study.points(others));
        let own = tested
            .iter()
            .filter(|s| study.has(s) && s.subject == subject);
        for sample in own {
            found.strangers.push(estimate(sample, &predict));
            found.fitted.push(estimate(sample, &everybody));
        }
    }
    found
}

fn subjects(study: &Study, samples: &[Sample]) -> Vec<String> {
    let names: BTreeSet<_> = samples
        .iter()
        .filter(|sample| study.has(sample))
        .map(|sample| sample.subject.clone())
        .collect();
    names.into_iter().collect()
}

/// How exact an estimate is, and what undoes its shrinkage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// One standard error at no change, and for each degree of change up to 20.
    pub(crate) base: f64,
    pub(crate) share: f64,
    pub(crate) gain: f64,
}

/// By how much the truth is larger than the estimates where it is large.
fn shrinkage(estimates: &[&Estimate]) -> f64 {
    let strong = || estimates.iter().filter(|e| e.truth >= STRONG);
    strong().map(|e| e.truth * e.truth).sum::<f64>()
        / strong().map(|e| e.degrees * e.truth).sum::<f64>()
}

/// What undoes the shrinkage, as far as what is no slouch is still not called
/// one, be it by this angle or by the other.
fn gain(estimates: &[&Estimate], other: &BTreeMap<&str, f64>) -> f64 {
    let (by_other, mut spare): (Vec<&Estimate>, Vec<&Estimate>) = estimates
        .iter()
        .filter(|e| e.other())
        .partition(|e| other.get(&*e.sample.file).is_some_and(|d| *d >= SLOUCH));
    spare.sort_by(|a, b| b.degrees.total_cmp(&a.degrees));
    let allowed = (MAX_FALSE * (by_other.len() + spare.len()) as f64) as usize;
    // The first that must not be called.
    let first = spare[allowed.saturating_sub(by_other.len())];
    (SLOUCH / first.degrees.max(1.0) - 0.005).clamp(1.0, MAX_GAIN)
}

impl Figures {
    /// Prints the figures of estimates, with verdicts that also take in another angle's.
    ///
    /// The gain is the one that neither strangers nor the people fitted to forbid.
    pub(crate) fn of(study: &Study, found: &Found, also: &Found) -> Figures {
        let estimates = &found.strangers;
        let all: Vec<&Estimate> = estimates.iter().collect();
        println!(
            "\n{}: {} pictures, mean absolute error {:.2} degrees",
            study.name,
            all.len(),
            mean_error(&all)
        );
        let (other, other_fitted) = (by_file(&also.strangers), by_file(&also.fitted));
        let fitted: Vec<&Estimate> = found.fitted.iter().collect();
        let fixed = gain(&all, &other).min(gain(&fitted, &other_fitted));
        let slope = shrinkage(&all);
        println!("  shrinkage {slope:.2}, gain {fixed:.2}");
        let raised = |e: &Estimate, gain: f64| {
            (e.degrees * gain).max(other.get(&*e.sample.file).copied().unwrap_or(0.0))
        };
        let mut gains = BTreeMap::new();
        for subject in subjects_of(estimates) {
            // The gain that a fit without this subject would have had.
            let others: Vec<&Estimate> = estimates
                .iter()
                .filter(|e| e.sample.subject != subject)
                .collect();
            gains.insert(subject, gain(&others, &other));
        }
        verdicts(study, &all, "no gain", &|e| raised(e, 1.0));
        verdicts(study, &all, "its gain", &|e| raised(e, fixed));
        verdicts(study, &all, "others' gain", &|e| {
            raised(e, gains[&e.sample.subject])
        });
        verdicts(study, &all, "shrinkage", &|e| raised(e, slope));
        let line = error_line(&all);
        Figures {
            base: line[0],
            share: line[1],
            gain: fixed,
        }
    }
}

/// Prints why something is not given: it is off by more than always saying that nothing changed,
/// or than saying the mean.
pub(crate) fn not_given(study: &Study, estimates: &[Estimate]) {
    let count = estimates.len() as f64;
    let off = |say: &dyn Fn(&Estimate) -> f64| {
        estimates
            .iter()
            .map(|e| (say(e) - e.truth).abs())
            .sum::<f64>()
            / count
    };
    let mean = estimates.iter().map(|e| e.truth).sum::<f64>() / count;
    println!(
        "{}: off by {:.2} degrees; saying no change always {:.2}, the mean {:.2}",
        study.name,
        off(&|e| e.degrees),
        off(&|_| 0.0),
        off(&|_| mean),
    );
}

fn by_file(estimates: &[Estimate]) -> BTreeMap<&str, f64> {
    let pairs = estimates.iter().map(|e| (&*e.sample.file, e.degrees));
    pairs.collect()
}

fn subjects_of(estimates: &[Estimate]) -> BTreeSet<String> {
    estimates.iter().map(|e| e.sample.subject.clone()).collect()
}

fn mean_error(estimates: &[&Estimate]) -> f64 {
    let errors = estimates.iter().map(|e| (e.degrees - e.truth).abs());
    errors.sum::<f64>() / estimates.len() as f64
}

fn verdicts(study: &Study, all: &[&Estimate], way: &str, decide: &dyn Fn(&Estimate) -> f64) {
    let mut groups: Vec<(&str, Vec<&Estimate>)> = vec![("all", all.to_vec())];
    if study.views.len() > 1 {
        groups.extend(study.views.iter().map(|view| {
            let rows = all.iter().filter(|e| e.sample.view == *view);
            (*view, rows.copied().collect())
        }));
    }
    for (view, rows) in groups {
        let called = |e: &&&Estimate| decide(e) >= SLOUCH;
        let slouches: Vec<_> = rows.iter().filter(|e| e.slouch()).collect();
        let others: Vec<_> = rows.iter().filter(|e| e.other()).collect();
        let mut by_pose = BTreeMap::new();
        for e in others.iter().copied().filter(called) {
            *by_pose.entry(&*e.sample.pose).or_insert(0) += 1;
        }
        let (hit, wrong) = (
            slouches.iter().copied().filter(called).count(),
            others.iter().copied().filter(called).count(),
        );
        println!(
            "  {way:12} {view:12} error {:.2}; slouches called {hit}/{} = {:.3}; others called {wrong}/{} = {:.3} {by_pose:?}",
            mean_error(&rows),
            slouches.len(),
            hit as f64 / slouches.len() as f64,
            others.len(),
            wrong as f64 / others.len() as f64,
        );
    }
}

/// One standard error as a line over the estimated change. The mean absolute
/// error of a normal distribution is 0.798 of its standard deviation.
fn error_line(estimates: &[&Estimate]) -> [f64; 2] {
    let xs: Vec<Vec<f64>> = estimates
        .iter()
        .map(|e| vec![1.0, e.degrees.abs().min(20.0)])
        .collect();
    let ys: Vec<f64> = estimates
        .iter()
        .map(|e| (e.degrees - e.truth).abs() / 0.798)
        .collect();
    let line = least_squares(&xs, &ys, &[0.0, 0.0]);
    let within = |times: f64| {
        let inside = estimates
            .iter()
            .zip(&xs)
            .filter(|(e, x)| (e.degrees - e.truth).abs() <= times * (line[0] + line[1] * x[1]));
        inside.count() as f64 / estimates.len() as f64
    };
    println!(
        "  one standard error {:.2} + {:.3} x the change up to 20; within one {:.2}, within two {:.2}",
        line[0],
        line[1],
        within(1.0),
        within(2.0)
    );
    [line[0], line[1]]
}

/// An absolute angle without a calibration, and how far it is off for others.
pub(crate) fn rough(
    study: &Study,
    samples: &[Sample],
    features: fn(&Sample) -> Vec<f64>,
    truth: fn(&Sample) -> f64,
) -> UncalibratedModel {
    let rows = |of: &dyn Fn(&Sample) -> bool| -> (Vec<Vec<f64>>, Vec<f64>) {
        let rows = samples.iter().filter(|s| study.has(s) && of(s));
        rows.map(|s| (features(s), truth(s))).unzip()
    };
    let (mut squares, mut absolute) = (0.0, 0.0);
    for subject in subjects(study, samples) {
        let (xs, ys) = rows(&|s| s.subject != subject);
        let line = fit_line(&xs, &ys);
        let (xs, ys) = rows(&|s| s.subject == subject);
        for (x, y) in xs.iter().zip(&ys) {
            let off = line.degrees(x) - y;
            squares += off * off;
            absolute += off.abs();
        }
    }
    let (xs, ys) = rows(&|_| true);
    let error = (squares / ys.len() as f64).sqrt();
    println!(
        "\nabsolute {}: mean absolute error {:.1} degrees, one standard error {error:.1}",
        study.name,
        absolute / ys.len() as f64
    );
    UncalibratedModel {
        line: fit_line(&xs, &ys),
        error,
    }
}
