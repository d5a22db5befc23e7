//! Days of the past: the report's own parts, with links between them, and one slouch by itself.

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use maud::{Markup, html};

use super::chart::{Chart, points};
use super::mirror;
use super::proposal::proposed;
use crate::calendar::Calendar;
use crate::posture::{AngleKind, Fault};
use crate::quantities::degrees;
use crate::record::{Answer, DeskChangeKind, Episode, Nudge, NudgeEvidence, Period, Records};
use crate::report::html::{Links, content};
use crate::report::{Agreement, Days, DeskReport, Drawing, Proposal, Summary};
use crate::wording;

/// The periods that have a link, in the words of `sitwell report`.
const PERIODS: [(&str, &str); 7] = [
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("week", "This week"),
    ("last-week", "Last week"),
    ("month", "This month"),
    ("last-month", "Last month"),
    ("year", "This year"),
];

/// The time before and after a slouch that its chart shows.
pub(in crate::web) const AROUND: SignedDuration = SignedDuration::from_mins(10);

/// The review of some days.
pub(in crate::web) fn review(
    asked: &str,
    summary: &Summary,
    today: Date,
    stretch: &dyn Fn(&str) -> Option<Drawing>,
) -> Markup {
    let links = Links {
        day: &|day| format!("review?days={day}"),
        slouch: &|episode| format!("slouch?at={}", episode.from),
    };
    html! {
        (periods(asked, summary.covers, today))
        h1 { "How you sat: " (summary.title()) }
        (content(summary, stretch, Some(links)))
        @if let Some(desk) = &summary.desk { (changed(desk)) }
        p { a href="photo" { "Check the angles with a photograph from the side" } }
        p.links {
            "These days as "
            a href={ "report.csv?days=" (asked) } download { "CSV" } " or "
            a href={ "report.json?days=" (asked) } download { "JSON" }
            ". Everything that is kept as "
            a href="history.csv" download { "CSV" } " or "
            a href="history.json" download { "JSON" } "."
        }
    }
}

/// A form for what was changed at the desk, with what was advised first.
fn changed(desk: &DeskReport) -> Markup {
    let advised = desk.advice().map(|(what, _)| what);
    html! {
        form.controls method="post" action="desk-change" {
            label for="what" { "Today I" }
            select #what name="what" {
                @for what in DeskChangeKind::ALL {
                    option value=(what.id()) selected[advised == Some(what)] { (what) }
                }
            }
            button { "Compare from now on" }
        }
    }
}

/// Links to other days.
fn periods(asked: &str, covers: Days, today: Date) -> Markup {
    let later = shifted(covers, 1).filter(|later| later.first <= today);
    html! {
        nav.periods aria-label="Days" {
            @for (days, name) in PERIODS {
                a.button href={ "review?days=" (days) } aria-current=[(days == asked).then_some("page")] { (name) }
            }
            span.steps {
                @if let Some(earlier) = shifted(covers, -1) {
                    a.button rel="prev" href={ "review?days=" (range(earlier)) } { "Earlier" }
                }
                @if let Some(later) = later {
                    a.button rel="next" href={ "review?days=" (range(later)) } { "Later" }
                }
            }
        }
    }
}

/// As many days, or the month, before or after.
fn shifted(days: Days, by: i64) -> Option<Days> {
    let is_month =
        days.first == days.first.first_of_month() && days.last == days.first.last_of_month();
    if is_month {
        let first = days.first.checked_add(by.months()).ok()?;
        return Some(Days {
            first,
            last: first.last_of_month(),
        });
    }
    let shift = (days.count() * by).days();
    Some(Days {
        first: days.first.checked_add(shift).ok()?,
        last: days.last.checked_add(shift).ok()?,
    })
}

fn range(days: Days) -> String {
    match days.first == days.last {
        true => days.first.to_string(),
        false => format!("{}..{}", days.first, days.last),
    }
}

/// The angles that a fault is about.
fn angles(fault: Fault) -> impl Iterator<Item = AngleKind> {
    AngleKind::ALL
        .into_iter()
        .filter(move |angle| fault == Fault::HeadAndShoulders || fault == angle.fault())
}

/// The period of a slouch and the minutes around it.
pub(in crate::web) fn around(slouch: &Episode) -> Period {
    Period {
        from: slouch.from.saturating_sub(AROUND).unwrap_or(slouch.from),
        to: slouch.to.saturating_add(AROUND).unwrap_or(slouch.to),
    }
}

/// One slouch, with what was recorded around it.
pub(in crate::web) struct ReviewedSlouch {
    pub(in crate::web) slouch: Episode,
    pub(in crate::web) records: Records,
    /// How well the webcam agrees with photographs.
    pub(in crate::web) agreement: Option<Agreement>,
    /// What may end false alarms, if it was one of several.
    pub(in crate::web) proposal: Option<Proposal>,
}

