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
mod network;
mod figures;
mod write;
mod fixture;
mod stream;
mod moved_camera;
mod limits;

use std::path::PathBuf;

use clap::Parser;
use figures::{Estimates, Figures, Fits, uncalibrated};
use fit::{BasisShape, fit_basis, fit_surface};
use network::fit_network;
use set::{Moved, Sample, Set};
use sitwell::posture::angles::{
    FACE_SHARE, difference, front_face, front_head, oblique_face, oblique_head, oblique_shoulders,
    side_head,
};
use sitwell::posture::regression::{PolynomialSurface, TanhNetwork};
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
    /// Size of the oblique basis with the face mesh, the penalty on its heights, and its sharpness
    #[arg(long, num_args = 3, default_values_t = [80.0, 0.8, 0.05])]
    face_basis: Vec<f64>,
    /// The same for rounded shoulders
    #[arg(long, num_args = 3, default_values_t = [80.0, 1.5, 0.05])]
    shoulders_basis: Vec<f64>,
    /// How much the face mesh's network counts beside the joints' surface
    #[arg(long, default_value_t = FACE_SHARE)]
    face_share: f64,
    /// Only play recordings made of the pictures through all of Sitwell, of these views or all views
    #[arg(long, num_args = 0.., value_name = "VIEW")]
    stream: Option<Vec<String>>,
    /// Write src/posture/coefficients.rs
    #[arg(long)]
    write: bool,
    /// Only fit the estimator for a moved camera; with --write, write moved_camera_coefficients.rs
    #[arg(long)]
    moved_camera: bool,
    /// Only print what other limits cost, from the front with this gain
    #[arg(long, value_name = "GAIN")]
    limits: Option<f64>,
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
#[derive(Clone)]
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
    /// None where the face mesh is needed and a picture does not show it.
    features: fn(&Sample) -> Option<Vec<f64>>,
    truth: fn(&Sample) -> f64,
}

const FRONT: Study = Study {
    name: "forward head, front, joints",
    views: &["front_top", "front_laptop"],
    features: |s| {
        Some(difference(
            &front_head(&s.features.joints),
            &front_head(&s.neutral.joints),
        ))
    },
    truth: |s| s.head,
};
const OBLIQUE: Study = Study {
    name: "forward head, oblique, joints",
    views: &["oblique"],
    features: |s| {
        Some(difference(
            &oblique_head(&s.features.joints, s.facing),
            &oblique_head(&s.neutral.joints, s.facing),
        ))
    },
    truth: |s| s.head,
};
const SIDE: Study = Study {
    name: "forward head, side",
    views: &["side"],
    features: |s| {
        Some(difference(
            &side_head(&s.features.joints, s.facing),
            &side_head(&s.neutral.joints, s.facing),
        ))
    },
    truth: |s| s.head,
};
const SHOULDERS: Study = Study {
    name: "rounded shoulders, oblique, joints",
    views: &["oblique"],
    features: |s| {
        Some(difference(
            &oblique_shoulders(&s.features.joints, s.facing),
            &oblique_shoulders(&s.neutral.joints, s.facing),
        ))
    },
    truth: |s| s.shoulders,
};

/// The same with the face mesh: first what the joints' study has, then what the mesh adds.
const FRONT_FACE: Study = Study {
    name: "forward head, front, face mesh",
    features: |s| {
        let mut inputs = (FRONT.features)(s)?;
        inputs.extend(front_face(&s.features.face?, &s.neutral.face?));
        Some(inputs)
    },
    ..FRONT
};
const OBLIQUE_FACE: Study = Study {
    name: "forward head, oblique, face mesh",
    features: |s| with_oblique_face(s, OBLIQUE),
    ..OBLIQUE
};
const SHOULDERS_FACE: Study = Study {
    name: "rounded shoulders, oblique, face mesh",
    features: |s| with_oblique_face(s, SHOULDERS),
    ..SHOULDERS
};
/// How many inputs of [`FRONT_FACE`] are the joints'.
const FRONT_JOINTS: usize = 5;

fn with_oblique_face(sample: &Sample, study: Study) -> Option<Vec<f64>> {
    let mut inputs = (study.features)(sample)?;
    inputs.extend(oblique_face(
        &sample.features.face?,
        &sample.neutral.face?,
        sample.facing,
    ));
    Some(inputs)
}

/// The last inputs of the mesh's studies say how large the shoulders show, and from an oblique
/// camera where. In the set only a body that leans changes them; at a desk a chair and a camera do.
/// So the fits also see each point with these changed by this much.
const TAUGHT: f64 = 0.1;

/// The points, and copies of them with each of the last `count` inputs changed.
fn taught(points: &[Point], count: usize) -> Vec<Point> {
    let mut all = points.to_vec();
    for back in 1..=count {
        for by in [TAUGHT, -TAUGHT] {
            all.extend(points.iter().map(|point| {
                let mut copy = point.clone();
                let at = copy.change.len() - back;
                copy.change[at] += by;
                copy
            }));
        }
    }
    all
}

