//! From observations to minutes of the clock.
//!
//! A minute never holds more than 60 s. An instant counts once, even when the clock
//! is set back. A gap between two observations counts as no time; the caller says
//! which gap is too long. Instants count in whole milliseconds, so that a stream cut
//! anywhere gives the same sums.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{AngleSpan, Minute, TimeUse};
use crate::posture::{Estimate, PerAngle, Placement};

const MINUTE_MS: i64 = 60_000;

/// When the clock is set back by up to this, the repeated time is skipped: it was
/// counted already. When by more, the clock was wrong before (a second system that
/// keeps local time in the hardware clock is off by whole hours), and skipping would
/// lose the day. Our own choice; NTP steps are seconds.
const LONGEST_WAIT_MS: i64 = 15 * MINUTE_MS;

/// Time not watched may come in one piece, as after a night asleep, but a clock
/// that jumps a year must not fill the history. Our own choice.
const LONGEST_UNWATCHED_MS: i64 = 24 * 60 * MINUTE_MS;

/// How the time from one observation to the next was spent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeSpan {
    /// The way it was spent.
    pub spent: TimeUse,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Timestamp,
    /// Where the person sat before the camera then.
    pub placement: Option<Placement>,
    /// The angles then. Each counts only with a change from neutral.
    pub angles: PerAngle<Option<Estimate>>,
}

/// Adds spans up into minutes.
#[derive(Debug, Clone)]
pub struct MinuteTally {
    longest_gap_ms: i64,
    open: Option<Open>,
    counted_to_ms: Option<i64>,
}

impl MinuteTally {
    /// Starts empty. A watched span longer than `longest_gap` is a gap and is left out.
    #[must_use]
    pub fn new(longest_gap: SignedDuration) -> MinuteTally {
        MinuteTally {
            longest_gap_ms: clamp_ms(longest_gap),
            open: None,
            counted_to_ms: None,
        }
    }

    /// Continues an earlier run from its last, perhaps unfinished minute.
    ///
    /// A span before this minute means that the clock was set back.
    #[must_use]
    pub fn resume(longest_gap: SignedDuration, last: &Minute) -> MinuteTally {
        let mut tally = MinuteTally::new(longest_gap);
        tally.counted_to_ms = Some(last.start.as_millisecond());
        tally.open = Some(Open::from_minute(last));
        tally
    }

    /// From now on a watched span longer than this is a gap.
    pub fn set_longest_gap(&mut self, longest_gap: SignedDuration) {
        self.longest_gap_ms = clamp_ms(longest_gap);
    }

    /// Adds a span and gives the minutes that it finished.
    pub fn add(&mut self, span: &TimeSpan) -> Vec<Minute> {
        let (mut from, to) = (span.from.as_millisecond(), span.to.as_millisecond());
        let longest = match span.spent {
            TimeUse::NotWatched(_) => LONGEST_UNWATCHED_MS,
            TimeUse::Upright | TimeUse::Slouched(_) | TimeUse::Unclear(_) | TimeUse::Away => {
                self.longest_gap_ms
            }
        };
        let mut finished = Vec::new();
        if to <= from || to.saturating_sub(from) > longest {
            return finished;
        }
        if let Some(counted_to) = self.counted_to_ms
            && from < counted_to
        {
            if counted_to - from <= LONGEST_WAIT_MS {
                from = counted_to;
            } else {
                finished.extend(self.open.take().and_then(Open::into_minute));
                self.counted_to_ms = None;
            }
        }
        if to <= from {
            return finished;
        }
        while from < to {
            let minute = from.div_euclid(MINUTE_MS);
            let minute_end = (minute + 1) * MINUTE_MS;
            let until = to.min(minute_end);
            if self.open.as_ref().is_some_and(|open| open.minute != minute) {
                finished.extend(self.open.take().and_then(Open::into_minute));
            }
            let open = self.open.get_or_insert_with(|| Open::new(minute));
            open.add(span, until - from);
            if until == minute_end {
                finished.extend(self.open.take().and_then(Open::into_minute));
            }
            from = until;
        }
        self.counted_to_ms = Some(to);
        finished
    }

    /// The unfinished minute. It stays open: when it is saved now, the longer one
    /// replaces it later.
    #[must_use]
    pub fn flush(&self) -> Option<Minute> {
        self.open.clone().and_then(Open::into_minute)
    }
}