/// One slouch: its angles, what was suggested, what that was based on, and what became of it.
pub(in crate::web) fn slouch(
    reviewed: &ReviewedSlouch,
    calendar: &Calendar,
    name: &dyn Fn(&str) -> String,
) -> Markup {
    let ReviewedSlouch {
        slouch,
        records,
        agreement,
        proposal,
    } = reviewed;
    let clock = |at| calendar.zone.to_datetime(at).strftime("%H:%M").to_string();
    let period = around(slouch);
    let during = |nudge: &&Nudge| slouch.from <= nudge.at && nudge.at <= slouch.to;
    let nudges: Vec<&Nudge> = records.nudges.iter().filter(during).collect();
    let evidence = |nudge: &Nudge| records.evidence.iter().find(|one| one.nudge == nudge.at);
    let last_evidence = nudges.iter().rev().find_map(|nudge| evidence(nudge));
    let charts = angles(slouch.fault).filter_map(|angle| {
        Chart {
            title: wording::angle_name(angle).to_owned(),
            points: points(&records.minutes, angle, period),
            error: Some(slouch.angle.error),
            limit: last_evidence.and_then(|evidence| evidence.limits[angle]),
            period,
            ends: [clock(period.from), clock(period.to)],
        }
        .draw()
    });
    let charts: Vec<Markup> = charts.collect();
    let day = calendar.date_of(slouch.from);
    html! {
        p { a href={ "review?days=" (day) } { "All of " (day.strftime("%A %-d %B %Y")) } }
        h1 { (capital(&slouch.fault.to_string())) ", " (clock(slouch.from)) " to " (clock(slouch.to)) }
        p.lead { (capital(&wording::episode(slouch))) "." }
        @if charts.is_empty() {
            p.note { "Its minutes are no longer kept." }
        } @else {
            @for chart in charts { (chart) }
            p.note { "Mean change from your neutral posture in each minute, with " (AROUND.as_mins())
                " minutes before and after. The band is one standard error of a single reading." }
        }
        @if let Some(agreement) = agreement
            && slouch.fault != Fault::RoundedShoulders
        {
            p.note { (agreement.beside()) }
        }
        h2 { "What was suggested" }
        @if nudges.is_empty() { p { "Nothing." } }
        @for nudge in nudges {
            section.card.group {
                p { (clock(nudge.at)) ": " (name(&nudge.stretch)) ", " (nudge.answer) }
                @if let Some(evidence) = evidence(nudge) { (shown_evidence(evidence, slouch.fault, calendar)) }
                @if nudge.answer != Answer::NotASlouch {
                    form.controls method="post" action="not-a-slouch" {
                        input type="hidden" name="nudge" value=(nudge.at);
                        input type="hidden" name="slouch" value=(slouch.from);
                        button { "That was no slouch" }
                    }
                }
            }
        }
        @if let Some(proposal) = proposal { (proposed(proposal, Some(slouch.from))) }
    }
}

/// What a nudge was based on.
fn shown_evidence(evidence: &NudgeEvidence, fault: Fault, calendar: &Calendar) -> Markup {
    let reading = |degrees: Option<String>| degrees.unwrap_or_else(|| "not measured".to_owned());
    html! {
        @for sentence in wording::evidence(evidence, &calendar.zone) { p { (sentence) } }
        @if let Some(skeleton) = &evidence.skeleton {
            details {
                summary { "You as the camera saw you" }
                div.evidence { (mirror::skeleton(skeleton, None)) }
                p.note { "Only these points are kept, no picture." }
            }
        }
        details {
            summary { "The readings, one by one" }
            div.scroll {
                table {
                    thead { tr {
                        th scope="col" { "At" }
                        @for angle in angles(fault) { th scope="col" { (wording::angle_name(angle)) } }
                    } }
                    tbody {
                        @for one in &evidence.readings {
                            tr {
                                td { (calendar.zone.to_datetime(one.at).strftime("%H:%M:%S")) }
                                @for angle in angles(fault) {
                                    td { (reading(one.angles[angle].map(|one| {
                                        format!("{} \u{b1} {:.1}\u{b0}", degrees(one.change), one.error)
                                    }))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A sentence's first letter as a capital.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_stepped_through_as_they_are_long() {
        let days = |text: &str| {
            let today = jiff::civil::date(2026, 11, 25);
            Days::parse(text, today, jiff::civil::Weekday::Monday).unwrap()
        };
        let rows = [
            ("today", "2026-11-24", "2026-11-26"),
            ("week", "2026-11-16..2026-11-22", "2026-11-30..2026-12-06"),
            ("month", "2026-10-01..2026-10-31", "2026-12-01..2026-12-31"),
            (
                "2026-01-01..2026-01-31",
                "2025-12-01..2025-12-31",
                "2026-02-01..2026-02-28",
            ),
        ];
        for (text, before, after) in rows {
            let step = |by| shifted(days(text), by).map(range);
            assert_eq!(step(-1).as_deref(), Some(before), "{text}");
            assert_eq!(step(1).as_deref(), Some(after), "{text}");
        }
        assert_eq!(shifted(days("9999-12-31"), 1), None);
    }
}
