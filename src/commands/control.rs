//! `sitwell pause`, `resume` and `nudge-me`: requests to the running monitor.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan, Zoned};

use crate::calendar::Calendar;
use crate::cli::PauseArgs;
use crate::control::{ControlError, Request, Response, ask, read_status};
use crate::settings::{ReportSettings, time_of_day, weekday};
use crate::{folders, wording};

/// Pauses the monitor.
pub(super) fn pause(
    args: &PauseArgs,
    data_dir: Option<&Path>,
    settings: &ReportSettings,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    // A wrong time is reported whether a monitor runs or not.
    let calendar = settings.calendar(now.time_zone());
    until(&args.until.join(" "), now, &calendar)?;
    // A recording's time is not the clock's.
    let now = read_status(&folder)?.at.to_zoned(now.time_zone().clone());
    let until = until(&args.until.join(" "), &now, &calendar)?;
    let end = until.as_ref().map(Zoned::timestamp);
    ask(&folder, &Request::Pause { until: end })?;
    match end {
        Some(end) => writeln!(out, "paused {}", wording::until(end, &now))?,
        None => writeln!(out, "paused until you run sitwell resume")?,
    }
    Ok(())
}

/// Ends the pause, and says whether the monitor watches now.
pub(super) fn resume(data_dir: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let before = read_status(&folder)?;
    ask(&folder, &Request::Resume)?;
    let after = read_status(&folder)?;
    match (before.not_watching, after.not_watching) {
        (None, None) => writeln!(out, "it was not paused and is watching")?,
        (Some(_), None) => writeln!(out, "watching again")?,
        // There is another reason not to watch.
        (_, Some(_)) => writeln!(out, "the pause has ended, but it is {}", after.words)?,
    }
    Ok(())
}

/// Shows a stretch now.
pub(super) fn nudge_me(data_dir: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let Response::Shown { title } = ask(&folders::data(data_dir)?, &Request::NudgeMe)? else {
        return Err(ControlError::Unexpected.into());
    };
    writeln!(out, "shown: {title}")?;
    Ok(())
}

