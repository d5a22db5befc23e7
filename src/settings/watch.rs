//! The section `[watch]`: when Sitwell may watch at all.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

/// When Sitwell may watch: the section `[watch]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WatchSettings {
    /// The hours in which it watches; none stands for always.
    pub schedule: Vec<Hours>,
    /// Whether it watches while the computer runs on battery.
    pub on_battery: bool,
}

impl Default for WatchSettings {
    fn default() -> WatchSettings {
        WatchSettings {
            schedule: Vec::new(),
            on_battery: true,
        }
    }
}

/// Hours on some days of the week, such as `mon-fri 09:00-17:30`.
///
/// Without days they are of every day. Hours that end no later than they begin end on the next day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// As it was written.
    text: String,
    /// From Monday on.
    days: [bool; 7],
    from: Time,
    to: Time,
}

impl Hours {
    /// Whether they begin on such a day.
    #[must_use]
    pub fn begin_on(&self, day: Weekday) -> bool {
        let monday_is_0 = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
        self.days[monday_is_0]
    }

    /// When they begin.
    #[must_use]
    pub fn from(&self) -> Time {
        self.from
    }

    /// When they end.
    #[must_use]
    pub fn to(&self) -> Time {
        self.to
    }

    /// Whether they end on the day after.
    #[must_use]
    pub fn end_on_the_next_day(&self) -> bool {
        self.to <= self.from
    }
}

/// Hours that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot tell the hours from \"{0}\"; write them as in \"mon-fri 09:00-17:30\", \"sat,sun 10:00-12:00\" or \"22:00-06:00\""
)]
pub struct NoHours(String);

impl FromStr for Hours {
    type Err = NoHours;

    fn from_str(text: &str) -> Result<Hours, NoHours> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (days, times) = match words[..] {
            [times] => (Some([true; 7]), times),
            [days, times] => (self::days(days), times),
            _ => (None, ""),
        };
        let times = times
            .split_once('-')
            .and_then(|(from, to)| Some((time_of_day(from)?, time_of_day(to)?)));
        match (days, times) {
            (Some(days), Some((from, to))) => Ok(Hours {
                text: text.to_owned(),
                days,
                from,
                to,
            }),
            (None, _) | (_, None) => Err(NoHours(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Hours {
    type Error = NoHours;

    fn try_from(text: String) -> Result<Hours, NoHours> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> String {
        hours.text
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Days such as `mon-wed,fri`; a range may go over Sunday.
fn days(text: &str) -> Option<[bool; 7]> {
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (day(first)?, day(last)?);
        days[day] = true;
        while day != last {
            day = (day + 1) % 7;
            days[day] = true;
        }
    }
    Some(days)
}

/// A day's name, or its beginning of three letters and more; Monday is 0.
fn day(text: &str) -> Option<usize> {
    const NAMES: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let text = text.to_lowercase();
    if text.len() < 3 {
        return None;
    }
    NAMES.iter().position(|name| name.starts_with(&text))
}

/// A time of day in hours and minutes, such as `9:00`; 24:00 is the midnight that ends a day.
#[must_use]
pub fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let minute = (minute.len() == 2).then_some(minute)?;
    match (hour.parse().ok()?, minute.parse().ok()?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days, as letters from Monday on, and the times.
    fn read(text: &str) -> Option<String> {
        let hours: Hours = text.parse().ok()?;
        let days: String = hours
            .days
            .iter()
            .zip("MTWTFSS".chars())
            .map(|(is_on, letter)| if *is_on { letter } else { '.' })
            .collect();
        let clock = |time: Time| time.strftime("%H:%M").to_string();
        let next = if hours.end_on_the_next_day() {
            "+1"
        } else {
            ""
        };
        Some(format!(
            "{days} {}-{}{next}",
            clock(hours.from),
            clock(hours.to)
        ))
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        let rows = [
            ("mon-fri 09:00-17:30", Some("MTWTF.. 09:00-17:30")),
            ("Sat,Sunday 9:00-12:00", Some(".....SS 09:00-12:00")),
            ("mon-wed,fri 8:00-16:00", Some("MTW.F.. 08:00-16:00")),
            ("fri-mon 22:00-06:00", Some("M...FSS 22:00-06:00+1")),
            ("09:00-24:00", Some("MTWTFSS 09:00-00:00+1")),
            ("tue 00:00-00:00", Some(".T..... 00:00-00:00+1")),
            ("", None),
            ("mon-fri", None),
            ("9-17", None),
            ("09:00-25:00", None),
            ("09:00-17:5", None),
            ("mo 09:00-17:00", None),
            ("mon - fri 09:00-17:00", None),
            ("someday 09:00-17:00", None),
        ];
        for (text, wanted) in rows {
            assert_eq!(read(text).as_deref(), wanted, "{text}");
        }
    }
}
