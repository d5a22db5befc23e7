//! The report as one page: no script, no network, readable without its drawings.
//!
//! Each part is a function that gives [`Markup`], so that other pages can show it too.
//! Every drawing has a table behind it. The style sheet is `report.css`.

use std::io::{self, Write};

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

mod calendar;
mod figures;
mod table;

use super::{DeskReport, Drawing, Summary, sentences};
use crate::quantities::{count, degrees, duration, percent};
use crate::record::Episode;
pub use calendar::calendar;
pub use figures::{curves, heatmap, timeline};
use table::{details, linked_table};

/// The style sheet that every part expects.
pub const STYLE: &str = include_str!("report.css");

/// A year has thousands of slouches: at most this many are listed, the longest.
const MOST_EPISODES: usize = 100;

/// Where days and slouches lead when they are clicked.
#[derive(Clone, Copy)]
pub struct Links<'a> {
    /// The address of a day.
    pub day: &'a dyn Fn(Date) -> String,
    /// The address of a slouch.
    pub slouch: &'a dyn Fn(&Episode) -> String,
}

/// Writes the report as one self-contained page.
///
/// `stretch` gives a stretch's name and drawing by its id. The drawing is
/// written unescaped, so it must be an `<svg>` element that the program made.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn html(
    summary: &Summary,
    out: &mut impl Write,
    stretch: &dyn Fn(&str) -> Option<Drawing>,
) -> io::Result<()> {
    writeln!(out, "{}", page(summary, stretch).into_string())
}

fn page(summary: &Summary, stretch: &dyn Fn(&str) -> Option<Drawing>) -> Markup {
    let title = format!("How you sat: {}", summary.title());
    let head = html! { style { (PreEscaped(STYLE)) } };
    let body = html! {
        main {
            h1 { (title) }
            (content(summary, stretch, None))
            footer {
                p {
                    "Observed means that somebody was there and how they sat is known; every percentage is of \
                     that time. Angles are one webcam's estimates of the change from your own neutral posture, not a medical \
                     measurement. Times are in " (summary.zone.iana_name().unwrap_or("local time"))
                    ". Made by Sitwell on this computer; this page loads nothing and sends nothing."
                }
            }
        }
    };
    document(&title, &head, &body)
}

/// A whole page: what all have in common, and its own head and body.
#[must_use]
pub fn document(title: &str, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                (head)
            }
            body { (body) }
        }
    }
}

/// Everything that a report says below its title.
#[must_use]
pub fn content(
    summary: &Summary,
    stretch: &dyn Fn(&str) -> Option<Drawing>,
    links: Option<Links<'_>>,
) -> Markup {
    html! {
        p.lead { (sentences::headline(summary)) }
        @if summary.times.recorded().is_positive() {
            (tiles(summary))
            (calendar(summary, links))
            (timeline(summary))
            (heatmap(summary))
            (shares(summary))
            (curves(summary))
        }
        @if summary.has_records() {
            (slouches(summary, links))
            (stretches(summary, stretch))
        }
        @if let Some(desk) = &summary.desk {
            section {
                h2 { "Your desk" }
                @for sentence in desk.sentences(&summary.zone) { p { (sentence) } }
                p.note { "From the last " (DeskReport::DAYS / 7) " weeks, day by day. Each angle counts from the neutral of the calibration that was in use." }
            }
        }
        @for (title, sentences) in summary.trials() {
            section {
                h2 { (title) }
                @for sentence in sentences { p { (sentence) } }
            }
        }
        @if let Some(trend) = &summary.trend {
            section {
                h2 { "Against the time before" }
                p { (sentences::trend(trend, summary)) }
            }
        }
    }
}

