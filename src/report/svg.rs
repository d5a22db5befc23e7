//! The drawings of a report: inline SVG with coordinates in percent of the
//! width, so that words keep their size on a phone. Colours are the page's.

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::day::POINT;
use super::{Day, TimeCategory, Times};
use crate::posture::AngleKind;
use crate::quantities::whole_percent;

/// The height of a timeline, in pixels. Kinds differ by height too: not everybody
/// sees colours, and not every printer has them.
const STRIP: u32 = 22;

/// The height of a curve's chart, in pixels.
const CHART: u32 = 170;

/// The hours that charts span, on the reader's clock: when clocks change, nine
/// o'clock is still above nine o'clock.
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

    /// How many of these hours lie before an instant of a day.
    pub(super) fn hours_before(self, day: &Day, at: Timestamp) -> i64 {
        clock(day, at, self.zone).as_hours() - self.from
    }

    /// Where an instant lies between the ends, in percent.
    fn percent(self, day: &Day, at: Timestamp) -> f64 {
        let into = clock(day, at, self.zone) - SignedDuration::from_hours(self.from);
        (into.as_secs_f64() / 36.0 / self.hours() as f64).clamp(0.0, 100.0)
    }
}

/// The time that a wall clock shows, counted from the day's midnight.
fn clock(day: &Day, at: Timestamp, zone: &TimeZone) -> SignedDuration {
    let midnight = day.date.to_datetime(time(0, 0, 0, 0));
    zone.to_datetime(at).duration_since(midnight)
}

/// A length or place as SVG takes it.
fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

/// A number with one decimal.
fn tenths(value: f64) -> String {
    format!("{value:.1}")
}

/// One day as a strip.
pub(super) fn strip(day: &Day, span: SvgSpan<'_>, label: &str) -> Markup {
    html! {
        svg height=(STRIP) role="img" aria-label=(label) {
            @for hour in 0..=span.hours() {
                @let x = percent(hour as f64 * 100.0 / span.hours() as f64);
                line.grid x1=(x) x2=(x) y1="0" y2=(STRIP) {}
            }
            @for run in &day.runs {
                @let (x, end) = (span.percent(day, run.from), span.percent(day, run.to));
                (bar(run.kind, &percent(x), &percent((end - x).max(0.0))))
            }
        }
    }
}

/// A sample of a kind for the legend.
pub(super) fn sample(kind: TimeCategory) -> Markup {
    html! { svg height=(STRIP) aria-hidden="true" { (bar(kind, "1", "14")) } }
}

fn bar(kind: TimeCategory, x: &str, width: &str) -> Markup {
    let (class, y, height) = match kind {
        TimeCategory::Upright => ("upright", 9, 13),
        TimeCategory::Slouched => ("slouched", 0, STRIP),
        TimeCategory::Unclear => ("unclear", 10, 11),
        TimeCategory::Away => ("away", 18, 4),
        TimeCategory::NotWatched => ("not-watched", 21, 1),
    };
    html! { rect class=(class) x=(x) y=(y) width=(width) height=(height) {} }
}

/// The hours under strips, every second or fourth where they would touch.
pub(super) fn axis(span: SvgSpan<'_>) -> Markup {
    let every = match span.hours() {
        0..=6 => 1,
        7..=13 => 2,
        _ => 4,
    };
    let anchor = |hour| match hour {
        0 => "start",
        last if last == span.hours() => "end",
        _ => "middle",
    };
    html! {
        svg height="16" aria-hidden="true" {
            @for hour in (0..=span.hours()).step_by(every) {
                @let x = percent(hour as f64 * 100.0 / span.hours() as f64);
                text.soft x=(x) y="12" text-anchor=(anchor(hour)) {
                    @let clock = span.from + hour;
                    // A day that begins after midnight ends after the next.
                    (format!("{:02}", if clock > 24 { clock - 24 } else { clock }))
                }
            }
        }
    }
}

/// The days under a curve of several.
pub(super) fn day_axis(days: &[Day]) -> Markup {
    let format = if days.len() <= 7 { "%a" } else { "%-d" };
    html! {
        svg height="16" aria-hidden="true" {
            @for (number, day) in days.iter().enumerate() {
                @let x = percent((number as f64 + 0.5) * 100.0 / days.len() as f64);
                text.soft x=(x) y="12" text-anchor="middle" { (day.date.strftime(format)) }
            }
        }
    }
}

/// An hour with less time observed than this has no colour. Our own choice.
const ENOUGH_OF_AN_HOUR: SignedDuration = SignedDuration::from_mins(6);