/// The end of a pause; none for a pause until `sitwell resume`.
///
/// A day without a time means its beginning, `today` the end of today, a time or a weekday the next
/// such time or day.
fn until(words: &str, now: &Zoned, calendar: &Calendar) -> Result<Option<Zoned>> {
    let text = words.trim().to_lowercase();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(duration) = text.parse::<SignedDuration>()
        && duration > SignedDuration::ZERO
    {
        return Ok(Some(now.checked_add(duration)?));
    }
    let rest = text.strip_prefix("until ").unwrap_or(&text).trim();
    let (first, time) = rest.split_once(' ').unwrap_or((rest, ""));
    let today = calendar.date_of(now.timestamp());
    // The first day that is meant, and after how many days there is another such day.
    let (day, again, time) = match (first, weekday(first)) {
        // The end of today is the beginning of tomorrow.
        ("today", _) if text == "today" => (today.tomorrow()?, None, ""),
        // "until today" names no time.
        ("today", _) if time.is_empty() => (today, None, rest),
        ("today", _) => (today, None, time),
        ("tomorrow", _) => (today.tomorrow()?, None, time),
        (_, Some(day)) => (today.yesterday()?.nth_weekday(1, day)?, Some(7), time),
        (_, None) => (now.date(), Some(1), rest),
    };
    let end = |day: Date| -> Result<Option<Zoned>> {
        Ok(match (time, time_of_day(time)) {
            ("", _) => Some(calendar.beginning(day)?),
            // The midnight that ends the day.
            ("24:00" | "midnight", _) => Some(day.tomorrow()?.to_zoned(calendar.zone.clone())?),
            (_, Some(time)) => Some(day.to_datetime(time).to_zoned(calendar.zone.clone())?),
            (_, None) => None,
        })
    };
    let end = match (end(day)?, again) {
        (Some(over), Some(again)) if over <= *now => end(day.checked_add(again.days())?)?,
        (found, _) => found,
    };
    match end.filter(|end| end > now) {
        None => bail!(
            "cannot read the time `{words}`; try 15m, until 14:00, until 2pm, today, tomorrow or monday 9:00"
        ),
        end => Ok(end),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn a_pause_ends_when_people_mean_it_to() {
        let now: Zoned = "2026-11-23T13:30[Europe/Berlin]".parse().unwrap();
        let midnight = Calendar::from(now.time_zone().clone());
        let rows = [
            ("", None),
            ("15m", Some("2026-11-23T13:45")),
            ("1h 30m", Some("2026-11-23T15:00")),
            ("until 14:00", Some("2026-11-23T14:00")),
            ("14:00", Some("2026-11-23T14:00")),
            ("until 9:00", Some("2026-11-24T09:00")),
            ("until 24:00", Some("2026-11-24T00:00")),
            ("today", Some("2026-11-24T00:00")),
            ("tomorrow", Some("2026-11-24T00:00")),
            ("until tomorrow", Some("2026-11-24T00:00")),
            ("until tomorrow 9:00", Some("2026-11-24T09:00")),
            ("noon", Some("2026-11-24T12:00")),
            ("until 2pm", Some("2026-11-23T14:00")),
            ("until 2:15 PM", Some("2026-11-23T14:15")),
            ("until midnight", Some("2026-11-24T00:00")),
            // 2026-11-23 is a Monday.
            ("until monday", Some("2026-11-30T00:00")),
            ("monday 14:00", Some("2026-11-23T14:00")),
            ("monday 13:30", Some("2026-11-30T13:30")),
            ("monday 9:00", Some("2026-11-30T09:00")),
            ("monday 24:00", Some("2026-11-24T00:00")),
            ("Tue 9am", Some("2026-11-24T09:00")),
            ("sunday", Some("2026-11-29T00:00")),
            ("today 6pm", Some("2026-11-23T18:00")),
            ("today 24:00", Some("2026-11-24T00:00")),
            ("today midnight", Some("2026-11-24T00:00")),
            ("tomorrow 24:00", Some("2026-11-25T00:00")),
            ("tomorrow 0:00", Some("2026-11-24T00:00")),
        ];
        for (words, wanted) in rows {
            let found = until(words, &now, &midnight).unwrap();
            let found = found.map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string());
            assert_eq!(found.as_deref(), wanted, "{words}");
        }
        // Above all, half a time must not pause without an end.
        for words in [
            "until",
            "until 25:00",
            "-5m",
            "0s",
            "10",
            "for ever",
            "until today",
            "today 9:00",
            "today 0:00",
            "tomorrow at nine",
            "13pm",
        ] {
            let refused = until(words, &now, &midnight).unwrap_err().to_string();
            assert!(refused.contains(&format!("`{words}`")), "{refused}");
        }
    }

    #[test]
    fn a_day_that_begins_at_four_ends_at_four() {
        let rows = [
            ("2026-11-23T13:30", "today", "2026-11-24T04:00"),
            ("2026-11-23T13:30", "until tomorrow", "2026-11-24T04:00"),
            ("2026-11-23T13:30", "tuesday", "2026-11-24T04:00"),
            // It is still Monday for this person.
            ("2026-11-24T01:30", "today", "2026-11-24T04:00"),
            ("2026-11-24T01:30", "tomorrow 9:00", "2026-11-24T09:00"),
            ("2026-11-24T01:30", "2:00", "2026-11-24T02:00"),
            ("2026-11-24T01:30", "monday", "2026-11-30T04:00"),
        ];
        for (now, words, wanted) in rows {
            let now: Zoned = format!("{now}[Europe/Berlin]").parse().unwrap();
            let calendar = Calendar {
                zone: now.time_zone().clone(),
                day_starts: time(4, 0, 0, 0),
            };
            let found = until(words, &now, &calendar).unwrap().unwrap();
            let found = found.strftime("%Y-%m-%dT%H:%M").to_string();
            assert_eq!(found, wanted, "{now} {words}");
        }
    }
}
