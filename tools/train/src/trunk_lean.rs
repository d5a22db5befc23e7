//! Fits how far the trunk leans forward, and says how well that does on strangers, also with chair and camera moved.

use sitwell::posture::TrunkLean;

use crate::MOVED;
use crate::figures::{Estimate, Fits, beside_zero};
use crate::set::{AS_OBSERVED, Moved, Sample, Set};
use crate::stated_error::stated_error;
use crate::study::{LEAN_FRONT, LEAN_OBLIQUE};
use crate::write::File;

/// Fits, prints the figures and, if so wanted, writes the numbers.
pub(crate) fn study(set: &Set, is_written: bool) {
    let mut file = File::new("coefficients/lean");
    let angles = [
        ("FRONT_LEAN", "The trunk's lean from the front.", LEAN_FRONT),
        (
            "OBLIQUE_LEAN",
            "The trunk's lean from an oblique camera.",
            LEAN_OBLIQUE,
        ),
    ];
    for (name, what, study) in angles {
        let crops = study.crops.iter();
        let seen: Vec<Sample> = crops
            .flat_map(|crops| set.samples(crops, Moved::NOT))
            .collect();
        let fits = Fits::new(&study, &seen);
        let strangers = |moved| {
            let estimates = fits.estimates(&study, &set.samples(AS_OBSERVED, moved));
            estimates.strangers
        };
        let estimates = strangers(Moved::NOT);
        beside_zero(&study, &estimates, TrunkLean::FORWARD);
        let error = stated_error(&estimates.iter().collect::<Vec<&Estimate>>());
        for moved in MOVED {
            println!("{}", moved.name);
            beside_zero(&study, &strangers(moved), TrunkLean::FORWARD);
        }
        file.add(name, what, &fits.everybody, &error);
    }
    if is_written {
        file.write();
    }
}
