//! An angle over some time as a line, with neutral and, where they are known, its error and limit.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use crate::posture::AngleKind;
use crate::record::{Minute, Period};

/// The height in pixels, and the width in units of the path.
const HEIGHT: f64 = 110.0;
const WIDTH: f64 = 1000.0;

/// A line breaks where more than this is missing: one minute without an angle.
const GAP: SignedDuration = SignedDuration::from_secs(90);

/// What is drawn.
pub(super) struct Chart {
    pub(super) title: String,
    /// The changes from neutral, in order of time.
    pub(super) points: Vec<(Timestamp, f64)>,
    /// One standard error, drawn around the line.
    pub(super) error: Option<f64>,
    pub(super) limit: Option<f64>,
    /// From the left to the right end.
    pub(super) period: Period,
    /// The words under the two ends.
    pub(super) ends: [String; 2],
}

/// The means of an angle in each minute of a period. A mean stands for the middle of its minute.
pub(super) fn points(
    minutes: &[Minute],
    angle: AngleKind,
    period: Period,
) -> Vec<(Timestamp, f64)> {
    let kept = minutes.iter().filter_map(|minute| {
        let middle = minute.start + SignedDuration::from_secs(30);
        Some((middle, minute.angles[angle]?.mean))
    });
    kept.filter(|(at, _)| period.holds(*at)).collect()
}

impl Chart {
    /// The drawing. None where there is nothing to draw.
    pub(super) fn draw(&self) -> Option<Markup> {
        if self.points.len() < 2 {
            return None;
        }
        let error = self.error.unwrap_or_default();
        let shown = || {
            self.points
                .iter()
                .map(|(_, change)| *change)
                .chain(self.limit)
        };
        let high = shown().fold(5.0, f64::max) + error + 2.0;
        let low = shown().fold(-5.0, f64::min) - error - 2.0;
        let y = |change: f64| (high - change) / (high - low) * HEIGHT;
        let line = |class: &str, change: f64| {
            let y = format!("{:.1}", y(change));
            html! { line class=(class) x1="0" x2="100%" y1=(y) y2=(y) {} }
        };
        let label = |words: &str, change: f64| {
            html! { text x="4" y=(format!("{:.1}", y(change) - 4.0)) { (words) } }
        };
        let path = self.path(y);
        let band = (error / (high - low) * HEIGHT * 2.0).max(0.0);
        let below = HEIGHT + 16.0;
        Some(html! {
            figure.card.trace {
                h2 { (self.title) }
                svg height=(HEIGHT + 20.0) role="img"
                    aria-label={ (self.title) ": change from neutral in degrees, from " (self.ends[0]) " to " (self.ends[1]) } {
                    (line("zero", 0.0))
                    @if let Some(limit) = self.limit { (line("limit", limit)) }
                    svg width="100%" height=(HEIGHT) viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" {
                        @if band > 0.0 {
                            path.around vector-effect="non-scaling-stroke" stroke-width=(format!("{band:.1}")) d=(path) {}
                        }
                        path.curve vector-effect="non-scaling-stroke" d=(path) {}
                    }
                    (label("neutral", 0.0))
                    @if let Some(limit) = self.limit { (label("limit", limit)) }
                    text x="0" y=(below) { (self.ends[0]) }
                    text x="100%" y=(below) text-anchor="end" { (self.ends[1]) }
                }
            }
        })
    }

    fn path(&self, y: impl Fn(f64) -> f64) -> String {
        let length = self
            .period
            .to
            .duration_since(self.period.from)
            .as_secs_f64();
        let x = |at: Timestamp| at.duration_since(self.period.from).as_secs_f64() / length * WIDTH;
        let mut path = String::new();
        let mut last: Option<Timestamp> = None;
        for (at, change) in &self.points {
            let is_joined = last.is_some_and(|last| at.duration_since(last) <= GAP);
            let (x, y) = (x(*at), y(*change));
            // A lone point is drawn too, as a line of no length with round ends.
            path += &match is_joined {
                true => format!("L{x:.1} {y:.1}"),
                false => format!("M{x:.1} {y:.1}L{x:.1} {y:.1}"),
            };
            last = Some(*at);
        }
        path
    }
}
