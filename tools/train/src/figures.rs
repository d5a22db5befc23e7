//! Measures how well a fit does on people it was not fitted to.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array1, Array2};
use sitwell::posture::regression::{ErrorModel, UncalibratedModel};

use crate::estimator::Estimator;
use crate::fit::{fit_line, matrix};
use crate::set::Sample;
use crate::stated_error::stated_error;
use crate::study::Study;

/// Poses that are not a slouch: looking down, turning, tilting, leaning aside, a chair moved nearer or
/// farther, a nudged camera.
pub(crate) const NOT_A_SLOUCH: [&str; 7] =
    ["pitch", "yaw", "roll", "side", "near", "far", "campitch"];
/// A trunk that leans back by more degrees than these. What the head does then does not show (ACCURACY.md), so the stated
/// error leaves it out.
const LEANS_BACK: f64 = 4.0;
/// A true change that counts as a slouch, in degrees.
pub(crate) const SLOUCH: f64 = 10.0;
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
    /// What `classify` multiplies the degrees by.
    gain: f64,
    /// The error stated with it, over how far it is off.
    within: f64,
    /// Whether Sitwell refuses it.
    pub(crate) is_refused: bool,
}

impl Estimate {
    fn is_other(&self) -> bool {
        NOT_A_SLOUCH.contains(&&*self.sample.pose)
    }

    fn is_slouch(&self) -> bool {
        self.sample.head >= SLOUCH && !self.is_other()
    }

    pub(crate) fn leans_back(&self) -> bool {
        self.sample.lean < -LEANS_BACK
    }

