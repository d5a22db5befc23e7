//! The kinds of estimators that Sitwell combines, as one type.

use sitwell::posture::angles::FACE_SHARE;
use sitwell::posture::regression::{PolynomialSurface, RadialBasis, TanhNetwork};

use crate::fit::{BasisShape, fit_basis, fit_surface};
use crate::network::{UNITS, fit_network};
use crate::study::Point;

/// How an angle is estimated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// The joints' surface.
    Surface,
    /// A radial basis.
    Basis(BasisShape),
    /// A network over the face mesh's inputs.
    Network,
    /// The joints' surface, and a network of so many units over the inputs behind the joints' ones.
    Front(usize),
    /// A radial basis that is taught.
    Oblique(BasisShape),
    /// The mean of a radial basis and a network.
    Side(BasisShape),
}

/// A fitted one.
pub(crate) enum Estimator {
    Surface(PolynomialSurface),
    Basis(RadialBasis),
    Network(TanhNetwork),
    Front(PolynomialSurface, TanhNetwork),
    Side(RadialBasis, TanhNetwork),
}

/// How many inputs of [`Shape::Front`] are the joints'.
const FRONT_JOINTS: usize = 5;

/// The last inputs of the mesh's studies say how large the shoulders show, and from an oblique
/// camera where. In the set only a body that leans changes them; at a desk a chair and a camera do.
/// So the fits also see each point with these changed by this much.
pub(crate) const TAUGHT: f64 = 0.1;
/// How many inputs that are in front and from an oblique camera.
const TAUGHT_IN_FRONT: usize = 1;
const TAUGHT_OBLIQUE: usize = 3;

impl Shape {
    pub(crate) const fn basis(count: usize, ridge: f64, sharpness: f64) -> Shape {
        Shape::Basis(BasisShape {
            count,
            ridge,
            sharpness,
        })
    }

    pub(crate) const fn side(count: usize, ridge: f64, sharpness: f64) -> Shape {
        Shape::Side(BasisShape {
            count,
            ridge,
            sharpness,
        })
    }

    pub(crate) const fn oblique(count: usize, ridge: f64, sharpness: f64) -> Shape {
        Shape::Oblique(BasisShape {
            count,
            ridge,
            sharpness,
        })
    }

    pub(crate) fn fit(self, points: &[Point]) -> Estimator {
        match self {
            Shape::Surface => Estimator::Surface(fit_surface(points)),
            Shape::Basis(shape) => Estimator::Basis(fit_basis(points, shape)),
            Shape::Network => Estimator::Network(fit_face(points, UNITS)),
            Shape::Front(units) => {
                let (mut joints, mut face) = (points.to_vec(), points.to_vec());
                for (joints, face) in joints.iter_mut().zip(&mut face) {
                    face.change = joints.change.split_off(FRONT_JOINTS);
                }
                // What is worn does not teach the surface, which has no part in seeing through it.
                joints.retain(|joints| joints.worn.is_none());
                Estimator::Front(fit_surface(&joints), fit_face(&face, units))
            }
            Shape::Oblique(shape) => {
                Estimator::Basis(fit_basis(&taught(points, TAUGHT_OBLIQUE), shape))
            }
            Shape::Side(shape) => {
                Estimator::Side(fit_basis(points, shape), fit_network(points, UNITS))
            }
        }
    }
}

impl Estimator {
    pub(crate) fn degrees(&self, point: &Point) -> f64 {
        let Point {
            change,
            eye_drop,
            elevation,
            ..
        } = point;
        match self {
            Estimator::Surface(surface) => surface.degrees(change, *eye_drop),
            Estimator::Basis(basis) => basis.degrees(change),
            Estimator::Network(network) => network.degrees(change, *elevation),
            Estimator::Front(surface, network) => {
                let (joints, face) = change.split_at(FRONT_JOINTS);
                let joints = surface.degrees(joints, *eye_drop);
                joints + FACE_SHARE * (network.degrees(face, *elevation) - joints)
            }
            Estimator::Side(basis, network) => {
                f64::midpoint(basis.degrees(change), network.degrees(change, *elevation))
            }
        }
    }
}

fn fit_face(points: &[Point], units: usize) -> TanhNetwork {
    fit_network(&taught(points, TAUGHT_IN_FRONT), units)
}

/// The points, and copies of them with each of the last `count` inputs changed. Of what is worn there are no such copies.
fn taught(points: &[Point], count: usize) -> Vec<Point> {
    let mut all = points.to_vec();
    for back in 1..=count {
        for by in [TAUGHT, -TAUGHT] {
            let plain = points.iter().filter(|point| point.worn.is_none());
            all.extend(plain.map(|point| changed(point, back, by)));
        }
    }
    all
}

fn changed(point: &Point, back: usize, by: f64) -> Point {
    let mut copy = point.clone();
    let at = copy.change.len() - back;
    copy.change[at] += by;
    if let Some([larger, smaller]) = &point.girdles {
        let girdle = if by > 0.0 { larger } else { smaller };
        copy.change[..girdle.len()].copy_from_slice(girdle);
    }
    copy
}