/// The four numbers at the top.
#[must_use]
pub fn tiles(summary: &Summary) -> Markup {
    let share = summary
        .times
        .upright_share()
        .map_or_else(|| "unknown".to_owned(), percent);
    let longest = summary
        .longest_upright
        .map_or_else(|| "none".to_owned(), |period| duration(period.length()));
    let slouches = summary.slouches.episodes.len().to_string();
    let tiles = [
        (share, "upright, of the time observed"),
        (duration(summary.times.observed()), "observed"),
        (slouches, "sustained slouches"),
        (longest, "longest time upright"),
    ];
    html! {
        ul.tiles {
            @for (number, name) in tiles {
                li.tile { b { (number) } span { (name) } }
            }
        }
    }
}

/// A table of where the time went, observed or not.
#[must_use]
pub fn shares(summary: &Summary) -> Markup {
    let observed = sentences::shares(&summary.times).into_iter();
    let mut rows: Vec<[String; 3]> = observed
        .map(|share| [share.name, duration(share.time), share.percent])
        .collect();
    for (kind, reason, time) in sentences::not_observed(summary) {
        let name = format!("{kind}{reason}");
        rows.push([name, duration(time), "not observed".to_owned()]);
    }
    html! {
        section {
            h2 { "Where the time went" }
            (table::table("shares", &["", "Time", "Of time observed"], &rows))
        }
    }
}

/// The sustained slouches: how they ended, and a list of them.
#[must_use]
pub fn slouches(summary: &Summary, links: Option<Links<'_>>) -> Markup {
    let mut episodes: Vec<_> = summary.slouches.episodes.iter().collect();
    let number = episodes.len();
    let title = if number > MOST_EPISODES {
        episodes.sort_by_key(|slouch| {
            std::cmp::Reverse(slouch.episode.to.duration_since(slouch.episode.from))
        });
        episodes.truncate(MOST_EPISODES);
        episodes.sort_by_key(|slouch| slouch.episode.from);
        format!("The {MOST_EPISODES} longest of {number} slouches")
    } else {
        count(number, "slouch, the only one", "slouches, one by one")
    };
    let header = [
        "Began",
        "Lasted",
        "Fault",
        "Mean",
        "Furthest",
        "How it ended",
    ];
    let addresses: Vec<String> = links.map_or_else(Vec::new, |links| {
        let whole = episodes.iter().map(|slouch| &slouch.episode);
        whole.map(links.slouch).collect()
    });
    let rows: Vec<[String; 6]> = episodes
        .into_iter()
        .map(|slouch| {
            let episode = &slouch.episode;
            [
                sentences::moment(episode.from, summary),
                duration(episode.to.duration_since(episode.from)),
                episode.fault.to_string(),
                degrees(episode.angle.mean),
                degrees(episode.angle.worst),
                match slouch.went_on {
                    true => "went on".to_owned(),
                    false => episode.ending.to_string(),
                },
            ]
        })
        .collect();
    html! {
        section {
            h2 { "Slouches" }
            @for sentence in sentences::slouches(summary) {
                p { (sentence) }
            }
            @if !rows.is_empty() {
                (details(&title, linked_table("", &header, &rows, &addresses)))
                @if let Some(agreement) = &summary.agreement { p.note { (agreement.beside()) } }
            }
        }
    }
}

/// The stretches suggested, each with its drawing and what became of it.
#[must_use]
pub fn stretches(summary: &Summary, stretch: &dyn Fn(&str) -> Option<Drawing>) -> Markup {
    html! {
        section {
            h2 { "Stretches" }
            p { (sentences::uptake(summary)) }
            @if let Some(false_alarms) = sentences::false_alarms(summary) {
                p { (false_alarms) }
            }
            @if let Some(routine) = sentences::routine(summary) {
                p { (routine) }
            }
            @if !summary.uptake.is_empty() {
                ul.suggested {
                    @for uptake in &summary.uptake {
                        @let drawing = stretch(&uptake.stretch).unwrap_or_else(|| Drawing {
                            name: uptake.stretch.clone(),
                            svg: String::new(),
                        });
                        li {
                            h3 { (drawing.name) }
                            p { (uptake.suggested) " suggested: " (sentences::answers(&uptake.answers)) }
                            @if !drawing.svg.is_empty() {
                                div.drawing { (PreEscaped(drawing.svg)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod contrast;
