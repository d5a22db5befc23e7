//! The drawings of a report: inline SVG with coordinates in percent of the
//! width, so that words keep their size on a phone. Colours are the page's.

use std::fmt::Write;

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::day::POINT;
use super::{ChartPoint, Day, TimeCategory, Times};

/// The height of a timeline, in pixels. Kinds differ by height too, for those
/// who see colours alike and for printers without any.
const STRIP: u32 = 22;

/// The height of a curve's chart, in pixels.
const CHART: f64 = 170.0;

/// The hours that charts span, on the reader's clock: when clocks change, nine
/// o'clock still stands above nine o'clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct SvgSpan<'a> {
    pub(super) from: i64,
    pub(super) to: i64,
    zone: &'a TimeZone,
}

impl<'a> SvgSpan<'a> {
    /// From the first whole hour with a record on any day to the last.
    pub(super) fn of(days: &[Day], zone: &'a TimeZone) -> Option<SvgSpan<'a>> {
        let firsts = days
            .iter()
            .filter_map(|day| Some(clock(day, day.runs.first()?.from, zone).as_secs() / 3600));
        let lasts = days.iter().filter_map(|day| {
            Some((clock(day, day.runs.last()?.to, zone).as_secs() + 3599) / 3600)
        });
        let (from, to) = (firsts.min()?, lasts.max()?);
        Some(SvgSpan {
            from,
            // In the hour that clocks repeat a day may end before it began.
            to: to.max(from + 1),
            zone,
        })
    }

    pub(super) fn hours(self) -> i64 {
        self.to - self.from
    }

    /// Where an instant lies between the ends, in percent.
    fn percent(self, day: &Day, at: Timestamp) -> f64 {
        let into = clock(day, at, self.zone) - SignedDuration::from_hours(self.from);
        (into.as_secs_f64() / 36.0 / self.hours() as f64).clamp(0.0, 100.0)
    }
}

/// What a clock on the wall shows, counted from the day's midnight.
fn clock(day: &Day, at: Timestamp, zone: &TimeZone) -> SignedDuration {
    let midnight = day.date.to_datetime(time(0, 0, 0, 0));
    zone.to_datetime(at).duration_since(midnight)
}

/// One day as a strip.
pub(super) fn strip(day: &Day, span: SvgSpan<'_>, label: &str) -> String {
    let mut svg = format!("<svg height=\"{STRIP}\" role=\"img\" aria-label=\"{label}\">");
    for hour in 0..=span.hours() {
        let x = hour as f64 * 100.0 / span.hours() as f64;
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{STRIP}\"/>"
        );
    }
    for run in &day.runs {
        let (x, end) = (span.percent(day, run.from), span.percent(day, run.to));
        let (class, y, height) = shape(run.kind);
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x:.2}%\" y=\"{y}\" width=\"{:.2}%\" height=\"{height}\"/>",
            (end - x).max(0.0)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// What a kind looks like beside its name.
pub(super) fn sample(kind: TimeCategory) -> String {
    let (class, y, height) = shape(kind);
    format!(
        "<svg height=\"{STRIP}\" aria-hidden=\"true\"><rect class=\"{class}\" x=\"1\" y=\"{y}\" width=\"14\" height=\"{height}\"/></svg>"
    )
}

fn shape(kind: TimeCategory) -> (&'static str, u32, u32) {
    match kind {
        TimeCategory::Upright => ("upright", 9, 13),
        TimeCategory::Slouched => ("slouched", 0, STRIP),
        TimeCategory::Unclear => ("unclear", 10, 11),
        TimeCategory::Away => ("away", 18, 4),
        TimeCategory::NotWatched => ("not-watched", 21, 1),
    }
}

/// The hours under strips, every second or fourth where they would touch.
pub(super) fn axis(span: SvgSpan<'_>) -> String {
    let every = match span.hours() {
        0..=6 => 1,
        7..=13 => 2,
        _ => 4,
    };
    let mut svg = "<svg height=\"16\" aria-hidden=\"true\">".to_owned();
    for hour in (0..=span.hours()).filter(|hour| hour % every == 0) {
        let x = hour as f64 * 100.0 / span.hours() as f64;
        let anchor = match hour {
            0 => "start",
            last if last == span.hours() => "end",
            _ => "middle",
        };
        let clock = span.from + hour;
        let _ = write!(
            svg,
            "<text class=\"soft\" x=\"{x:.2}%\" y=\"12\" text-anchor=\"{anchor}\">{clock:02}</text>"
        );
    }
    svg.push_str("</svg>");
    svg
}

/// How much of an hour must be observed for its colour to mean something: six minutes. Our own choice.
const ENOUGH_OF_AN_HOUR: SignedDuration = SignedDuration::from_mins(6);

/// One row of hours, each with the percentage of its observed time that was slouched.
pub(super) fn heat(hours: &[Times], label: &str) -> String {
    let width = 100.0 / hours.len().max(1) as f64;
    let mut svg = format!("<svg height=\"26\" role=\"img\" aria-label=\"{label}\">");
    for (number, times) in hours.iter().enumerate() {
        let Some(upright) = times
            .upright_share()
            .filter(|_| times.observed() >= ENOUGH_OF_AN_HOUR)
        else {
            continue;
        };
        let (x, percent) = (number as f64 * width, (1.0 - upright) * 100.0);
        let level = level(percent);
        let _ = write!(
            svg,
            "<rect class=\"h{level}\" x=\"{x:.2}%\" y=\"1\" width=\"{:.2}%\" height=\"24\" rx=\"3\"/>\
             <text class=\"on{level}\" x=\"{:.2}%\" y=\"17\" text-anchor=\"middle\">{percent:.0}</text>",
            width - 0.4,
            x + width / 2.0 - 0.2
        );
    }
    svg.push_str("</svg>");
    svg
}

fn level(percent: f64) -> usize {
    [5.0, 10.0, 20.0, 35.0]
        .iter()
        .filter(|&&bound| percent >= bound)
        .count()
}

/// One angle over the days, each day the same width, with the band in which a
/// reading cannot be told from neutral.
pub(super) fn curve(
    days: &[Day],
    span: SvgSpan<'_>,
    points: impl Fn(&Day) -> &[ChartPoint],
    error: f64,
    label: &str,
) -> String {
    let all = || {
        days.iter()
            .flat_map(|day| points(day).iter().map(|point| point.mean))
    };
    let high = all().fold(error * 1.5, f64::max).max(5.0) + 1.0;
    let low = all().fold(-error * 1.5, f64::min) - 1.0;
    let y = |degrees: f64| (high - degrees) / (high - low) * CHART;
    let slot = 100.0 / days.len().max(1) as f64;
    let mut svg = format!("<div class=\"row chart\"><svg height=\"{CHART}\" aria-hidden=\"true\">");
    for degrees in (-6..=18)
        .map(|step| step * 5)
        .filter(|&d| (low + 1.0..=high - 1.0).contains(&f64::from(d)))
    {
        let sign = if degrees > 0 { "+" } else { "" };
        let _ = write!(
            svg,
            "<text class=\"soft\" x=\"100%\" y=\"{:.1}\" text-anchor=\"end\">{sign}{degrees}°</text>",
            y(f64::from(degrees)) + 4.0
        );
    }
    let _ = write!(
        svg,
        "</svg><svg height=\"{CHART}\" role=\"img\" aria-label=\"{label}\">"
    );
    let _ = write!(
        svg,
        "<rect class=\"band\" x=\"0\" y=\"{:.1}\" width=\"100%\" height=\"{:.1}\"/>",
        y(error),
        y(-error) - y(error)
    );
    for degrees in (-6..=18)
        .map(|step| f64::from(step * 5))
        .filter(|d| (low..=high).contains(d))
    {
        let class = if degrees == 0.0 { "zero" } else { "grid" };
        let y = y(degrees);
        let _ = write!(
            svg,
            "<line class=\"{class}\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
        );
    }
    for number in 1..days.len() {
        let x = number as f64 * slot;
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{CHART}\"/>"
        );
    }
    // The line alone is stretched to the width; its stroke is not.
    let _ = write!(
        svg,
        "<svg width=\"100%\" height=\"{CHART}\" viewBox=\"0 0 1000 {CHART}\" preserveAspectRatio=\"none\">"
    );
    let mut path = String::new();
    for (number, day) in days.iter().enumerate() {
        let mut last: Option<Timestamp> = None;
        for point in points(day) {
            let x = (number as f64 + span.percent(day, point.at) / 100.0) * slot * 10.0;
            let is_joined = last.is_some_and(|last| point.at.duration_since(last) <= POINT);
            // A lone point is drawn too, as a line of no length with round ends.
            let _ = match is_joined {
                true => write!(path, "L{x:.1} {:.1}", y(point.mean)),
                false => write!(path, "M{x:.1} {0:.1}L{x:.1} {0:.1}", y(point.mean)),
            };
            last = Some(point.at);
        }
    }
    let _ = write!(
        svg,
        "<path class=\"curve\" vector-effect=\"non-scaling-stroke\" d=\"{path}\"/></svg>"
    );
    svg.push_str("</svg></div>");
    svg
}
