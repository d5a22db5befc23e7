//! The two curves that turn changes of proportions into degrees.
//!
//! Their numbers are in `fitted`, made by `examples/fit_posture.rs`, which also
//! says how well they do on people they were not fitted to.

use std::borrow::Cow;

/// A change of proportions in units of its usual size, cut off so that one
/// wild joint cannot carry an angle away.
fn standardised(change: &[f64], scale: &[f64], clip: f64) -> Vec<f64> {
    change
        .iter()
        .zip(scale)
        .map(|(change, scale)| (change / scale).clamp(-clip, clip))
        .collect()
}

/// Degrees as a curved surface over the changes, for cameras in front.
///
/// The same movement lowers the ears less for a camera that looks up, so each
/// change also counts times the camera's elevation, read from the neutral.
#[derive(Debug, Clone, PartialEq)]
pub struct PolynomialSurface {
    /// The usual size of each change.
    pub scale: Cow<'static, [f64]>,
    /// Mean and spread of the elevation cue over cameras.
    pub elevation: (f64, f64),
    /// One for each of [`PolynomialSurface::terms`].
    pub weights: Cow<'static, [f64]>,
}

impl PolynomialSurface {
    const CLIP: f64 = 4.0;
    /// So many spreads from the mean a camera counts at most: no camera of the posture set is
    /// further, and beyond, the same line would make an angle of nothing or of everything.
    const MAX_ELEVATION: f64 = 2.6;

    /// A change as the terms take it.
    #[must_use]
    pub fn standardised(change: &[f64], scale: &[f64]) -> Vec<f64> {
        standardised(change, scale, PolynomialSurface::CLIP)
    }

    /// The terms that the weights belong to: each change, each change times
    /// elevation, and each product of two changes.
    #[must_use]
    pub fn terms(changes: &[f64], elevation: f64) -> Vec<f64> {
        let products = (0..changes.len())
            .flat_map(|i| (i..changes.len()).map(move |j| changes[i] * changes[j] / 2.0));
        let lifted = changes.iter().map(|change| change * elevation / 2.0);
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
        let elevation = ((elevation - self.elevation.0) / self.elevation.1).clamp(
            -PolynomialSurface::MAX_ELEVATION,
            PolynomialSurface::MAX_ELEVATION,
        );
        let terms = PolynomialSurface::terms(
            &PolynomialSurface::standardised(change, &self.scale),
            elevation,
        );
        bend(
            terms
                .iter()
                .zip(self.weights.iter())
                .map(|(term, weight)| term * weight)
                .sum(),
        )
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

/// Degrees as a sum of bumps over the changes, for cameras at a side. Far from
/// everything that was ever measured it goes back to its foot: nonsense is no slouch.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialBasis {
    /// The usual size of each change.
    pub scale: Cow<'static, [f64]>,
    /// Where the bumps are, one after the other, in standardised changes.
    pub centres: Cow<'static, [f64]>,
    /// The height of each bump in degrees.
    pub weights: Cow<'static, [f64]>,
    /// The sum at no change.
    pub offset: f64,
    /// How narrow a bump is: exp(-sharpness * squared distance).
    pub sharpness: f64,
}

impl RadialBasis {
    const CLIP: f64 = 3.0;

    /// A change as the bumps take it.
    #[must_use]
    pub fn standardised(change: &[f64], scale: &[f64]) -> Vec<f64> {
        standardised(change, scale, RadialBasis::CLIP)
    }

    /// The height of each bump of height one at a standardised change.
    #[must_use]
    pub fn heights(centres: &[f64], change: &[f64], sharpness: f64) -> Vec<f64> {
        let distance = |centre: &[f64]| {
            centre
                .iter()
                .zip(change)
                .map(|(a, b)| (a - b).powi(2))
                .sum::<f64>()
        };
        centres
            .chunks(change.len())
            .map(|centre| (-sharpness * distance(centre)).exp())
            .collect()
    }

    /// Degrees of change.
    #[must_use]
    pub fn degrees(&self, change: &[f64]) -> f64 {
        let heights = RadialBasis::heights(
            &self.centres,
            &RadialBasis::standardised(change, &self.scale),
            self.sharpness,
        );
        heights
            .iter()
            .zip(self.weights.iter())
            .map(|(height, weight)| height * weight)
            .sum::<f64>()
            - self.offset
    }
}

/// One standard error of a change in degrees: it grows with the change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorModel {
    /// At no change.
    pub base: f64,
    /// For each degree of change, up to 20.
    pub share: f64,
}

impl ErrorModel {
    /// The standard error of a change.
    #[must_use]
    pub fn at(&self, change: f64) -> f64 {
        self.base + self.share * change.abs().min(20.0)
    }
}

/// An absolute angle without a calibration: a line over the proportions themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct UncalibratedModel {
    /// One for each proportion.
    pub weights: &'static [f64],
    /// Degrees where all proportions are 0.
    pub intercept: f64,
    /// One standard error in degrees on people it was not fitted to.
    pub error: f64,
}

impl UncalibratedModel {
    /// Degrees.
    #[must_use]
    pub fn degrees(&self, features: &[f64]) -> f64 {
        self.intercept
            + features
                .iter()
                .zip(self.weights)
                .map(|(feature, weight)| feature * weight)
                .sum::<f64>()
    }
}
