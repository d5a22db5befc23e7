//! `sitwell pause`, `resume` and `nudge-me`: words with the running monitor.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::civil::Time;
use jiff::{SignedDuration, ToSpan, Zoned};

use super::folders;
use crate::cli::PauseArgs;
use crate::control::{Reply, Request, ask};

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
    let until = until(&args.until.join(" "), now)?;
    ask(
        &folders::data(data_dir)?,
        &Request::Pause {
            until: until.as_ref().map(Zoned::timestamp),
        },
    )?;
    match until {
        Some(until) if until.date() == now.date() => {
            writeln!(out, "paused until {}", until.strftime("%H:%M"))?;
        }
        Some(until) => writeln!(out, "paused until {}", until.strftime("%A %H:%M"))?,
        None => writeln!(out, "paused until you run sitwell resume")?,
    }
    Ok(())
}

/// Has the monitor do what needs no more than to be told.
///
/// # Errors
///
/// No monitor runs, or it does not answer.
pub(super) fn tell(
    request: &Request,
    done: &str,
    data_dir: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    ask(&folders::data(data_dir)?, request)?;
    writeln!(out, "{done}")?;
    Ok(())
}

/// Has the monitor show a stretch now.
///
/// # Errors
///
/// No monitor runs, it does not answer, or it shows nobody anything.
pub(super) fn nudge_me(data_dir: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let Reply::Shown { title } = ask(&folders::data(data_dir)?, &Request::NudgeMe)? else {
        bail!("the monitor gave another answer than what it shows; is it of another version?");
    };
    writeln!(out, "shown: {title}")?;
    Ok(())
}

/// The end of a pause: none for one without.
fn until(words: &str, now: &Zoned) -> Result<Option<Zoned>> {
    let until = match words.strip_prefix("until").unwrap_or(words).trim() {
        "" => return Ok(None),
        "today" => now.tomorrow()?.start_of_day()?,
        words => match (words.parse::<Time>(), words.parse::<SignedDuration>()) {
            (Ok(time), _) => {
                let today = now.with().time(time).build()?;
                if today > *now {
                    today
                } else {
                    today.checked_add(1.day())?
                }
            }
            (_, Ok(time)) if time > SignedDuration::ZERO => now.checked_add(time)?,
            _ => bail!("cannot tell how long `{words}` is; try 15m, 1h, until 14:00 or today"),
        },
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
            ("until 9:00", None),
            ("until 09:00", Some("2026-11-24T09:00")),
            ("today", Some("2026-11-24T00:00")),
        ];
        for (words, wanted) in rows {
            let found = until(words, &now).ok().flatten();
            let found = found.map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string());
            assert_eq!(found.as_deref(), wanted, "{words}");
        }
        assert!(until("-5m", &now).is_err());
        assert!(until("for ever", &now).is_err());
    }
}
