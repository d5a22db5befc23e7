//! The report for a terminal, in plain words and block characters.
//!
//! Colour only adds: every mark differs by its shape too.

use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};

use super::times::percentages;
use super::{Angle, Day, Drawing, Summary, TimeCategory, Times, words};

/// Whether marks are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// For files, pipes, and who asks for `NO_COLOR`.
    Plain,
    /// For a terminal.
    Ansi,
}

/// How a report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether marks are coloured.
    pub colour: Colour,
    /// How many columns there are.
    pub width: usize,
}

/// Longer periods than this are listed by month. A month fills a screen.
const MOST_DAYS: usize = 31;

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
    let mut page = Page { out, style };
    page.heading(&format!("How you sat: {}", summary.title()))?;
    page.paragraph(&words::headline(summary))?;
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
    if summary.times.observed().is_positive() || summary.forgotten > 0 {
        page.slouches(summary)?;
        page.stretches(summary, stretch)?;
        page.angles(summary)?;
    }
    if let Some(trend) = &summary.trend {
        page.title("Against the time before")?;
        page.paragraph(&words::trend(trend, summary))?;
    }
    Ok(())
}

type Row = (String, Times);

fn by_hour(day: &Day, summary: &Summary) -> Vec<Row> {
    let is_used = |times: &Times| times.recorded().is_positive();
    let first = day
        .hours
        .iter()
        .position(|hour| is_used(&hour.times))
        .unwrap_or(0);
    let last = day
        .hours
        .iter()
        .rposition(|hour| is_used(&hour.times))
        .map_or(0, |last| last + 1);
    let hours = day.hours.get(first..last).unwrap_or_default();
    hours
        .iter()
        .map(|hour| (words::clock(hour.from, &summary.zone), hour.times.clone()))
        .collect()
}

/// Days while they fit, else months.
pub(super) fn by_day(days: &[Day]) -> Vec<Row> {
    if days.len() <= MOST_DAYS {
        return days
            .iter()
            .map(|day| (day.date.strftime("%a %d %b").to_string(), day.times.clone()))
            .collect();
    }
    let mut months: Vec<Row> = Vec::new();
    for day in days {
        let name = day.date.strftime("%b %Y").to_string();
        if months.last().is_none_or(|(last, _)| *last != name) {
            months.push((name, Times::default()));
        }
        if let Some((_, times)) = months.last_mut() {
            times.add_times(&day.times);
        }
    }
    months
}

fn by_clock(days: &[Day]) -> Vec<Row> {
    let mut clock = vec![Times::default(); 24];
    for hour in days.iter().flat_map(|day| &day.hours) {
        if let Some(times) = usize::try_from(hour.clock)
            .ok()
            .and_then(|clock_hour| clock.get_mut(clock_hour))
        {
            times.add_times(&hour.times);
        }
    }
    let rows = clock
        .into_iter()
        .enumerate()
        .map(|(hour, times)| (format!("{hour:02}:00"), times));
    rows.filter(|(_, times)| times.observed().is_positive())
        .collect()
}

struct Page<'a, W> {
    out: &'a mut W,
    style: Style,
}

