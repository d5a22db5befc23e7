//! A drawing as text for the terminal.

use super::marks::{Mark, Tone, marks};
use super::{Point, Position, SIZE};

/// The gap around an arm, in units.
const GAP: f64 = 1.6;

/// Which characters a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Braille patterns: eight dots a character.
    Braille,
    /// Nothing but ASCII, for old consoles.
    Ascii,
}

impl Charset {
    /// Dots across and down in one character.
    fn dots(self) -> (usize, usize) {
        match self {
            Charset::Braille => (2, 4),
            Charset::Ascii => (1, 2),
        }
    }
}

/// A position as lines of text, each `columns` wide at most, without blank rows at the ends.
///
/// A character cell is taken to be twice as tall as wide.
#[must_use]
pub fn text(position: &Position, columns: usize, charset: Charset) -> Vec<String> {
    let (across, down) = charset.dots();
    let side = columns.max(1) * across;
    let mut canvas = Canvas {
        side,
        dots: vec![false; side * side],
    };
    for mark in marks(position) {
        canvas.draw(&mark);
    }
    let rows = side.div_ceil(down);
    let lines: Vec<String> = (0..rows)
        .map(|row| {
            let cells =
                (0..columns).map(|column| canvas.cell(column * across, row * down, charset));
            cells
                .collect::<String>()
                .trim_end_matches([' ', '\u{2800}'])
                .to_owned()
        })
        .collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let last = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1);
    lines.get(first..last).unwrap_or_default().to_vec()
}

/// Square dots, set or not.
struct Canvas {
    side: usize,
    dots: Vec<bool>,
}

impl Canvas {
    /// Dots for each unit.
    fn scale(&self) -> f64 {
        self.side as f64 / SIZE
    }

    /// Draws one mark.
    fn draw(&mut self, mark: &Mark) {
        match mark {
            Mark::Line {
                points,
                width,
                tone,
            } => {
                // Thin at this size: far limbs and things would otherwise swallow the body.
                let width = match tone {
                    Tone::Body | Tone::Arm => *width * 0.75,
                    Tone::Far | Tone::Thing | Tone::Motion => 0.0,
                };
                // An arm gets a gap around it, or it would be lost before the trunk.
                if *tone == Tone::Arm {
                    self.trace(points, width + 2.0 * GAP, false);
                }
                self.trace(points, width, true);
            }
            Mark::Disc { at, radius, .. } => self.disc(*at, *radius, true),
            Mark::Ring { at, radius, .. } => {
                let step = 0.1_f64;
                let turn = |n: i32| {
                    let angle = f64::from(n) * step;
                    [at[0] + radius * angle.cos(), at[1] + radius * angle.sin()]
                };
                let around: Vec<Point> = (0..=63).map(turn).collect();
                self.trace(&around, 0.0, true);
            }
        }
    }

    /// Sets or clears a line through points, of some width in units; 0 is one dot.
    fn trace(&mut self, points: &[Point], width: f64, on: bool) {
        for pair in points.windows(2) {
            if let [from, to] = pair {
                self.line(*from, *to, width, on);
            }
        }
    }

    /// Sets or clears a straight line.
    fn line(&mut self, from: Point, to: Point, width: f64, on: bool) {
        let length = (to[0] - from[0]).hypot(to[1] - from[1]) * self.scale();
        let pieces = (length * 2.0).ceil().max(1.0);
        let mut piece = 0.0;
        while piece <= pieces {
            let t = piece / pieces;
            self.disc(
                [
                    from[0] + (to[0] - from[0]) * t,
                    from[1] + (to[1] - from[1]) * t,
                ],
                width / 2.0,
                on,
            );
            piece += 1.0;
        }
    }

    /// Sets or clears a full circle; at least the dot in its middle.
    fn disc(&mut self, at: Point, radius: f64, on: bool) {
        let scale = self.scale();
        let (x, y, radius) = (at[0] * scale, at[1] * scale, radius * scale);
        self.set(x, y, on);
        let mut dy = -radius.ceil();
        while dy <= radius.ceil() {
            let mut dx = -radius.ceil();
            while dx <= radius.ceil() {
                // The middle of the dot decides.
                let (cx, cy) = ((x + dx).floor() + 0.5, (y + dy).floor() + 0.5);
                if (cx - x).hypot(cy - y) <= radius {
                    self.set(cx, cy, on);
                }
                dx += 1.0;
            }
            dy += 1.0;
        }
    }

    /// Sets or clears the dot at a place, if it is on the canvas.
    fn set(&mut self, x: f64, y: f64, on: bool) {
        if x < 0.0 || y < 0.0 {
            return;
        }
        let (x, y) = (x as usize, y as usize);
        if x < self.side
            && let Some(dot) = self.dots.get_mut(y * self.side + x)
        {
            *dot = on;
        }
    }

    /// Whether a dot is set.
    fn get(&self, x: usize, y: usize) -> bool {
        x < self.side && self.dots.get(y * self.side + x).copied().unwrap_or(false)
    }

    /// The character for the cell whose first dot is at `x`, `y`.
    fn cell(&self, x: usize, y: usize, charset: Charset) -> char {
        match charset {
            Charset::Braille => {
                // Unicode numbers the dots of a pattern down the left column, then the right, the last row after.
                const BITS: [(usize, usize, u32); 8] = [
                    (0, 0, 1),
                    (0, 1, 2),
                    (0, 2, 4),
                    (1, 0, 8),
                    (1, 1, 16),
                    (1, 2, 32),
                    (0, 3, 64),
                    (1, 3, 128),
                ];
                let set = BITS.iter().filter(|(dx, dy, _)| self.get(x + dx, y + dy));
                let bits = set.map(|(_, _, bit)| bit).sum::<u32>();
                char::from_u32(0x2800 + bits).unwrap_or(' ')
            }
            Charset::Ascii => match (self.get(x, y), self.get(x, y + 1)) {
                (true, true) => '#',
                (true, false) => '\'',
                (false, true) => '.',
                (false, false) => ' ',
            },
        }
    }
}
