//! Fits the estimator for a head that looks different than calibrated, and says how well it and the rule that calls for
//! it do, beside the ordinary estimator.
//!
//! What is put on or taken off between the calibration and work is drawn on the pictures (`conditions`).

use std::path::PathBuf;

use sitwell::posture::{Basis, basis};
use sitwell::settings::ModelVariant;

use crate::conditions::Condition;
use crate::figures::{Estimates, Figures, Fits};
use crate::fixture;
use crate::set::{AS_OBSERVED, Moved, Sample, Set};
use crate::study::{FRONT_FACE, FRONT_FACE_ALONE, Study};
use crate::write::File;

const DIFFERENT: Study = Study {
    name: "forward head, front, different head",
    // The joints' ears say less of the elevation where they are covered.
    elevation: FRONT_FACE.elevation,
    basis: Basis::DifferentHead,
    ..FRONT_FACE_ALONE
};

/// The pictures of people before and after something was put on or off, by what changed.
struct Changes {
    plain: Set,
    worn: Vec<(Condition, Set)>,
}

impl Changes {
    /// Nothing changed: as rendered, and with each thing on at both times.
    fn same(&self, crops: &str) -> Vec<(String, Vec<Sample>)> {
        let of = |set: &Set| set.samples(crops, Moved::NOT);
        let worn = self.worn.iter();
        std::iter::once(("as rendered".to_owned(), of(&self.plain)))
            .chain(worn.map(|(what, set)| (format!("{what:?}"), of(set))))
            .collect()
    }

    fn different(&self, crops: &str) -> Vec<(String, Vec<Sample>)> {
        let pair = |(what, set): &(Condition, Set)| {
            let on = set.samples_against(&self.plain, crops, Moved::NOT);
            let off = self.plain.samples_against(set, crops, Moved::NOT);
            [
                (format!("{what:?} put on"), on),
                (format!("{what:?} taken off"), off),
            ]
        };
        self.worn.iter().flat_map(pair).collect()
    }
}

fn looks_different(sample: &Sample) -> bool {
    basis(&sample.features, &sample.neutral) == Basis::DifferentHead
}

/// Fits, prints the figures and, if so wanted, writes the numbers.
pub(crate) fn study(plain: Set, folders: &[PathBuf], is_written: bool, is_fixture: bool) {
    let worn = Condition::ALL.into_iter().filter(|what| what.is_worn());
    let open = |what| Set::open(folders, ModelVariant::Full, Some(what));
    let worn: Vec<(Condition, Set)> = worn.map(|what| (what, open(what))).collect();
    if is_fixture {
        let headphones = worn.iter().find(|(what, _)| *what == Condition::Headphones);
        fixture::write_worn(&headphones.expect("they are worn").1);
    }
    let changes = Changes { plain, worn };
    let (mut seen, mut ordinary) = (Vec::new(), Vec::new());
    for crops in DIFFERENT.crops {
        for (_, samples) in changes
            .same(crops)
            .into_iter()
            .chain(changes.different(crops))
        {
            seen.extend(samples);
        }
        ordinary.extend(changes.plain.samples(crops, Moved::NOT));
    }
    let fits = Fits::new(&DIFFERENT, &seen);
    let ordinary = Fits::new(&FRONT_FACE, &ordinary);
    let none = Estimates::default();
    let (same, different) = (changes.same(AS_OBSERVED), changes.different(AS_OBSERVED));
    let plain = &same[0].1;
    let of_plain = Figures::of(&FRONT_FACE, &ordinary.estimates(&FRONT_FACE, plain), &none);
    let tested: Vec<Sample> = different.iter().flat_map(|(_, s)| s.clone()).collect();
    let figures = Figures::of(&DIFFERENT, &fits.estimates(&DIFFERENT, &tested), &none);
    for (what, samples) in same.iter().chain(&different) {
        let seem = samples.iter().filter(|sample| looks_different(sample));
        println!(
            "{what}: the head seems different in {} of {}",
            seem.count(),
            samples.len()
        );
        let estimates = ordinary.estimates(&FRONT_FACE, samples);
        let estimates = estimates.stated(&of_plain);
        estimates.print(&FRONT_FACE, "ordinary", &none);
        let estimates = fits.estimates(&DIFFERENT, samples).stated(&figures);
        estimates.print_within();
        estimates.print(&DIFFERENT, "different", &none);
    }
    if is_written {
        File::new("different_head_coefficients")
            .add(
                "HEAD",
                "Forward head from the front, by a head that looks different than calibrated.",
                &fits.everybody,
                &figures.error,
            )
            .gain("HEAD", &figures)
            .write();
    }
}
