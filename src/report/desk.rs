//! What the angles of the last weeks depend on: the calibration in use, the time of day, the weekday, and what was
//! changed at the desk. A few differences with their intervals, and one piece of advice at a time.
//!
//! Days, not minutes, are compared: the minutes of one day are alike. A difference is told only if it is sure and large
//! enough to matter. Each angle is the change from the neutral of the calibration that was in use.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::calendar::Calendar;
use crate::posture::AngleKind;
use crate::quantities::count;
use crate::record::{DeskChange, DeskChangeKind, Records};
use crate::statistics::{RESAMPLES, Resampled, bootstrap, mean};
use crate::wording::angle_name;

/// A day, or a part of one, counts from this many measured minutes on. Our choice.
const ENOUGH_MINUTES: usize = 20;

/// Groups of fewer days are not compared. Our choice: fewer say too little about how much days differ.
const ENOUGH_DAYS: usize = 7;

/// A change is checked from this many days on each side: a working week.
const ENOUGH_DAYS_OF_CHANGE: usize = 5;

/// Smaller differences are left out, in degrees. Our choice: about the error of a day's mean.
const WORTH_TELLING: f64 = 2.0;

/// The report names a difference if the interval of this level leaves out zero. It looks at about seven. In simulations it
/// names one for 24 of 500 users who have none, and for 499 of 500 whose head is 4 degrees further forward at the laptop
/// (`rates_of_findings` in the tests).
const SURE: f64 = 0.995;

/// The level of the interval in the report.
const TOLD: f64 = 0.95;

/// The report names at most this many differences, the largest first.
const MOST: usize = 3;

/// From this hour on it is late in the day. Our choice, made beforehand: the best hour of many would be found by chance.
const LATE: i8 = 15;

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

/// The sum of an angle, and how many minutes it is of, early and late in the day.
type Sums = [(f64, usize); 2];

impl DeskReport {
    /// How many days back it looks. Our choice: eight of each weekday.
    pub const DAYS: i64 = 56;

    /// What these records show; `None` with too few days to compare any.
    #[must_use]
    pub fn of(records: &Records, calendar: &Calendar) -> Option<DeskReport> {
        let mut findings = Vec::new();
        for angle in AngleKind::ALL {
            let units = units(records, angle, calendar);
            for (factor, compared) in contrasts(&units) {
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
        let units = units(records, AngleKind::ForwardHead, calendar);
        let days = days(&units).len();
        let check = records
            .desk_changes
            .last()
            .map(|change| check(records, *change, &units, calendar));
        (days >= 2 * ENOUGH_DAYS || check.is_some()).then_some(DeskReport {
            findings,
            check,
            days,
        })
    }

    /// What is told, a sentence each.
    #[must_use]
    pub fn sentences(&self, zone: &TimeZone) -> Vec<String> {
        let mut sentences: Vec<String> = self.findings.iter().map(DeskFinding::sentence).collect();
        if sentences.is_empty() {
            sentences.push(format!(
                "No clear difference between profiles, times of day or weekdays in {}.",
                count(self.days, "day", "days")
            ));
        }
        sentences.extend(self.check.as_ref().map(|check| check.sentence(zone)));
        sentences.extend(self.advice().map(|(_, advice)| advice));
        sentences
    }

    /// One thing to try, and what it changes. While the last change is still being checked there is none.
    #[must_use]
    pub fn advice(&self) -> Option<(DeskChangeKind, String)> {
        if self
            .check
            .as_ref()
            .is_some_and(|check| check.since.is_none())
        {
            return None;
        }
        self.findings
            .iter()
            .filter(|finding| finding.difference.degrees > 0.0)
            .find_map(|finding| match &finding.factor {
                // The height and distance of screens: OSHA, Computer Workstations eTool, "Monitors".
                DeskFactor::Profile(profile) => Some((
                    DeskChangeKind::ScreenRaised,
                    format!(
                        "One thing to try: where you use the profile {profile}, raise the screen until its upper edge is at \
                         the height of your eyes, an arm's length away."
                    ),
                )),
                DeskFactor::LateInTheDay => Some((
                    DeskChangeKind::Break,
                    format!(
                        "One thing to try: get up before {LATE}:00. routine_at = \"14:45\" under [stretch] reminds you."
                    ),
                )),
                DeskFactor::Weekday(_) => None,
            })
    }
}

impl DeskFinding {
    fn sentence(&self) -> String {
        let when = match &self.factor {
            DeskFactor::Profile(profile) => format!("with the profile {profile} than with others"),
            DeskFactor::LateInTheDay => format!("from {LATE}:00 on than earlier on the same days"),
            DeskFactor::Weekday(weekday) => {
                format!("on {} than on other days", weekday_name(*weekday))
            }
        };
        format!(
            "{}: {} from neutral {when}{}.",
            angle_name(self.angle),
            self.difference.more_or_less("further", "less far"),
            self.difference.in_brackets()
        )
    }
}

impl DeskCheck {
    fn sentence(&self, zone: &TimeZone) -> String {
        let day = zone.to_datetime(self.change.at).strftime("%-d %B");
        let since = format!("Since you {} on {day}", self.change.what);
        let Some(difference) = self.since else {
            let days = count(self.days, "day", "days");
            return format!(
                "{since}: {days} so far, too few to compare. It takes {ENOUGH_DAYS_OF_CHANGE}, and as many before."
            );
        };
        let clear = match self.is_sure {
            true => difference.more_or_less("further from neutral", "nearer to neutral"),
            false => "no clear difference of the head".to_owned(),
        };
        let anew = match self.recalibrated {
            true => " You calibrated anew since, so neutral is not what it was.",
            false => "",
        };
        format!("{since}: {clear}{}.{anew}", difference.in_brackets())
    }
}

impl DeskDifference {
    fn more_or_less(self, more: &str, less: &str) -> String {
        let word = if self.degrees < 0.0 { less } else { more };
        format!("{:.0}\u{b0} {word}", self.degrees.abs())
    }

    fn in_brackets(self) -> String {
        let (low, high) = self.interval;
        format!(" (95% interval: {low:+.1}\u{b0} to {high:+.1}\u{b0})")
    }
}

/// Several of a weekday.
fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Mondays",
        Weekday::Tuesday => "Tuesdays",
        Weekday::Wednesday => "Wednesdays",
        Weekday::Thursday => "Thursdays",
        Weekday::Friday => "Fridays",
        Weekday::Saturday => "Saturdays",
        Weekday::Sunday => "Sundays",
    }
}