    pub(crate) fn off(&self) -> f64 {
        (self.degrees - self.truth).abs()
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
pub(crate) struct Fits {
    pub(crate) everybody: Estimator,
    without: BTreeMap<String, Estimator>,
}

impl Fits {
    pub(crate) fn new(study: &Study, seen: &[Sample]) -> Fits {
        let subjects = subjects(study, seen);
        let half = subjects.len().div_ceil(2).max(1);
        // Two processors are common.
        let without = std::thread::scope(|scope| {
            let fit = |subject: &String| {
                let others = seen.iter().filter(|s| s.subject != *subject);
                (subject.clone(), study.fit(others))
            };
            let threads: Vec<_> = subjects
                .chunks(half)
                .map(|some| scope.spawn(move || some.iter().map(fit).collect::<Vec<_>>()))
                .collect();
            let fits = threads.into_iter();
            fits.flat_map(|thread| thread.join().expect("fits"))
                .collect()
        });
        Fits {
            everybody: study.fit(seen),
            without,
        }
    }

    /// Estimates everybody, each subject by the fit on all others and by the fit on all. Who was not fitted to is a stranger
    /// to the fit on all.
    pub(crate) fn estimates(&self, study: &Study, tested: &[Sample]) -> Estimates {
        let mut all = Estimates::default();
        for sample in tested.iter().filter(|s| study.has(s)) {
            let Some(point) = study.point(sample) else {
                continue;
            };
            let estimate = |fit: &Estimator| {
                let degrees = fit.degrees(&point);
                Estimate {
                    sample: sample.clone(),
                    degrees,
                    truth: point.degrees,
                    gain: 1.0,
                    within: f64::NAN,
                    is_refused: study.refuses(degrees, sample),
                }
            };
            let without = self.without.get(&sample.subject);
            all.strangers
                .push(estimate(without.unwrap_or(&self.everybody)));
            all.fitted.push(estimate(&self.everybody));
        }
        all
    }
}

impl Estimates {
    /// These as Sitwell gives them: with their gain and their stated error.
    pub(crate) fn stated(&self, figures: &Figures) -> Estimates {
        let state = |all: &[Estimate]| {
            let stated = all.iter().map(|e| Estimate {
                gain: figures.gain,
                within: e.off() / (figures.error.at(e.degrees) * e.sample.factor.0),
                ..e.clone()
            });
            stated.collect()
        };
        Estimates {
            strangers: state(&self.strangers),
            fitted: state(&self.fitted),
        }
    }

    /// These, and the others where there are none.
    pub(crate) fn or(mut self, others: &Estimates) -> Estimates {
        for (mine, others) in [
            (&mut self.strangers, &others.strangers),
            (&mut self.fitted, &others.fitted),
        ] {
            let files: BTreeSet<String> = mine.iter().map(|e| e.sample.file.clone()).collect();
            let missing = others.iter().filter(|e| !files.contains(&e.sample.file));
            mine.extend(missing.cloned());
        }
        self
    }

    /// How many pictures have an estimate that Sitwell gives.
    pub(crate) fn count(&self) -> usize {
        given(&self.strangers).count()
    }

    /// How many strangers' estimates are of trunks that do not lean back, how far these are off, and which shares are off by at
    /// most one and two stated errors.
    pub(crate) fn print_within(&self) {
        let upright: Vec<&Estimate> = given(&self.strangers).filter(|e| !e.leans_back()).collect();
        let count = upright.len() as f64;
        let share = |errors| upright.iter().filter(|e| e.within <= errors).count() as f64 / count;
        println!(
            "    not leaning back: {count} pictures, off by {:.2}, within one stated error {:.2}, within two {:.2}",
            mean_error(&upright),
            share(1.0),
            share(2.0)
        );
    }

    /// Prints how far off each stranger is, beside saying "no change".
    pub(crate) fn print_people(&self) {
        for subject in subjects_of(&self.strangers) {
            let all: Vec<&Estimate> = given(&self.strangers)
                .filter(|e| e.sample.subject == subject)
                .collect();
            let nothing = all.iter().map(|e| e.truth.abs()).sum::<f64>() / all.len() as f64;
            let off = mean_error(&all);
            let verdict = if off < nothing { "" } else { ": worse" };
            println!("    {subject}: off by {off:.2}, \"no change\" by {nothing:.2}{verdict}");
        }
    }

    /// Prints what this way of deciding comes to, with verdicts that also take in another angle's.
    pub(crate) fn print(&self, study: &Study, way: &str, also: &Estimates) {
        let other = by_file(&also.strangers);
        let rows: Vec<&Estimate> = self.strangers.iter().collect();
        verdicts(study, &rows, way, &|e| {
            let other = other.get(&*e.sample.file).copied();
            (e.gain * e.degrees).max(other.unwrap_or(0.0))
        });
    }

    /// Prints how far off strangers are, pose by pose.
    pub(crate) fn print_poses(&self) {
        let mut poses: BTreeMap<&str, Vec<&Estimate>> = BTreeMap::new();
        for e in given(&self.strangers) {
            poses.entry(&e.sample.pose).or_default().push(e);
        }
        for (pose, all) in poses {
            let mean = |of: &dyn Fn(&Estimate) -> f64| {
                all.iter().map(|e| of(e)).sum::<f64>() / all.len() as f64
            };
            println!(
                "    {pose:10} {} pictures: a change of {:.1}, read as {:.1}, off by {:.2}",
                all.len(),
                mean(&|e| e.truth),
                mean(&|e| e.degrees),
                mean_error(&all)
            );
        }
    }
}

fn given(estimates: &[Estimate]) -> impl Iterator<Item = &Estimate> {
    estimates.iter().filter(|e| !e.is_refused)
}

/// Who teaches a fit.
fn subjects(study: &Study, samples: &[Sample]) -> Vec<String> {
    let names: BTreeSet<_> = samples
        .iter()
        .filter(|sample| study.is_taught_by(sample))
        .map(|sample| sample.subject.clone())
        .collect();
    names.into_iter().collect()
}

/// How exact an estimate is, and the gain that undoes its shrinkage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) error: ErrorModel,
    pub(crate) gain: f64,
}

fn teachers<'e>(study: &Study, estimates: &'e [Estimate]) -> Vec<&'e Estimate> {
    let teachers = estimates.iter().filter(|e| study.is_taught_by(&e.sample));
    teachers.collect()
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
        .filter(|e| e.is_other() && !e.is_refused)
        .partition(|e| other.get(&*e.sample.file).is_some_and(|d| *d >= SLOUCH));
    spare.sort_by(|a, b| b.degrees.total_cmp(&a.degrees));
    let all = estimates.iter().filter(|e| e.is_other()).count();
    let allowed = (MAX_FALSE_ALARMS * all as f64) as usize;
    // The first that must not become a false alarm.
    let first = spare[allowed.saturating_sub(by_other.len())];
    (SLOUCH / first.degrees.max(1.0) - 0.005).clamp(1.0, MAX_GAIN)
}

