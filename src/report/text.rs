//! The report for a terminal, in plain words and block characters.
//!
//! Colour only adds: every mark differs by its shape too.

use std::io::{self, Write};

use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm};

use super::{Drawing, Summary, sentences};
use crate::quantities::duration;
use crate::wording::{angle_name, ascii};
pub(super) use charts::by_day;
use charts::{bar, by_clock, by_hour, colour};

mod charts;

/// Whether marks are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// For files, pipes, and who asks for `NO_COLOR`.
    Plain,
    /// For a terminal.
    Ansi,
}

/// The characters that a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportCharset {
    /// All of Unicode.
    Unicode,
    /// ASCII only.
    Ascii,
}

/// How a report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether marks are coloured.
    pub colour: Colour,
    /// What characters there are.
    pub charset: ReportCharset,
    /// How many columns there are.
    pub width: usize,
}

impl Style {
    /// For a file or pipe.
    pub const PLAIN: Style = Style {
        colour: Colour::Plain,
        charset: ReportCharset::Unicode,
        width: 80,
    };
}

/// Writes the report for a terminal.
///
/// `stretch` gives a stretch's name by its id; an id without one is shown as it is.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn text(
    summary: &Summary,
    out: &mut impl Write,
    style: Style,
    stretch: &dyn Fn(&str) -> Option<Drawing>,
) -> io::Result<()> {
    let mut page = Page {
        out: Terminal { out, style },
        style,
    };
    page.heading(&format!("How you sat: {}", summary.title()))?;
    page.paragraph(&sentences::headline(summary))?;
    if !summary.has_records() {
        return Ok(());
    }
    page.shares(summary)?;
    match summary.days.as_slice() {
        [day] => {
            page.timeline(day, summary)?;
            page.hours(
                "By the hour: upright of the time observed",
                &by_hour(day, summary),
            )?;
        }
        days => {
            page.hours("By the day: upright of the time observed", &by_day(days))?;
            page.hours("By the hour of the day", &by_clock(days))?;
        }
    }
    let has_slouches = summary.times.observed().is_positive() || summary.forgotten > 0;
    if has_slouches {
        page.slouches(summary)?;
    }
    if has_slouches || summary.routine.is_some() {
        page.stretches(summary, stretch)?;
    }
    page.angles(summary)?;
    if let Some(desk) = &summary.desk {
        page.title("Your desk, by the last eight weeks")?;
        for sentence in desk.sentences(&summary.zone) {
            page.wrapped(&sentence, "  ")?;
        }
    }
    for (title, sentences) in summary.trials() {
        page.title(title)?;
        for sentence in sentences {
            page.wrapped(&sentence, "  ")?;
        }
    }
    if let Some(trend) = &summary.trend {
        page.title("Against the time before")?;
        page.paragraph(&sentences::trend(trend, summary))?;
    }
    Ok(())
}

struct Page<'a, W> {
    out: Terminal<'a, W>,
    style: Style,
}

/// Writes whole lines in the terminal's characters.
struct Terminal<'a, W> {
    out: &'a mut W,
    style: Style,
}

impl<W: Write> Terminal<'_, W> {
    fn write_fmt(&mut self, line: std::fmt::Arguments<'_>) -> io::Result<()> {
        match self.style.charset {
            ReportCharset::Unicode => self.out.write_fmt(line),
            ReportCharset::Ascii => self.out.write_all(ascii(&line.to_string()).as_bytes()),
        }
    }
}

