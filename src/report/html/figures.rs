//! The drawings of a page, each with the table behind it.

use maud::{Markup, html};

use super::table::{details, table};
use crate::posture::AngleKind;
use crate::quantities::{degrees, duration, percent, rounded_percent, whole_percent};
use crate::report::day::POINT;
use crate::report::svg::{self, SvgSpan};
use crate::report::text::by_day;
use crate::report::{Angle, Day, Summary, TimeCategory, Times, sentences};
use crate::wording::angle_name;

/// At most this many days are drawn one by one: two weeks fit a page. Our own choice.
const MOST_STRIPS: usize = 14;

const AS_A_TABLE: &str = "The same as a table";

/// How each day was spent, minute by minute.
#[must_use]
pub fn timeline(summary: &Summary) -> Markup {
    let Some(span) = SvgSpan::of(&summary.days, &summary.zone) else {
        return Markup::default();
    };
    let rows: Vec<(String, Times)> = match summary.days.as_slice() {
        [day] => {
            let hours = day
                .hours
                .iter()
                .filter(|hour| hour.times.recorded().is_positive());
            hours
                .map(|hour| {
                    (
                        sentences::clock(hour.from, &summary.zone),
                        hour.times.clone(),
                    )
                })
                .collect()
        }
        days => by_day(days),
    };
    let rows: Vec<[String; 6]> = rows.iter().map(times_row).collect();
    let header = ["", "Upright", "Observed", "Unclear", "Away", "Not watching"];
    let table = table("", &header, &rows);
    html! {
        section {
            h2 { @if summary.days.len() == 1 { "The day" } @else { "Day by day" } }
            @if summary.days.len() <= MOST_STRIPS {
                figure {
                    @for day in &summary.days {
                        div.row {
                            span { (day.date.strftime("%a %-d %b")) }
                            (svg::strip(day, span, &day_label(day)))
                        }
                    }
                    div.row { span {} (svg::axis(span)) }
                    ul.key {
                        @for kind in TimeCategory::ALL {
                            @if summary.times.of_kind(kind).is_positive() {
                                li { (svg::sample(kind)) (kind.word()) }
                            }
                        }
                    }
                }
                (details(AS_A_TABLE, table))
            } @else {
                (table)
            }
        }
    }
}

fn times_row((name, times): &(String, Times)) -> [String; 6] {
    let time = |time: jiff::SignedDuration| match time.is_positive() {
        true => duration(time),
        false => "–".to_owned(),
    };
    let share = times.upright_share().map(percent);
    [
        name.to_owned(),
        share.unwrap_or_else(|| "–".to_owned()),
        time(times.observed()),
        time(times.of_kind(TimeCategory::Unclear)),
        time(times.of_kind(TimeCategory::Away)),
        time(times.of_kind(TimeCategory::NotWatched)),
    ]
}

fn day_label(day: &Day) -> String {
    match day.times.upright_share() {
        Some(share) => format!(
            "{}: upright for {} of {} observed",
            sentences::day(day.date),
            percent(share),
            duration(day.times.observed())
        ),
        None => format!("{}: nothing observed", sentences::day(day.date)),
    }
}

