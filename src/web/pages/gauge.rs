//! An angle as a gauge: neutral, the reading with its error, and the limit.

use maud::{Markup, html};

use crate::posture::{AngleKind, Estimate};
use crate::wording::{angle_name, change};

/// The scale's ends as multiples of the limit. Our choice: a slouch of twice the limit still shows.
const LOW: f64 = -1.0;
const HIGH: f64 = 2.5;

/// Draws an estimate against the change at which it counts. None without a calibration.
pub(super) fn gauge(angle: AngleKind, estimate: Estimate, limit: f64) -> Option<Markup> {
    let (value, words) = (estimate.change?, change(estimate)?);
    let place = |degrees: f64| ((degrees / limit - LOW) / (HIGH - LOW) * 100.0).clamp(0.0, 100.0);
    let percent = |degrees: f64| format!("{:.2}%", place(degrees));
    let (from, to) = (value - estimate.error, value + estimate.error);
    let is_beyond = value >= limit;
    let label = format!(
        "{}: {words} from neutral, limit {limit:.0}\u{b0}",
        angle_name(angle)
    );
    Some(html! {
        div.card.gauge.beyond[is_beyond] {
            h2 { (angle_name(angle)) }
            p.reading {
                b { (words) } " from neutral" @if is_beyond { ", beyond the limit" }
            }
            svg height="46" role="img" aria-label=(label) {
                rect.track x="0" y="8" width="100%" height="14" rx="7" {}
                rect.error x=(percent(from)) y="8" width=(format!("{:.2}%", place(to) - place(from))) height="14" {}
                line.zero x1=(percent(0.0)) x2=(percent(0.0)) y1="4" y2="28" {}
                text x=(percent(0.0)) y="42" text-anchor="middle" { "neutral" }
                line.limit x1=(percent(limit)) x2=(percent(limit)) y1="2" y2="28" {}
                text x=(percent(limit)) y="42" text-anchor="middle" { "limit " (format!("{limit:.0}\u{b0}")) }
                // A square beyond the limit: its colour is not the only sign.
                @if is_beyond {
                    svg x=(percent(value)) y="15" overflow="visible" { rect.mark x="-8" y="-8" width="16" height="16" {} }
                } @else {
                    circle.mark cx=(percent(value)) cy="15" r="8" {}
                }
            }
        }
    })
}
