//! Fits `src/posture/coefficients.rs` and prints how well the fits do on people they were not
//! fitted to: each subject is estimated by a fit on all others.
//!
//! ```text
//! cargo run --release -p train -- SET [--model full] [--crops six] [--write]
//! ```
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

mod set;
mod fit;
mod figures;
mod write;
mod fixture;
mod stream;

use std::path::PathBuf;

use clap::Parser;
use figures::{Estimates, Figures, estimates, uncalibrated};
use fit::{BasisShape, fit_basis, fit_surface};
use set::{Sample, Set};
use sitwell::posture::angles::{
    difference, front_head, oblique_head, oblique_shoulders, side_head,
};
use sitwell::settings::ModelVariant;

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
    /// Sizes of the oblique and the side basis, and the penalty on their heights
    #[arg(long, num_args = 3, default_values_t = [40.0, 40.0, 0.4])]
    basis: Vec<f64>,
    /// Only play recordings made of the pictures through all of Sitwell, of these views or all views
    #[arg(long, num_args = 0.., value_name = "VIEW")]
    stream: Option<Vec<String>>,
    /// Write src/posture/coefficients.rs
    #[arg(long)]
    write: bool,
    /// Write tests/fixtures/posture/joints.csv
    #[arg(long)]
    fixture: bool,
}

/// The choices of crops that the fits see, each as if it were a picture of its own. Joints differ
/// this much on the same picture, and the fit must not follow the difference.
const FITTED: [&str; 4] = ["sizes", "turns", "all but plain", "six"];
/// The same for cameras in front, which have enough pictures. With the first choice alone the error
/// is a little less, and fewer slouches are found.
const FITTED_IN_FRONT: [&str; 2] = [set::AS_OBSERVED, "sizes"];

/// A change of proportions and the change in degrees that belongs to it.
pub(crate) struct Point {
    pub(crate) change: Vec<f64>,
    pub(crate) elevation: f64,
    pub(crate) degrees: f64,
}

/// An angle and the cameras that it is estimated from.
#[derive(Clone, Copy)]
pub(crate) struct Study {
    name: &'static str,
    views: &'static [&'static str],
    features: fn(&Sample) -> Vec<f64>,
    truth: fn(&Sample) -> f64,
}

const FRONT: Study = Study {
    name: "forward head, front",
    views: &["front_top", "front_laptop"],
    features: |s| difference(&front_head(&s.features), &front_head(&s.neutral)),
    truth: |s| s.head,
};
const OBLIQUE: Study = Study {
    name: "forward head, oblique",
    views: &["oblique"],
    features: |s| {
        difference(
            &oblique_head(&s.features, s.facing),
            &oblique_head(&s.neutral, s.facing),
        )
    },
    truth: |s| s.head,
};
const SIDE: Study = Study {
    name: "forward head, side",
    views: &["side"],
    features: |s| {
        difference(
            &side_head(&s.features, s.facing),
            &side_head(&s.neutral, s.facing),
        )
    },
    truth: |s| s.head,
};
const SHOULDERS: Study = Study {
    name: "rounded shoulders, oblique",
    views: &["oblique"],
    features: |s| {
        difference(
            &oblique_shoulders(&s.features, s.facing),
            &oblique_shoulders(&s.neutral, s.facing),
        )
    },
    truth: |s| s.shoulders,
};

/// Angles that Sitwell does not give, because pictures do not show them. They are estimated with
/// the best proportions to prove it.
const NOT_GIVEN: [Study; 5] = [
    Study {
        name: "rounded shoulders, front",
        truth: |s| s.shoulders,
        ..FRONT
    },
    Study {
        name: "rounded shoulders, side",
        truth: |s| s.shoulders,
        ..SIDE
    },
    Study {
        name: "slump, front",
        truth: |s| s.slump,
        ..FRONT
    },
    Study {
        name: "slump, oblique",
        truth: |s| s.slump,
        ..SHOULDERS
    },
    Study {
        name: "slump, side",
        truth: |s| s.slump,
        ..SIDE
    },
];

