//! From a position to the marks that both renderers draw.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{FaceDirection, Point, Position, Prop, SIZE, ViewSide};

/// The radius of the head, in units.
pub(super) const HEAD: f64 = 7.0;

/// How thick a limb is, in units.
const LIMB: f64 = 5.0;

/// How thick the trunk is from a side, in units.
const TRUNK: f64 = 7.5;

/// How thick the trunk is from the front, in units.
const TRUNK_FRONT: f64 = 12.0;

/// How thick things and arrows are, in units.
const THIN: f64 = 2.0;

/// What a mark belongs to; a renderer gives each its own look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A thing in the room.
    Thing,
    /// A limb behind the body.
    Far,
    /// The head, the trunk and the legs.
    Body,
    /// An arm before the body; a renderer keeps it apart from what is behind it.
    Arm,
    /// An arrow.
    Motion,
}

/// Something to draw.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A line through points.
    Line {
        points: Vec<Point>,
        width: f64,
        tone: Tone,
    },
    /// A full circle.
    Disc { at: Point, radius: f64, tone: Tone },
    /// An empty circle.
    Ring {
        at: Point,
        radius: f64,
        width: f64,
        tone: Tone,
    },
}

impl Mark {
    /// What it belongs to.
    pub(super) fn tone(&self) -> Tone {
        match self {
            Mark::Line { tone, .. } | Mark::Disc { tone, .. } | Mark::Ring { tone, .. } => *tone,
        }
    }

    /// The height of its highest point.
    pub(super) fn top(&self) -> f64 {
        match self {
            Mark::Line { points, width, .. } => points
                .iter()
                .map(|[_, y]| y - width / 2.0)
                .fold(SIZE, f64::min),
            Mark::Disc { at, radius, .. } | Mark::Ring { at, radius, .. } => at[1] - radius,
        }
    }
}

/// Everything to draw, the rearmost first.
pub(super) fn marks(position: &Position) -> Vec<Mark> {
    let mut marks: Vec<Mark> = position.props.iter().flat_map(thing).collect();
    // From the front both sides are equally near, and nothing is behind the body.
    let (behind, other_arm, trunk) = match position.seen {
        ViewSide::Side => (Tone::Far, Tone::Far, TRUNK),
        ViewSide::Front => (Tone::Body, Tone::Arm, TRUNK_FRONT),
    };
    marks.extend(line(position.far_leg.clone(), LIMB, behind));
    if position.seen == ViewSide::Side {
        marks.extend(line(position.far_arm.clone(), LIMB, other_arm));
    }
    marks.extend(line(position.near_leg.clone(), LIMB, Tone::Body));
    marks.extend(line(smooth(&position.spine), trunk, Tone::Body));
    if let Some(top) = position.spine.last() {
        marks.extend(line(vec![*top, position.head], LIMB, Tone::Body));
    }
    marks.push(Mark::Disc {
        at: position.head,
        radius: HEAD,
        tone: Tone::Body,
    });
    marks.extend(nose(position));
    if position.seen == ViewSide::Front {
        marks.extend(line(position.far_arm.clone(), LIMB, other_arm));
    }
    marks.extend(line(position.near_arm.clone(), LIMB, Tone::Arm));
    for path in &position.moves {
        marks.extend(arrow(path));
    }
    marks
}

/// A line, or nothing where there are no two points.
fn line(points: Vec<Point>, width: f64, tone: Tone) -> Option<Mark> {
    (points.len() >= 2).then_some(Mark::Line {
        points,
        width,
        tone,
    })
}

/// A curve through the points (Catmull-Rom), as short straight pieces.
pub(super) fn smooth(points: &[Point]) -> Vec<Point> {
    const PIECES: u32 = 6;
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let mut through = vec![*first];
    let mut padded = vec![*first];
    padded.extend_from_slice(points);
    padded.push(*last);
    for window in padded.windows(4) {
        let [a, b, c, d] = window else { continue };
        for piece in 1..=PIECES {
            let t = f64::from(piece) / f64::from(PIECES);
            let part = |i: usize| {
                0.5 * (2.0 * b[i]
                    + (c[i] - a[i]) * t
                    + (2.0 * a[i] - 5.0 * b[i] + 4.0 * c[i] - d[i]) * t * t
                    + (3.0 * b[i] - a[i] - 3.0 * c[i] + d[i]) * t * t * t)
            };
            through.push([part(0), part(1)]);
        }
    }
    through
}

