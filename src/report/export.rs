//! Everything that is kept, written out as it is: for moving to another
//! program, or for seeing what Sitwell knows.
//!
//! Records come in parts, in order of time, so that ten years need no more
//! memory than a month does. Instants are RFC 3339 in UTC.

use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::csv::row;
use crate::record::{AngleSpan, Episode, Minute, Records};

/// The name and number of the JSON format, its first field.
pub const FORMAT: &str = "sitwell-history/1";

/// Writes one table. A minute has a row for each way it was spent and one for
/// each angle; `what` says which. Durations are seconds, angles degrees.
///
/// # Errors
///
/// When `out` cannot be written to; `E` when a part cannot be had.
pub fn csv<E: From<io::Error>>(
    parts: impl Iterator<Item = Result<Records, E>>,
    out: &mut impl Write,
) -> Result<(), E> {
    let header = [
        "record",
        "from",
        "to",
        "what",
        "seconds",
        "mean_degrees",
        "worst_degrees",
        "error_degrees",
        "outcome",
    ];
    row(out, &header.map(str::to_owned))?;
    for part in parts {
        for line in lines(&part?) {
            row(out, &line)?;
        }
    }
    Ok(())
}

/// Writes one object: `format`, then a list `records` of objects, each with its `record` kind.
///
/// # Errors
///
/// When `out` cannot be written to; `E` when a part cannot be had.
pub fn json<E: From<io::Error>>(
    parts: impl Iterator<Item = Result<Records, E>>,
    out: &mut impl Write,
) -> Result<(), E> {
    write!(out, "{{\"format\":\"{FORMAT}\",\"records\":[")?;
    let mut separator = "\n";
    for part in parts {
        for object in objects(&part?) {
            write!(out, "{separator}{object}")?;
            separator = ",\n";
        }
    }
    out.write_all(b"\n]}\n")?;
    Ok(())
}

type Line = [String; 9];

fn lines(records: &Records) -> Vec<Line> {
    let mut lines = Vec::new();
    for minute in &records.minutes {
        let to = minute.start + SignedDuration::from_mins(1);
        for (spent, time) in &minute.spent {
            lines.push(line(
                "minute",
                minute.start,
                Some(to),
                &spent.id(),
                Some(*time),
                None,
                "",
            ));
        }
        for (name, span) in angles(minute) {
            lines.push(line(
                "minute_angle",
                minute.start,
                Some(to),
                name,
                None,
                Some(span),
                "",
            ));
        }
    }
    for Episode {
        fault,
        from,
        to,
        observed,
        angle,
        ending,
    } in &records.episodes
    {
        lines.push(line(
            "slouch",
            *from,
            Some(*to),
            fault.id(),
            Some(*observed),
            Some(*angle),
            ending.id(),
        ));
    }
    for nudge in &records.nudges {
        lines.push(line(
            "nudge",
            nudge.at,
            nudge.answered,
            &nudge.stretch,
            None,
            None,
            nudge.answer.id(),
        ));
    }
    for session in &records.sessions {
        let length = session.to.duration_since(session.from);
        lines.push(line(
            "session",
            session.from,
            Some(session.to),
            "",
            Some(length),
            None,
            "",
        ));
    }
    for taken in &records.calibrations {
        lines.push(line(
            "calibration",
            taken.at,
            None,
            &taken.profile,
            None,
            None,
            &taken.camera,
        ));
    }
    lines
}

fn line(
    record: &str,
    from: Timestamp,
    to: Option<Timestamp>,
    what: &str,
    time: Option<SignedDuration>,
    angle: Option<AngleSpan>,
    outcome: &str,
) -> Line {
    let degrees = |part: fn(AngleSpan) -> f64| {
        angle.map_or_else(String::new, |span| format!("{:.2}", part(span)))
    };
    [
        record.to_owned(),
        from.to_string(),
        to.map_or_else(String::new, |to| to.to_string()),
        what.to_owned(),
        time.map_or_else(String::new, |time| format!("{:.3}", time.as_secs_f64())),
        degrees(|span| span.mean),
        degrees(|span| span.worst),
        degrees(|span| span.error),
        outcome.to_owned(),
    ]
}

fn angles(minute: &Minute) -> impl Iterator<Item = (&'static str, AngleSpan)> {
    let angles = [
        ("forward_head", minute.forward_head),
        ("rounded_shoulders", minute.rounded_shoulders),
    ];
    angles
        .into_iter()
        .filter_map(|(name, span)| Some((name, span?)))
}

fn objects(records: &Records) -> Vec<Value> {
    let minutes = records.minutes.iter().map(|minute| {
        let spent: serde_json::Map<String, Value> = minute
            .spent
            .iter()
            .map(|(spent, time)| (spent.id(), json!(time.as_secs_f64())))
            .collect();
        json!({
            "record": "minute", "from": minute.start, "seconds": spent,
            "forward_head": minute.forward_head, "rounded_shoulders": minute.rounded_shoulders,
        })
    });
    let slouches = records.episodes.iter().map(|episode| {
        json!({
            "record": "slouch", "from": episode.from, "to": episode.to, "fault": episode.fault,
            "observed_seconds": episode.observed.as_secs_f64(), "angle": episode.angle, "ending": episode.ending,
        })
    });
    let nudges = records.nudges.iter().map(|nudge| {
        json!({
            "record": "nudge", "at": nudge.at, "fault": nudge.fault, "stretch": nudge.stretch,
            "answer": nudge.answer, "answered": nudge.answered,
        })
    });
    let sessions = records.sessions.iter();
    let sessions = sessions
        .map(|session| json!({ "record": "session", "from": session.from, "to": session.to }));
    let calibrations = records.calibrations.iter().map(
        |taken| json!({ "record": "calibration", "at": taken.at, "camera": taken.camera, "profile": taken.profile }),
    );
    minutes
        .chain(slouches)
        .chain(nudges)
        .chain(sessions)
        .chain(calibrations)
        .collect()
}
