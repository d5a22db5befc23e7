//! The fits: ridge regression, the bent surface by Gauss-Newton, the bumps by
//! k-means and a robust ridge.

use ndarray::{Array1, Array2};
use sitwell::posture::regression::{PolynomialSurface, RadialBasis, bend};

use super::Point;

/// Weights that bring `xs * weights` near `ys`, each held back by its penalty.
pub(crate) fn least_squares(xs: &[Vec<f64>], ys: &[f64], penalties: &[f64]) -> Vec<f64> {
    let columns = xs[0].len();
    let x = Array2::from_shape_fn((xs.len(), columns), |(row, column)| xs[row][column]);
    let y = Array1::from(ys.to_vec());
    let mut normal = x.t().dot(&x);
    for (at, penalty) in penalties.iter().enumerate() {
        normal[[at, at]] += penalty;
    }
    solve(normal, x.t().dot(&y)).to_vec()
}

/// Solves a symmetric positive definite system by Cholesky's decomposition.
fn solve(mut a: Array2<f64>, mut b: Array1<f64>) -> Array1<f64> {
    let size = b.len();
    for column in 0..size {
        for row in column..size {
            let sum: f64 = (0..column).map(|k| a[[row, k]] * a[[column, k]]).sum();
            let value = a[[row, column]] - sum;
            a[[row, column]] = if row == column {
                value.max(1e-12).sqrt()
            } else {
                value / a[[column, column]]
            };
        }
    }
    for row in 0..size {
        let sum: f64 = (0..row).map(|k| a[[row, k]] * b[k]).sum();
        b[row] = (b[row] - sum) / a[[row, row]];
    }
    for row in (0..size).rev() {
        let sum: f64 = (row + 1..size).map(|k| a[[k, row]] * b[k]).sum();
        b[row] = (b[row] - sum) / a[[row, row]];
    }
    b
}

/// The usual size of each change: 1.48 median absolute values, or half a
/// standard deviation where most pictures do not change it.
fn scale(points: &[Point]) -> Vec<f64> {
    (0..points[0].change.len())
        .map(|at| {
            let mut sizes: Vec<f64> = points.iter().map(|point| point.change[at].abs()).collect();
            sizes.sort_by(f64::total_cmp);
            let count = points.len() as f64;
            let mean = points.iter().map(|point| point.change[at]).sum::<f64>() / count;
            let variance = points
                .iter()
                .map(|point| (point.change[at] - mean).powi(2))
                .sum::<f64>()
                / count;
            (1.4826 * sizes[sizes.len() / 2]).max(0.5 * variance.sqrt()) + 1e-9
        })
        .collect()
}

/// The bent surface for cameras in front.
pub(crate) fn fit_surface(points: &[Point]) -> PolynomialSurface {
    const LINEAR: f64 = 3.0;
    const SQUARE: f64 = 100.0;
    let scale = scale(points);
    let count = points.len() as f64;
    let mean = points.iter().map(|point| point.elevation).sum::<f64>() / count;
    let spread = (points
        .iter()
        .map(|point| (point.elevation - mean).powi(2))
        .sum::<f64>()
        / count)
        .sqrt();
    let terms: Vec<Vec<f64>> = points
        .iter()
        .map(|point| {
            PolynomialSurface::terms(
                &PolynomialSurface::standardised(&point.change, &scale),
                (point.elevation - mean) / spread,
            )
        })
        .collect();
    let truth: Vec<f64> = points.iter().map(|point| point.degrees).collect();
    let penalties: Vec<f64> = (0..terms[0].len())
        .map(|at| if at < 2 * scale.len() { LINEAR } else { SQUARE })
        .collect();

    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cost = |weights: &[f64]| {
        let misses: f64 = terms
            .iter()
            .zip(&truth)
            .map(|(terms, truth)| (bend(dot(terms, weights)) - truth).powi(2))
            .sum();
        misses
            + penalties
                .iter()
                .zip(weights)
                .map(|(penalty, weight)| penalty * weight * weight)
                .sum::<f64>()
    };
    let mut weights = least_squares(&terms, &truth, &penalties);
    // Gauss-Newton with a step that is halved until it helps.
    for _ in 0..100 {
        let step = 1e-4;
        let slopes: Vec<f64> = terms
            .iter()
            .map(|terms| {
                let sum = dot(terms, &weights);
                (bend(sum + step) - bend(sum - step)) / (2.0 * step)
            })
            .collect();
        let rows: Vec<Vec<f64>> = terms
            .iter()
            .zip(&slopes)
            .map(|(terms, slope)| terms.iter().map(|term| term * slope).collect())
            .collect();
        let targets: Vec<f64> = terms
            .iter()
            .zip(&slopes)
            .zip(&truth)
            .map(|((terms, slope), truth)| {
                truth - bend(dot(terms, &weights)) + slope * dot(terms, &weights)
            })
            .collect();
        let next = least_squares(&rows, &targets, &penalties);
        let before = cost(&weights);
        let mut share = 1.0;
        let mut moved = weights.clone();
        while share > 1e-4 {
            let tried: Vec<f64> = weights
                .iter()
                .zip(&next)
                .map(|(now, next)| now + share * (next - now))
                .collect();
            if cost(&tried) < before {
                moved = tried;
                break;
            }
            share /= 2.0;
        }
        weights = moved;
        if before - cost(&weights) < 1e-6 * before {
            break;
        }
    }
    PolynomialSurface {
        scale: scale.into(),
        elevation: (mean, spread),
        weights: weights.into(),
    }
}