/// What happens after the calibration at a real desk, in picture heights.
const MOVED: [Moved; 7] = [
    moved("chair 10 % nearer", 1.1, 0.0, 0.0),
    moved("chair 10 % farther", 0.9, 0.0, 0.0),
    moved("camera 5 % up", 1.0, 0.0, 0.05),
    moved("camera 5 % down", 1.0, 0.0, -0.05),
    moved("camera 5 % aside", 1.0, 0.05, 0.0),
    moved("camera 5 % to the other side", 1.0, -0.05, 0.0),
    moved("nearer and camera 5 % down", 1.1, 0.0, -0.05),
];

const fn moved(name: &'static str, scale: f32, right: f32, down: f32) -> Moved {
    Moved {
        name,
        scale,
        right,
        down,
    }
}

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
        let samples = samples.into_iter();
        samples.filter_map(|sample| self.point(sample)).collect()
    }

    fn point(&self, sample: &Sample) -> Option<Point> {
        Some(Point {
            change: (self.features)(sample)?,
            elevation: sample.neutral.joints.eye_drop,
            degrees: (self.truth)(sample),
        })
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
    if let Some(gain) = args.limits {
        return limits::study(&full, args.face_share, gain);
    }
    if args.moved_camera {
        return moved_camera::study(&full, args.write);
    }
    let tested = if args.model == ModelVariant::Full || args.own {
        full.samples(&args.crops, Moved::NOT)
    } else {
        Set::open(&args.set, args.model).samples(&args.crops, Moved::NOT)
    };
    let samples = |choices: &[&str]| -> Vec<Sample> {
        choices
            .iter()
            .flat_map(|name| full.samples(name, Moved::NOT))
            .collect()
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
    let oblique_face = shape(args.face_basis[0], args.face_basis[1], args.face_basis[2]);
    let shoulders_face = shape(
        args.shoulders_basis[0],
        args.shoulders_basis[1],
        args.shoulders_basis[2],
    );

    let basis = |shape: BasisShape| {
        move |points: &[Point]| {
            let fitted = fit_basis(points, shape);
            move |point: &Point| fitted.degrees(&point.change)
        }
    };
    let taught_basis = |shape: BasisShape| {
        move |points: &[Point]| {
            let fitted = fit_basis(&taught(points, 3), shape);
            move |point: &Point| fitted.degrees(&point.change)
        }
    };
    let surface = |points: &[Point]| {
        let fitted = fit_surface(points);
        move |point: &Point| fitted.degrees(&point.change, point.elevation)
    };
    let blend = |points: &[Point]| {
        let (surface, network) = fit_both(points);
        move |point: &Point| {
            let (joints, face) = point.change.split_at(FRONT_JOINTS);
            let joints = surface.degrees(joints, point.elevation);
            let face = network.degrees(face, point.elevation);
            joints + args.face_share * (face - joints)
        }
    };
    let none = Estimates::default();
    let front = Fits::new(&FRONT, &in_front, surface);
    let oblique_head = Fits::new(&OBLIQUE, &many, basis(oblique));
    let side_head = Fits::new(&SIDE, &many, basis(side));
    let shoulders_joints = Fits::new(&SHOULDERS, &many, basis(shoulders));
    let front_mesh = Fits::new(&FRONT_FACE, &in_front, blend);
    let oblique_mesh = Fits::new(&OBLIQUE_FACE, &many, taught_basis(oblique_face));
    let shoulders_mesh = Fits::new(&SHOULDERS_FACE, &many, taught_basis(shoulders_face));

    let front_estimates = front.estimates(&FRONT, &tested);
    let shoulders_estimates = shoulders_joints.estimates(&SHOULDERS, &tested);
    let oblique_estimates = oblique_head.estimates(&OBLIQUE, &tested);
    let front_face_estimates = front_mesh.estimates(&FRONT_FACE, &tested);
    let oblique_face_estimates = oblique_mesh.estimates(&OBLIQUE_FACE, &tested);
    let shoulders_face_estimates = shoulders_mesh.estimates(&SHOULDERS_FACE, &tested);
    let side_estimates = side_head.estimates(&SIDE, &tested);
    let front_figures = Figures::of(&FRONT, &front_estimates, &none);
    let oblique_figures = Figures::of(&OBLIQUE, &oblique_estimates, &shoulders_estimates);
    let side_figures = Figures::of(&SIDE, &side_estimates, &none);
    let shoulders_figures = Figures::of(&SHOULDERS, &shoulders_estimates, &none);
    let front_face_figures = Figures::of(&FRONT_FACE, &front_face_estimates, &none);
    let oblique_face_figures = Figures::of(
        &OBLIQUE_FACE,
        &oblique_face_estimates,
        &shoulders_face_estimates,
    );
    let shoulders_face_figures = Figures::of(&SHOULDERS_FACE, &shoulders_face_estimates, &none);

    println!("\nWhat Sitwell gives: with the mesh where it shows, else by the joints alone");
    let given = |samples: &[Sample], way: &str| {
        let front_face = front_mesh.estimates(&FRONT_FACE, samples);
        let front = front.estimates(&FRONT, samples);
        let oblique_face = oblique_mesh.estimates(&OBLIQUE_FACE, samples);
        let oblique = oblique_head.estimates(&OBLIQUE, samples);
        let shoulders = shoulders_mesh.estimates(&SHOULDERS_FACE, samples);
        let shoulders = shoulders.or(&shoulders_joints.estimates(&SHOULDERS, samples));
        println!(
            "{way}: errors {:.2} front, {:.2} oblique, {:.2} shoulders",
            front_face.or(&front).error(),
            oblique_face.or(&oblique).error(),
            shoulders.error()
        );
        let front = front.times(front_figures.gain);
        let front_face = front_face.times(front_face_figures.gain);
        front_face.or(&front).print(&FRONT, "verdicts", &none);
        let oblique = oblique.times(oblique_figures.gain);
        let oblique_face = oblique_face.times(oblique_face_figures.gain);
        oblique_face
            .or(&oblique)
            .print(&OBLIQUE, "verdicts", &shoulders);
    };
    given(&tested, "as they are");
    for moved in MOVED {
        given(&full.samples(&args.crops, moved), moved.name);
    }

    println!();
    for study in NOT_GIVEN {
        let seen = if study.views == FRONT.views {
            &in_front
        } else {
            &many
        };
        let estimates = Fits::new(&study, seen, basis(shoulders)).estimates(&study, &tested);
        figures::not_given(&study, &estimates.strangers);
    }

    let fha: fn(&Sample) -> f64 = |s| s.fha;
    let uncalibrated = vec![
        uncalibrated(&FRONT, &tested, |s| front_head(&s.features.joints), fha),
        uncalibrated(
            &OBLIQUE,
            &tested,
            |s| sitwell::posture::angles::oblique_head(&s.features.joints, s.facing),
            fha,
        ),
        uncalibrated(
            &SIDE,
            &tested,
            |s| sitwell::posture::angles::oblique_head(&s.features.joints, s.facing),
            fha,
        ),
        uncalibrated(
            &SHOULDERS,
            &tested,
            |s| oblique_shoulders(&s.features.joints, s.facing),
            |s| s.protraction,
        ),
    ];
    if args.fixture {
        fixture::write(&full);
    }
    if args.write {
        let of = |study: &Study, samples: &[Sample]| {
            study.points(samples.iter().filter(|sample| study.has(sample)))
        };
        let (_, network) = fit_both(&of(&FRONT_FACE, &in_front));
        write::Table {
            surfaces: vec![(
                "FRONT_HEAD",
                "Forward head from the front, by the joints.",
                fit_surface(&of(&FRONT, &in_front)),
            )],
            networks: vec![(
                "FRONT_FACE_HEAD",
                "Forward head from the front, by the face mesh.",
                network,
            )],
            bases: vec![
                (
                    "OBLIQUE_HEAD",
                    "Forward head from an oblique camera, by the joints.",
                    fit_basis(&of(&OBLIQUE, &many), oblique),
                ),
                (
                    "OBLIQUE_FACE_HEAD",
                    "Forward head from an oblique camera, by joints and face mesh.",
                    fit_basis(&taught(&of(&OBLIQUE_FACE, &many), 3), oblique_face),
                ),
                (
                    "SIDE_HEAD",
                    "Forward head from the side.",
                    fit_basis(&of(&SIDE, &many), side),
                ),
                (
                    "OBLIQUE_SHOULDERS",
                    "Rounded shoulders from an oblique camera, by the joints.",
                    fit_basis(&of(&SHOULDERS, &many), shoulders),
                ),
                (
                    "OBLIQUE_FACE_SHOULDERS",
                    "Rounded shoulders from an oblique camera, by joints and face mesh.",
                    fit_basis(&taught(&of(&SHOULDERS_FACE, &many), 3), shoulders_face),
                ),
            ],
            errors: vec![
                ("FRONT_HEAD", front_figures),
                ("FRONT_FACE_HEAD", front_face_figures),
                ("OBLIQUE_HEAD", oblique_figures),
                ("OBLIQUE_FACE_HEAD", oblique_face_figures),
                ("SIDE_HEAD", side_figures),
                ("OBLIQUE_SHOULDERS", shoulders_figures),
                ("OBLIQUE_FACE_SHOULDERS", shoulders_face_figures),
            ],
            uncalibrated: [
                "ROUGH_FRONT_HEAD",
                "ROUGH_OBLIQUE_HEAD",
                "ROUGH_SIDE_HEAD",
                "ROUGH_OBLIQUE_SHOULDERS",
            ]
            .into_iter()
            .zip(uncalibrated)
            .collect(),
        }
        .write();
    }
}

/// The joints' surface and the face mesh's network.
fn fit_both(points: &[Point]) -> (PolynomialSurface, TanhNetwork) {
    let (mut joints, mut face) = (points.to_vec(), points.to_vec());
    for (joints, face) in joints.iter_mut().zip(&mut face) {
        face.change = joints.change.split_off(FRONT_JOINTS);
    }
    (fit_surface(&joints), fit_network(&taught(&face, 1)))
}