/// One row of hours, each with the percentage of its observed time that was slouched.
pub(super) fn heat(hours: &[Times], label: &str) -> Markup {
    let width = 100.0 / hours.len().max(1) as f64;
    html! {
        svg height="26" role="img" aria-label=(label) {
            @for (number, times) in hours.iter().enumerate() {
                @if let Some(upright) = times.upright_share()
                    && times.observed() >= ENOUGH_OF_AN_HOUR
                {
                    @let x = number as f64 * width;
                    @let slouched = 100 - whole_percent(upright);
                    @let level = level((1.0 - upright) * 100.0);
                    rect class={ "h" (level) } x=(percent(x)) y="1" width=(percent(width - 0.4)) height="24" rx="3" {}
                    text class={ "on" (level) } x=(percent(x + width / 2.0 - 0.2)) y="17" text-anchor="middle" {
                        (slouched)
                    }
                }
            }
        }
    }
}

/// How strong the colour of a percentage slouched is, from 0 to 4.
pub(super) fn level(percent: f64) -> usize {
    [5.0, 10.0, 20.0, 35.0]
        .iter()
        .filter(|&&bound| percent >= bound)
        .count()
}

/// The degrees with a grid line: every five between two.
fn grid(low: f64, high: f64) -> impl Iterator<Item = i32> {
    let steps = (-6..=18).map(|step| step * 5);
    steps.filter(move |&degrees| (low..=high).contains(&f64::from(degrees)))
}

/// One angle over the days, each day the same width, with a band: a reading inside it
/// does not differ clearly from neutral.
pub(super) fn curve(
    days: &[Day],
    span: SvgSpan<'_>,
    angle: AngleKind,
    error: f64,
    label: &str,
) -> Markup {
    let points = days.iter().flat_map(|day| &day.curves[angle]);
    let all = || points.clone().map(|point| point.mean);
    let high = all().fold(error * 1.5, f64::max).max(5.0) + 1.0;
    let low = all().fold(-error * 1.5, f64::min) - 1.0;
    let y = |degrees: f64| (high - degrees) / (high - low) * f64::from(CHART);
    let slot = 100.0 / days.len().max(1) as f64;
    let sign = |degrees| if degrees > 0 { "+" } else { "" };
    html! {
        div.row.chart {
            svg height=(CHART) aria-hidden="true" {
                @for degrees in grid(low + 1.0, high - 1.0) {
                    text.soft x="100%" y=(tenths(y(f64::from(degrees)) + 4.0)) text-anchor="end" {
                        (sign(degrees)) (degrees) "°"
                    }
                }
            }
            svg height=(CHART) role="img" aria-label=(label) {
                rect.band x="0" y=(tenths(y(error))) width="100%" height=(tenths(y(-error) - y(error))) {}
                @for degrees in grid(low, high) {
                    @let class = if degrees == 0 { "zero" } else { "grid" };
                    @let y = tenths(y(f64::from(degrees)));
                    line class=(class) x1="0" x2="100%" y1=(y) y2=(y) {}
                }
                @for number in 1..days.len() {
                    @let x = percent(number as f64 * slot);
                    line.grid x1=(x) x2=(x) y1="0" y2=(CHART) {}
                }
                // The line alone is stretched to the width; its stroke is not.
                svg width="100%" height=(CHART) viewBox={ "0 0 1000 " (CHART) } preserveAspectRatio="none" {
                    path.curve vector-effect="non-scaling-stroke" d=(line(days, span, angle, y)) {}
                }
            }
        }
    }
}

/// The path of a curve, 1000 units wide. It breaks where a quarter of an hour is missing.
fn line(days: &[Day], span: SvgSpan<'_>, angle: AngleKind, y: impl Fn(f64) -> f64) -> String {
    let slot = 1000.0 / days.len().max(1) as f64;
    let mut path = String::new();
    for (number, day) in days.iter().enumerate() {
        let mut last: Option<Timestamp> = None;
        for point in &day.curves[angle] {
            let x = (number as f64 + span.percent(day, point.at) / 100.0) * slot;
            let is_joined = last.is_some_and(|last| point.at.duration_since(last) <= POINT);
            // A lone point is drawn too, as a line of no length with round ends.
            path += &match is_joined {
                true => format!("L{x:.1} {:.1}", y(point.mean)),
                false => format!("M{x:.1} {0:.1}L{x:.1} {0:.1}", y(point.mean)),
            };
            last = Some(point.at);
        }
    }
    path
}
