//! The report as one page: no script, no network, readable without its drawings.
//!
//! Every drawing has a table behind it. The look is in `report.css`.

use std::io::{self, Write};

mod figures;
mod table;

use super::svg::SvgSpan;
use super::times::percentages;
use super::{Drawing, Summary, TimeCategory, words};
use figures::{curves, heatmap, timeline};
use table::{details, escaped, table};

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
        let span = SvgSpan::of(&summary.days, &summary.zone);
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
    let mut observed = vec![("upright".to_owned(), times.of_kind(TimeCategory::Upright))];
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
    let mut other = vec![("away".to_owned(), times.of_kind(TimeCategory::Away))];
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

#[cfg(test)]
mod contrast;
