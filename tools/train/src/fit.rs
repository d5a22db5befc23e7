//! The fits: ridge regression, the bent surface by Gauss-Newton, the radial basis by k-means and
//! a robust ridge.

use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, ArrayView1, Axis};
use sitwell::posture::regression::{PolynomialSurface, RadialBasis, UncalibratedModel, bend};

use crate::study::Point;

/// Weights that bring `x * weights` near `y`, each held back by its penalty.
pub(crate) fn ridge(x: &Array2<f64>, y: &Array1<f64>, penalties: &Array1<f64>) -> Array1<f64> {
    solve(gram(x, x) + Array2::from_diag(penalties), &x.t().dot(y))
}

/// The columns of one matrix times those of another, each with each. Row by row this is several
/// times as fast as a general product in a build for development.
pub(crate) fn gram(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let width = b.ncols();
    let mut sums = vec![0.0; a.ncols() * width];
    for (a, b) in a.rows().into_iter().zip(b.rows()) {
        let (a, b) = (a.to_vec(), b.to_vec());
        for (a, sums) in a.iter().zip(sums.chunks_exact_mut(width)) {
            for (b, sum) in b.iter().zip(sums) {
                *sum += a * b;
            }
        }
    }
    Array2::from_shape_vec((a.ncols(), width), sums).expect("a sum for each pair")
}

/// Solves a symmetric positive definite system.
pub(crate) fn solve(a: Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let size = b.len();
    let a = DMatrix::from_row_iterator(size, size, a);
    let b = DVector::from_iterator(size, b.iter().copied());
    let cholesky = a.cholesky().expect("a positive definite matrix");
    cholesky.solve(&b).iter().copied().collect()
}

/// A matrix of rows of one length.
pub(crate) fn matrix<'a>(rows: impl IntoIterator<Item = ArrayView1<'a, f64>>) -> Array2<f64> {
    let rows: Vec<_> = rows.into_iter().collect();
    ndarray::stack(Axis(0), &rows).expect("rows of one length")
}

pub(crate) fn truth(points: &[Point]) -> Array1<f64> {
    points.iter().map(|point| point.degrees).collect()
}

/// The usual size of each change: 1.48 median absolute values, or half a
/// standard deviation where most pictures do not change it.
pub(crate) fn scale(points: &[Point]) -> Array1<f64> {
    let changes = matrix(points.iter().map(|point| (&point.change[..]).into()));
    let usual = |change: ArrayView1<f64>| {
        let mut sizes = change.abs().to_vec();
        sizes.sort_by(f64::total_cmp);
        (1.4826 * sizes[sizes.len() / 2]).max(0.5 * change.std(0.0)) + 1e-9
    };
    changes.columns().into_iter().map(usual).collect()
}

/// Mean and standard deviation of an elevation cue.
pub(crate) fn elevation(points: &[Point], cue: fn(&Point) -> f64) -> (f64, f64) {
    let elevations: Array1<f64> = points.iter().map(cue).collect();
    (elevations.mean().expect("points"), elevations.std(0.0))
}

/// The bent surface for cameras in front.
pub(crate) fn fit_surface(points: &[Point]) -> PolynomialSurface {
    const LINEAR: f64 = 3.0;
    const SQUARE: f64 = 100.0;
    const STEP: f64 = 1e-4;
    let scale = scale(points);
    let (mean, spread) = elevation(points, |point| point.eye_drop);
    let terms: Vec<Array1<f64>> = points
        .iter()
        .map(|point| {
            let change = PolynomialSurface::standardised(&point.change, &scale);
            PolynomialSurface::terms(&change, (point.eye_drop - mean) / spread)
        })
        .collect();
    let terms = matrix(terms.iter().map(|row| row.view()));
    let truth = truth(points);
    let penalties = Array1::from_shape_fn(terms.ncols(), |at| {
        if at < 2 * scale.len() { LINEAR } else { SQUARE }
    });

    let cost = |weights: &Array1<f64>| {
        let errors = terms.dot(weights).mapv(bend) - &truth;
        errors.pow2().sum() + penalties.dot(&weights.pow2())
    };
    let mut weights = ridge(&terms, &truth, &penalties);
    // Gauss-Newton with a step that is halved until it helps.
    for _ in 0..100 {
        let sums = terms.dot(&weights);
        let slopes = sums.mapv(|sum| (bend(sum + STEP) - bend(sum - STEP)) / (2.0 * STEP));
        let rows = &terms * &slopes.view().insert_axis(Axis(1));
        let targets = &truth - sums.mapv(bend) + &slopes * &sums;
        let next = ridge(&rows, &targets, &penalties);
        let before = cost(&weights);
        let shares = std::iter::successors(Some(1.0), |share| Some(share / 2.0));
        let better = shares
            .take_while(|share| *share > 1e-4)
            .map(|share| &weights + (&next - &weights) * share)
            .find(|tried| cost(tried) < before);
        let Some(better) = better else { break };
        weights = better;
        if before - cost(&weights) < 1e-6 * before {
            break;
        }
    }
    PolynomialSurface {
        scale,
        elevation: (mean, spread),
        weights,
    }
}