/// The nose, which tells where a face points.
fn nose(position: &Position) -> Option<Mark> {
    let d = FRAC_1_SQRT_2;
    let way: Point = match position.look {
        FaceDirection::Right => [0.94, 0.34],
        FaceDirection::RightUp => [d, -d],
        FaceDirection::RightDown => [d, d],
        FaceDirection::Left => [-0.94, 0.34],
        FaceDirection::LeftUp => [-d, -d],
        FaceDirection::LeftDown => [-d, d],
        FaceDirection::Up => [0.0, -1.0],
        FaceDirection::Down => [0.0, 1.0],
        FaceDirection::You | FaceDirection::Away => return None,
    };
    let out = |far: f64| {
        [
            position.head[0] + way[0] * far,
            position.head[1] + way[1] * far,
        ]
    };
    line(vec![out(HEAD - 2.0), out(HEAD + 1.2)], 3.0, Tone::Body)
}

/// An arrow along a path.
fn arrow(path: &[Point]) -> Vec<Mark> {
    const BARB: f64 = 5.0;
    let along = smooth(path);
    let [.., before, tip] = along.as_slice() else {
        return Vec::new();
    };
    let (before, tip) = (*before, *tip);
    let angle = (tip[1] - before[1]).atan2(tip[0] - before[0]);
    let barb = |turn: f64| {
        [
            tip[0] - BARB * (angle + turn).cos(),
            tip[1] - BARB * (angle + turn).sin(),
        ]
    };
    let head = vec![barb(0.6), tip, barb(-0.6)];
    [along, head]
        .into_iter()
        .filter_map(|points| line(points, THIN, Tone::Motion))
        .collect()
}

/// A thing in the room.
fn thing(prop: &Prop) -> Vec<Mark> {
    let mark = |points: Vec<Point>, width: f64| Mark::Line {
        points,
        width,
        tone: Tone::Thing,
    };
    match *prop {
        Prop::Ground { y } => vec![mark(vec![[4.0, y], [SIZE - 4.0, y]], THIN)],
        Prop::Chair { at: [x, y], ground } => vec![
            mark(vec![[x, y + 3.5], [x + 29.0, y + 3.5]], 3.0),
            mark(vec![[x - 1.0, y + 3.5], [x - 4.0, y - 24.0]], 3.0),
            mark(vec![[x + 2.0, y + 3.5], [x, ground]], THIN),
            mark(vec![[x + 27.0, y + 3.5], [x + 29.0, ground]], THIN),
        ],
        Prop::ChairFront { at: [x, y], ground } => vec![
            mark(vec![[x - 17.0, y + 3.5], [x + 17.0, y + 3.5]], 3.0),
            mark(
                vec![
                    [x - 15.0, y + 3.5],
                    [x - 16.0, y - 24.0],
                    [x + 16.0, y - 24.0],
                    [x + 15.0, y + 3.5],
                ],
                THIN,
            ),
            mark(vec![[x - 15.0, y + 3.5], [x - 16.0, ground]], THIN),
            mark(vec![[x + 15.0, y + 3.5], [x + 16.0, ground]], THIN),
        ],
        Prop::Wall { x, left } => {
            let side = if left { -1.0 } else { 1.0 };
            let hatch = (0..8).map(|step| {
                let y = 10.0 + 13.0 * f64::from(step);
                mark(vec![[x, y], [x + side * 5.0, y + 6.0]], 1.2)
            });
            std::iter::once(mark(vec![[x, 4.0], [x, 112.0]], 2.6))
                .chain(hatch)
                .collect()
        }
        Prop::WallBehind { ground } => {
            let brick = |x: f64, y: f64| mark(vec![[x, y], [x + 9.0, y]], 1.2);
            vec![
                mark(vec![[4.0, ground], [SIZE - 4.0, ground]], THIN),
                brick(8.0, 16.0),
                brick(102.0, 24.0),
                brick(6.0, 66.0),
                brick(104.0, 74.0),
                brick(14.0, 92.0),
                brick(96.0, 94.0),
            ]
        }
        Prop::Doorway {
            left,
            right,
            ground,
        } => vec![
            mark(
                vec![[left, ground], [left, 4.0], [right, 4.0], [right, ground]],
                3.0,
            ),
            mark(vec![[4.0, ground], [left, ground]], THIN),
            mark(vec![[right, ground], [SIZE - 4.0, ground]], THIN),
        ],
        Prop::Mat { left, right, y } => vec![mark(vec![[left, y + 2.0], [right, y + 2.0]], 4.0)],
        Prop::Roller { at } => vec![
            Mark::Ring {
                at,
                radius: 6.5,
                width: THIN,
                tone: Tone::Thing,
            },
            Mark::Ring {
                at,
                radius: 2.5,
                width: 1.2,
                tone: Tone::Thing,
            },
        ],
        Prop::Towel { at } => vec![
            Mark::Ring {
                at,
                radius: 4.2,
                width: THIN,
                tone: Tone::Thing,
            },
            Mark::Disc {
                at,
                radius: 1.4,
                tone: Tone::Thing,
            },
        ],
        Prop::Cushion { at: [x, y] } => vec![mark(vec![[x - 7.0, y], [x + 7.0, y]], 5.0)],
    }
}
