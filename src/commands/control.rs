//! `sitwell pause`, `resume` and `nudge-me`: words with the running monitor.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::{SignedDuration, ToSpan, Zoned};

use super::status;
use crate::cli::PauseArgs;
use crate::control::{Request, Response, ask};
use crate::folders;
use crate::settings::time_of_day;

/// Has the monitor pause.
///
/// # Errors
///
/// The time is not understood, no monitor runs, or it does not answer.
pub(super) fn pause(
    args: &PauseArgs,
    data_dir: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    // What cannot be meant is said whether a monitor runs or not.
    until(&args.until.join(" "), now)?;
    // A recording has a time of its own.
    let now = status::asked(&folder)?.at.to_zoned(now.time_zone().clone());
    let until = until(&args.until.join(" "), &now)?;
    let end = until.as_ref().map(Zoned::timestamp);
    ask(&folder, &Request::Pause { until: end })?;
    match until {
        Some(until) if until.date() == now.date() => {
            writeln!(out, "paused until {}", until.strftime("%H:%M"))?;
        }
        Some(until) => writeln!(out, "paused until {}", until.strftime("%A %H:%M"))?,
        None => writeln!(out, "paused until you run sitwell resume")?,
    }
    Ok(())
}

/// Has the monitor end its pause, and says whether it watches now.
///
/// # Errors
///
/// No monitor runs, or it does not answer.
pub(super) fn resume(data_dir: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let before = status::asked(&folder)?;
    ask(&folder, &Request::Resume)?;
    let after = status::asked(&folder)?;
    match (before.not_watching, after.not_watching) {
        (None, None) => writeln!(out, "it was not paused, and watches")?,
        (Some(_), None) => writeln!(out, "watching again")?,
        // Something else keeps it from watching.
        (_, Some(_)) => writeln!(out, "no pause any more, but {}", after.words)?,
    }
    Ok(())
}

/// Has the monitor show a stretch now.
///
/// # Errors
///
/// No monitor runs, it does not answer, or it shows nobody anything.
pub(super) fn nudge_me(data_dir: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let Response::Shown { title } = ask(&folders::data(data_dir)?, &Request::NudgeMe)? else {
        bail!("the monitor gave another answer than what it shows; is it of another version?");
    };
    writeln!(out, "shown: {title}")?;
    Ok(())
}

/// The end of a pause: none for one without.
fn until(words: &str, now: &Zoned) -> Result<Option<Zoned>> {
    let words = words.trim();
    if words.is_empty() {
        return Ok(None);
    }
    let time = time_of_day(words.strip_prefix("until").unwrap_or(words).trim());
    let until = match (words, time, words.parse::<SignedDuration>()) {
        ("today", ..) => now.tomorrow()?.start_of_day()?,
        (_, Some(time), _) => {
            let today = now.with().time(time).build()?;
            if today > *now {
                today
            } else {
                today.checked_add(1.day())?
            }
        }
        (_, None, Ok(time)) if time > SignedDuration::ZERO => now.checked_add(time)?,
        (_, None, _) => {
            bail!("cannot tell how long `{words}` is; try 15m, 1h, until 14:00 or today")
        }
    };
    Ok(Some(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_when_people_mean_it_to() {
        let now: Zoned = "2026-11-23T13:30[Europe/Berlin]".parse().unwrap();
        let rows = [
            ("", None),
            ("15m", Some("2026-11-23T13:45")),
            ("1h 30m", Some("2026-11-23T15:00")),
            ("until 14:00", Some("2026-11-23T14:00")),
            ("14:00", Some("2026-11-23T14:00")),
            ("until 9:00", Some("2026-11-24T09:00")),
            ("until 24:00", Some("2026-11-24T00:00")),
            ("today", Some("2026-11-24T00:00")),
        ];
        for (words, wanted) in rows {
            let found = until(words, &now).unwrap();
            let found = found.map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string());
            assert_eq!(found.as_deref(), wanted, "{words}");
        }
        // Above all, half a wish is no pause without an end.
        for words in ["until", "until 25:00", "-5m", "0s", "10", "for ever"] {
            let refused = until(words, &now).unwrap_err().to_string();
            assert!(refused.contains(&format!("`{words}`")), "{refused}");
        }
    }
}
