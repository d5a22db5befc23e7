//! The drawings of a page, each with the table behind it.

use std::io::{self, Write};

use super::table::{details, escaped, table};
use crate::report::day::POINT;
use crate::report::svg::{self, SvgSpan};
use crate::report::text::by_day;
use crate::report::{Angle, ChartPoint, Day, Summary, TimeCategory, Times, words};

/// Up to so many days are drawn one by one: two weeks fit a page. Our own choice.
const MOST_STRIPS: usize = 14;

/// How each day was spent, minute by minute.
pub(super) fn timeline(
    summary: &Summary,
    span: SvgSpan<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let title = if summary.days.len() == 1 {
        "The day"
    } else {
        "Day by day"
    };
    write!(out, "<section>\n<h2>{title}</h2>\n")?;
    if summary.days.len() <= MOST_STRIPS {
        out.write_all(b"<figure>\n")?;
        for day in &summary.days {
            let label = escaped(&day_label(day));
            let strip = svg::strip(day, span, &label);
            writeln!(
                out,
                "<div class=\"row\"><span>{}</span>{strip}</div>",
                day.date.strftime("%a %-d %b")
            )?;
        }
        write!(
            out,
            "<div class=\"row\"><span></span>{}</div>\n<ul class=\"key\">\n",
            svg::axis(span)
        )?;
        for kind in TimeCategory::ALL
            .into_iter()
            .filter(|&kind| summary.times.of_kind(kind).is_positive())
        {
            writeln!(out, "<li>{}{}</li>", svg::sample(kind), kind.word())?;
        }
        out.write_all(b"</ul>\n</figure>\n")?;
    }
    let rows: Vec<(String, Times)> = match summary.days.as_slice() {
        [day] => {
            let hours = day
                .hours
                .iter()
                .filter(|hour| hour.times.recorded().is_positive());
            hours
                .map(|hour| (words::clock(hour.from, &summary.zone), hour.times.clone()))
                .collect()
        }
        days => by_day(days),
    };
    let rows: Vec<[String; 6]> = rows
        .iter()
        .map(|(name, times)| times_row(name, times))
        .collect();
    let header = ["", "Upright", "Observed", "Unclear", "Away", "Not watching"];
    if summary.days.len() <= MOST_STRIPS {
        details(out, "The same as a table", |out| {
            table(out, "", &header, &rows)
        })?;
    } else {
        table(out, "", &header, &rows)?;
    }
    out.write_all(b"</section>\n")
}

fn times_row(name: &str, times: &Times) -> [String; 6] {
    let time = |time: jiff::SignedDuration| {
        if time.is_positive() {
            words::duration(time)
        } else {
            "–".to_owned()
        }
    };
    [
        name.to_owned(),
        times
            .upright_share()
            .map_or_else(|| "–".to_owned(), words::percent),
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
            words::day(day.date),
            words::percent(share),
            words::duration(day.times.observed())
        ),
        None => format!("{}: nothing observed", words::day(day.date)),
    }
}

