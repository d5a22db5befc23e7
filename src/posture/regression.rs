//! The three models that turn changes of proportions into degrees.
//!
//! Their numbers are in `coefficients`. `tools/train` fits them and prints how well they do on
//! people they were not fitted to.

use ndarray::{Array1, Array2, ArrayView1, aview1};

/// A change of proportions in units of its usual size, limited so that one wild joint cannot
/// dominate an angle.
fn standardised(change: &[f64], scale: &Array1<f64>, limit: f64) -> Array1<f64> {
    (&aview1(change) / scale).clamp(-limit, limit)
}

/// The limit of a change for surfaces and networks.
const LIMIT: f64 = 4.0;

/// The elevation cue in standard deviations from its mean over cameras.
///
/// It is limited: no camera of the posture set is further from the mean, and beyond it an
/// extrapolated line would erase or invent angles.
#[must_use]
pub fn standard_elevation(elevation: f64, (mean, deviation): (f64, f64)) -> f64 {
    const LIMIT: f64 = 2.6;
    ((elevation - mean) / deviation).clamp(-LIMIT, LIMIT)
}

/// Degrees as a bent quadratic surface over the changes, for cameras in front.
///
/// The same movement lowers the ears less for a camera that looks up. So each change also counts
/// times the camera's elevation, which is read from the neutral.
#[derive(Debug, Clone, PartialEq)]
pub struct PolynomialSurface {
    /// The usual size of each change.
    pub scale: Array1<f64>,
    /// Mean and standard deviation of the elevation cue over cameras.
    pub elevation: (f64, f64),
    /// One for each of [`PolynomialSurface::terms`].
    pub weights: Array1<f64>,
}

impl PolynomialSurface {
    /// A change in the units of the terms.
    #[must_use]
    pub fn standardised(change: &[f64], scale: &Array1<f64>) -> Array1<f64> {
        standardised(change, scale, LIMIT)
    }

    /// The terms that the weights belong to: each change, each change times elevation, and each
    /// product of two changes.
    #[must_use]
    pub fn terms(changes: &Array1<f64>, elevation: f64) -> Array1<f64> {
        let count = changes.len();
        let products =
            (0..count).flat_map(|i| (i..count).map(move |j| changes[i] * changes[j] / 2.0));
        let lifted = changes * (elevation / 2.0);
        changes
            .iter()
            .copied()
            .chain(lifted)
            .chain(products)
            .collect()
    }

    /// Degrees of change.
    #[must_use]
    pub fn degrees(&self, change: &[f64], elevation: f64) -> f64 {
        let elevation = standard_elevation(elevation, self.elevation);
        let change = PolynomialSurface::standardised(change, &self.scale);
        bend(PolynomialSurface::terms(&change, elevation).dot(&self.weights))
    }
}

/// Bends negative degrees towards zero: heads hardly go behind the neutral, but
/// shoulders drawn forward look as if they had.
#[must_use]
pub fn bend(degrees: f64) -> f64 {
    const KNEE: f64 = 4.0;
    const LEAK: f64 = 0.1;
    LEAK * degrees + (1.0 - LEAK) * (degrees.hypot(KNEE) + degrees - KNEE) / 2.0
}

/// Degrees by a network with one layer of tanh units: for the face mesh and the shoulder network from the front, and beside
/// a radial basis at the side.
#[derive(Debug, Clone, PartialEq)]
pub struct TanhNetwork {
    /// The usual size of each change.
    pub scale: Array1<f64>,
    /// Mean and standard deviation of the elevation cue over cameras.
    pub elevation: (f64, f64),
    /// A row for each unit: a weight for each input of [`TanhNetwork::inputs`].
    pub hidden: Array2<f64>,
    /// How many degrees each unit adds at most.
    pub heights: Array1<f64>,
    /// The sum where all units are 0, in degrees.
    pub offset: f64,
}

impl TanhNetwork {
    /// What the units weigh: each change in its usual size, the camera's elevation, and 1.
    #[must_use]
    pub fn inputs(
        change: &[f64],
        elevation: f64,
        scale: &Array1<f64>,
        over_cameras: (f64, f64),
    ) -> Array1<f64> {
        let change = standardised(change, scale, LIMIT);
        let elevation = standard_elevation(elevation, over_cameras);
        change.into_iter().chain([elevation, 1.0]).collect()
    }

    /// Degrees of change.
    #[must_use]
    pub fn degrees(&self, change: &[f64], elevation: f64) -> f64 {
        let inputs = TanhNetwork::inputs(change, elevation, &self.scale, self.elevation);
        self.hidden.dot(&inputs).tanh().dot(&self.heights) + self.offset
    }
}

/// Degrees as a sum of Gaussian bumps over the changes, for oblique and side cameras. Far from
/// every change in the posture set it returns to its offset, so nonsense does not become a slouch.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialBasis {
    /// The usual size of each change.
    pub scale: Array1<f64>,
    /// The centres of the bumps in standardised changes, one after the other.
    pub centres: Array1<f64>,
    /// The height of each bump in degrees.
    pub weights: Array1<f64>,
    /// The sum at no change.
    pub offset: f64,
    /// How narrow a bump is: exp(-sharpness * squared distance).
    pub sharpness: f64,
}

impl RadialBasis {
    /// The limit of a change. With 4 the side is worse by 0.1 degrees and finds fewer slouches.
    const LIMIT: f64 = 3.0;

    /// A change in the units of the centres.
    #[must_use]
    pub fn standardised(change: &[f64], scale: &Array1<f64>) -> Array1<f64> {
        standardised(change, scale, RadialBasis::LIMIT)
    }

    /// What each bump, were it of height one, adds at a standardised change.
    #[must_use]
    pub fn heights(centres: &Array1<f64>, change: &Array1<f64>, sharpness: f64) -> Array1<f64> {
        let centres = centres.exact_chunks(change.len());
        let height = |centre: ArrayView1<f64>| (-sharpness * (&centre - change).pow2().sum()).exp();
        centres.into_iter().map(height).collect()
    }

    /// Degrees of change.
    #[must_use]
    pub fn degrees(&self, change: &[f64]) -> f64 {
        let change = RadialBasis::standardised(change, &self.scale);
        RadialBasis::heights(&self.centres, &change, self.sharpness).dot(&self.weights)
            - self.offset
    }
}

/// The error stated with a change, in degrees. It grows with the change.
///
/// It was raised until it held on people who were not fitted to: 68 % of the changes are off by one
/// of it at most, and 95 % by two. With the face mesh and at the side the posture set's people are one half of
/// these, and people of another recipe the other (ACCURACY.md).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorModel {
    /// At no change.
    pub base: f64,
    /// For each degree of change, up to [`ErrorModel::grows_to`].
    pub share: f64,
    /// The change from which on it grows no further.
    pub grows_to: f64,
}

impl ErrorModel {
    /// The error of a change.
    #[must_use]
    pub fn at(&self, change: f64) -> f64 {
        self.base + self.share * change.abs().min(self.grows_to)
    }
}

/// An absolute angle without a calibration: a line over the proportions themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct UncalibratedModel {
    /// One for each proportion.
    pub weights: Array1<f64>,
    /// Degrees where all proportions are 0.
    pub intercept: f64,
    /// One standard error in degrees on people it was not fitted to.
    pub error: f64,
}

impl UncalibratedModel {
    /// Degrees.
    #[must_use]
    pub fn degrees(&self, features: &[f64]) -> f64 {
        self.intercept + self.weights.dot(&aview1(features))
    }
}