/// Each day's angle with each calibration.
fn units<'a>(
    records: &'a Records,
    angle: AngleKind,
    calendar: &Calendar,
) -> BTreeMap<Unit<'a>, Sums> {
    let uses = &records.calibration_uses;
    let mut units: BTreeMap<Unit<'_>, Sums> = BTreeMap::new();
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
        let sums = &mut units.entry(unit).or_default()[usize::from(hour >= LATE)];
        sums.0 += span.mean;
        sums.1 += 1;
    }
    units
}

fn mean_of(sums: &[(f64, usize)]) -> Option<f64> {
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
fn contrasts(units: &BTreeMap<Unit<'_>, Sums>) -> Vec<(DeskFactor, Compared)> {
    let mut contrasts = Vec::new();
    let mut profiles: Vec<&str> = units.keys().filter_map(|unit| unit.profile).collect();
    profiles.sort_unstable();
    profiles.dedup();
    let means: Vec<(&Unit<'_>, f64)> = units
        .iter()
        .filter_map(|(unit, sums)| Some((unit, mean_of(sums)?)))
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
    if profiles.len() == 2 {
        contrasts.retain(|(factor, compared)| match factor {
            DeskFactor::Profile(_) => mean(&compared.one) > mean(&compared.other),
            DeskFactor::LateInTheDay | DeskFactor::Weekday(_) => true,
        });
    }
    let late = units.values().filter_map(|[early, late]| {
        Some(mean_of(std::slice::from_ref(late))? - mean_of(std::slice::from_ref(early))?)
    });
    let late: Vec<f64> = late.collect();
    if late.len() >= ENOUGH_DAYS {
        contrasts.push((
            DeskFactor::LateInTheDay,
            Compared {
                one: late,
                other: Vec::new(),
            },
        ));
    }
    contrasts
}

/// Each day's mean, whatever the calibration.
fn days(units: &BTreeMap<Unit<'_>, Sums>) -> BTreeMap<Date, f64> {
    let mut days: BTreeMap<Date, Vec<(f64, usize)>> = BTreeMap::new();
    for (unit, sums) in units {
        days.entry(unit.date).or_default().extend(sums);
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
    units: &BTreeMap<Unit<'_>, Sums>,
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
