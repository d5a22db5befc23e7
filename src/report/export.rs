//! Every record as it is stored: for another program, or to see what Sitwell knows.
//!
//! Records come in parts, in order of time, so that ten years need no more
//! memory than one month. Instants are RFC 3339 in UTC.

use std::borrow::Cow;
use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::csv::Table;
use crate::record::{AngleSpan, Records};

/// The name and number of the JSON format, its first field.
pub const FORMAT: &str = "sitwell-history/1";

/// Writes one table. A minute has a row for each way it was spent and one for
/// each angle; `what` says which. Durations are seconds, angles degrees.
///
/// # Errors
///
/// When `out` cannot be written to; `E` when a part cannot be read.
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
    let mut table = Table::new(out);
    table.row(&header.map(str::to_owned))?;
    for part in parts {
        for line in lines(&part?) {
            table.row(&line.cells())?;
        }
    }
    Ok(table.finish()?)
}

/// Writes one object: `format`, then a list `records` of objects, each with its `record` kind.
///
/// # Errors
///
/// When `out` cannot be written to; `E` when a part cannot be read.
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

/// One row of the table.
#[derive(Default)]
struct Line<'a> {
    record: &'static str,
    from: Timestamp,
    to: Option<Timestamp>,
    what: Cow<'a, str>,
    time: Option<SignedDuration>,
    angle: Option<AngleSpan>,
    outcome: &'a str,
}

impl Line<'_> {
    fn cells(self) -> [String; 9] {
        let degrees = |part: fn(AngleSpan) -> f64| {
            let degrees = self.angle.map(part);
            degrees.map_or_else(String::new, |degrees| format!("{degrees:.2}"))
        };
        let seconds = self.time.map(|time| format!("{:.3}", time.as_secs_f64()));
        [
            self.record.to_owned(),
            self.from.to_string(),
            self.to.map_or_else(String::new, |to| to.to_string()),
            self.what.to_string(),
            seconds.unwrap_or_default(),
            degrees(|span| span.mean),
            degrees(|span| span.worst),
            degrees(|span| span.error),
            self.outcome.to_owned(),
        ]
    }
}

fn lines(records: &Records) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for minute in &records.minutes {
        let line = |record, what| Line {
            record,
            from: minute.start,
            to: Some(minute.start + SignedDuration::from_mins(1)),
            what,
            ..Line::default()
        };
        lines.extend(minute.spent.iter().map(|(spent, &time)| Line {
            time: Some(time),
            ..line("minute", spent.id().into())
        }));
        lines.extend(minute.angles.into_iter().filter_map(|(angle, span)| {
            Some(Line {
                angle: Some(span?),
                ..line("minute_angle", angle.id().into())
            })
        }));
    }
    lines.extend(records.minutes.iter().filter_map(|minute| {
        let placement = minute.placement?;
        Some(Line {
            record: "minute_placement",
            from: minute.start,
            what: format!("{:.3} {:.1}", placement.distance, placement.elevation).into(),
            ..Line::default()
        })
    }));
    lines.extend(records.episodes.iter().map(|episode| Line {
        record: "slouch",
        from: episode.from,
        to: Some(episode.to),
        what: episode.fault.id().into(),
        time: Some(episode.observed),
        angle: Some(episode.angle),
        outcome: episode.ending.id(),
    }));
    lines.extend(records.nudges.iter().map(|nudge| Line {
        record: "nudge",
        from: nudge.at,
        to: nudge.answered,
        what: nudge.stretch.as_str().into(),
        outcome: nudge.answer.id(),
        ..Line::default()
    }));
    for evidence in &records.evidence {
        for reading in &evidence.readings {
            let measured = reading.angles.into_iter();
            lines.extend(measured.filter_map(|(angle, measured)| {
                let measured = measured?;
                Some(Line {
                    record: "nudge_reading",
                    from: reading.at,
                    to: Some(evidence.nudge),
                    what: angle.id().into(),
                    angle: Some(AngleSpan {
                        mean: measured.change,
                        worst: measured.change,
                        error: measured.error,
                    }),
                    ..Line::default()
                })
            }));
        }
    }
    lines.extend(records.trial.iter().map(|due| Line {
        record: "trial_nudge",
        from: due.at,
        what: due.fault.id().into(),
        outcome: match (due.is_withheld, due.edges) {
            (true, _) => "withheld",
            (false, None) => "shown",
            (false, Some(true)) => "shown with edges",
            (false, Some(false)) => "shown without edges",
        },
        ..Line::default()
    }));
    lines.extend(records.routines.iter().map(|routine| Line {
        record: "routine",
        from: routine.at,
        to: routine.answered,
        what: routine.stretches.join(" ").into(),
        outcome: routine.answer.id(),
        ..Line::default()
    }));
    lines.extend(records.sessions.iter().map(|session| Line {
        record: "session",
        from: session.from,
        to: Some(session.to),
        time: Some(session.to.duration_since(session.from)),
        ..Line::default()
    }));
    lines.extend(records.calibrations.iter().map(|taken| Line {
        record: "calibration",
        from: taken.at,
        what: taken.profile.as_str().into(),
        outcome: &taken.camera,
        ..Line::default()
    }));
    lines.extend(records.calibration_uses.iter().map(|used| Line {
        record: "calibration_use",
        from: used.from,
        what: used.profile.as_deref().unwrap_or_default().into(),
        outcome: &used.camera,
        ..Line::default()
    }));
    lines.extend(records.photo_checks.iter().map(|check| Line {
        record: "photo_check",
        from: check.taken,
        what: format!("{:.2} {:.2}", check.photo.0, check.photo.1).into(),
        angle: Some(AngleSpan {
            mean: check.webcam,
            worst: check.webcam,
            error: check.error,
        }),
        ..Line::default()
    }));
    lines.extend(records.settled_proposals.iter().map(|settled| Line {
        record: "settled_proposal",
        from: settled.at,
        what: settled.fault.id().into(),
        ..Line::default()
    }));
    lines.extend(records.desk_changes.iter().map(|change| Line {
        record: "desk_change",
        from: change.at,
        what: change.what.id().into(),
        ..Line::default()
    }));
    lines
}