/// How bumps are laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bumpy {
    pub(crate) count: usize,
    /// What holds the heights back.
    pub(crate) ridge: f64,
    pub(crate) sharpness: f64,
}

/// The bumps for cameras at a side.
pub(crate) fn fit_bumps(points: &[Point], bumpy: Bumpy) -> RadialBasis {
    let Bumpy {
        count,
        ridge,
        sharpness,
    } = bumpy;
    /// A miss of so many degrees begins to count less.
    const ROBUST: f64 = 4.0;
    let scale = scale(points);
    let changes: Vec<Vec<f64>> = points
        .iter()
        .map(|point| RadialBasis::standardised(&point.change, &scale))
        .collect();
    let centres = cluster(&changes, count);
    let flat: Vec<f64> = centres.concat();
    let foot = RadialBasis::heights(&flat, &vec![0.0; scale.len()], sharpness);
    let rows: Vec<Vec<f64>> = changes
        .iter()
        .map(|change| {
            RadialBasis::heights(&flat, change, sharpness)
                .iter()
                .zip(&foot)
                .map(|(height, foot)| height - foot)
                .collect()
        })
        .collect();
    let between = Array2::from_shape_fn((count, count), |(a, b)| {
        RadialBasis::heights(&centres[b], &centres[a], sharpness)[0]
    });
    let truth: Vec<f64> = points.iter().map(|point| point.degrees).collect();
    let mut trust = vec![1.0; truth.len()];
    let mut weights = Array1::zeros(count);
    let x = Array2::from_shape_fn((rows.len(), count), |(row, column)| rows[row][column]);
    for _ in 0..10 {
        let trusted = Array2::from_shape_fn(x.dim(), |(row, column)| x[[row, column]] * trust[row]);
        let normal = trusted.t().dot(&x) + &between * ridge + Array2::<f64>::eye(count) * 1e-6;
        weights = solve(normal, trusted.t().dot(&Array1::from(truth.clone())));
        let misses = &Array1::from(truth.clone()) - &x.dot(&weights);
        trust = misses
            .iter()
            .map(|miss| 1.0 / (1.0 + (miss / ROBUST).powi(2)).sqrt())
            .collect();
    }
    let offset = foot
        .iter()
        .zip(&weights)
        .map(|(foot, weight)| foot * weight)
        .sum();
    RadialBasis {
        scale: scale.into(),
        centres: flat.into(),
        weights: weights.to_vec().into(),
        offset,
        sharpness,
    }
}

/// K-means, begun with points far from each other so that it needs no chance.
fn cluster(points: &[Vec<f64>], count: usize) -> Vec<Vec<f64>> {
    let distance =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let mut centres = vec![vec![0.0; points[0].len()]];
    while centres.len() < count {
        let lonely = |point: &&Vec<f64>| {
            centres
                .iter()
                .map(|centre| distance(point, centre))
                .fold(f64::INFINITY, f64::min)
        };
        let farthest = points.iter().max_by(|a, b| lonely(a).total_cmp(&lonely(b)));
        centres.push(farthest.expect("points").clone());
    }
    for _ in 0..100 {
        let mut members = vec![Vec::new(); count];
        for point in points {
            let nearest = (0..count).min_by(|&a, &b| {
                distance(point, &centres[a]).total_cmp(&distance(point, &centres[b]))
            });
            members[nearest.expect("centres")].push(point);
        }
        for (centre, members) in centres
            .iter_mut()
            .zip(&members)
            .filter(|(_, members)| !members.is_empty())
        {
            for (at, value) in centre.iter_mut().enumerate() {
                *value =
                    members.iter().map(|member| member[at]).sum::<f64>() / members.len() as f64;
            }
        }
    }
    centres
}

/// A line over proportions.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) weights: Vec<f64>,
    pub(crate) intercept: f64,
}

impl Line {
    pub(crate) fn degrees(&self, features: &[f64]) -> f64 {
        self.intercept
            + features
                .iter()
                .zip(&self.weights)
                .map(|(feature, weight)| feature * weight)
                .sum::<f64>()
    }
}

/// A ridge line through standardised features, given back for plain ones.
pub(crate) fn fit_line(xs: &[Vec<f64>], ys: &[f64]) -> Line {
    const RIDGE: f64 = 10.0;
    let count = xs.len() as f64;
    let columns = xs[0].len();
    let mean = |at: usize| xs.iter().map(|x| x[at]).sum::<f64>() / count;
    let means: Vec<f64> = (0..columns).map(mean).collect();
    let spread = |at: usize| {
        (xs.iter().map(|x| (x[at] - means[at]).powi(2)).sum::<f64>() / count).sqrt() + 1e-9
    };
    let spreads: Vec<f64> = (0..columns).map(spread).collect();
    let middle = ys.iter().sum::<f64>() / count;
    let rows: Vec<Vec<f64>> = xs
        .iter()
        .map(|x| {
            (0..columns)
                .map(|at| (x[at] - means[at]) / spreads[at])
                .collect()
        })
        .collect();
    let targets: Vec<f64> = ys.iter().map(|y| y - middle).collect();
    let weights = least_squares(&rows, &targets, &vec![RIDGE; columns]);
    let weights: Vec<f64> = weights
        .iter()
        .zip(&spreads)
        .map(|(weight, spread)| weight / spread)
        .collect();
    let intercept = middle
        - weights
            .iter()
            .zip(&means)
            .map(|(weight, mean)| weight * mean)
            .sum::<f64>();
    Line { weights, intercept }
}
