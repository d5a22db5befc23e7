//! A stretch as lines of text: for a page of print and for the running guide.

use std::borrow::Cow;

use jiff::SignedDuration;

use super::drawing::{Charset, Position, text};
use super::entry::{Depth, Stretch};
use super::safety;
use super::session::{GuidedSession, Progress};

/// The widest line, in columns: longer ones are hard to follow.
const WIDEST: usize = 84;

/// The narrowest drawing that can still be recognised, in columns.
const NARROWEST: usize = 22;

/// The widest drawing, in columns.
const WIDEST_DRAWING: usize = 40;

/// A screen of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Its width in characters.
    pub columns: usize,
    /// Its height in lines.
    pub rows: usize,
    /// What it can show.
    pub charset: Charset,
}

/// Everything about a stretch, for reading.
#[must_use]
pub fn sheet(stretch: &Stretch, screen: Screen) -> Vec<String> {
    let width = screen.columns.min(WIDEST);
    let mut lines = vec![format!(
        "{} ({}, {} in all)",
        stretch.name,
        stretch.dose(),
        clock(stretch.total())
    )];
    lines.extend(wrap("", &stretch.purpose, width));
    lines.push(format!(
        "Where: {}. Needs: {}.",
        stretch.place,
        stretch.needs()
    ));
    lines.push(String::new());
    lines.extend(drawings(&stretch.drawing, width, screen.charset));
    lines.extend(steps(stretch, width));
    lines.push(String::new());
    lines.extend(wrap("Breathing: ", &stretch.breathing, width));
    lines.extend(wrap("Easier:    ", &stretch.easier, width));
    lines.extend(wrap("Stronger:  ", &stretch.stronger, width));
    for caution in &stretch.cautions {
        lines.extend(wrap("Take care: ", caution, width));
    }
    for source in &stretch.sources {
        lines.extend(wrap("Related:   ", source, width));
    }
    lines.push(String::new());
    lines.extend(safety_lines(stretch, width));
    lines
}

/// What a running session shows.
#[must_use]
pub fn frame(
    session: &GuidedSession<'_>,
    elapsed: SignedDuration,
    paused: bool,
    screen: Screen,
) -> Vec<String> {
    let width = screen.columns.min(WIDEST);
    let (stretch, gone, whole, left) = match session.at(elapsed) {
        over @ Progress::Over => return vec![over.to_string()],
        Progress::Ready { stretch, left } => (
            stretch,
            GuidedSession::GET_READY - left,
            GuidedSession::GET_READY,
            left,
        ),
        Progress::Moving {
            stretch,
            gone,
            left,
            ..
        } => (stretch, gone, gone + left, left),
    };
    let title = session.at(elapsed).to_string();
    let remaining = session.total() - elapsed;
    let state = if paused { "paused" } else { "" };
    let mut below = vec![
        format!(
            "{} {:>3} s  {state}",
            bar(
                gone,
                whole,
                width.saturating_sub(16).min(50),
                screen.charset
            ),
            ceil(left)
        ),
        format!(
            "{} left in all    space: pause   n: next   q: stop",
            clock(remaining)
        ),
        String::new(),
    ];
    below.extend(safety_lines(stretch, width));
    let mut words = steps(stretch, width);
    words.extend(wrap("Breathing: ", &stretch.breathing, width));
    let mut pictures = drawings(&stretch.drawing, width, screen.charset);
    pictures.extend(words.iter().cloned());
    // The most that fits: pictures above the steps, one beside them, the steps alone, the bar alone.
    let layouts = [
        pictures,
        beside(
            stretch,
            part(gone, whole, stretch.drawing.len()),
            width,
            screen.charset,
        ),
        words,
    ];
    let room = screen.rows.saturating_sub(below.len() + 3);
    let middle = layouts.into_iter().find(|lines| lines.len() <= room);
    let mut lines = vec![title, String::new()];
    if let Some(middle) = middle {
        lines.extend(middle);
        lines.push(String::new());
    }
    lines.extend(below);
    lines.truncate(screen.rows.max(1));
    lines
}

