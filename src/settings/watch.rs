//! The section `[watch]`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::time_of_day::time_of_day;

/// The section `[watch]`: when Sitwell may watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WatchSettings {
    /// The hours in which it watches; empty means always.
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
/// Without days they apply to every day. Hours that end at or before their beginning end on the next day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// As written in the settings.
    text: String,
    /// Monday comes first.
    days: [bool; 7],
    from: Time,
    to: Time,
}

impl Hours {
    /// Whether they begin on this day of the week.
    pub fn begin_on(&self, day: Weekday) -> bool {
        self.days[index(day)]
    }

    /// When they begin.
    pub fn from(&self) -> Time {
        self.from
    }

    /// When they end.
    pub fn to(&self) -> Time {
        self.to
    }

    /// Whether they end on the next day.
    pub fn end_on_the_next_day(&self) -> bool {
        self.to <= self.from
    }
}

/// A text that is not hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read the hours \"{0}\"; write them as in \"mon-fri 09:00-17:30\", \"sat,sun 10:00-12:00\" or \"22:00-06:00\""
)]
pub struct HoursError(String);

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Hours, HoursError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        // The times may have spaces, as in `9 am - 5 pm`.
        let (days, times) = match words.split_first() {
            Some((first, times)) if days(first).is_some() => (days(first), times.concat()),
            _ => (Some([true; 7]), words.concat()),
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
            (None, _) | (_, None) => Err(HoursError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Hours {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Hours, HoursError> {
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

/// Days such as `mon-wed,fri`. A range may include the turn of the week.
fn days(text: &str) -> Option<[bool; 7]> {
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (weekday(first)?, weekday(last)?);
        for day in first.cycle_forward() {
            days[index(day)] = true;
            if day == last {
                break;
            }
        }
    }
    Some(days)
}

/// The place of a day in a week that begins on Monday.
fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()
}

/// A day from its name or the first letters of it, at least three.
pub fn weekday(text: &str) -> Option<Weekday> {
    let text = text.to_lowercase();
    let is_named = |day: &Weekday| {
        let name = format!("{day:?}").to_lowercase();
        text.len() >= 3 && name.starts_with(&text)
    };
    Weekday::Monday.cycle_forward().take(7).find(is_named)
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
            ("9am-5pm", Some("MTWTFSS 09:00-17:00")),
            ("mon-fri 9:30 AM - 12 pm", Some("MTWTF.. 09:30-12:00")),
            ("sat noon-midnight", Some(".....S. 12:00-00:00+1")),
            ("10pm-6am", Some("MTWTFSS 22:00-06:00+1")),
            ("12am-12pm", Some("MTWTFSS 00:00-12:00")),
            ("9-5pm", None),
            ("13pm-14pm", None),
            ("0am-5am", None),
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
