//! What other limits than 10 degrees cost, from the front: slouches found, and false alarms.

use crate::figures::{Estimate, NOT_A_SLOUCH};

/// The limits of the sensitivities low, normal and high, and one below.
const LIMITS: [f64; 4] = [15.0, 10.0, 7.5, 5.0];

/// Prints what each limit gives, with this gain.
pub(crate) fn print(estimates: &[Estimate], gain: f64) {
    let estimates = estimates.iter().filter(|e| !e.sample.is_further);
    let (calm, postures): (Vec<_>, Vec<_>) =
        estimates.partition(|e| NOT_A_SLOUCH.contains(&&*e.sample.pose));
    for limit in LIMITS {
        let called = |e: &Estimate| !e.is_refused && e.degrees * gain >= limit;
        let slouches = postures.iter().filter(|e| e.truth >= limit);
        let (found, all) = slouches.fold((0, 0), |(found, all), e| {
            (found + usize::from(called(e)), all + 1)
        });
        let wrong = calm.iter().filter(|e| called(e)).count();
        println!(
            "limit {limit}: slouches of that size found {found} of {all}; false alarms {wrong} of {}",
            calm.len()
        );
    }
}