/// One key position on the left, the steps on the right.
fn beside(stretch: &Stretch, index: usize, width: usize, charset: Charset) -> Vec<String> {
    const PICTURE: usize = 26;
    let index = index.min(stretch.drawing.len().saturating_sub(1));
    let Some(position) = stretch.drawing.get(index) else {
        return steps(stretch, width);
    };
    let mut left = text(position, PICTURE, charset);
    left.extend(wrap(&format!("{}. ", index + 1), &position.label, PICTURE));
    let narrow = width.saturating_sub(PICTURE + 2).max(PICTURE);
    let mut right = steps(stretch, narrow);
    right.extend(wrap("Breathing: ", &stretch.breathing, narrow));
    (0..left.len().max(right.len()))
        .map(|row| {
            let cell = |lines: &[String]| lines.get(row).cloned().unwrap_or_default();
            format!("{:<PICTURE$}  {}", cell(&left), cell(&right))
                .trim_end()
                .to_owned()
        })
        .collect()
}

/// The numbered steps.
fn steps(stretch: &Stretch, width: usize) -> Vec<String> {
    let numbered = stretch.steps.iter().enumerate();
    numbered
        .flat_map(|(index, step)| wrap(&format!("{}. ", index + 1), step, width))
        .collect()
}

/// The safety rules in short.
fn safety_lines(stretch: &Stretch, width: usize) -> Vec<String> {
    let mut lines = wrap("", safety::SHORT, width);
    if stretch.depth == Depth::Deep {
        lines.extend(wrap("", safety::DEEP, width));
    }
    lines
}

/// The key positions side by side with their labels, and an empty line; nothing where there is no room.
fn drawings(positions: &[Position], width: usize, charset: Charset) -> Vec<String> {
    const BETWEEN: usize = 2;
    let count = positions.len();
    if count == 0 {
        return Vec::new();
    }
    let each = (width / count).saturating_sub(BETWEEN).min(WIDEST_DRAWING);
    if each < NARROWEST {
        return Vec::new();
    }
    let columns: Vec<Vec<String>> = positions
        .iter()
        .enumerate()
        .map(|(index, position)| {
            let mut lines = text(position, each, charset);
            lines.extend(wrap(&format!("{}. ", index + 1), &position.label, each));
            lines
        })
        .collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines: Vec<String> = (0..height)
        .map(|row| {
            let cells = columns.iter().map(|column| {
                // Shorter drawings stand on the same ground.
                let cell = (row + column.len())
                    .checked_sub(height)
                    .and_then(|row| column.get(row));
                format!(
                    "{:<width$}",
                    cell.map_or("", String::as_str),
                    width = each + BETWEEN
                )
            });
            cells.collect::<String>().trim_end().to_owned()
        })
        .collect();
    lines.push(String::new());
    lines
}

/// Wraps a text; the first line follows a mark and the others are indented as far.
fn wrap(mark: &str, text: &str, width: usize) -> Vec<String> {
    let indent = " ".repeat(mark.chars().count());
    let options = textwrap::Options::new(width)
        .initial_indent(mark)
        .subsequent_indent(&indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .break_words(false)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let lines = textwrap::wrap(text, options);
    lines.into_iter().map(Cow::into_owned).collect()
}

/// A bar as full as the time gone.
fn bar(gone: SignedDuration, whole: SignedDuration, width: usize, charset: Charset) -> String {
    let (full, rest) = match charset {
        Charset::Braille => ("\u{2588}", "\u{2591}"),
        Charset::Ascii => ("#", "."),
    };
    let filled = part(gone, whole, width);
    format!("{}{}", full.repeat(filled), rest.repeat(width - filled))
}

/// How many parts of a time are gone, of all its parts.
fn part(gone: SignedDuration, whole: SignedDuration, parts: usize) -> usize {
    let millis = |time: SignedDuration| usize::try_from(time.as_millis()).unwrap_or(0);
    (millis(gone) * parts)
        .checked_div(millis(whole))
        .unwrap_or(0)
        .min(parts)
}

/// Whole seconds, a part counted as one.
fn ceil(time: SignedDuration) -> i64 {
    time.as_secs() + i64::from(time.subsec_nanos() > 0)
}

/// A time as minutes and seconds, such as `1:20`.
fn clock(time: SignedDuration) -> String {
    let seconds = ceil(time);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
