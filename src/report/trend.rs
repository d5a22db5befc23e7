//! How a period compares with the one before, and whether that means anything.

use jiff::SignedDuration;

use super::{Days, Summary};
use crate::statistics::{mean, squared_deviations};

/// A day counts in a comparison if at least this much time was observed. Our own choice.
const ENOUGH_OF_A_DAY: SignedDuration = SignedDuration::from_hours(1);

/// At least this many days, both periods together, show how much days differ by
/// themselves; with fewer, any difference may be chance. Our own choice.
const ENOUGH_DAYS: usize = 5;

/// Differences below two standard errors happen by chance about once in twenty comparisons.
const STANDARD_ERRORS: f64 = 2.0;

/// The share of time upright against the period before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The period before.
    pub against: Days,
    /// The part of the time observed spent upright in the period before, 0 to 1; `None` when nothing was observed.
    pub before: Option<f64>,
    /// The time observed in the period before.
    pub observed_before: SignedDuration,
    /// What the difference means.
    pub verdict: TrendVerdict,
}

/// What a difference between two periods means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrendVerdict {
    /// Too few days to compare.
    TooLittle {
        /// Days with an hour or more observed in this period.
        days: usize,
        /// The same in the period before.
        days_before: usize,
    },
    /// Within what chance explains.
    Same {
        /// The difference, this less before, in percentage points.
        points: f64,
        /// Two standard errors of that difference, in percentage points.
        chance: f64,
    },
    /// More upright, beyond chance.
    Better {
        /// The difference in percentage points, positive.
        points: f64,
        /// Two standard errors of that difference, in percentage points.
        chance: f64,
    },
    /// Less upright, beyond chance.
    Worse {
        /// The difference in percentage points, negative.
        points: f64,
        /// Two standard errors of that difference, in percentage points.
        chance: f64,
    },
}

impl Trend {
    /// Compares two periods by their days: each day's share upright, and how much days scatter.
    #[must_use]
    pub fn between(now: &Summary, before: &Summary) -> Trend {
        let (now, past) = (shares(now), shares(before));
        Trend {
            against: before.covers,
            before: before.times.upright_share(),
            observed_before: before.times.observed(),
            verdict: verdict(&now, &past),
        }
    }
}

fn shares(summary: &Summary) -> Vec<f64> {
    let days = summary
        .days
        .iter()
        .filter(|day| day.times.observed() >= ENOUGH_OF_A_DAY);
    days.filter_map(|day| day.times.upright_share())
        .map(|share| share * 100.0)
        .collect()
}

fn verdict(now: &[f64], before: &[f64]) -> TrendVerdict {
    let (n, m) = (now.len(), before.len());
    if n == 0 || m == 0 || n + m < ENOUGH_DAYS {
        return TrendVerdict::TooLittle {
            days: n,
            days_before: m,
        };
    }
    let squares = squared_deviations(now) + squared_deviations(before);
    let variance = squares / (n + m - 2) as f64;
    let chance = STANDARD_ERRORS * (variance * (1.0 / n as f64 + 1.0 / m as f64)).sqrt();
    let points = mean(now) - mean(before);
    if points > chance {
        TrendVerdict::Better { points, chance }
    } else if points < -chance {
        TrendVerdict::Worse { points, chance }
    } else {
        TrendVerdict::Same { points, chance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_called_one_only_beyond_chance() {
        let rows: [(&[f64], &[f64], &str); 6] = [
            (&[], &[60.0; 7], "too little"),
            (&[60.0], &[60.0, 61.0], "too little"),
            (&[70.0, 72.0, 71.0], &[60.0, 61.0, 59.0], "better"),
            (&[60.0, 61.0, 59.0], &[70.0, 72.0, 71.0], "worse"),
            (&[70.0, 40.0, 90.0], &[60.0, 85.0, 30.0], "same"),
            (&[62.0], &[60.0, 64.0, 58.0, 66.0], "same"),
        ];
        for (now, before, expected) in rows {
            let name = match verdict(now, before) {
                TrendVerdict::TooLittle { .. } => "too little",
                TrendVerdict::Same { .. } => "same",
                TrendVerdict::Better { points, chance } if points > chance => "better",
                TrendVerdict::Worse { points, chance } if points < -chance => "worse",
                other => panic!("{other:?}"),
            };
            assert_eq!(name, expected, "{now:?} {before:?}");
        }
    }
}