#[derive(Debug, Clone)]
struct Open {
    minute: i64,
    spent_ms: BTreeMap<TimeUse, i64>,
    /// The mean so far, and over how many milliseconds.
    placement: Option<(Placement, f64)>,
    angles: PerAngle<Option<Readings>>,
}

impl Open {
    fn new(minute: i64) -> Open {
        Open {
            minute,
            spent_ms: BTreeMap::new(),
            placement: None,
            angles: PerAngle::default(),
        }
    }

    fn from_minute(minute: &Minute) -> Open {
        let spent_ms: BTreeMap<TimeUse, i64> = minute
            .spent
            .iter()
            .map(|(&spent, &time)| (spent, clamp_ms(time)))
            .collect();
        let clear_ms: i64 = spent_ms
            .iter()
            .filter(|(spent, _)| has_angles(**spent))
            .map(|(_, ms)| ms)
            .sum();
        Open {
            minute: minute.start.as_millisecond().div_euclid(MINUTE_MS),
            placement: minute
                .placement
                .map(|placement| (placement, clear_ms.max(1) as f64)),
            angles: minute
                .angles
                .map(|span| Some(Readings::over(span?, clear_ms))),
            spent_ms,
        }
    }

    fn add(&mut self, span: &TimeSpan, ms: i64) {
        let room = MINUTE_MS - self.spent_ms.values().sum::<i64>();
        let ms = ms.min(room);
        if ms <= 0 {
            return;
        }
        *self.spent_ms.entry(span.spent).or_default() += ms;
        if has_angles(span.spent) {
            self.place(span.placement, ms as f64);
            for (angle, readings) in self.angles.as_mut() {
                Readings::add(readings, span.angles[angle], ms);
            }
        }
    }

    fn place(&mut self, placement: Option<Placement>, ms: f64) {
        let Some(new) = placement else {
            return;
        };
        let (old, old_ms) = self.placement.unwrap_or((new, 0.0));
        let part = ms / (old_ms + ms);
        let mean = |old: f64, new: f64| old + (new - old) * part;
        let mean = Placement {
            distance: mean(old.distance, new.distance),
            elevation: mean(old.elevation, new.elevation),
        };
        self.placement = Some((mean, old_ms + ms));
    }

    fn into_minute(self) -> Option<Minute> {
        if self.spent_ms.is_empty() {
            return None;
        }
        Some(Minute {
            start: Timestamp::from_millisecond(self.minute * MINUTE_MS).ok()?,
            spent: self
                .spent_ms
                .into_iter()
                .map(|(spent, ms)| (spent, SignedDuration::from_millis(ms)))
                .collect(),
            placement: self.placement.map(|(placement, _)| placement),
            angles: self.angles.map(|readings| Some(readings?.into_span())),
        })
    }
}

/// Only an observation with a verdict has angles to trust.
fn has_angles(spent: TimeUse) -> bool {
    matches!(spent, TimeUse::Upright | TimeUse::Slouched(_))
}

#[derive(Debug, Clone, Copy)]
struct Readings {
    ms: f64,
    degree_ms: f64,
    error_ms: f64,
    worst: f64,
}

impl Readings {
    fn over(span: AngleSpan, ms: i64) -> Readings {
        let ms = ms.max(1) as f64;
        Readings {
            ms,
            degree_ms: span.mean * ms,
            error_ms: span.error * ms,
            worst: span.worst,
        }
    }

    fn add(readings: &mut Option<Readings>, estimate: Option<Estimate>, ms: i64) {
        let Some(Estimate {
            change: Some(change),
            error,
            ..
        }) = estimate
        else {
            return;
        };
        if !change.is_finite() || !error.is_finite() {
            return;
        }
        let reading = AngleSpan {
            mean: change,
            worst: change,
            error,
        };
        let new = Readings::over(reading, ms);
        *readings = Some(match *readings {
            None => new,
            Some(old) => Readings {
                ms: old.ms + new.ms,
                degree_ms: old.degree_ms + new.degree_ms,
                error_ms: old.error_ms + new.error_ms,
                worst: if new.worst.abs() > old.worst.abs() {
                    new.worst
                } else {
                    old.worst
                },
            },
        });
    }

    fn into_span(self) -> AngleSpan {
        AngleSpan {
            mean: self.degree_ms / self.ms,
            worst: self.worst,
            error: self.error_ms / self.ms,
        }
    }
}

fn clamp_ms(time: SignedDuration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).max(0)
}

#[cfg(test)]
mod tests;
