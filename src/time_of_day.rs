//! A time of day in hours and minutes, as people write it in settings and commands.

use std::fmt;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// A time of day: `9:00`, `2pm`, `2:30 pm`, `noon` or `midnight`. 24:00 is the midnight that ends a day.
#[must_use]
pub fn time_of_day(text: &str) -> Option<Time> {
    let text = text.trim().to_lowercase();
    let (clock, afternoon) = match (
        text.as_str(),
        text.strip_suffix("am"),
        text.strip_suffix("pm"),
    ) {
        ("noon", ..) => return Time::new(12, 0, 0, 0).ok(),
        ("midnight", ..) => return Some(Time::midnight()),
        (_, Some(clock), _) => (clock.trim_end(), Some(0)),
        (_, _, Some(clock)) => (clock.trim_end(), Some(12)),
        (clock, None, None) => (clock, None),
    };
    let (hour, minute) = match clock.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute.parse().ok()?),
        None if afternoon.is_some() => (clock, 0),
        Some(_) | None => return None,
    };
    match (hour.parse().ok()?, minute, afternoon) {
        (24, 0, None) => Some(Time::midnight()),
        (hour, minute, None) => Time::new(hour, minute, 0, 0).ok(),
        (hour @ 1..=12, minute, Some(offset)) => Time::new(hour % 12 + offset, minute, 0, 0).ok(),
        (_, _, Some(_)) => None,
    }
}

/// A time of day in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(pub Time);

/// A text that is not a time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a time of day; write it as in \"15:00\"")]
pub struct NoTimeOfDay(String);

impl TryFrom<String> for TimeOfDay {
    type Error = NoTimeOfDay;

    fn try_from(text: String) -> Result<TimeOfDay, NoTimeOfDay> {
        time_of_day(&text).map(TimeOfDay).ok_or(NoTimeOfDay(text))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%H:%M"))
    }
}
