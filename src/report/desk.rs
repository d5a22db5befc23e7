//! What the angles of the last weeks depend on: the calibration in use, the time of day, the weekday, how near the person sits, how
//! high the camera stands, and what was changed at the desk. A few differences with their intervals, and one piece of advice at a time.
//!
//! Days, not minutes, are compared: the minutes of one day are alike. A difference is told only if it is sure and large
//! enough to matter. Each angle is the change from the neutral of the calibration that was in use.

mod words;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::calendar::Calendar;
use crate::posture::{AngleKind, CameraHeight, PerAngle, Placement};
use crate::record::{DeskChange, Records};
use crate::statistics::{RESAMPLES, Resampled, bootstrap, mean};

/// A day, or a part of one, counts from this many measured minutes on. Our choice.
const ENOUGH_MINUTES: usize = 20;

/// Groups of fewer days are not compared. Our choice: fewer say too little about how much days differ.
const ENOUGH_DAYS: usize = 7;

/// A change is checked from this many days on each side: a working week.
const ENOUGH_DAYS_OF_CHANGE: usize = 5;

/// Smaller differences are left out, in degrees. Our choice: about the error of a day's mean.
const WORTH_TELLING: f64 = 2.0;

/// The report names a difference if the interval of this level leaves out zero. It looks at about ten. In simulations it
/// names one for 33 of 500 users who have none, and for 499 of 500 whose head is 4 degrees further forward at the laptop
/// (`rates_of_findings` in the tests).
const SURE: f64 = 0.995;

/// The level of the interval in the report.
const TOLD: f64 = 0.95;

/// The report names at most this many differences, the largest first.
const MOST: usize = 3;

/// From this hour on it is late in the day. Our choice, made beforehand: the best hour of many would be found by chance.
const LATE: i8 = 15;

/// From this part of the calibrated distance on somebody sits near. Our choice, made beforehand: a reading of the distance is off
/// by 1 to 3 % ([`Placement`]).
const NEAR: f64 = 0.9;

/// How an angle differs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeskDifference {
    /// By how many degrees it is larger.
    pub degrees: f64,
    /// The 95 % interval of that.
    pub interval: (f64, f64),
}

/// What an angle differs by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskFactor {
    /// With this profile against all others.
    Profile(String),
    /// Late in the day, against earlier on the same days.
    LateInTheDay,
    /// On this weekday, against all others.
    Weekday(Weekday),
    /// While the person sits near, against the rest of the same days.
    Near,
    /// On days with the camera below its calibrated place, against those with it in place.
    LowerCamera,
    /// On days with the camera above its calibrated place, against those with it in place.
    HigherCamera,
}

/// A difference that is told.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskFinding {
    /// The angle.
    pub angle: AngleKind,
    /// What it differs by.
    pub factor: DeskFactor,
    /// How much.
    pub difference: DeskDifference,
}

/// What became of a change at the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskCheck {
    /// The change.
    pub change: DeskChange,
    /// How much further from neutral the head is since; `None` while days are few.
    pub since: Option<DeskDifference>,
    /// Whether the interval that a difference needs leaves out zero.
    pub is_sure: bool,
    /// The days since.
    pub days: usize,
    /// Whether there was a new calibration at or after the change.
    pub recalibrated: bool,
}

/// What the angles of the last weeks depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskReport {
    /// The differences, the largest first.
    pub findings: Vec<DeskFinding>,
    /// The last change at the desk.
    pub check: Option<DeskCheck>,
    /// The days on which something was measured.
    pub days: usize,
}

/// The part of a day with one calibration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Unit<'a> {
    date: Date,
    profile: Option<&'a str>,
}

/// A sum over minutes, and how many they are.
type Sum = (f64, usize);

/// What the minutes of a part of a day add up to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct UnitSums {
    /// An angle early and late in the day.
    by_time: [Sum; 2],
    /// The same angle while the person sat as calibrated or further away, and while near.
    by_distance: [Sum; 2],
    /// From how much further above the camera saw the face.
    elevation: Sum,
}

impl DeskReport {
    /// How many days back it looks. Our choice: eight of each weekday.
    pub const DAYS: i64 = 56;

