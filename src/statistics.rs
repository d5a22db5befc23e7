//! The mean, the median and the scatter of some numbers; how long things last; intervals by resampling.

mod resampling;
mod survival;

pub use resampling::{RESAMPLES, Resampled, bootstrap, random};
pub use survival::{Lasted, restricted_mean};

/// The sum over the count; 0 of no values.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    match values.len() {
        0 => 0.0,
        count => values.iter().sum::<f64>() / count as f64,
    }
}

/// The middle value, or the mean of the middle two; `None` of no values.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(lower.midpoint(upper))
}

/// The sum of the squared differences from the mean.
#[must_use]
pub fn squared_deviations(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// Minutes that slouches lasted, and whether they ended then, as in `tests/fixtures/statistics/survival.py`.
#[cfg(test)]
const NUDGED: [(f64, u8); 14] = [
    (0.5, 1),
    (0.5, 1),
    (0.8, 1),
    (1.0, 0),
    (1.0, 1),
    (1.3, 1),
    (2.2, 1),
    (2.2, 0),
    (2.9, 1),
    (3.4, 1),
    (4.1, 0),
    (6.0, 1),
    (9.5, 1),
    (12.0, 1),
];
#[cfg(test)]
const WITHHELD: [(f64, u8); 8] = [
    (1.5, 1),
    (2.2, 1),
    (4.0, 0),
    (5.1, 1),
    (7.7, 1),
    (8.0, 0),
    (11.0, 1),
    (25.0, 1),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_even_number_of_values_the_median_lies_between_the_middle_two() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0]), Some(3.0));
        assert_eq!(median([9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([9.0, 1.0, 2.0, 4.0]), Some(3.0));
    }

    #[test]
    fn values_scatter_around_their_mean() {
        assert_eq!(mean(&[]), 0.0);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        assert_eq!(squared_deviations(&[1.0, 2.0, 6.0]), 14.0);
    }
}
