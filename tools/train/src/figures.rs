//! Measures how well a fit does on people it was not fitted to.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array1, Array2, array};
use sitwell::posture::regression::UncalibratedModel;

use crate::fit::{fit_line, matrix, ridge};
use crate::set::Sample;
use crate::{Point, Study};

/// Poses that are not a slouch: looking down, turning, tilting, leaning aside, a chair moved nearer or
/// farther, a nudged camera.
pub(crate) const NOT_A_SLOUCH: [&str; 7] =
    ["pitch", "yaw", "roll", "side", "near", "far", "campitch"];
/// A true change that counts as a slouch, in degrees.
const SLOUCH: f64 = 10.0;
/// The shrinkage of the estimates is measured on true changes from this on, in degrees.
const STRONG: f64 = 8.0;
/// The most false alarms that a gain may cause: half a point below the limit of 3 %.
const MAX_FALSE_ALARMS: f64 = 0.025;
/// With this gain a limit of 10 degrees is one of 8 estimated degrees. The shrinkage is 1.10 to 1.16.
const MAX_GAIN: f64 = 1.25;

/// One picture estimated by a fit on all other subjects.
#[derive(Debug, Clone)]
pub(crate) struct Estimate {
    pub(crate) sample: Sample,
    pub(crate) degrees: f64,
    pub(crate) truth: f64,
}

impl Estimate {
    fn is_other(&self) -> bool {
        NOT_A_SLOUCH.contains(&&*self.sample.pose)
    }

    fn is_slouch(&self) -> bool {
        self.sample.head >= SLOUCH && !self.is_other()
    }
}

/// The same pictures estimated in two ways.
#[derive(Debug, Clone, Default)]
pub(crate) struct Estimates {
    /// Each subject by the fit on all others.
    pub(crate) strangers: Vec<Estimate>,
    /// Everybody by the fit on everybody.
    fitted: Vec<Estimate>,
}

/// A fit on everybody, and one on all but each subject.
pub(crate) struct Fits<P> {
    pub(crate) everybody: P,
    without: BTreeMap<String, P>,
}

impl<P: Fn(&Point) -> f64> Fits<P> {
    pub(crate) fn new(study: &Study, seen: &[Sample], fit: impl Fn(&[Point]) -> P) -> Fits<P> {
        let without = |subject: String| {
            let others = seen.iter().filter(|s| study.has(s) && s.subject != subject);
            let predict = fit(&study.points(others));
            (subject, predict)
        };
        Fits {
            everybody: fit(&study.points(seen.iter().filter(|s| study.has(s)))),
            without: subjects(study, seen).into_iter().map(without).collect(),
        }
    }

    /// Estimates everybody, each subject by the fit on all others and by the fit on all.
    pub(crate) fn estimates(&self, study: &Study, tested: &[Sample]) -> Estimates {
        let mut all = Estimates::default();
        for sample in tested.iter().filter(|s| study.has(s)) {
            let Some(point) = study.point(sample) else {
                continue;
            };
            let estimate = |predict: &P| Estimate {
                sample: sample.clone(),
                degrees: predict(&point),
                truth: point.degrees,
            };
            all.strangers.push(estimate(&self.without[&sample.subject]));
            all.fitted.push(estimate(&self.everybody));
        }
        all
    }
}

impl Estimates {
    /// These, and the others of pictures that are not among these.
    pub(crate) fn or(&self, others: &Estimates) -> Estimates {
        let join = |mine: &[Estimate], others: &[Estimate]| {
            let known: BTreeSet<&str> = mine.iter().map(|e| &*e.sample.file).collect();
            let others = others.iter().filter(|e| !known.contains(&*e.sample.file));
            mine.iter().chain(others).cloned().collect()
        };
        Estimates {
            strangers: join(&self.strangers, &others.strangers),
            fitted: join(&self.fitted, &others.fitted),
        }
    }

    /// These with every estimate multiplied.
    pub(crate) fn times(&self, gain: f64) -> Estimates {
        let scale = |all: &[Estimate]| {
            let scaled = all.iter().map(|e| Estimate {
                degrees: e.degrees * gain,
                ..e.clone()
            });
            scaled.collect()
        };
        Estimates {
            strangers: scale(&self.strangers),
            fitted: scale(&self.fitted),
        }
    }

    /// Mean absolute error of strangers.
    pub(crate) fn error(&self) -> f64 {
        mean_error(&self.strangers.iter().collect::<Vec<_>>())
    }

    /// Prints what this way of deciding comes to, with verdicts that also take in another angle's.
    pub(crate) fn print(&self, study: &Study, way: &str, also: &Estimates) {
        let other = by_file(&also.strangers);
        let rows: Vec<&Estimate> = self.strangers.iter().collect();
        verdicts(study, &rows, way, &|e| {
            let other = other.get(&*e.sample.file).copied();
            e.degrees.max(other.unwrap_or(0.0))
        });
    }
}

fn subjects(study: &Study, samples: &[Sample]) -> Vec<String> {
    let names: BTreeSet<_> = samples
        .iter()
        .filter(|sample| study.has(sample))
        .map(|sample| sample.subject.clone())
        .collect();
    names.into_iter().collect()
}