impl Figures {
    /// Prints the figures of estimates, with verdicts that also take in another angle's.
    ///
    /// The gain is the one that none of the estimate's teachers forbids, neither left out nor fitted to.
    pub(crate) fn of(study: &Study, estimates: &Estimates, also: &Estimates) -> Figures {
        let all: Vec<&Estimate> = estimates.strangers.iter().collect();
        println!(
            "\n{}: {} of {} pictures, mean absolute error {:.2} degrees",
            study.name,
            estimates.count(),
            all.len(),
            mean_error(&all)
        );
        let (other, other_fitted) = (by_file(&also.strangers), by_file(&also.fitted));
        let strangers = gain(&teachers(study, &estimates.strangers), &other);
        let fixed = strangers.min(gain(&teachers(study, &estimates.fitted), &other_fitted));
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
                .filter(|e| e.sample.subject != subject && study.is_taught_by(&e.sample))
                .collect();
            gains.insert(subject, gain(&others, &other));
        }
        verdicts(study, &all, "no gain", &|e| raised(e, 1.0));
        verdicts(study, &all, "its gain", &|e| raised(e, fixed));
        verdicts(study, &all, "others' gain", &|e| {
            raised(e, gains[&e.sample.subject])
        });
        verdicts(study, &all, "shrinkage", &|e| raised(e, slope));
        Figures {
            error: stated_error(&given(&estimates.strangers).collect::<Vec<_>>()),
            gain: fixed,
        }
    }
}

/// Prints how an angle compares with a constant zero and with the mean, and how often it is called from a limit on.
pub(crate) fn beside_zero(study: &Study, estimates: &[Estimate], limit: f64) {
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
    let called = |of: &dyn Fn(&Estimate) -> bool| {
        let of: Vec<&Estimate> = estimates.iter().filter(|e| of(e)).collect();
        let called = of.iter().filter(|e| e.degrees >= limit).count();
        format!("{called} of {}", of.len())
    };
    println!(
        "  called: {} beyond {limit} degrees; {} within half of it",
        called(&|e| e.truth >= limit),
        called(&|e| e.truth < limit / 2.0),
    );
}

fn by_file(estimates: &[Estimate]) -> BTreeMap<&str, f64> {
    let pairs = estimates.iter().map(|e| (&*e.sample.file, e.degrees));
    pairs.collect()
}

fn subjects_of(estimates: &[Estimate]) -> BTreeSet<String> {
    estimates.iter().map(|e| e.sample.subject.clone()).collect()
}

/// Of the estimates that Sitwell gives.
fn mean_error(estimates: &[&Estimate]) -> f64 {
    let given = estimates.iter().filter(|e| !e.is_refused);
    let errors: Vec<f64> = given.map(|e| e.off()).collect();
    errors.iter().sum::<f64>() / errors.len() as f64
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
        let called = |e: &&&Estimate| !e.is_refused && decide(e) >= SLOUCH;
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

/// An absolute angle without a calibration, and its error on other people.
pub(crate) fn uncalibrated(
    study: &Study,
    samples: &[Sample],
    features: fn(&Sample) -> Vec<f64>,
    truth: fn(&Sample) -> f64,
) -> UncalibratedModel {
    let rows = |of: &dyn Fn(&Sample) -> bool| -> (Array2<f64>, Array1<f64>) {
        let rows = samples.iter().filter(|s| study.is_taught_by(s) && of(s));
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
