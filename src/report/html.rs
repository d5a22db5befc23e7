//! The report as one page: no script, no network, readable without its drawings.
//!
//! Every drawing has a table behind it. The look is in `report.css`.

use std::io::{self, Write};

use super::summary::POINT;
use super::svg::{self, Span};
use super::text::by_day;
use super::times::percentages;
use super::{Angle, Day, Drawing, Kind, Point, Summary, Times, words};

/// Up to so many days are drawn one by one: two weeks fit a page. Our own choice.
const MOST_STRIPS: usize = 14;

/// So many slouches are listed, the longest; a year has thousands.
const MOST_EPISODES: usize = 100;

/// Writes the report as one self-contained page.
///
/// `stretch` gives a stretch's name and drawing by its id. The drawing is
/// written as it is, so it must be an `<svg>` element that the program made.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn html(
    summary: &Summary,
    out: &mut impl Write,
    stretch: &dyn Fn(&str) -> Option<Drawing>,
) -> io::Result<()> {
    let title = escaped(&summary.title());
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>How you sat: {title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n<main>\n<h1>How you sat: {title}</h1>\n<p class=\"lead\">{}</p>\n",
        include_str!("report.css"),
        escaped(&words::headline(summary)),
    )?;
    if summary.times.recorded().is_positive() {
        tiles(summary, out)?;
        let span = Span::of(&summary.days, &summary.zone);
        if let Some(span) = span {
            timeline(summary, span, out)?;
            heatmap(summary, span, out)?;
        }
        shares(summary, out)?;
        if let Some(span) = span {
            curves(summary, span, out)?;
        }
    }
    if summary.has_records() {
        slouches(summary, out)?;
        stretches(summary, out, stretch)?;
    }
    if let Some(trend) = &summary.trend {
        write!(
            out,
            "<section>\n<h2>Against the time before</h2>\n<p>{}</p>\n</section>\n",
            escaped(&words::trend(trend, summary))
        )?;
    }
    write!(
        out,
        "<footer>\n<p>Observed means that somebody was there and how they sat could be told; every percentage is of \
         that time. Angles are one webcam's estimates of the change from your own neutral posture, not a medical \
         measurement. Times are in {}. Made by Sitwell on this computer; this page loads nothing and sends nothing.</p>\n\
         </footer>\n</main>\n</body>\n</html>\n",
        escaped(summary.zone.iana_name().unwrap_or("local time")),
    )
}

fn tiles(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let share = summary
        .times
        .upright_share()
        .map_or_else(|| "unknown".to_owned(), words::percent);
    let longest = summary.longest_upright.map_or_else(
        || "none".to_owned(),
        |period| words::duration(period.to.duration_since(period.from)),
    );
    let tiles = [
        (share, "upright, of the time observed"),
        (words::duration(summary.times.observed()), "observed"),
        (
            summary.slouches.episodes.len().to_string(),
            "sustained slouches",
        ),
        (longest, "longest time upright"),
    ];
    out.write_all(b"<ul class=\"tiles\">\n")?;
    for (number, name) in tiles {
        writeln!(
            out,
            "<li class=\"tile\"><b>{}</b><span>{name}</span></li>",
            escaped(&number)
        )?;
    }
    out.write_all(b"</ul>\n")
}

fn shares(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let times = &summary.times;
    let mut observed = vec![("upright".to_owned(), times.of_kind(Kind::Upright))];
    observed.extend(
        times
            .faults()
            .into_iter()
            .map(|(fault, time)| (fault.to_string(), time)),
    );
    let parts: Vec<_> = observed.iter().map(|(_, time)| *time).collect();
    let mut rows: Vec<[String; 3]> = Vec::new();
    if times.observed().is_positive() {
        for ((name, time), percent) in observed.into_iter().zip(percentages(&parts)) {
            rows.push([name, words::duration(time), format!("{percent}%")]);
        }
    }
    let mut other = vec![("away".to_owned(), times.of_kind(Kind::Away))];
    other.extend(
        times
            .unclear()
            .into_iter()
            .map(|(why, time)| (format!("unclear: {why}"), time)),
    );
    other.extend(
        times
            .not_watched()
            .into_iter()
            .map(|(why, time)| (format!("not watching: {why}"), time)),
    );
    other.push((
        "Sitwell off or computer asleep".to_owned(),
        summary.unrecorded,
    ));
    for (name, time) in other.into_iter().filter(|(_, time)| time.is_positive()) {
        rows.push([name, words::duration(time), "not observed".to_owned()]);
    }
    out.write_all(b"<section>\n<h2>Where the time went</h2>\n")?;
    table(out, "shares", &["", "Time", "Of time observed"], &rows)?;
    out.write_all(b"</section>\n")
}