fn objects(records: &Records) -> Vec<Value> {
    let minutes = records.minutes.iter().map(|minute| {
        let spent: serde_json::Map<String, Value> = minute
            .spent
            .iter()
            .map(|(spent, time)| (spent.id(), json!(time.as_secs_f64())))
            .collect();
        let mut object = json!({
            "record": "minute", "from": minute.start, "seconds": spent, "placement": minute.placement,
        });
        for (angle, span) in minute.angles {
            object[angle.id()] = json!(span);
        }
        object
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
    let evidence = records.evidence.iter().map(|evidence| {
        let mut object = json!(evidence);
        object["record"] = json!("evidence");
        object
    });
    let trial = records.trial.iter().map(|due| {
        let mut object = json!(due);
        object["record"] = json!("trial_nudge");
        object
    });
    let routines = records.routines.iter().map(|routine| {
        json!({
            "record": "routine", "at": routine.at, "stretches": routine.stretches,
            "answer": routine.answer, "answered": routine.answered,
        })
    });
    let sessions = records.sessions.iter();
    let sessions = sessions
        .map(|session| json!({ "record": "session", "from": session.from, "to": session.to }));
    let calibrations = records.calibrations.iter().map(
        |taken| json!({ "record": "calibration", "at": taken.at, "camera": taken.camera, "profile": taken.profile }),
    );
    let uses = records.calibration_uses.iter().map(|used| {
        json!({ "record": "calibration_use", "from": used.from, "camera": used.camera, "profile": used.profile })
    });
    let changes = records
        .desk_changes
        .iter()
        .map(|change| json!({ "record": "desk_change", "at": change.at, "what": change.what }));
    let photos = records.photo_checks.iter().map(|check| {
        let mut object = json!(check);
        object["record"] = json!("photo_check");
        object
    });
    let settled = records.settled_proposals.iter().map(
        |settled| json!({ "record": "settled_proposal", "at": settled.at, "fault": settled.fault }),
    );
    minutes
        .chain(slouches)
        .chain(nudges)
        .chain(evidence)
        .chain(trial)
        .chain(routines)
        .chain(sessions)
        .chain(calibrations)
        .chain(uses)
        .chain(changes)
        .chain(photos)
        .chain(settled)
        .collect()
}
