//! Sums of time, and their shares.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::posture::{Fault, UnclearReason};
use crate::quantities::whole_percent;
use crate::record::{Minute, NotWatching, TimeUse};

/// What a stretch of time mostly was, in five kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeCategory {
    /// Observed and upright.
    Upright,
    /// Observed and beyond a limit.
    Slouched,
    /// Somebody was there, but how they sat is unknown.
    Unclear,
    /// Nobody was there.
    Away,
    /// Sitwell was not watching.
    NotWatched,
}

impl TimeCategory {
    /// Every kind, in the order in which reports list them.
    pub const ALL: [TimeCategory; 5] = [
        TimeCategory::Upright,
        TimeCategory::Slouched,
        TimeCategory::Unclear,
        TimeCategory::Away,
        TimeCategory::NotWatched,
    ];

    /// The kind of a way to spend time.
    #[must_use]
    pub fn of(spent: TimeUse) -> TimeCategory {
        match spent {
            TimeUse::Upright => TimeCategory::Upright,
            TimeUse::Slouched(_) => TimeCategory::Slouched,
            TimeUse::Unclear(_) => TimeCategory::Unclear,
            TimeUse::Away => TimeCategory::Away,
            TimeUse::NotWatched(_) => TimeCategory::NotWatched,
        }
    }

    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            TimeCategory::Upright => "upright",
            TimeCategory::Slouched => "slouched",
            TimeCategory::Unclear => "unclear",
            TimeCategory::Away => "away",
            TimeCategory::NotWatched => "not watching",
        }
    }
}

/// From one instant to another, spent mostly in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Timestamp,
    /// What it mostly was.
    pub kind: TimeCategory,
}

/// How time was spent, in sum.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Times {
    spent: BTreeMap<TimeUse, SignedDuration>,
}

impl Times {
    /// The sum for one way to spend time.
    #[must_use]
    pub fn of(&self, spent: TimeUse) -> SignedDuration {
        self.spent.get(&spent).copied().unwrap_or_default()
    }

    /// The sum for all ways of one kind.
    #[must_use]
    pub fn of_kind(&self, kind: TimeCategory) -> SignedDuration {
        self.sum(|spent| TimeCategory::of(spent) == kind)
    }

    /// Time in which somebody was there and how they sat is known.
    #[must_use]
    pub fn observed(&self) -> SignedDuration {
        self.of_kind(TimeCategory::Upright)
            .saturating_add(self.of_kind(TimeCategory::Slouched))
    }

    /// Everything recorded, observed or not.
    #[must_use]
    pub fn recorded(&self) -> SignedDuration {
        self.sum(|_| true)
    }

    /// The part of the time observed that was spent upright, 0 to 1; `None` when nothing was observed.
    #[must_use]
    pub fn upright_share(&self) -> Option<f64> {
        let observed = self.observed();
        observed.is_positive().then(|| {
            self.of_kind(TimeCategory::Upright)
                .div_duration_f64(observed)
        })
    }

    /// Slouched time by fault, in the order of [`Fault::ALL`], without those that never happened.
    #[must_use]
    pub fn faults(&self) -> Vec<(Fault, SignedDuration)> {
        let all = Fault::ALL
            .into_iter()
            .map(|fault| (fault, self.of(TimeUse::Slouched(fault))));
        all.filter(|(_, time)| time.is_positive()).collect()
    }

    /// Unclear time by reason, the longest first.
    #[must_use]
    pub fn unclear(&self) -> Vec<(UnclearReason, SignedDuration)> {
        longest_first(
            UnclearReason::ALL
                .into_iter()
                .map(|reason| (reason, self.of(TimeUse::Unclear(reason)))),
        )
    }

    /// Unwatched time by reason, the longest first.
    #[must_use]
    pub fn not_watched(&self) -> Vec<(NotWatching, SignedDuration)> {
        longest_first(
            NotWatching::ALL
                .into_iter()
                .map(|reason| (reason, self.of(TimeUse::NotWatched(reason)))),
        )
    }

    /// Adds one way to spend time.
    pub fn add(&mut self, spent: TimeUse, time: SignedDuration) {
        let sum = self.spent.entry(spent).or_default();
        *sum = sum.saturating_add(time);
    }

    /// Adds a minute.
    pub fn add_minute(&mut self, minute: &Minute) {
        for (&spent, &time) in &minute.spent {
            self.add(spent, time);
        }
    }

    /// Adds another sum.
    pub fn add_times(&mut self, other: &Times) {
        for (&spent, &time) in &other.spent {
            self.add(spent, time);
        }
    }

    fn sum(&self, which: impl Fn(TimeUse) -> bool) -> SignedDuration {
        let times = self.spent.iter().filter(|(spent, _)| which(**spent));
        times.fold(SignedDuration::ZERO, |sum, (_, &time)| {
            sum.saturating_add(time)
        })
    }
}

fn longest_first<T>(times: impl Iterator<Item = (T, SignedDuration)>) -> Vec<(T, SignedDuration)> {
    let mut times: Vec<_> = times.filter(|(_, time)| time.is_positive()).collect();
    times.sort_by_key(|&(_, time)| std::cmp::Reverse(time));
    times
}

/// Whole percentages that add up to 100, each less than one off. The first is rounded
/// as [`percent`](crate::quantities::percent) rounds it, so that it is the same wherever it is shown; of the
/// others the largest remainders are rounded up. All zero when the parts are.
#[must_use]
pub fn percentages(parts: &[SignedDuration]) -> Vec<u32> {
    let sum: SignedDuration = parts.iter().sum();
    if !sum.is_positive() {
        return vec![0; parts.len()];
    }
    let shares: Vec<f64> = parts
        .iter()
        .map(|part| part.div_duration_f64(sum))
        .collect();
    let mut whole: Vec<u32> = shares.iter().map(|share| (share * 100.0) as u32).collect();
    whole[0] = whole_percent(shares[0]);
    let missing = 100_u32.saturating_sub(whole.iter().sum()) as usize;
    let mut order: Vec<usize> = (1..parts.len()).collect();
    order.sort_by(|&a, &b| {
        (shares[b] * 100.0)
            .fract()
            .total_cmp(&(shares[a] * 100.0).fract())
    });
    for &at in order.iter().take(missing) {
        whole[at] += 1;
    }
    whole
}
