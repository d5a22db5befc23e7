//! What the monitor sees now, and the buttons that start, pause and resume it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::chart::{Chart, points};
use super::gauge::gauge;
use crate::control::DaemonStatus;
use crate::posture::{AngleKind, Estimate};
use crate::record::{Minute, NotWatching, Period, TimeUse};
use crate::web::live::Monitoring;
use crate::wording;

/// How far back the charts go. Our choice: long enough to see a slouch begin and end.
pub(in crate::web) const SPAN: SignedDuration = SignedDuration::from_mins(30);

/// The whole page.
pub(in crate::web) fn home(now: &Monitoring, minutes: &[Minute], zone: &TimeZone) -> Markup {
    html! {
        h1.unseen { "Now" }
        (live(now, minutes, zone))
    }
}

/// The parts that change, each with its id.
pub(in crate::web) fn live(now: &Monitoring, minutes: &[Minute], zone: &TimeZone) -> Markup {
    html! {
        p #announcement .unseen role="status" { (announcement(now)) }
        div #state {
            @match now {
                Monitoring::Connecting => p.state { "looking for the monitor" },
                Monitoring::Running(status) => (state(status, minutes, zone)),
                Monitoring::Stopped(_) => {
                    p.state { "Nobody is watching" }
                    p { "The monitor does not run. Nothing is observed, and the camera is closed." }
                },
                Monitoring::Unreachable(why) => p.state { (why) },
            }
        }
        div #controls .controls role="group" aria-label="The monitor" { (controls(now)) }
    }
}

/// What a screen reader says when it changes: the state without its numbers.
fn announcement(now: &Monitoring) -> String {
    match now {
        Monitoring::Connecting => String::new(),
        Monitoring::Running(status) => match (status.not_watching, status.observation) {
            (Some(reason), _) => format!("not watching: {reason}"),
            (None, Some(TimeUse::Upright)) => "upright".to_owned(),
            (None, Some(TimeUse::Slouched(fault))) => format!("beyond the limit: {fault}"),
            (None, Some(TimeUse::Unclear(reason))) => format!("unclear: {reason}"),
            (None, Some(TimeUse::Away)) => "nobody there".to_owned(),
            (None, Some(TimeUse::NotWatched(_)) | None) => String::new(),
        },
        Monitoring::Stopped(words) | Monitoring::Unreachable(words) => words.clone(),
    }
}

fn state(status: &DaemonStatus, minutes: &[Minute], zone: &TimeZone) -> Markup {
    // The monitor's time: a recording's time is not the clock's.
    let now = &status.at.to_zoned(zone.clone());
    let limits = status.limits.unwrap_or_default();
    let angles = status.angles.as_ref().map(|posture| posture.angles);
    let angles = angles.unwrap_or_default();
    let gauges: Vec<Markup> = angles
        .zip(limits)
        .into_iter()
        .filter_map(|(angle, (estimate, limit))| gauge(angle, estimate?, limit?))
        .collect();
    let charts: Vec<Markup> = angles
        .zip(limits)
        .into_iter()
        .filter_map(|(angle, (estimate, limit))| {
            chart(angle, estimate?, limit, minutes, status.at).draw()
        })
        .collect();
    html! {
        p.state { (status.state(now)) }
        p.note { "since " (wording::clock(status.since, now)) }
        @if !gauges.is_empty() {
            div.gauges { @for gauge in gauges { (gauge) } }
        }
        @for chart in charts { (chart) }
        dl.facts {
            @if let Some(next) = status.next_observation {
                dt { "Next observation" } dd { (wording::clock(next, now)) }
            }
            @if let Some(day) = status.day() {
                dt { "Today so far" } dd { (day) }
            }
            @if let Some(nudged) = status.nudged(now) {
                dt { "Last nudge" } dd { (nudged) }
            }
            dt { "Camera" } dd { (status.camera_words()) }
            @if let Some(trouble) = &status.settings_trouble {
                dt { "Settings" } dd { "the earlier settings stay in force: " (trouble) }
            }
        }
    }
}

/// The last minutes of an angle, up to the present.
fn chart(
    angle: AngleKind,
    present: Estimate,
    limit: Option<f64>,
    minutes: &[Minute],
    now: Timestamp,
) -> Chart {
    let from = now.saturating_sub(SPAN).unwrap_or(now);
    let period = Period { from, to: now };
    let mut points = points(minutes, angle, period);
    points.extend(present.change.map(|change| (now, change)));
    let minutes = SPAN.as_mins();
    Chart {
        title: format!("{}, the last {minutes} minutes", wording::angle_name(angle)),
        points,
        error: None,
        limit,
        period,
        ends: [format!("{minutes} minutes ago"), "now".to_owned()],
    }
}

fn controls(now: &Monitoring) -> Markup {
    match now {
        Monitoring::Connecting => html! {},
        Monitoring::Stopped(_) => html! {
            form method="post" action="start" { button.main { "Start watching" } }
        },
        Monitoring::Running(status) if status.not_watching == Some(NotWatching::Paused) => html! {
            form method="post" action="resume" { button.main { "Resume" } }
            (restart())
        },
        Monitoring::Running(_) => html! {
            form method="post" action="pause" {
                span #pause { "Pause" }
                @for (length, name) in [
                    ("quarter_of_an_hour", "15 minutes"),
                    ("hour", "1 hour"),
                    ("until_tomorrow", "Until tomorrow"),
                ] {
                    button name="length" value=(length) aria-label={ "Pause: " (name) } { (name) }
                }
            }
            (restart())
        },
        Monitoring::Unreachable(_) => restart(),
    }
}

fn restart() -> Markup {
    html! { form method="post" action="restart" { button { "Restart the monitor" } } }
}
