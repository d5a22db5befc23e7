//! How well the webcam agrees with photographs from the side, after Bland and Altman (Lancet 327, 1986).

use std::io::{self, Write};

use super::csv::Table;
use crate::quantities::count;
use crate::record::PhotoCheck;
use crate::statistics::{mean, squared_deviations};

/// With fewer photographs nothing is said. Our choice.
const ENOUGH: usize = 5;

/// How well the webcam agrees with photographs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// The photographs.
    pub photos: usize,
    /// By how many degrees the webcam's neck angle is larger on average.
    pub bias: f64,
    /// Between these differences 95 of 100 lie: the mean and 1.96 standard deviations.
    pub limits: (f64, f64),
    /// One standard error of a photograph's angle by its clicks.
    pub clicks: f64,
}

impl Agreement {
    /// How well they agree; `None` with few photographs.
    #[must_use]
    pub fn of(checks: &[PhotoCheck]) -> Option<Agreement> {
        if checks.len() < ENOUGH {
            return None;
        }
        let differences: Vec<f64> = checks
            .iter()
            .map(|check| check.webcam - check.measured())
            .collect();
        let bias = mean(&differences);
        let spread = squared_deviations(&differences) / (differences.len() - 1) as f64;
        let within = 1.96 * spread.sqrt();
        Some(Agreement {
            photos: checks.len(),
            bias,
            limits: (bias - within, bias + within),
            clicks: click_error(checks),
        })
    }

    /// The same in words.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (low, high) = self.limits;
        format!(
            "Checked with {} from the side: the webcam's neck angle is {:+.1}\u{b0} off on average, and in 95 of 100 cases {low:+.1}\u{b0} \
             to {high:+.1}\u{b0} (limits of agreement after Bland and Altman). Your clicks are good to \u{b1}{:.1}\u{b0}.",
            count(self.photos, "photograph", "photographs"),
            self.bias,
            self.clicks
        )
    }

    /// What it means for a forward head that is shown beside it, in words.
    #[must_use]
    pub fn beside(&self) -> String {
        // A larger craniovertebral angle is a head that is less far forward.
        let forward = |degrees: f64| match degrees > 0.0 {
            true => format!("{degrees:.1}\u{b0} less"),
            false => format!("{:.1}\u{b0} more", degrees.abs()),
        };
        let (low, high) = self.limits;
        format!(
            "By your {} the webcam shows the head {} far forward on average, and in 95 of 100 cases from {} to {}.",
            count(self.photos, "photograph", "photographs"),
            forward(self.bias),
            forward(high),
            forward(low),
        )
    }
}

/// One standard error of the mean of two clicks, from how much both differ: Dahlberg's (Statistical Methods for Medical
/// and Biological Students, 1940) over the square root of two.
#[must_use]
pub fn click_error(checks: &[PhotoCheck]) -> f64 {
    let squares = checks
        .iter()
        .map(|check| (check.photo.0 - check.photo.1).powi(2));
    let squares: Vec<f64> = squares.collect();
    (mean(&squares) / 4.0).sqrt()
}

/// Writes the angles alone: neither when nor of whom.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn photo_checks_csv(checks: &[PhotoCheck], out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new(out);
    let header = ["photo_first", "photo_second", "webcam", "webcam_error"];
    table.row(&header.map(|name| format!("{name}_degrees")))?;
    for check in checks {
        let cells = [check.photo.0, check.photo.1, check.webcam, check.error];
        table.row(&cells.map(|degrees| format!("{degrees:.2}")))?;
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn check(photo: (f64, f64), webcam: f64) -> PhotoCheck {
        PhotoCheck {
            taken: Timestamp::UNIX_EPOCH,
            photo,
            webcam,
            error: 3.0,
        }
    }

    #[test]
    fn the_limits_are_those_of_the_paper() {
        // Peak flow by a large and a mini Wright meter, the first readings of Bland and Altman 1986: the mean difference is
        // -2.1 and the standard deviation 38.8. They round the limits with 2 of those to -80 and 76.
        let large = [
            494.0, 395.0, 516.0, 434.0, 476.0, 557.0, 413.0, 442.0, 650.0, 433.0, 417.0, 656.0,
            267.0, 478.0, 178.0, 423.0, 427.0,
        ];
        let mini = [
            512.0, 430.0, 520.0, 428.0, 500.0, 600.0, 364.0, 380.0, 658.0, 445.0, 432.0, 626.0,
            260.0, 477.0, 259.0, 350.0, 451.0,
        ];
        let checks: Vec<PhotoCheck> = large
            .iter()
            .zip(mini)
            .map(|(large, mini)| check((mini, mini), *large))
            .collect();
        let found = Agreement::of(&checks).unwrap();
        // python3 -c 'import numpy as np; d=np.array(LARGE)-np.array(MINI); print(d.mean(), d.mean()-1.96*d.std(ddof=1), d.mean()+1.96*d.std(ddof=1))'
        let off = |found: f64, wanted: f64| (found - wanted).abs();
        assert!(off(found.bias, -2.117_647) < 1e-5, "{found:?}");
        assert!(off(found.limits.0, -78.097_302) < 1e-4, "{found:?}");
        assert!(off(found.limits.1, 73.862_007) < 1e-4, "{found:?}");
        assert_eq!(found.clicks, 0.0);
        assert_eq!(Agreement::of(&checks[..4]), None);
    }

    #[test]
    fn clicks_that_differ_are_less_exact() {
        // Both differ by 2 degrees: one click has a standard error of 1.41, and the mean of two has one of 1.
        let checks = [check((50.0, 52.0), 51.0), check((48.0, 46.0), 47.0)];
        assert!((click_error(&checks) - 1.0).abs() < 1e-12);
        assert_eq!(click_error(&[]), 0.0);
        let five = [
            (50.0, 51.0),
            (48.0, 47.0),
            (55.0, 54.0),
            (52.0, 53.0),
            (45.0, 46.0),
        ];
        let checks: Vec<PhotoCheck> = five
            .iter()
            .zip([1.0, 3.0, 2.0, 4.0, 0.0])
            .map(|(photo, off)| check(*photo, photo.0.midpoint(photo.1) + off))
            .collect();
        assert_eq!(
            Agreement::of(&checks).unwrap().sentence(),
            "Checked with 5 photographs from the side: the webcam's neck angle is +2.0\u{b0} off on average, and in 95 of 100 cases \
             -1.1\u{b0} to +5.1\u{b0} (limits of agreement after Bland and Altman). Your clicks are good to \u{b1}0.5\u{b0}."
        );
        assert_eq!(
            Agreement::of(&checks).unwrap().beside(),
            "By your 5 photographs the webcam shows the head 2.0\u{b0} less far forward on average, and in 95 of 100 cases \
             from 5.1\u{b0} less to 1.1\u{b0} more."
        );
        let mut csv = Vec::new();
        photo_checks_csv(&checks[..1], &mut csv).unwrap();
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            "photo_first_degrees,photo_second_degrees,webcam_degrees,webcam_error_degrees\r\n50.00,51.00,51.50,3.00\r\n"
        );
    }
}