    /// What these records show; `None` with too few days to compare any.
    #[must_use]
    pub fn of(records: &Records, calendar: &Calendar) -> Option<DeskReport> {
        let units = PerAngle::from_fn(|angle| units(records, angle, calendar));
        let mut findings = Vec::new();
        for angle in AngleKind::ALL {
            for (factor, compared) in contrasts(&units[angle]) {
                findings.extend(compared.told().map(|difference| DeskFinding {
                    angle,
                    factor,
                    difference,
                }));
            }
        }
        let size = |finding: &DeskFinding| finding.difference.degrees.abs();
        findings.sort_by(|a, b| size(b).total_cmp(&size(a)));
        // A day that differs makes the others differ from those with it.
        let mut told: Vec<(AngleKind, std::mem::Discriminant<DeskFactor>)> = Vec::new();
        findings.retain(|finding| {
            let kind = (finding.angle, std::mem::discriminant(&finding.factor));
            let is_first = !told.contains(&kind);
            told.push(kind);
            is_first
        });
        findings.truncate(MOST);
        let units = &units[AngleKind::ForwardHead];
        let days = days(units).len();
        let check = records
            .desk_changes
            .last()
            .map(|change| check(records, *change, units, calendar));
        (days >= 2 * ENOUGH_DAYS || check.is_some()).then_some(DeskReport {
            findings,
            check,
            days,
        })
    }
}

/// Each day's angle with each calibration.
fn units<'a>(
    records: &'a Records,
    angle: AngleKind,
    calendar: &Calendar,
) -> BTreeMap<Unit<'a>, UnitSums> {
    let uses = &records.calibration_uses;
    let mut units: BTreeMap<Unit<'_>, UnitSums> = BTreeMap::new();
    for minute in &records.minutes {
        let Some(span) = minute.angles[angle] else {
            continue;
        };
        let begun = uses.partition_point(|one| one.from <= minute.start);
        let used = begun.checked_sub(1).and_then(|last| uses.get(last));
        let unit = Unit {
            date: calendar.date_of(minute.start),
            profile: used.and_then(|used| used.profile.as_deref()),
        };
        let hour = calendar.zone.to_datetime(minute.start).hour();
        let sums = units.entry(unit).or_default();
        add(&mut sums.by_time[usize::from(hour >= LATE)], span.mean);
        if let Some(placement) = minute.placement {
            let is_near = placement.distance < NEAR;
            add(&mut sums.by_distance[usize::from(is_near)], span.mean);
            add(&mut sums.elevation, placement.elevation);
        }
    }
    units
}

fn add(sum: &mut Sum, value: f64) {
    sum.0 += value;
    sum.1 += 1;
}

impl UnitSums {
    /// By how much the second half of a pair is larger, with minutes enough in both.
    fn difference([one, other]: [Sum; 2]) -> Option<f64> {
        Some(mean_of(&[other])? - mean_of(&[one])?)
    }

    /// How high the camera stood.
    fn camera(&self) -> Option<CameraHeight> {
        let placement = Placement {
            distance: 1.0,
            elevation: mean_of(&[self.elevation])?,
        };
        Some(placement.camera())
    }
}

fn mean_of(sums: &[Sum]) -> Option<f64> {
    let minutes: usize = sums.iter().map(|sum| sum.1).sum();
    let total: f64 = sums.iter().map(|sum| sum.0).sum();
    (minutes >= ENOUGH_MINUTES).then(|| total / minutes as f64)
}

/// Two groups of days: how much larger the first is.
struct Compared {
    one: Vec<f64>,
    other: Vec<f64>,
}

impl Compared {
    fn resampled(&self) -> Resampled {
        bootstrap(&self.one, &self.other, RESAMPLES, |one, other| {
            Some(mean(one) - mean(other))
        })
    }

    fn difference(&self, resampled: &Resampled) -> Option<DeskDifference> {
        Some(DeskDifference {
            degrees: mean(&self.one) - mean(&self.other),
            interval: resampled.interval(TOLD)?,
        })
    }

    fn told(&self) -> Option<DeskDifference> {
        let resampled = self.resampled();
        let difference = self.difference(&resampled)?;
        (is_sure(&resampled) && difference.degrees.abs() >= WORTH_TELLING).then_some(difference)
    }
}

fn is_sure(resampled: &Resampled) -> bool {
    let interval = resampled.interval(SURE);
    interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
}