impl Study {
    fn points<'a>(&self, samples: impl IntoIterator<Item = &'a Sample>) -> Vec<Point> {
        let point = |sample: &Sample| Point {
            change: (self.features)(sample),
            elevation: sample.neutral.eye_drop,
            degrees: (self.truth)(sample),
        };
        samples.into_iter().map(point).collect()
    }

    fn has(&self, sample: &Sample) -> bool {
        self.views.contains(&&*sample.view)
    }
}

fn main() {
    let args = Args::parse();
    let full = Set::open(
        &args.set,
        if args.own {
            args.model
        } else {
            ModelVariant::Full
        },
    );
    if let Some(views) = &args.stream {
        return stream::play(&full, &args.set, views);
    }
    let tested = if args.model == ModelVariant::Full || args.own {
        full.samples(&args.crops)
    } else {
        Set::open(&args.set, args.model).samples(&args.crops)
    };
    let samples = |choices: &[&str]| -> Vec<Sample> {
        choices.iter().flat_map(|name| full.samples(name)).collect()
    };
    let (many, in_front) = (samples(&FITTED), samples(&FITTED_IN_FRONT));

    let shape = |count: f64, ridge: f64, sharpness: f64| BasisShape {
        count: count as usize,
        ridge,
        sharpness,
    };
    let oblique = shape(args.basis[0], args.basis[2], 0.1);
    let side = shape(args.basis[1], args.basis[2], 0.1);
    let shoulders = shape(32.0, 1.5, 0.05);

    let surface = |points: &[Point]| {
        let fitted = fit_surface(points);
        move |point: &Point| fitted.degrees(&point.change, point.elevation)
    };
    let basis = |shape: BasisShape| {
        move |points: &[Point]| {
            let fitted = fit_basis(points, shape);
            move |point: &Point| fitted.degrees(&point.change)
        }
    };
    let front_estimates = estimates(&FRONT, &in_front, &tested, surface);
    let oblique_estimates = estimates(&OBLIQUE, &many, &tested, basis(oblique));
    let side_estimates = estimates(&SIDE, &many, &tested, basis(side));
    let shoulders_estimates = estimates(&SHOULDERS, &many, &tested, basis(shoulders));
    let none = Estimates::default();
    let front_figures = Figures::of(&FRONT, &front_estimates, &none);
    let oblique_figures = Figures::of(&OBLIQUE, &oblique_estimates, &shoulders_estimates);
    let side_figures = Figures::of(&SIDE, &side_estimates, &none);
    let shoulders_figures = Figures::of(&SHOULDERS, &shoulders_estimates, &none);

    println!();
    for study in NOT_GIVEN {
        let estimates = estimates(&study, &many, &tested, basis(shoulders));
        figures::not_given(&study, &estimates.strangers);
    }

    let fha: fn(&Sample) -> f64 = |s| s.fha;
    let uncalibrated = vec![
        uncalibrated(&FRONT, &tested, |s| front_head(&s.features), fha),
        uncalibrated(
            &OBLIQUE,
            &tested,
            |s| oblique_head(&s.features, s.facing),
            fha,
        ),
        uncalibrated(&SIDE, &tested, |s| oblique_head(&s.features, s.facing), fha),
        uncalibrated(
            &SHOULDERS,
            &tested,
            |s| oblique_shoulders(&s.features, s.facing),
            |s| s.protraction,
        ),
    ];
    if args.fixture {
        fixture::write(&full);
    }
    if args.write {
        let table = write::Table {
            front: front_figures,
            oblique: oblique_figures,
            side: side_figures,
            shoulders: shoulders_figures,
            uncalibrated,
        };
        let of = |study: &Study, samples: &[Sample]| {
            study.points(samples.iter().filter(|sample| study.has(sample)))
        };
        table.write(
            &fit_surface(&of(&FRONT, &in_front)),
            &fit_basis(&of(&OBLIQUE, &many), oblique),
            &fit_basis(&of(&SIDE, &many), side),
            &fit_basis(&of(&SHOULDERS, &many), shoulders),
        );
    }
}
