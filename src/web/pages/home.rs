//! What the monitor sees now, and the buttons that start, pause and resume it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::chart::{Chart, points};
use super::gauge::gauge;
use super::proposal::proposed;
use super::{mirror, with_commands};
use crate::control::{DaemonStatus, Preview};
use crate::posture::{AngleKind, Estimate};
use crate::record::{Answer, Minute, NotWatching, Period, TimeUse};
use crate::report::{Agreement, Proposal};
use crate::web::camera_tasks::CameraView;
use crate::web::live::Monitoring;
use crate::wording;

/// How far back the charts go. Our choice: long enough to see a slouch begin and end.
pub(in crate::web) const SPAN: SignedDuration = SignedDuration::from_mins(30);

/// What the history says beside the monitor's status.
#[derive(Debug, Default)]
pub(in crate::web) struct RecentPast {
    /// The last half hour.
    pub(in crate::web) minutes: Vec<Minute>,
    /// How well the webcam agrees with photographs.
    pub(in crate::web) agreement: Option<Agreement>,
}

/// The whole page.
pub(in crate::web) fn home(
    now: &Monitoring,
    past: &RecentPast,
    proposal: Option<&Proposal>,
    zone: &TimeZone,
) -> Markup {
    html! {
        h1.unseen { "Now" }
        @if let Some(proposal) = proposal { (proposed(proposal, None)) }
        div.now {
            div { (state(now, past, zone)) }
            div.view {
                (no_picture())
                (seen(now))
            }
        }
    }
}

/// The parts that change, each with its id.
pub(in crate::web) fn live(now: &Monitoring, past: &RecentPast, zone: &TimeZone) -> Markup {
    html! { (state(now, past, zone)) (seen(now)) }
}

/// The camera's picture.
pub(in crate::web) fn shown_picture(preview: &Preview) -> Markup {
    html! { div #picture { (mirror::picture(preview, None)) } }
}

/// The picture of a camera, with what is wrong with it.
pub(in crate::web) fn view(view: &CameraView) -> Markup {
    html! {
        div #picture {
            @if let Some(preview) = &view.picture { (mirror::picture(preview, view.problem)) }
            p { (with_commands(view.hint)) }
        }
    }
}

/// The place of the picture. Nothing is there until the button is held.
pub(in crate::web) fn no_picture() -> Markup {
    html! { div #picture {} }
}

/// Why there is no picture.
pub(in crate::web) fn missing_picture(why: &str) -> Markup {
    html! { div #picture { p.mirror.nobody { span { (with_commands(why)) } } } }
}

/// What the camera sees, as a skeleton, and the button that shows its picture.
fn seen(now: &Monitoring) -> Markup {
    let watching = match now {
        Monitoring::Running(status) => status.not_watching.is_none().then_some(status),
        Monitoring::Connecting | Monitoring::Stopped(_) | Monitoring::Unreachable(_) => None,
    };
    html! {
        div #seen {
            @if let Some(status) = watching {
                @match &status.skeleton {
                    Some(skeleton) => (mirror::skeleton(skeleton, None)),
                    None => p.mirror.nobody { "Nobody is seen." },
                }
            }
        }
        div #hold {
            @if watching.is_some() {
                button type="button" data-hold="picture" data-shows="picture" aria-describedby="hold-note" { "Hold to see the picture" }
                p.note #hold-note { "The camera's picture shows while you hold this button down. It is not kept." }
            }
        }
    }
}

fn state(now: &Monitoring, past: &RecentPast, zone: &TimeZone) -> Markup {
    html! {
        p #announcement .unseen role="status" { (announcement(now)) }
        div #state {
            @match now {
                Monitoring::Connecting => p.state { "looking for the monitor" },
                Monitoring::Running(status) => (status_parts(status, past, zone)),
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

fn status_parts(status: &DaemonStatus, past: &RecentPast, zone: &TimeZone) -> Markup {
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
            chart(angle, estimate?, limit, &past.minutes, status.at).draw()
        })
        .collect();
    html! {
        p.state { (status.state(now)) }
        p.note { "since " (wording::clock(status.since, now)) }
        @if !gauges.is_empty() {
            div.gauges { @for gauge in gauges { (gauge) } }
            @if let Some(agreement) = &past.agreement
                && angles.forward_head.is_some()
            {
                p.note { (agreement.beside()) }
            }
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
                dt { "Last nudge" }
                dd {
                    (nudged)
                    @if let Some(nudge) = &status.last_nudge
                        && nudge.answer != Answer::NotASlouch
                    {
                        form method="post" action="not-a-slouch" {
                            input type="hidden" name="nudge" value=(nudge.at);
                            button { "That was no slouch" }
                        }
                    }
                }
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