/// Weekday by hour. A single day has its hours in the timeline's table already.
pub(super) fn heatmap(
    summary: &Summary,
    span: SvgSpan<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    if summary.days.len() == 1 || !summary.times.observed().is_positive() {
        return Ok(());
    }
    let is_week = summary.days.len() <= 7;
    let mut days: Vec<&Day> = summary.days.iter().collect();
    if !is_week {
        days.sort_by_key(|day| day.date.weekday().to_monday_zero_offset());
    }
    let mut rows: Vec<(String, Vec<Times>)> = Vec::new();
    for day in days {
        let name = if is_week { "%a %-d %b" } else { "%A" };
        let name = day.date.strftime(name).to_string();
        let row = match rows.iter().position(|(known, _)| *known == name) {
            Some(row) => row,
            None => {
                rows.push((
                    name,
                    vec![Times::default(); usize::try_from(span.hours()).unwrap_or(24)],
                ));
                rows.len() - 1
            }
        };
        for hour in &day.hours {
            let cell = usize::try_from(i64::from(hour.clock) - span.from).ok();
            if let Some(cell) = cell.and_then(|cell| rows[row].1.get_mut(cell)) {
                cell.add_times(&hour.times);
            }
        }
    }
    out.write_all(b"<section>\n<h2>When you slouch</h2>\n<figure>\n")?;
    for (name, hours) in &rows {
        let label = format!("{name}: percentage slouched for each hour, listed in the table below");
        writeln!(
            out,
            "<div class=\"row\"><span>{name}</span>{}</div>",
            svg::heat(hours, &label)
        )?;
    }
    write!(
        out,
        "<div class=\"row\"><span></span>{}</div>\n<figcaption>Percentage of each hour's observed time spent slouched. \
         Hours with less than six minutes observed are left out.</figcaption>\n</figure>\n",
        svg::axis(span)
    )?;
    let hours: Vec<String> = (span.from..span.to)
        .map(|hour| format!("{hour:02}"))
        .collect();
    let mut header = vec![""];
    header.extend(hours.iter().map(String::as_str));
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|(name, hours)| {
            let slouched = |times: &Times| {
                times
                    .upright_share()
                    .map(|share| words::percent(1.0 - share))
            };
            let cells = hours
                .iter()
                .map(|times| slouched(times).unwrap_or_else(|| "–".to_owned()));
            std::iter::once(name.clone()).chain(cells).collect()
        })
        .collect();
    details(out, "The same as a table", |out| {
        table(out, "", &header, &cells)
    })?;
    out.write_all(b"</section>\n")
}

/// The angles, where the days are few enough to see them.
pub(super) fn curves(summary: &Summary, span: SvgSpan<'_>, out: &mut impl Write) -> io::Result<()> {
    if summary.days.len() > MOST_STRIPS {
        return Ok(());
    }
    type Points = fn(&Day) -> &[ChartPoint];
    let angles: [(&str, Option<Angle>, Points); 2] = [
        ("Forward head", summary.forward_head, |day| {
            &day.forward_head
        }),
        ("Rounded shoulders", summary.rounded_shoulders, |day| {
            &day.rounded_shoulders
        }),
    ];
    if angles.iter().all(|(_, angle, _)| angle.is_none()) {
        return Ok(());
    }
    out.write_all(b"<section>\n<h2>Angles</h2>\n<p class=\"note\">Change from your neutral posture, mean of each quarter of an hour. In the shaded band a single reading cannot be told from neutral.</p>\n")?;
    for (name, angle, points) in angles {
        let Some(Angle {
            span: over,
            worst_at,
        }) = angle
        else {
            continue;
        };
        let label = format!("{name}, change from neutral in degrees; listed in the table below");
        write!(
            out,
            "<h3>{name}</h3>\n<p>On average {}, furthest {} ({}). One reading is good to ±{:.1}°.</p>\n<figure>\n{}\n{}</figure>\n",
            words::degrees(over.mean),
            words::degrees(over.worst),
            words::moment(worst_at, summary),
            over.error,
            svg::curve(&summary.days, span, points, over.error, &label),
            under_curve(summary, span),
        )?;
        let rows: Vec<[String; 2]> = summary
            .days
            .iter()
            .flat_map(points)
            .map(|point| {
                [
                    words::moment(point.at - POINT / 2, summary),
                    words::degrees(point.mean),
                ]
            })
            .collect();
        details(out, "The same as a table", |out| {
            table(out, "", &["Quarter of an hour from", "Mean change"], &rows)
        })?;
    }
    out.write_all(b"</section>\n")
}

fn under_curve(summary: &Summary, span: SvgSpan<'_>) -> String {
    let days = summary.days.len();
    if days == 1 {
        return format!(
            "<div class=\"row chart\"><span></span>{}</div>",
            svg::axis(span)
        );
    }
    let mut axis =
        "<div class=\"row chart\"><span></span><svg height=\"16\" aria-hidden=\"true\">".to_owned();
    for (number, day) in summary.days.iter().enumerate() {
        let x = (number as f64 + 0.5) * 100.0 / days as f64;
        let name = day.date.strftime(if days <= 7 { "%a" } else { "%-d" });
        axis.push_str(&format!(
            "<text class=\"soft\" x=\"{x:.2}%\" y=\"12\" text-anchor=\"middle\">{name}</text>"
        ));
    }
    axis.push_str("</svg></div>");
    axis
}