fn timeline(summary: &Summary, span: Span<'_>, out: &mut impl Write) -> io::Result<()> {
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
        for kind in Kind::ALL
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
        time(times.of_kind(Kind::Unclear)),
        time(times.of_kind(Kind::Away)),
        time(times.of_kind(Kind::NotWatched)),
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
fn heatmap(summary: &Summary, span: Span<'_>, out: &mut impl Write) -> io::Result<()> {
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

fn curves(summary: &Summary, span: Span<'_>, out: &mut impl Write) -> io::Result<()> {
    if summary.days.len() > MOST_STRIPS {
        return Ok(());
    }
    type Points = fn(&Day) -> &[Point];
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

fn under_curve(summary: &Summary, span: Span<'_>) -> String {
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

fn slouches(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"<section>\n<h2>Slouches</h2>\n")?;
    for sentence in words::slouches(summary) {
        writeln!(out, "<p>{}</p>", escaped(&sentence))?;
    }
    if let Some(longest) = summary.longest_upright {
        writeln!(
            out,
            "<p>Longest time upright: {}.</p>",
            escaped(&words::span(longest, summary))
        )?;
    }
    let mut episodes: Vec<_> = summary.slouches.episodes.iter().collect();
    if episodes.is_empty() {
        return out.write_all(b"</section>\n");
    }
    let count = episodes.len();
    if count > MOST_EPISODES {
        episodes.sort_by_key(|episode| std::cmp::Reverse(episode.to.duration_since(episode.from)));
        episodes.truncate(MOST_EPISODES);
        episodes.sort_by_key(|episode| episode.from);
    }
    let rows: Vec<[String; 6]> = episodes
        .into_iter()
        .map(|episode| {
            [
                words::moment(episode.from, summary),
                words::duration(episode.to.duration_since(episode.from)),
                episode.fault.to_string(),
                words::degrees(episode.angle.mean),
                words::degrees(episode.angle.worst),
                episode.ending.to_string(),
            ]
        })
        .collect();
    let title = if count > MOST_EPISODES {
        format!("The {MOST_EPISODES} longest of {count} slouches")
    } else {
        words::count(count, "slouch, the only one", "slouches, one by one")
    };
    details(out, &title, |out| {
        table(
            out,
            "",
            &[
                "Began",
                "Lasted",
                "Fault",
                "Mean",
                "Furthest",
                "How it ended",
            ],
            &rows,
        )
    })?;
    out.write_all(b"</section>\n")
}

fn stretches(
    summary: &Summary,
    out: &mut impl Write,
    stretch: &dyn Fn(&str) -> Option<Drawing>,
) -> io::Result<()> {
    write!(
        out,
        "<section>\n<h2>Stretches</h2>\n<p>{}</p>\n",
        escaped(&words::uptake(summary))
    )?;
    if !summary.uptake.is_empty() {
        out.write_all(b"<ul class=\"suggested\">\n")?;
    }
    for uptake in &summary.uptake {
        let drawing = stretch(&uptake.stretch).unwrap_or_else(|| Drawing {
            name: uptake.stretch.clone(),
            svg: String::new(),
        });
        let answers: Vec<String> = uptake
            .answers
            .iter()
            .map(|(answer, n)| format!("{n} {answer}"))
            .collect();
        let svg = match drawing.svg.as_str() {
            "" => String::new(),
            svg => format!("<div class=\"drawing\">{svg}</div>"),
        };
        writeln!(
            out,
            "<li><h3>{}</h3><p>{} suggested: {}</p>{svg}</li>",
            escaped(&drawing.name),
            uptake.suggested,
            answers.join(", "),
        )?;
    }
    if !summary.uptake.is_empty() {
        out.write_all(b"</ul>\n")?;
    }
    out.write_all(b"</section>\n")
}

fn details<W: Write>(
    out: &mut W,
    title: &str,
    inside: impl FnOnce(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    writeln!(out, "<details><summary>{}</summary>", escaped(title))?;
    inside(out)?;
    out.write_all(b"</details>\n")
}

/// A table whose first cells are the rows' headings; the others are set flush right if they begin with a number.
fn table<R: AsRef<[String]>>(
    out: &mut impl Write,
    class: &str,
    header: &[&str],
    rows: &[R],
) -> io::Result<()> {
    let is_number = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.as_ref().get(column));
        let begins =
            |cell: &String| cell.starts_with(|c: char| c.is_ascii_digit() || "+-<>–".contains(c));
        column > 0
            && cells.clone().any(begins)
            && cells
                .filter(|cell| !begins(cell))
                .all(|cell| cell == "not observed")
    };
    let numbers: Vec<bool> = (0..header.len()).map(is_number).collect();
    let class_of = |column: usize| {
        if numbers.get(column) == Some(&true) {
            " class=\"n\""
        } else {
            ""
        }
    };
    write!(
        out,
        "<div class=\"scroll\"><table class=\"{class}\">\n<thead><tr>"
    )?;
    for (column, name) in header.iter().enumerate() {
        // An empty corner is no heading.
        let (tag, scope) = match *name {
            "" => ("td", ""),
            _ => ("th", " scope=\"col\""),
        };
        write!(out, "<{tag}{scope}{}>{name}</{tag}>", class_of(column))?;
    }
    out.write_all(b"</tr></thead>\n<tbody>\n")?;
    for row in rows {
        out.write_all(b"<tr>")?;
        for (column, cell) in row.as_ref().iter().enumerate() {
            match column {
                0 => write!(out, "<th scope=\"row\">{}</th>", escaped(cell))?,
                _ => write!(out, "<td{}>{}</td>", class_of(column), escaped(cell))?,
            }
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</tbody></table></div>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    /// The colours that a part of the style sheet names.
    fn colours(css: &str) -> BTreeMap<&str, f64> {
        css.split(';')
            .filter_map(|rule| rule.rsplit("--").next()?.split_once(": #"))
            .map(|(name, hex)| (name, luminance(hex)))
            .collect()
    }

    /// Relative luminance as WCAG 2.2 defines it.
    fn luminance(hex: &str) -> f64 {
        let digits = hex.len() / 3;
        let part = |n: usize| {
            let digits = &hex[n * digits..(n + 1) * digits].repeat(3 - digits);
            let value = f64::from(u8::from_str_radix(digits, 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2)
    }

    #[test]
    fn words_and_drawings_stand_out_from_what_is_behind_them() {
        let css = include_str!("report.css");
        let (light, rest) = css
            .split_once("@media (prefers-color-scheme: dark)")
            .unwrap();
        let (dark, print) = rest.split_once("@media print").unwrap();
        let light = colours(light);
        // AA asks 4.5 of words and 3 of what a drawing must show.
        let rows = [
            ("ink", "paper", 4.5),
            ("ink", "card", 4.5),
            ("muted", "paper", 4.5),
            ("muted", "card", 4.5),
            ("ink", "h0", 4.5),
            ("ink", "h1", 4.5),
            ("ink", "h2", 4.5),
            ("ink", "h3", 4.5),
            ("h4-ink", "h4", 4.5),
            ("upright", "paper", 3.0),
            ("slouched", "paper", 3.0),
            ("slouched", "band", 3.0),
            ("grey", "paper", 3.0),
        ];
        for theme in ["", dark, print] {
            let mut all = light.clone();
            all.extend(colours(theme));
            for (front, back, least) in rows {
                let (front_light, back_light) = (all[front], all[back]);
                let contrast =
                    (front_light.max(back_light) + 0.05) / (front_light.min(back_light) + 0.05);
                assert!(contrast >= least, "{front} on {back}: {contrast:.2}");
            }
        }
    }
}
