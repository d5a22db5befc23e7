//! Fits the network of tanh units by Levenberg-Marquardt.

use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate, s};
use sitwell::posture::regression::TanhNetwork;

use crate::fit::{elevation, gram, matrix, scale, solve, truth};
use crate::study::Point;

/// Units of most networks, and networks whose mean is taken. Each starts from other random weights.
pub(crate) const UNITS: usize = 8;
const STARTS: u32 = 8;
/// How much every weight is held back, for each 2000 points.
const PENALTY: f64 = 0.3;
/// The networks compute in these degrees, and with inputs half as large, so that penalties weigh
/// all weights alike.
const UNIT: f64 = 10.0;
const INPUT: f64 = 0.5;

/// One network while it is fitted: the units' weights row by row, their heights, the offset.
struct Fit {
    units: usize,
    inputs: Array2<f64>,
    targets: Array1<f64>,
    /// The square root of what each point counts.
    trust: Array1<f64>,
    penalties: Array1<f64>,
}

/// A network of so many units over the points' inputs.
pub(crate) fn fit_network(points: &[Point], units: usize) -> TanhNetwork {
    let scale = scale(points);
    let elevation = elevation(points, |point| point.elevation);
    let rows: Vec<Array1<f64>> = points
        .iter()
        .map(|point| TanhNetwork::inputs(&point.change, point.elevation, &scale, elevation))
        .collect();
    let mut inputs = matrix(rows.iter().map(|row| row.view()));
    let bias = inputs.ncols() - 1;
    inputs.slice_mut(s![.., ..bias]).mapv_inplace(|v| v * INPUT);
    let counts: Array1<f64> = points.iter().map(|p| p.worn.unwrap_or(1.0)).collect();
    let penalty = PENALTY * counts.sum() / 2000.0;
    let count = units * (bias + 1) + units + 1;
    let penalties = Array1::from_shape_fn(count, |at| {
        let is_bias = at < units * (bias + 1) && at % (bias + 1) == bias;
        if is_bias || at == count - 1 {
            0.0
        } else {
            penalty
        }
    });
    let fit = Fit {
        units,
        inputs,
        targets: truth(points) / UNIT,
        trust: counts.sqrt(),
        penalties,
    };
    let networks: Vec<Array1<f64>> = (0..STARTS).map(|start| fit.run(start)).collect();
    let hidden: Vec<Array2<f64>> = networks.iter().map(|weights| fit.hidden(weights)).collect();
    let hidden: Vec<_> = hidden.iter().map(|hidden| hidden.view()).collect();
    let mut hidden = concatenate(Axis(0), &hidden).expect("rows of one length");
    hidden.slice_mut(s![.., ..bias]).mapv_inplace(|v| v * INPUT);
    let share = UNIT / f64::from(STARTS);
    let heights = networks
        .iter()
        .flat_map(|weights| fit.heights(weights).to_vec());
    TanhNetwork {
        scale,
        elevation,
        hidden,
        heights: heights.map(|height| height * share).collect(),
        offset: share
            * networks
                .iter()
                .map(|weights| weights[count - 1])
                .sum::<f64>(),
    }
}

impl Fit {
    fn width(&self) -> usize {
        self.inputs.ncols()
    }

    fn hidden(&self, weights: &Array1<f64>) -> Array2<f64> {
        let hidden = weights.slice(s![..self.units * self.width()]).to_vec();
        Array2::from_shape_vec((self.units, self.width()), hidden).expect("a row for each unit")
    }

    fn heights<'w>(&self, weights: &'w Array1<f64>) -> ArrayView1<'w, f64> {
        let from = self.units * self.width();
        weights.slice(s![from..from + self.units])
    }

    /// The units at each point, and what is too much there, times its trust.
    fn errors(&self, weights: &Array1<f64>) -> (Array2<f64>, Array1<f64>) {
        let units = self.inputs.dot(&self.hidden(weights).t()).tanh();
        let sums = units.dot(&self.heights(weights)) + weights[weights.len() - 1];
        (units, (sums - &self.targets) * &self.trust)
    }

    fn cost(&self, weights: &Array1<f64>) -> f64 {
        self.errors(weights).1.pow2().sum() + self.penalties.dot(&weights.pow2())
    }

    /// Fits one network from random weights.
    fn run(&self, start: u32) -> Array1<f64> {
        const ROUNDS: usize = 25;
        const TRIES: usize = 8;
        let mut weights = self.random(start);
        let mut damping = 1.0;
        for _ in 0..ROUNDS {
            let before = self.cost(&weights);
            let (units, errors) = self.errors(&weights);
            let slopes = (1.0 - units.pow2()) * self.heights(&weights);
            let columns = (0..self.units)
                .map(|unit| &self.inputs * &slopes.column(unit).insert_axis(Axis(1)));
            let mut columns: Vec<Array2<f64>> = columns.collect();
            columns.extend([units, Array2::ones((errors.len(), 1))]);
            let columns: Vec<_> = columns.iter().map(|column| column.view()).collect();
            let jacobian = concatenate(Axis(1), &columns).expect("rows for each point")
                * self.trust.view().insert_axis(Axis(1));
            let normal = gram(&jacobian, &jacobian) + Array2::from_diag(&self.penalties);
            let gradient = jacobian.t().dot(&errors) + &self.penalties * &weights;
            let diagonal = Array2::from_diag(&(&normal.diag() + 1e-6));
            let mut better = None;
            for _ in 0..TRIES {
                let next = &weights - solve(&normal + &diagonal * damping, &gradient);
                let cost = self.cost(&next);
                if cost < before {
                    damping = f64::max(damping / 3.0, 1e-6);
                    better = Some((next, cost));
                    break;
                }
                damping *= 4.0;
            }
            let Some((next, cost)) = better else { break };
            weights = next;
            if before - cost < 1e-5 * before {
                break;
            }
        }
        weights
    }

    fn random(&self, start: u32) -> Array1<f64> {
        let mut seed = start.wrapping_mul(7919).wrapping_add(1);
        let mut uniform = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed >> 8) / f64::from(1 << 23) - 1.0
        };
        let (width, units) = (self.width() as f64, self.units as f64);
        let hidden = (6.0 / (width - 1.0 + units)).sqrt();
        let heights = (6.0 / (units + 1.0)).sqrt();
        Array1::from_shape_fn(self.penalties.len(), |at| {
            uniform()
                * if at < self.units * self.width() {
                    hidden
                } else {
                    heights
                }
        })
    }
}
