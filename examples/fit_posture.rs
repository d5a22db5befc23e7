//! Fits the curves of `src/posture/coefficients.rs` and says how well they do on
//! people they were not fitted to: each subject is estimated by a fit on all others.
//!
//! ```text
//! cargo run --release --example fit_posture -- SET [--model full] [--crops ten] [--write]
//! ```
//!
//! SET is a folder with `labels.csv` (the truth) and `pictures/`. What was seen is
//! kept in `target/` between runs, since looking at a thousand pictures takes minutes.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool for developers: a failed fit may stop with a panic"
)]

#[path = "fit_posture/figures.rs"]
mod figures;
#[path = "fit_posture/fixture.rs"]
mod fixture;
#[path = "fit_posture/set.rs"]
mod set;
#[path = "fit_posture/solve.rs"]
mod solve;
#[path = "fit_posture/stream.rs"]
mod stream;
#[path = "fit_posture/write.rs"]
mod write;

use std::path::PathBuf;

use clap::Parser;
use figures::{Figures, Found, estimates, rough};
use set::{Sample, Set};
use sitwell::posture::angles::{
    difference, front_head, oblique_head, oblique_shoulders, side_head,
};
use sitwell::posture::regression::{PolynomialSurface, RadialBasis};
use sitwell::settings::ModelVariant;
use solve::{Bumpy, fit_bumps, fit_surface};

#[derive(Parser)]
struct Args {
    /// The folder with labels.csv and pictures/
    set: PathBuf,
    /// Which landmark model looks at the people estimated; the fit always sees the full one
    #[arg(long, default_value = "full")]
    model: ModelVariant,
    /// Fit to this model's own looks
    #[arg(long)]
    own: bool,
    /// Through which crops the people estimated are looked at
    #[arg(long, default_value = set::AS_LOOKS)]
    crops: String,
    /// Bumps of the oblique and the side curve, and what holds their heights back
    #[arg(long, num_args = 3, default_values_t = [40.0, 40.0, 0.4])]
    bumps: Vec<f64>,
    /// Only play recordings made of the pictures through all of Sitwell, of these views or of all
    #[arg(long, num_args = 0.., value_name = "VIEW")]
    stream: Option<Vec<String>>,
    /// Write src/posture/coefficients.rs
    #[arg(long)]
    write: bool,
    /// Write tests/fixtures/posture/joints.csv
    #[arg(long)]
    fixture: bool,
}

/// Crops whose merges the fits see, each as pictures of their own: so much do
/// joints differ on the same picture, and the curve must not follow that.
const SEEN: [&str; 4] = ["sizes", "turns", "all but plain", "six"];
/// The same for cameras in front, which have enough pictures without more of it. With the first alone the error is
/// a little less, and fewer slouches are called.
const SEEN_IN_FRONT: [&str; 2] = [set::AS_LOOKS, "sizes"];

/// A change of proportions and the change in degrees that belongs to it.
pub(crate) struct Point {
    pub(crate) change: Vec<f64>,
    pub(crate) elevation: f64,
    pub(crate) degrees: f64,
}

/// What is estimated from which cameras.
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

/// What would be estimated too if it showed: from so many cameras, with as many proportions as
/// the best of those that are.
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
    let seen = |choices: &[&str]| -> Vec<Sample> {
        choices.iter().flat_map(|name| full.samples(name)).collect()
    };
    let (many, in_front) = (seen(&SEEN), seen(&SEEN_IN_FRONT));

    let bumpy = |count: f64, ridge: f64, sharpness: f64| Bumpy {
        count: count as usize,
        ridge,
        sharpness,
    };
    let oblique = bumpy(args.bumps[0], args.bumps[2], 0.1);
    let side = bumpy(args.bumps[1], args.bumps[2], 0.1);
    let shoulders = bumpy(32.0, 1.5, 0.05);

    let surface = |points: &[Point]| {
        let fitted: PolynomialSurface = fit_surface(points);
        move |point: &Point| fitted.degrees(&point.change, point.elevation)
    };
    let bumps = |bumpy: Bumpy| {
        move |points: &[Point]| {
            let fitted: RadialBasis = fit_bumps(points, bumpy);
            move |point: &Point| fitted.degrees(&point.change)
        }
    };
    let front_found = estimates(&FRONT, &in_front, &tested, surface);
    let oblique_found = estimates(&OBLIQUE, &many, &tested, bumps(oblique));
    let side_found = estimates(&SIDE, &many, &tested, bumps(side));
    let shoulders_found = estimates(&SHOULDERS, &many, &tested, bumps(shoulders));
    let none = Found::default();
    let front_figures = Figures::of(&FRONT, &front_found, &none);
    let oblique_figures = Figures::of(&OBLIQUE, &oblique_found, &shoulders_found);
    let side_figures = Figures::of(&SIDE, &side_found, &none);
    let shoulders_figures = Figures::of(&SHOULDERS, &shoulders_found, &none);

    println!();
    for study in NOT_GIVEN {
        let found = estimates(&study, &many, &tested, bumps(shoulders));
        figures::not_given(&study, &found.strangers);
    }

    let fha: fn(&Sample) -> f64 = |s| s.fha;
    let rough = vec![
        rough(&FRONT, &tested, |s| front_head(&s.features), fha),
        rough(
            &OBLIQUE,
            &tested,
            |s| oblique_head(&s.features, s.facing),
            fha,
        ),
        rough(&SIDE, &tested, |s| oblique_head(&s.features, s.facing), fha),
        rough(
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
            rough,
        };
        let of = |study: &Study, samples: &[Sample]| {
            study.points(samples.iter().filter(|sample| study.has(sample)))
        };
        table.write(
            &fit_surface(&of(&FRONT, &in_front)),
            &fit_bumps(&of(&OBLIQUE, &many), oblique),
            &fit_bumps(&of(&SIDE, &many), side),
            &fit_bumps(&of(&SHOULDERS, &many), shoulders),
        );
    }
}