/// The size of a radial basis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BasisShape {
    pub(crate) count: usize,
    /// The penalty on the heights.
    pub(crate) ridge: f64,
    pub(crate) sharpness: f64,
}

/// The radial basis for oblique and side cameras.
pub(crate) fn fit_basis(points: &[Point], shape: BasisShape) -> RadialBasis {
    /// An error of this many degrees begins to count less.
    const ROBUST: f64 = 4.0;
    let BasisShape {
        count,
        ridge,
        sharpness,
    } = shape;
    let scale = scale(points);
    let changes: Vec<Array1<f64>> = points
        .iter()
        .map(|point| RadialBasis::standardised(&point.change, &scale))
        .collect();
    let clusters = cluster(&changes, count);
    let centres: Array1<f64> = clusters.iter().flatten().copied().collect();
    let heights = |at: &[Array1<f64>]| {
        let rows: Vec<_> = at
            .iter()
            .map(|change| RadialBasis::heights(&centres, change, sharpness))
            .collect();
        matrix(rows.iter().map(|row| row.view()))
    };
    let foot = RadialBasis::heights(&centres, &Array1::zeros(scale.len()), sharpness);
    let x = heights(&changes) - &foot;
    let penalty = heights(&clusters) * ridge + Array2::<f64>::eye(count) * 1e-6;
    let truth = truth(points);
    let mut trust = Array1::<f64>::ones(truth.len());
    let mut weights = Array1::zeros(count);
    for _ in 0..10 {
        let trusted = &x * &trust.view().insert_axis(Axis(1));
        weights = solve(gram(&trusted, &x) + &penalty, &trusted.t().dot(&truth));
        let errors = &truth - &x.dot(&weights);
        trust = errors.mapv(|error| 1.0 / (1.0 + (error / ROBUST).powi(2)).sqrt());
    }
    RadialBasis {
        scale,
        centres,
        offset: foot.dot(&weights),
        weights,
        sharpness,
    }
}

/// K-means from starting points far from each other, so that it needs no random numbers.
fn cluster(points: &[Array1<f64>], count: usize) -> Vec<Array1<f64>> {
    let points = matrix(points.iter().map(|point| point.view()));
    let squares = points.pow2().sum_axis(Axis(1));
    // Of each point from a centre, less the same for every centre.
    let distances = |centre: &Array1<f64>| centre.dot(centre) - 2.0 * points.dot(centre);
    let mut centres = vec![Array1::zeros(points.ncols())];
    let mut nearest = &squares + &distances(&centres[0]);
    while centres.len() < count {
        let farthest = (0..nearest.len()).max_by(|&a, &b| nearest[a].total_cmp(&nearest[b]));
        let centre = points.row(farthest.expect("points")).to_owned();
        let far = &squares + &distances(&centre);
        nearest.zip_mut_with(&far, |nearest, far| *nearest = nearest.min(*far));
        centres.push(centre);
    }
    let mut belongs = Vec::new();
    for _ in 0..25 {
        let from: Vec<Array1<f64>> = centres.iter().map(distances).collect();
        let closest = |point| (0..count).min_by(|&a, &b| from[a][point].total_cmp(&from[b][point]));
        let now: Vec<Option<usize>> = (0..points.nrows()).map(closest).collect();
        if now == belongs {
            break;
        }
        belongs = now;
        for (at, centre) in centres.iter_mut().enumerate() {
            let members = (0..points.nrows()).filter(|point| belongs[*point] == Some(at));
            let members: Vec<usize> = members.collect();
            if !members.is_empty() {
                let members = points.select(Axis(0), &members);
                *centre = members.mean_axis(Axis(0)).expect("members");
            }
        }
    }
    centres
}

/// A ridge line through standardised features, given back for plain ones.
pub(crate) fn fit_line(x: &Array2<f64>, y: &Array1<f64>) -> UncalibratedModel {
    const RIDGE: f64 = 10.0;
    let (means, spreads) = (
        x.mean_axis(Axis(0)).expect("rows"),
        x.std_axis(Axis(0), 0.0) + 1e-9,
    );
    let middle = y.mean().expect("rows");
    let penalties = Array1::from_elem(x.ncols(), RIDGE);
    let weights = ridge(&((x - &means) / &spreads), &(y - middle), &penalties) / &spreads;
    UncalibratedModel {
        intercept: middle - weights.dot(&means),
        weights,
        error: 0.0,
    }
}