/// The share slouched, weekday by hour. Empty for a single day: its hours are in the timeline's table.
#[must_use]
pub fn heatmap(summary: &Summary) -> Markup {
    let span = SvgSpan::of(&summary.days, &summary.zone);
    let Some(span) =
        span.filter(|_| summary.days.len() > 1 && summary.times.observed().is_positive())
    else {
        return Markup::default();
    };
    let rows = weekdays_by_hour(summary, span);
    let hours: Vec<String> = (span.from..span.to)
        .map(|hour| format!("{:02}", hour % 24))
        .collect();
    let header: Vec<&str> = std::iter::once("")
        .chain(hours.iter().map(String::as_str))
        .collect();
    let slouched = |times: &Times| match times.upright_share() {
        Some(share) => rounded_percent(1.0 - share, 100 - whole_percent(share)),
        None => "–".to_owned(),
    };
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|(name, hours)| {
            let cells = hours.iter().map(slouched);
            std::iter::once(name.clone()).chain(cells).collect()
        })
        .collect();
    html! {
        section {
            h2 { "When you slouch" }
            figure {
                @for (name, hours) in &rows {
                    @let label = format!("{name}: percentage slouched for each hour, listed in the table below");
                    div.row { span { (name) } (svg::heat(hours, &label)) }
                }
                div.row { span {} (svg::axis(span)) }
                figcaption {
                    "Percentage of each hour's observed time spent slouched. \
                     Hours with less than six minutes observed are left out."
                }
            }
            (details(AS_A_TABLE, table("", &header, &cells)))
        }
    }
}

/// Up to a week has a row for each day; more days are summed up by weekday.
fn weekdays_by_hour(summary: &Summary, span: SvgSpan<'_>) -> Vec<(String, Vec<Times>)> {
    let is_week = summary.days.len() <= 7;
    let mut days: Vec<&Day> = summary.days.iter().collect();
    if !is_week {
        days.sort_by_key(|day| day.date.weekday().to_monday_zero_offset());
    }
    let hours = usize::try_from(span.hours()).unwrap_or(24);
    let mut rows: Vec<(String, Vec<Times>)> = Vec::new();
    for day in days {
        let format = if is_week { "%a %-d %b" } else { "%A" };
        let name = day.date.strftime(format).to_string();
        if rows.last().is_none_or(|(last, _)| *last != name) {
            rows.push((name, vec![Times::default(); hours]));
        }
        let Some((_, row)) = rows.last_mut() else {
            continue;
        };
        for hour in &day.hours {
            let cell = usize::try_from(span.hours_before(day, hour.from)).ok();
            if let Some(cell) = cell.and_then(|cell| row.get_mut(cell)) {
                cell.add_times(&hour.times);
            }
        }
    }
    rows
}

/// The angles over the days. Empty where there are too many days to see them.
#[must_use]
pub fn curves(summary: &Summary) -> Markup {
    let span = SvgSpan::of(&summary.days, &summary.zone);
    let Some(span) = span.filter(|_| summary.days.len() <= MOST_STRIPS) else {
        return Markup::default();
    };
    if summary.angles.iter().all(|(_, angle)| angle.is_none()) {
        return Markup::default();
    }
    html! {
        section {
            h2 { "Angles" }
            p.note {
                "Change from your neutral posture, mean of each quarter of an hour. \
                 In the shaded band a single reading cannot be told from neutral."
            }
            @if let Some(agreement) = &summary.agreement { p { (agreement.sentence()) } }
            @for (kind, angle) in summary.angles {
                @if let Some(angle) = angle {
                    (curve(summary, span, kind, angle))
                }
            }
        }
    }
}

fn curve(summary: &Summary, span: SvgSpan<'_>, kind: AngleKind, angle: Angle) -> Markup {
    let name = angle_name(kind);
    let label = format!("{name}, change from neutral in degrees; listed in the table below");
    let rows: Vec<[String; 2]> = summary
        .days
        .iter()
        .flat_map(|day| &day.curves[kind])
        .map(|point| {
            [
                sentences::moment(point.at - POINT / 2, summary),
                degrees(point.mean),
            ]
        })
        .collect();
    html! {
        h3 { (name) }
        p { (sentences::angle(angle, summary)) }
        figure {
            (svg::curve(&summary.days, span, kind, angle.span.error, &label))
            div.row.chart {
                span {}
                @if summary.days.len() == 1 {
                    (svg::axis(span))
                } @else {
                    (svg::day_axis(&summary.days))
                }
            }
        }
        (details(AS_A_TABLE, table("", &["Quarter of an hour from", "Mean change"], &rows)))
    }
}
