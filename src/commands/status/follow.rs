//! `sitwell status --follow`: a line for each change, for bars and scripts.
//!
//! It follows the monitor through its socket, waits for one if none runs, and ends when its reader
//! goes.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::against_neutral;
use crate::cli::FollowFormat;
use crate::control::{self, ControlError, DaemonStatus};
use crate::quantities::duration;
use crate::record::TimeUse;

/// When to see whether anybody still reads while no monitor runs. Our choice.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What a bar shows.
#[derive(Debug, Clone, PartialEq)]
struct BarItem {
    /// A few words.
    text: String,
    /// The same and more, in sentences.
    details: String,
    /// The state's name, for colours: `upright`, `slouched`, `unclear`, `away`, `not_watching`,
    /// `starting` or `stopped`.
    state: &'static str,
}

/// Waybar's `return-type: json`.
#[derive(Serialize)]
struct Waybar<'a> {
    text: &'a str,
    tooltip: &'a str,
    class: &'a str,
}

/// The i3bar protocol's block, which i3blocks reads with `format=json`.
#[derive(Serialize)]
struct Block<'a> {
    full_text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
}

/// Writes until the reader has gone.
pub(super) fn run(
    folder: &Path,
    format: FollowFormat,
    zone: &TimeZone,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut last = String::new();
    let mut write = |line: String| -> io::Result<()> {
        if line != last {
            writeln!(out, "{line}")?;
            out.flush()?;
            last = line;
        }
        Ok(())
    };
    control::follow_status(folder, LONGEST_WAIT, |news| {
        let written = match news {
            Some(Ok(status)) => write(line(&status, format, zone)),
            Some(Err(error)) => write(line_without_status(&error, format)),
            None => Ok(()),
        };
        match written.is_ok() && has_reader() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(written),
        }
    })
}

fn line(status: &DaemonStatus, format: FollowFormat, zone: &TimeZone) -> String {
    match format {
        FollowFormat::Json => json(status),
        _ => bar_line(&item(status, zone), format),
    }
}

fn line_without_status(error: &ControlError, format: FollowFormat) -> String {
    let item = BarItem {
        text: "not running".to_owned(),
        details: error.to_string(),
        state: "stopped",
    };
    match format {
        FollowFormat::Json => "null".to_owned(),
        _ => bar_line(&item, format),
    }
}

fn bar_line(item: &BarItem, format: FollowFormat) -> String {
    match format {
        FollowFormat::Text | FollowFormat::Json => {
            item.details.lines().next().unwrap_or_default().to_owned()
        }
        FollowFormat::Waybar => json(&Waybar {
            text: &item.text,
            tooltip: &item.details,
            class: item.state,
        }),
        FollowFormat::I3blocks => json(&Block {
            full_text: &item.text,
            // The second sign beside the words; our choice, readable on dark and light bars.
            color: (item.state == "slouched").then_some("#d9822b"),
        }),
    }
}

fn json(value: &impl Serialize) -> String {
    // Numbers, words and times always fit into JSON.
    serde_json::to_string(value).unwrap_or_default()
}

fn item(status: &DaemonStatus, zone: &TimeZone) -> BarItem {
    let now = &status.at.to_zoned(zone.clone());
    let (text, state) = match (status.not_watching, status.observation) {
        (Some(reason), _) | (None, Some(TimeUse::NotWatched(reason))) => {
            (reason.to_string(), "not_watching")
        }
        (None, None) => ("starting".to_owned(), "starting"),
        (None, Some(TimeUse::Upright)) => ("upright".to_owned(), "upright"),
        (None, Some(TimeUse::Slouched(fault))) => (fault.to_string(), "slouched"),
        (None, Some(TimeUse::Unclear(reason))) => (reason.to_string(), "unclear"),
        (None, Some(TimeUse::Away)) => ("away".to_owned(), "away"),
    };
    let slouched = status.slouched_for_s.map(|seconds| {
        format!(
            "slouched for {}",
            duration(SignedDuration::from_secs(seconds))
        )
    });
    let angles = status.angles.as_ref().and_then(against_neutral);
    let details = [
        Some(status.state(now)),
        angles.map(|angles| format!("against neutral: {angles}")),
        slouched,
        status.day().map(|day| format!("today so far: {day}")),
    ];
    BarItem {
        text,
        details: details.into_iter().flatten().collect::<Vec<_>>().join("\n"),
        state,
    }
}

/// Whether somebody still reads standard output. A write would tell, but there may be none for hours.
#[cfg(unix)]
fn has_reader() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdout = io::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    let no_time = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut fds, Some(&no_time)).is_err()
        || !fds[0]
            .revents()
            .intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL)
}

#[cfg(not(unix))]
fn has_reader() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use jiff::Timestamp;

    use super::super::tests::watching;
    use super::*;
    use crate::record::NotWatching;

    fn lines(status: &DaemonStatus) -> String {
        let formats = [
            FollowFormat::Text,
            FollowFormat::Waybar,
            FollowFormat::I3blocks,
        ];
        let lines = formats.map(|format| line(status, format, &TimeZone::UTC));
        lines.join("\n")
    }

    #[test]
    fn each_format_says_the_same() {
        assert_snapshot!(lines(&watching()), @r##"
        beyond the limit: head forward, 14° ± 3° from neutral
        {"text":"head forward","tooltip":"beyond the limit: head forward, 14° ± 3° from neutral\nagainst neutral: head forward 14° ± 3°, shoulders forward 0° ± 3°\nslouched for 2 min 5 s\ntoday so far: 2 h 5 min observed, upright 81% of it, 2 sustained slouches","class":"slouched"}
        {"full_text":"head forward","color":"#d9822b"}
        "##);
        let until: Timestamp = "2026-11-23T14:00:00Z".parse().unwrap();
        let paused = DaemonStatus {
            words: "not watching: paused".to_owned(),
            not_watching: Some(NotWatching::Paused),
            until: Some(until),
            slouched_for_s: None,
            angles: None,
            today: None,
            ..watching()
        };
        assert_snapshot!(lines(&paused), @r#"
        not watching: paused until 14:00
        {"text":"paused","tooltip":"not watching: paused until 14:00","class":"not_watching"}
        {"full_text":"paused"}
        "#);
    }

    #[test]
    fn a_monitor_that_does_not_run_is_a_state_too() {
        let line = |format| line_without_status(&ControlError::NoMonitor, format);
        assert_snapshot!(line(FollowFormat::Text), @"no monitor is running; start one with `sitwell start`");
        assert_snapshot!(line(FollowFormat::Waybar), @r#"{"text":"not running","tooltip":"no monitor is running; start one with `sitwell start`","class":"stopped"}"#);
        assert_eq!(line(FollowFormat::Json), "null");
    }
}