impl<W: Write> Page<'_, W> {
    fn heading(&mut self, words: &str) -> io::Result<()> {
        let words = self.painted(words, "1");
        writeln!(self.out, "{words}\n")
    }

    fn title(&mut self, words: &str) -> io::Result<()> {
        let words = self.painted(words, "1");
        writeln!(self.out, "\n{words}")
    }

    fn paragraph(&mut self, words: &str) -> io::Result<()> {
        self.wrapped(words, "")
    }

    fn wrapped(&mut self, words: &str, indent: &str) -> io::Result<()> {
        let mut line = String::new();
        for word in words.split(' ') {
            let width = indent.chars().count() + line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && width > self.style.width {
                writeln!(self.out, "{indent}{line}")?;
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        writeln!(self.out, "{indent}{line}")
    }

    fn shares(&mut self, summary: &Summary) -> io::Result<()> {
        let times = &summary.times;
        if !times.recorded().is_positive() {
            return Ok(());
        }
        writeln!(self.out)?;
        let mut rows = vec![(
            "upright".to_owned(),
            times.of_kind(TimeCategory::Upright),
            TimeCategory::Upright,
        )];
        rows.extend(
            times
                .faults()
                .into_iter()
                .map(|(fault, time)| (fault.to_string(), time, TimeCategory::Slouched)),
        );
        let parts: Vec<SignedDuration> = rows.iter().map(|row| row.1).collect();
        if times.observed().is_positive() {
            let room = self.style.width.saturating_sub(52).min(28);
            for ((name, time, kind), percent) in rows.iter().zip(percentages(&parts)) {
                let bar = self.painted(
                    &bar(*kind, (percent as usize * room).div_ceil(100)),
                    colour(*kind),
                );
                let time = words::duration(*time);
                writeln!(self.out, "  {name:<30}{time:>12} {percent:>3}%  {bar}")?;
            }
        }
        self.not_observed(summary)
    }

    fn not_observed(&mut self, summary: &Summary) -> io::Result<()> {
        let times = &summary.times;
        let mut parts = Vec::new();
        if times.of_kind(TimeCategory::Away).is_positive() {
            parts.push(format!(
                "away {}",
                words::duration(times.of_kind(TimeCategory::Away))
            ));
        }
        parts.extend(
            times
                .unclear()
                .into_iter()
                .map(|(why, time)| format!("{why} {}", words::duration(time))),
        );
        parts.extend(
            times
                .not_watched()
                .into_iter()
                .map(|(why, time)| format!("{why} {}", words::duration(time))),
        );
        if summary.unrecorded.is_positive() {
            parts.push(format!(
                "Sitwell off or computer asleep {}",
                words::duration(summary.unrecorded)
            ));
        }
        if parts.is_empty() {
            return Ok(());
        }
        self.wrapped(&format!("Not observed: {}.", parts.join(", ")), "  ")
    }

    fn timeline(&mut self, day: &Day, summary: &Summary) -> io::Result<()> {
        let (Some(first), Some(last)) = (day.runs.first(), day.runs.last()) else {
            return Ok(());
        };
        // The finest column with which the day fits, from whole hour to whole hour.
        let before = first.from.duration_since(day.period.from).as_hours();
        let after = (last.to.duration_since(day.period.from).as_secs() + 3599) / 3600;
        let room = i64::try_from(self.style.width.saturating_sub(4)).unwrap_or(76);
        let columns_an_hour = [12, 6, 4, 2]
            .into_iter()
            .find(|n| (after - before) * n <= room)
            .unwrap_or(1);
        let step = SignedDuration::from_secs(3600 / columns_an_hour);
        self.title(&format!("The day, {} a column", words::duration(step)))?;
        let hour = |number: i64| day.period.from + SignedDuration::from_hours(number);
        let mut clocks = String::new();
        let every = if columns_an_hour >= 4 { 1 } else { 3 };
        for number in before..after {
            let name = summary
                .zone
                .to_datetime(hour(number))
                .strftime("%H")
                .to_string();
            let name = if (number - before) % every == 0 {
                name
            } else {
                String::new()
            };
            clocks.push_str(&format!(
                "{name:<width$}",
                width = usize::try_from(columns_an_hour).unwrap_or(1)
            ));
        }
        writeln!(self.out, "  {}", clocks.trim_end())?;
        let mut line = String::new();
        let mut from = hour(before);
        while from < hour(after) {
            let kind = mostly(day, from, from + step);
            line.push_str(&match kind {
                Some(kind) => self.painted(&mark(kind).to_string(), colour(kind)),
                None => " ".to_owned(),
            });
            from += step;
        }
        writeln!(self.out, "  {}", line.trim_end())?;
        let seen: Vec<TimeCategory> = TimeCategory::ALL
            .into_iter()
            .filter(|&kind| day.times.of_kind(kind).is_positive())
            .collect();
        let legend: Vec<String> = seen
            .into_iter()
            .map(|kind| {
                format!(
                    "{} {}",
                    self.painted(&mark(kind).to_string(), colour(kind)),
                    kind.word()
                )
            })
            .collect();
        writeln!(self.out, "  {}", legend.join("   "))
    }

    fn hours(&mut self, title: &str, rows: &[Row]) -> io::Result<()> {
        let longest = rows
            .iter()
            .map(|(_, times)| times.observed())
            .max()
            .unwrap_or_default();
        if !longest.is_positive() {
            return Ok(());
        }
        self.title(title)?;
        let room = self.style.width.saturating_sub(44).min(36) as f64;
        for (name, times) in rows {
            let Some(share) = times.upright_share() else {
                let why = if times.recorded().is_positive() {
                    "nothing observed"
                } else {
                    "nothing recorded"
                };
                let line = self.painted(&format!("{name:<11} {why}"), "2");
                writeln!(self.out, "  {line}")?;
                continue;
            };
            let cells =
                |time: SignedDuration| (time.div_duration_f64(longest) * room).round() as usize;
            let all = cells(times.observed()).max(1);
            let upright = cells(times.of_kind(TimeCategory::Upright)).min(all);
            let upright_bar = self.painted(
                &bar(TimeCategory::Upright, upright),
                colour(TimeCategory::Upright),
            );
            let slouched_bar = self.painted(
                &bar(TimeCategory::Slouched, all - upright),
                colour(TimeCategory::Slouched),
            );
            let percent = words::percent(share);
            let space = " ".repeat(room as usize - all.min(room as usize));
            let observed = words::duration(times.observed());
            writeln!(
                self.out,
                "  {name:<11} {upright_bar}{slouched_bar}{space} {percent:>4} of {observed}"
            )?;
        }
        Ok(())
    }

    fn slouches(&mut self, summary: &Summary) -> io::Result<()> {
        self.title("Slouches")?;
        for sentence in words::slouches(summary) {
            self.wrapped(&sentence, "  ")?;
        }
        if let Some(longest) = summary.longest_upright {
            let sentence = format!("Longest time upright: {}.", words::span(longest, summary));
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
        self.wrapped(&words::uptake(summary), "  ")?;
        for uptake in &summary.uptake {
            let name = stretch(&uptake.stretch)
                .map_or_else(|| uptake.stretch.clone(), |drawing| drawing.name);
            let answers: Vec<String> = uptake
                .answers
                .iter()
                .map(|(answer, n)| format!("{n} {answer}"))
                .collect();
            self.wrapped(
                &format!(
                    "{name}: {} suggested ({})",
                    uptake.suggested,
                    answers.join(", ")
                ),
                "    ",
            )?;
        }
        Ok(())
    }

    fn angles(&mut self, summary: &Summary) -> io::Result<()> {
        let angles = [
            ("Forward head", &summary.forward_head),
            ("Rounded shoulders", &summary.rounded_shoulders),
        ];
        if angles.iter().all(|(_, angle)| angle.is_none()) {
            return Ok(());
        }
        self.title("Angles, as changes from your neutral posture")?;
        for (name, angle) in angles {
            let Some(Angle { span, worst_at }) = angle else {
                continue;
            };
            let when = words::moment(*worst_at, summary);
            self.wrapped(
                &format!(
                    "{name}: on average {}, furthest {} ({when}). One reading is good to ±{:.1}°.",
                    words::degrees(span.mean),
                    words::degrees(span.worst),
                    span.error
                ),
                "  ",
            )?;
        }
        Ok(())
    }

    fn painted(&self, words: &str, code: &str) -> String {
        match self.style.colour {
            Colour::Ansi if !words.is_empty() => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
            Colour::Ansi | Colour::Plain => words.to_owned(),
        }
    }
}

/// What a column of the timeline mostly was; a slouch shows if it fills a third,
/// or a day in wide columns would look flawless.
fn mostly(day: &Day, from: Timestamp, to: Timestamp) -> Option<TimeCategory> {
    let mut sums = [SignedDuration::ZERO; TimeCategory::ALL.len()];
    for run in day.runs.iter().filter(|run| run.from < to && from < run.to) {
        let time = run.to.min(to).duration_since(run.from.max(from));
        if let Some(index) = TimeCategory::ALL.iter().position(|&kind| kind == run.kind) {
            sums[index] += time;
        }
    }
    let of = |kind: TimeCategory| {
        TimeCategory::ALL
            .iter()
            .position(|&k| k == kind)
            .map_or(SignedDuration::ZERO, |i| sums[i])
    };
    if of(TimeCategory::Slouched) * 3 >= to.duration_since(from) {
        return Some(TimeCategory::Slouched);
    }
    let most = TimeCategory::ALL
        .into_iter()
        .rev()
        .max_by_key(|&kind| of(kind))?;
    of(most).is_positive().then_some(most)
}

fn mark(kind: TimeCategory) -> char {
    match kind {
        TimeCategory::Upright => '▂',
        TimeCategory::Slouched => '█',
        TimeCategory::Unclear => '?',
        TimeCategory::Away => '·',
        TimeCategory::NotWatched => '-',
    }
}

fn bar(kind: TimeCategory, cells: usize) -> String {
    if kind == TimeCategory::Slouched {
        "▒".repeat(cells)
    } else {
        "█".repeat(cells)
    }
}

fn colour(kind: TimeCategory) -> &'static str {
    match kind {
        TimeCategory::Upright => "32",
        TimeCategory::Slouched => "33",
        TimeCategory::Unclear | TimeCategory::Away | TimeCategory::NotWatched => "2",
    }
}