impl<W: Write> Page<'_, W> {
    fn heading(&mut self, words: &str) -> io::Result<()> {
        self.wrapped(&self.painted(words, "1"), "")?;
        writeln!(self.out)
    }

    fn title(&mut self, words: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.wrapped(&self.painted(words, "1"), "")
    }

    fn paragraph(&mut self, words: &str) -> io::Result<()> {
        self.wrapped(words, "")
    }

    fn wrapped(&mut self, words: &str, indent: &str) -> io::Result<()> {
        let words = match self.style.charset {
            ReportCharset::Unicode => words.to_owned(),
            ReportCharset::Ascii => ascii(words),
        };
        let options = textwrap::Options::new(self.style.width)
            .initial_indent(indent)
            .subsequent_indent(indent)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        let lines = textwrap::fill(&words, options).replace('\u{a0}', " ");
        writeln!(self.out, "{lines}")
    }

    fn shares(&mut self, summary: &Summary) -> io::Result<()> {
        if !summary.times.recorded().is_positive() {
            return Ok(());
        }
        writeln!(self.out)?;
        let room = self.style.width.saturating_sub(52).min(28);
        let name_width = self.style.width.saturating_sub(22).min(30);
        for share in sentences::shares(&summary.times) {
            let cells = (share.whole as usize * room).div_ceil(100);
            let bar = self.painted(&bar(share.kind, cells), colour(share.kind));
            let (name, time, percent) = (share.name, duration(share.time), share.percent);
            let numbers = format!("{time:>12} {percent:>4}  {bar}");
            let numbers = numbers.trim_end();
            // A name that is too long for a narrow terminal has a line of its own.
            if name.len() > name_width {
                self.wrapped(&name, "  ")?;
                writeln!(self.out, "  {:name_width$}{numbers}", "")?;
            } else {
                writeln!(self.out, "  {name:<name_width$}{numbers}")?;
            }
        }
        self.not_observed(summary)
    }

    fn not_observed(&mut self, summary: &Summary) -> io::Result<()> {
        let parts: Vec<String> = sentences::not_observed(summary)
            .into_iter()
            .map(|(_, reason, time)| format!("{reason} {}", duration(time)))
            .collect();
        if parts.is_empty() {
            return Ok(());
        }
        self.wrapped(&format!("Not observed: {}.", parts.join(", ")), "  ")
    }

    fn slouches(&mut self, summary: &Summary) -> io::Result<()> {
        self.title("Slouches")?;
        for sentence in sentences::slouches(summary) {
            self.wrapped(&sentence, "  ")?;
        }
        Ok(())
    }

    fn stretches(
        &mut self,
        summary: &Summary,
        stretch: &dyn Fn(&str) -> Option<Drawing>,
    ) -> io::Result<()> {
        self.title("Stretches")?;
        self.wrapped(&sentences::uptake(summary), "  ")?;
        if let Some(false_alarms) = sentences::false_alarms(summary) {
            self.wrapped(&false_alarms, "  ")?;
        }
        if let Some(routine) = sentences::routine(summary) {
            self.wrapped(&routine, "  ")?;
        }
        for uptake in &summary.uptake {
            let name = stretch(&uptake.stretch)
                .map_or_else(|| uptake.stretch.clone(), |drawing| drawing.name);
            let answers = sentences::answers(&uptake.answers);
            let line = format!("{name}: {} suggested ({answers})", uptake.suggested);
            self.wrapped(&line, "    ")?;
        }
        Ok(())
    }

    fn angles(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.angles.iter().all(|(_, angle)| angle.is_none()) {
            return Ok(());
        }
        self.title("Angles, as changes from your neutral posture")?;
        for (kind, angle) in summary.angles {
            if let Some(angle) = angle {
                let (name, angle) = (angle_name(kind), sentences::angle(angle, summary));
                self.wrapped(&format!("{name}: {angle}"), "  ")?;
            }
        }
        if let Some(agreement) = &summary.agreement {
            self.wrapped(&agreement.sentence(), "  ")?;
        }
        Ok(())
    }

    /// In colour, where that is wanted.
    fn painted(&self, words: &str, code: &str) -> String {
        match self.style.colour {
            Colour::Ansi if !words.is_empty() => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
            Colour::Ansi | Colour::Plain => words.to_owned(),
        }
    }
}
