//! Fits the estimator for a camera that stands elsewhere than it was calibrated, and says how well it and the
//! rules that call for it do.
//!
//! Subjects who were seen both from the monitor's top edge and from a laptop stand for one person whose
//! camera was raised or lowered between the calibration and work.

use sitwell::posture::{Basis, basis};

use crate::figures::{Estimates, Figures, Fits};
use crate::set::{AS_OBSERVED, Moved, Sample, Set};
use crate::study::{FRONT, FRONT_FACE_ALONE, Study};
use crate::write::File;

const MOVED: Study = Study {
    name: "forward head, front, moved camera",
    basis: Basis::MovedCamera,
    ..FRONT_FACE_ALONE
};

/// The views before and after a move.
const MOVES: [(&str, &str, &str); 2] = [
    ("raised", "front_laptop", "front_top"),
    ("lowered", "front_top", "front_laptop"),
];

/// Pictures of one view compared with the neutral of another of the same person, and the upright ones among them.
fn crossed(samples: &[Sample], before: &str, after: &str) -> (Vec<Sample>, Vec<Sample>) {
    let (mut all, mut upright) = (Vec::new(), Vec::new());
    let first = |subject: &str, view: &str| {
        let mut samples = samples.iter();
        samples.find(|s| s.subject == subject && s.view == view)
    };
    for now in samples.iter().filter(|s| s.view == after) {
        let Some(calibrated) = first(&now.subject, before) else {
            continue;
        };
        let moved = Sample {
            neutral: calibrated.neutral,
            ..now.clone()
        };
        if first(&now.subject, after).is_some_and(|first| first.file == now.file) {
            upright.push(Sample {
                features: now.neutral,
                pose: "neutral".to_owned(),
                head: 0.0,
                ..moved.clone()
            });
        }
        all.push(moved);
    }
    (all, upright)
}

fn seems_moved(sample: &Sample) -> bool {
    basis(&sample.features, &sample.neutral) == Basis::MovedCamera
}

/// Fits, prints the figures and, if so wanted, writes the numbers.
pub(crate) fn study(full: &Set, is_written: bool) {
    let mut seen = Vec::new();
    for crops in FRONT.crops {
        let samples = full.samples(crops, Moved::NOT);
        for (_, before, after) in MOVES {
            let (all, upright) = crossed(&samples, before, after);
            seen.extend(all);
            seen.extend(upright);
        }
        seen.extend(samples);
    }
    let fits = Fits::new(&MOVED, &seen);
    let same = full.samples(AS_OBSERVED, Moved::NOT);
    let none = Estimates::default();
    let mut tested = same.clone();
    for (_, before, after) in MOVES {
        tested.extend(crossed(&same, before, after).0);
    }
    let figures = Figures::of(&MOVED, &fits.estimates(&MOVED, &tested), &none);
    let print = |way: &str, samples: &[Sample]| {
        let estimates = fits.estimates(&MOVED, samples).stated(&figures);
        estimates.print(&MOVED, way, &none);
    };
    print("same", &same);
    let elsewhere: Vec<Sample> = same
        .iter()
        .filter(|s| MOVED.has(s) && seems_moved(s))
        .cloned()
        .collect();
    println!(
        "{} single pictures of the same camera seem to be from elsewhere:",
        elsewhere.len()
    );
    print("elsewhere", &elsewhere);
    for (way, before, after) in MOVES {
        let (all, upright) = crossed(&same, before, after);
        print(way, &all);
        let noticed = |samples: &[Sample]| {
            let moved = samples.iter().filter(|s| seems_moved(s));
            format!("{} of {}", moved.count(), samples.len())
        };
        let estimates = fits.estimates(&MOVED, &upright).strangers;
        let called = estimates
            .iter()
            .filter(|e| e.degrees * figures.gain >= 10.0);
        println!(
            "  {way}: seems so in {} single pictures, upright in {}; {} of {} upright people called",
            noticed(&all),
            noticed(&upright),
            called.count(),
            estimates.len()
        );
    }
    if is_written {
        File::new("moved_camera_coefficients")
            .add(
                "HEAD",
                "Forward head from the front.",
                &fits.everybody,
                &figures.error,
            )
            .gain("HEAD", &figures)
            .write();
    }
}
