//! One day of a report: how it was spent, and when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::times::{Run, TimeCategory, Times};
use crate::calendar::Calendar;
use crate::posture::{AngleKind, PerAngle};
use crate::record::{Minute, Period, TimeUse};

/// The time that one point of an angle curve covers. Our own choice: with less the
/// curve jitters, with more it hides a slouch.
pub(super) const POINT: SignedDuration = SignedDuration::from_mins(15);

/// One day of the reader's calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The date.
    pub date: Date,
    /// From its first instant up to the next day's: 23 to 25 hours.
    pub period: Period,
    /// How it was spent.
    pub times: Times,
    /// Hour by hour of real time.
    pub hours: Vec<Hour>,
    /// What each minute mostly was, equal neighbours joined.
    pub runs: Vec<Run>,
    /// The curve of each angle.
    pub curves: PerAngle<Vec<ChartPoint>>,
}

/// One hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Hour {
    /// When it begins.
    pub from: Timestamp,
    /// The hour on the reader's clock, 0 to 23; twice the same when clocks go back.
    pub clock: i8,
    /// How it was spent.
    pub times: Times,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChartPoint {
    /// The middle of the quarter of an hour that it covers.
    pub at: Timestamp,
    /// Mean change from neutral, in degrees.
    pub mean: f64,
}

/// The reader's days that a period touches, each within the period's ends.
pub(super) fn days_of(period: Period, calendar: &Calendar) -> Vec<Day> {
    let mut days = Vec::new();
    let mut from = period.from;
    while from < period.to {
        let date = calendar.date_of(from);
        let next = date
            .tomorrow()
            .and_then(|next| calendar.beginning(next))
            .map(|next| next.timestamp());
        let to = next.unwrap_or(period.to).min(period.to);
        if to <= from {
            break;
        }
        let period = Period { from, to };
        days.push(Day {
            date,
            period,
            times: Times::default(),
            hours: hours_of(period, &calendar.zone),
            runs: Vec::new(),
            curves: PerAngle::default(),
        });
        from = to;
    }
    days
}

fn hours_of(period: Period, zone: &TimeZone) -> Vec<Hour> {
    let mut hours = Vec::new();
    let mut from = period.from;
    while from < period.to {
        hours.push(Hour {
            from,
            clock: zone.to_datetime(from).hour(),
            times: Times::default(),
        });
        from = from.saturating_add(1.hour()).unwrap_or(period.to);
    }
    hours
}

/// Sums up a day's minutes.
pub(super) fn fill(day: &mut Day, minutes: &[&Minute]) {
    let begin = day.period.from;
    for minute in minutes {
        let hour = usize::try_from(minute.start.duration_since(begin).as_hours()).unwrap_or(0);
        if let Some(hour) = day.hours.get_mut(hour) {
            hour.times.add_minute(minute);
        }
        add_run(&mut day.runs, minute);
    }
    for hour in &day.hours {
        day.times.add_times(&hour.times);
    }
    day.curves = PerAngle::from_fn(|angle| curve(begin, minutes, angle));
}

fn add_run(runs: &mut Vec<Run>, minute: &Minute) {
    let mut sums = TimeCategory::ALL.map(|kind| (kind, SignedDuration::ZERO));
    for (&spent, &time) in &minute.spent {
        sums[TimeCategory::of(spent) as usize].1 += time;
    }
    // Of equal parts the first kind in order.
    let Some((kind, _)) = sums.into_iter().rev().max_by_key(|&(_, sum)| sum) else {
        return;
    };
    let to = minute.start + SignedDuration::from_mins(1);
    match runs.last_mut() {
        Some(last) if last.kind == kind && last.to == minute.start => last.to = to,
        _ => runs.push(Run {
            from: minute.start,
            to,
            kind,
        }),
    }
}

/// How much of a minute its angles cover, in seconds. A year has a hundred thousand minutes, so no
/// [`Times`] is built for each.
pub(super) fn weight(minute: &Minute) -> f64 {
    let has_angles = |spent| matches!(spent, TimeUse::Upright | TimeUse::Slouched(_));
    let times = minute.spent.iter().filter(|(spent, _)| has_angles(**spent));
    let sum: SignedDuration = times.map(|(_, &time)| time).sum();
    sum.as_secs_f64()
}

fn curve(begin: Timestamp, minutes: &[&Minute], angle: AngleKind) -> Vec<ChartPoint> {
    let mut sums: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for minute in minutes {
        if let Some(span) = minute.angles[angle] {
            let number = minute.start.duration_since(begin).as_secs() / POINT.as_secs();
            let weight = weight(minute);
            let sum = sums.entry(number).or_default();
            sum.0 += span.mean * weight;
            sum.1 += weight;
        }
    }
    let middle = |number: i64| {
        begin + SignedDuration::from_secs(number * POINT.as_secs() + POINT.as_secs() / 2)
    };
    let sums = sums.into_iter().filter(|(_, (_, weight))| *weight > 0.0);
    sums.map(|(number, (sum, weight))| ChartPoint {
        at: middle(number),
        mean: sum / weight,
    })
    .collect()
}
