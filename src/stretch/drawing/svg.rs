//! A drawing as inline SVG.

use std::fmt::Write;

use super::marks::{Mark, Tone, marks};
use super::{Point, SIZE};
use crate::stretch::Stretch;

/// The height kept for the label under a position, in units.
const LABEL: f64 = 18.0;

/// The drawing of a stretch: its key positions side by side, or none where it has none.
///
/// The figure takes the text colour around it (`currentColor`), so it suits
/// light and dark pages; arrows have the class `motion`. It has no
/// `style`, which a page with a strict content security policy would not apply.
/// Title and description carry the words for those who do not see it; there are no
/// ids in it, so a page may show it more than once.
#[must_use]
pub fn svg(stretch: &Stretch) -> Option<String> {
    if stretch.drawing.is_empty() {
        return None;
    }
    let mut out = String::new();
    draw(stretch, &mut out).ok().map(|()| out)
}

/// Writes the drawing.
fn draw(stretch: &Stretch, out: &mut String) -> std::fmt::Result {
    let count = stretch.drawing.iter().fold(0.0, |count, _| count + 1.0);
    let top = (stretch
        .drawing
        .iter()
        .flat_map(marks)
        .map(|mark| mark.top())
        .fold(SIZE, f64::min)
        - 3.0)
        .floor();
    let (width, height) = (SIZE * count, SIZE + LABEL - top);
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"stretch\" viewBox=\"0 {top} {width} {height}\" \
         role=\"img\" fill=\"none\" stroke=\"currentColor\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\">\
         <title>{}</title><desc>{}</desc>",
        escape(&stretch.name),
        escape(&stretch.steps.join(" ")),
    )?;
    let mut left = 0.0;
    for (index, position) in stretch.drawing.iter().enumerate() {
        write!(out, "<g transform=\"translate({left} 0)\">")?;
        // A group fades as a whole, so overlapping limbs of one tone do not darken each other.
        for run in marks(position).chunk_by(|one, next| one.tone() == next.tone()) {
            write!(
                out,
                "<g{}>",
                run.first().map_or("", |mark| look(mark.tone()))
            )?;
            for mark in run {
                write_mark(mark, out)?;
            }
            out.write_str("</g>")?;
        }
        write!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"7.5\" font-family=\"inherit\" \
             fill=\"currentColor\" stroke=\"none\">{}. {}</text></g>",
            SIZE / 2.0,
            SIZE + LABEL / 2.0,
            index + 1,
            escape(&position.label),
        )?;
        left += SIZE;
    }
    out.write_str("</svg>")
}

/// Writes one mark.
fn write_mark(mark: &Mark, out: &mut String) -> std::fmt::Result {
    match mark {
        Mark::Line { points, width, .. } => {
            write!(
                out,
                "<path d=\"{}\" stroke-width=\"{width}\"/>",
                path(points)
            )
        }
        Mark::Disc {
            at: [x, y], radius, ..
        } => write!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"currentColor\" stroke=\"none\"/>",
            short(*x),
            short(*y)
        ),
        Mark::Ring {
            at: [x, y],
            radius,
            width,
            ..
        } => write!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" stroke-width=\"{width}\"/>",
            short(*x),
            short(*y)
        ),
    }
}

/// The attributes that set a tone apart.
fn look(tone: Tone) -> &'static str {
    match tone {
        Tone::Thing => " opacity=\"0.5\"",
        Tone::Far => " opacity=\"0.4\"",
        Tone::Body => " opacity=\"0.72\"",
        Tone::Arm => "",
        // A teal with a contrast above 3:1 on white and on near-black, WCAG's bound for graphics.
        Tone::Motion => " class=\"motion\" stroke=\"#159a80\"",
    }
}

/// A path through points.
fn path(points: &[Point]) -> String {
    let steps: Vec<String> = points
        .iter()
        .map(|[x, y]| format!("{} {}", short(*x), short(*y)))
        .collect();
    format!("M{}", steps.join("L"))
}

/// A coordinate to a tenth of a unit.
fn short(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A text made safe inside markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