/// The groups that are compared.
fn contrasts(units: &BTreeMap<Unit<'_>, UnitSums>) -> Vec<(DeskFactor, Compared)> {
    let mut contrasts = Vec::new();
    let mut profiles: Vec<&str> = units.keys().filter_map(|unit| unit.profile).collect();
    profiles.sort_unstable();
    profiles.dedup();
    let means: Vec<(&Unit<'_>, f64)> = units
        .iter()
        .filter_map(|(unit, sums)| Some((unit, mean_of(&sums.by_time)?)))
        .collect();
    let mut split = |factor, is_one: &dyn Fn(&Unit<'_>) -> Option<bool>| {
        let group = |wanted| {
            let of = means
                .iter()
                .filter(|(unit, _)| is_one(unit) == Some(wanted));
            of.map(|(_, mean)| *mean).collect::<Vec<f64>>()
        };
        let (one, other) = (group(true), group(false));
        if one.len().min(other.len()) >= ENOUGH_DAYS {
            contrasts.push((factor, Compared { one, other }));
        }
    };
    // With two profiles one difference says it all, seen from that which is further from neutral.
    for profile in &profiles {
        let is_one = |unit: &Unit<'_>| unit.profile.map(|other| other == *profile);
        split(DeskFactor::Profile((*profile).to_owned()), &is_one);
    }
    let mut weekdays: Vec<Weekday> = Vec::new();
    for unit in units.keys() {
        let weekday = unit.date.weekday();
        if !weekdays.contains(&weekday) {
            weekdays.push(weekday);
        }
    }
    for weekday in weekdays {
        split(DeskFactor::Weekday(weekday), &|unit| {
            Some(unit.date.weekday() == weekday)
        });
    }
    let heights = [
        (DeskFactor::LowerCamera, CameraHeight::Lower),
        (DeskFactor::HigherCamera, CameraHeight::Higher),
    ];
    for (factor, height) in heights {
        split(factor, &|unit| match units[unit].camera()? {
            CameraHeight::AsCalibrated => Some(false),
            found => (found == height).then_some(true),
        });
    }
    if profiles.len() == 2 {
        contrasts.retain(|(factor, compared)| match factor {
            DeskFactor::Profile(_) => mean(&compared.one) > mean(&compared.other),
            _ => true,
        });
    }
    let mut pair = |factor, pair: fn(&UnitSums) -> [Sum; 2]| {
        let differences = units.values().map(pair).filter_map(UnitSums::difference);
        let one: Vec<f64> = differences.collect();
        if one.len() >= ENOUGH_DAYS {
            let other = Vec::new();
            contrasts.push((factor, Compared { one, other }));
        }
    };
    pair(DeskFactor::LateInTheDay, |sums| sums.by_time);
    pair(DeskFactor::Near, |sums| sums.by_distance);
    contrasts
}

/// Each day's mean, whatever the calibration.
fn days(units: &BTreeMap<Unit<'_>, UnitSums>) -> BTreeMap<Date, f64> {
    let mut days: BTreeMap<Date, Vec<Sum>> = BTreeMap::new();
    for (unit, sums) in units {
        days.entry(unit.date).or_default().extend(sums.by_time);
    }
    let means = days.into_iter();
    means
        .filter_map(|(date, sums)| Some((date, mean_of(&sums)?)))
        .collect()
}

/// What became of a change. The day of the change itself counts on neither side.
fn check(
    records: &Records,
    change: DeskChange,
    units: &BTreeMap<Unit<'_>, UnitSums>,
    calendar: &Calendar,
) -> DeskCheck {
    let on = calendar.date_of(change.at);
    let (mut since, mut before) = (Vec::new(), Vec::new());
    for (date, mean) in days(units) {
        match date.cmp(&on) {
            std::cmp::Ordering::Less => before.push(mean),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => since.push(mean),
        }
    }
    let days = since.len();
    let compared = Compared {
        one: since,
        other: before,
    };
    let is_enough = days.min(compared.other.len()) >= ENOUGH_DAYS_OF_CHANGE;
    let resampled = compared.resampled();
    DeskCheck {
        change,
        since: compared.difference(&resampled).filter(|_| is_enough),
        is_sure: is_sure(&resampled),
        days,
        recalibrated: records
            .calibrations
            .iter()
            .any(|taken| calendar.date_of(taken.at) >= on),
    }
}

#[cfg(test)]
mod tests;
