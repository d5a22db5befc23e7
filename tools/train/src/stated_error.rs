//! The error that is stated with an angle.

use std::collections::BTreeSet;

use ndarray::{Array2, array};
use sitwell::posture::regression::ErrorModel;

use crate::figures::Estimate;
use crate::fit::ridge;

/// The error to state: a line over the estimated change, raised until 68 % of the estimates are off by one at most and 95 % by two.
/// The people of the first set count for one half of that, and those of further sets for the other.
pub(crate) fn stated_error(estimates: &[&Estimate]) -> ErrorModel {
    /// With this limit the shares hold best for small, middle and large changes alike. 3 to 20 were
    /// tried.
    const GROWS_TO: f64 = 6.0;
    let fit = |estimates: &[&Estimate]| {
        let x = Array2::from_shape_fn((estimates.len(), 2), |(row, column)| match column {
            0 => 1.0,
            _ => estimates[row].degrees.abs().min(GROWS_TO),
        });
        let y = estimates.iter().map(|e| e.off()).collect();
        let line = ridge(&x, &y, &array![0.0, 0.0]);
        let times = &y / &x.dot(&line);
        let mut times: Vec<(f64, bool)> = times
            .into_iter()
            .zip(estimates.iter().map(|e| e.sample.is_further))
            .collect();
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let further = times.iter().filter(|(_, is_further)| *is_further).count();
        let counts = [times.len() - further, further];
        let halves = counts.iter().filter(|count| **count > 0).count() as f64;
        let at = |share: f64| {
            let mut inside = 0.0;
            let mut passed = times.iter().skip_while(|(_, is_further)| {
                inside += 1.0 / (halves * counts[usize::from(*is_further)] as f64);
                inside <= share
            });
            passed.next().expect("estimates").0
        };
        let scale = at(0.68).max(at(0.95) / 2.0);
        ErrorModel {
            base: scale * line[0],
            share: scale * line[1],
            grows_to: GROWS_TO,
        }
    };
    let upright: Vec<&Estimate> = estimates
        .iter()
        .copied()
        .filter(|e| !e.leans_back())
        .collect();
    let subjects: BTreeSet<&str> = upright.iter().map(|e| &*e.sample.subject).collect();
    let mut times = Vec::new();
    for subject in subjects {
        let (mine, others): (Vec<&Estimate>, Vec<&Estimate>) =
            upright.iter().partition(|e| e.sample.subject == subject);
        let model = fit(&others);
        times.extend(
            mine.iter()
                .map(|e| (e.sample.is_further, e.off() / model.at(e.degrees))),
        );
    }
    let model = fit(&upright);
    println!(
        "  stated error {:.2} + {:.3} x the change",
        model.base, model.share
    );
    for (is_further, who) in [(false, "the set"), (true, "further sets")] {
        let of = times.iter().filter(|(further, _)| *further == is_further);
        let of: Vec<f64> = of.map(|(_, times)| *times).collect();
        let within = |errors: f64| {
            of.iter().filter(|times| **times <= errors).count() as f64 / of.len() as f64
        };
        if !of.is_empty() {
            println!(
                "    of people of {who} left out within one {:.2}, within two {:.2}",
                within(1.0),
                within(2.0)
            );
        }
    }
    model
}
