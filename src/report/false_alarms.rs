//! Nudges that the person called false alarms: how many, how sure that share is, and what a higher
//! limit would have changed.

use crate::posture::Fault;
use crate::record::{Answer, Episode, Nudge, Records};
use crate::statistics::median;

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

/// What a higher limit would have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HigherLimit {
    /// The limit, in whole degrees.
    pub degrees: u32,
    /// How many of the false alarms it would have left out.
    pub left_out: usize,
    /// The false alarms whose slouch is known.
    pub appealed: usize,
    /// How many of the other slouches it would have left out.
    pub lost: usize,
    /// The other slouches for the same fault.
    pub others: usize,
}

impl HigherLimit {
    /// The whole degrees just above the typical false alarm for a fault. `None` if no such slouch is
    /// known, or if that is not above the limit in force.
    #[must_use]
    pub fn for_fault(records: &Records, fault: Fault, limit: f64) -> Option<HigherLimit> {
        let is_appealed = |episode: &Episode| {
            let during = |nudge: &Nudge| episode.from <= nudge.at && nudge.at <= episode.to;
            records
                .nudges
                .iter()
                .any(|nudge| nudge.answer == Answer::NotASlouch && during(nudge))
        };
        let of_fault = records.episodes.iter().filter(|one| one.fault == fault);
        let (appealed, others): (Vec<&Episode>, Vec<&Episode>) =
            of_fault.partition(|episode| is_appealed(episode));
        let typical = median(appealed.iter().map(|episode| episode.angle.mean.abs()))?;
        let degrees = typical.floor() + 1.0;
        let below = |episodes: &[&Episode]| {
            let below = episodes.iter().filter(|one| one.angle.mean.abs() < degrees);
            below.count()
        };
        (degrees > limit).then(|| HigherLimit {
            degrees: degrees as u32,
            left_out: below(&appealed),
            appealed: appealed.len(),
            lost: below(&others),
            others: others.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::record::{AngleSpan, EpisodeOutcome};

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

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + 60 * minute).unwrap()
    }

    /// A slouch of this mean angle, with a nudge in it, ten minutes each.
    fn slouch(number: i64, fault: Fault, mean: f64, answer: Answer) -> (Episode, Nudge) {
        let episode = Episode {
            fault,
            from: at(10 * number),
            to: at(10 * number + 5),
            observed: SignedDuration::from_mins(5),
            angle: AngleSpan {
                mean,
                worst: mean + 3.0,
                error: 2.0,
            },
            ending: EpisodeOutcome::ByItself,
        };
        let nudge = Nudge {
            at: at(10 * number + 2),
            fault,
            stretch: "chest-lift".to_owned(),
            answer,
            answered: None,
        };
        (episode, nudge)
    }

    #[test]
    fn a_higher_limit_is_told_with_what_it_would_have_changed() {
        use Answer::{Done, NotASlouch};
        use Fault::{ForwardHead, RoundedShoulders};
        let slouches = [
            (ForwardHead, 11.2, NotASlouch),
            (ForwardHead, 12.4, NotASlouch),
            (ForwardHead, 19.0, NotASlouch),
            (ForwardHead, 12.9, Done),
            (ForwardHead, 15.0, Done),
            (RoundedShoulders, 11.0, NotASlouch),
        ];
        let (episodes, nudges) = (0..)
            .zip(slouches)
            .map(|(number, (fault, mean, answer))| slouch(number, fault, mean, answer))
            .unzip();
        let records = Records {
            episodes,
            nudges,
            ..Records::default()
        };
        let higher = HigherLimit {
            degrees: 13,
            left_out: 2,
            appealed: 3,
            lost: 1,
            others: 2,
        };
        let of = |fault, limit| HigherLimit::for_fault(&records, fault, limit);
        assert_eq!(of(ForwardHead, 10.0), Some(higher));
        assert_eq!(of(ForwardHead, 13.0), None, "that is the limit already");
        assert_eq!(of(Fault::HeadAndShoulders, 10.0), None);
    }
}