/// How exact an estimate is, and the gain that undoes its shrinkage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// One standard error at no change, and for each degree of change up to 20.
    pub(crate) base: f64,
    pub(crate) share: f64,
    pub(crate) gain: f64,
}

/// The ratio of the truth to the estimates where the truth is large.
fn shrinkage(estimates: &[&Estimate]) -> f64 {
    let strong = || estimates.iter().filter(|e| e.truth >= STRONG);
    strong().map(|e| e.truth * e.truth).sum::<f64>()
        / strong().map(|e| e.degrees * e.truth).sum::<f64>()
}

/// Undoes the shrinkage, as far as the false alarms of this angle and the other one stay within
/// the limit.
fn gain(estimates: &[&Estimate], other: &BTreeMap<&str, f64>) -> f64 {
    let (by_other, mut spare): (Vec<&Estimate>, Vec<&Estimate>) = estimates
        .iter()
        .filter(|e| e.is_other())
        .partition(|e| other.get(&*e.sample.file).is_some_and(|d| *d >= SLOUCH));
    spare.sort_by(|a, b| b.degrees.total_cmp(&a.degrees));
    let allowed = (MAX_FALSE_ALARMS * (by_other.len() + spare.len()) as f64) as usize;
    // The first that must not become a false alarm.
    let first = spare[allowed.saturating_sub(by_other.len())];
    (SLOUCH / first.degrees.max(1.0) - 0.005).clamp(1.0, MAX_GAIN)
}

impl Figures {
    /// Prints the figures of estimates, with verdicts that also take in another angle's.
    ///
    /// The gain is the one that neither strangers nor the people fitted to forbid.
    pub(crate) fn of(study: &Study, estimates: &Estimates, also: &Estimates) -> Figures {
        let all: Vec<&Estimate> = estimates.strangers.iter().collect();
        println!(
            "\n{}: {} pictures, mean absolute error {:.2} degrees",
            study.name,
            all.len(),
            mean_error(&all)
        );
        let (other, other_fitted) = (by_file(&also.strangers), by_file(&also.fitted));
        let fitted: Vec<&Estimate> = estimates.fitted.iter().collect();
        let fixed = gain(&all, &other).min(gain(&fitted, &other_fitted));
        let slope = shrinkage(&all);
        println!("  shrinkage {slope:.2}, gain {fixed:.2}");
        let raised = |e: &Estimate, gain: f64| {
            (e.degrees * gain).max(other.get(&*e.sample.file).copied().unwrap_or(0.0))
        };
        let mut gains = BTreeMap::new();
        for subject in subjects_of(&estimates.strangers) {
            // The gain that a fit without this subject would have had.
            let others: Vec<&Estimate> = all
                .iter()
                .copied()
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

/// Prints why an angle is not given: its error is larger than that of a constant zero, or of the
/// mean.
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
        let slouches: Vec<_> = rows.iter().filter(|e| e.is_slouch()).collect();
        let others: Vec<_> = rows.iter().filter(|e| e.is_other()).collect();
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

/// One standard error as a line over the estimated change. The mean absolute error of a normal
/// distribution is 0.798 of its standard deviation.
fn error_line(estimates: &[&Estimate]) -> [f64; 2] {
    let size = |e: &Estimate| e.degrees.abs().min(20.0);
    let error = |e: &Estimate| (e.degrees - e.truth).abs();
    let x = Array2::from_shape_fn((estimates.len(), 2), |(row, column)| match column {
        0 => 1.0,
        _ => size(estimates[row]),
    });
    let y = estimates.iter().map(|e| error(e) / 0.798).collect();
    let line = ridge(&x, &y, &array![0.0, 0.0]);
    let within = |times: f64| {
        let limit = |e: &Estimate| times * (line[0] + line[1] * size(e));
        let inside = estimates.iter().filter(|e| error(e) <= limit(e));
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

/// An absolute angle without a calibration, and its error on other people.
pub(crate) fn uncalibrated(
    study: &Study,
    samples: &[Sample],
    features: fn(&Sample) -> Vec<f64>,
    truth: fn(&Sample) -> f64,
) -> UncalibratedModel {
    let rows = |of: &dyn Fn(&Sample) -> bool| -> (Array2<f64>, Array1<f64>) {
        let rows = samples.iter().filter(|s| study.has(s) && of(s));
        let (xs, ys): (Vec<_>, Vec<f64>) = rows.map(|s| (features(s), truth(s))).unzip();
        (matrix(xs.iter().map(|x| x[..].into())), ys.into())
    };
    let (mut squares, mut absolute) = (0.0, 0.0);
    for subject in subjects(study, samples) {
        let (xs, ys) = rows(&|s| s.subject != subject);
        let line = fit_line(&xs, &ys);
        let (xs, ys) = rows(&|s| s.subject == subject);
        let errors = xs.dot(&line.weights) + line.intercept - ys;
        squares += errors.pow2().sum();
        absolute += errors.abs().sum();
    }
    let (xs, ys) = rows(&|_| true);
    let error = (squares / ys.len() as f64).sqrt();
    println!(
        "\nabsolute {}: mean absolute error {:.1} degrees, one standard error {error:.1}",
        study.name,
        absolute / ys.len() as f64
    );
    UncalibratedModel {
        error,
        ..fit_line(&xs, &ys)
    }
}
