//! The drawings of a text: a day's timeline, and bars.

use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};

use super::Page;
use crate::quantities::{duration, percent};
use crate::report::{Day, Summary, TimeCategory, Times, sentences};

/// Longer periods than this are listed by month. A month fills a screen.
const MOST_DAYS: usize = 31;

/// A row of bars: its name and how its time was spent.
pub(super) type Row = (String, Times);

/// The hours from the first with a record to the last.
pub(super) fn by_hour(day: &Day, summary: &Summary) -> Vec<Row> {
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
        .map(|hour| {
            (
                sentences::clock(hour.from, &summary.zone),
                hour.times.clone(),
            )
        })
        .collect()
}

/// Days while they fit, else months.
pub(in crate::report) fn by_day(days: &[Day]) -> Vec<Row> {
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

/// The hours of the day, all days together.
pub(super) fn by_clock(days: &[Day]) -> Vec<Row> {
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

impl<W: Write> Page<'_, W> {
    /// One day, a mark a column.
    pub(super) fn timeline(&mut self, day: &Day, summary: &Summary) -> io::Result<()> {
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
        self.title(&format!("The day, {} a column", duration(step)))?;
        let hour = |number: i64| day.period.from + SignedDuration::from_hours(number);
        let every = if columns_an_hour >= 4 { 1 } else { 3 };
        let width = usize::try_from(columns_an_hour * every).unwrap_or(3);
        let mut clocks = String::new();
        for number in (before..after).filter(|number| (number - before) % every == 0) {
            let clock = summary.zone.to_datetime(hour(number)).strftime("%H");
            clocks += &format!("{:<width$}", clock.to_string());
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
                let mark = self.painted(&mark(kind).to_string(), colour(kind));
                // A name stays beside its mark.
                format!("{mark} {}", kind.word()).replace(' ', "\u{a0}")
            })
            .collect();
        self.wrapped(&legend.join("   "), "  ")
    }

    /// A bar for each row's observed time, upright and slouched.
    pub(super) fn hours(&mut self, title: &str, rows: &[Row]) -> io::Result<()> {
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
            let share = percent(share);
            let space = " ".repeat(room as usize - all.min(room as usize));
            let observed = duration(times.observed());
            writeln!(
                self.out,
                "  {name:<11} {upright_bar}{slouched_bar}{space} {share:>4} of {observed}"
            )?;
        }
        Ok(())
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

pub(super) fn bar(kind: TimeCategory, cells: usize) -> String {
    if kind == TimeCategory::Slouched {
        "▒".repeat(cells)
    } else {
        "█".repeat(cells)
    }
}

pub(super) fn colour(kind: TimeCategory) -> &'static str {
    match kind {
        TimeCategory::Upright => "32",
        TimeCategory::Slouched => "33",
        TimeCategory::Unclear | TimeCategory::Away | TimeCategory::NotWatched => "2",
    }
}
