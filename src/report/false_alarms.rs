//! Nudges that the person called false alarms: how many, and how sure that share is.

use crate::record::{Answer, Nudge};

/// How many nudges there were, and how many of them the person called false alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FalseAlarms {
    /// All nudges.
    pub nudges: usize,
    /// Those that the person called false alarms.
    pub appealed: usize,
}

/// The two-sided 95 % quantile of the normal distribution.
const NORMAL_95: f64 = 1.959_963_985;

impl FalseAlarms {
    pub(super) fn among<'a>(nudges: impl Iterator<Item = &'a Nudge>) -> FalseAlarms {
        nudges.fold(FalseAlarms::default(), |sum, nudge| FalseAlarms {
            nudges: sum.nudges + 1,
            appealed: sum.appealed + usize::from(nudge.answer == Answer::NotASlouch),
        })
    }

    /// The share of false alarms, 0 to 1; `None` without a nudge.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.nudges > 0).then(|| self.appealed as f64 / self.nudges as f64)
    }

    /// The 95 % interval of that share after Wilson (J. Am. Stat. Assoc. 22, 1927), which holds for few
    /// nudges too.
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
        let (share, n) = (self.share()?, self.nudges as f64);
        let z2 = NORMAL_95 * NORMAL_95;
        let middle = share + z2 / (2.0 * n);
        let half = NORMAL_95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let bound = |value: f64| (value / (1.0 + z2 / n)).clamp(0.0, 1.0);
        Some((bound(middle - half), bound(middle + half)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // From SciPy 1.17.1: binomtest(k, n).proportion_ci(0.95, method='wilson')
        let rows = [
            (0, 5, 0.0, 0.434_482),
            (1, 1, 0.206_549, 1.0),
            (2, 27, 0.020_555, 0.233_696),
            (3, 10, 0.107_791, 0.603_222),
            (27, 27, 0.875_445, 1.0),
            (50, 1000, 0.038_130, 0.065_314),
        ];
        for (appealed, nudges, low, high) in rows {
            let (found_low, found_high) = FalseAlarms { nudges, appealed }.interval().unwrap();
            let off = (found_low - low).abs().max((found_high - high).abs());
            assert!(
                off < 1e-6,
                "{appealed} of {nudges}: {found_low} {found_high}"
            );
        }
        assert_eq!(FalseAlarms::default().interval(), None);
    }
}
