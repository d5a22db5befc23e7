//! The drawings: key positions of a figure, given as joints in the catalogue.
//!
//! A position is a square of [`SIZE`] units, x to the right, y down. A standing
//! person is about 96 units tall. The limbs drawn `near` are on the reader's
//! side; those drawn `far` lie behind. [`svg`] and [`text`] draw the very same
//! marks, the one for pages, the other for the terminal.

mod marks;
mod svg;
mod text;

use serde::Deserialize;

pub use svg::svg;
pub use text::{Charset, text};

/// The side of the square in which a position is drawn, in units.
pub const SIZE: f64 = 120.0;

/// Where something is: x to the right and y down, in units.
pub type Point = [f64; 2];

/// A figure in one key position.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// What to do here, in at most a few words.
    pub label: String,
    /// The middle of the head.
    pub head: Point,
    /// Where the face points.
    pub look: FaceDirection,
    /// From where the body is seen.
    #[serde(default)]
    pub seen: ViewSide,
    /// The back from the hips up to the base of the neck; drawn as a smooth curve.
    pub spine: Vec<Point>,
    /// Shoulder, elbow, hand.
    #[serde(default)]
    pub near_arm: Vec<Point>,
    /// Shoulder, elbow, hand.
    #[serde(default)]
    pub far_arm: Vec<Point>,
    /// Hip, knee, ankle, toes.
    #[serde(default)]
    pub near_leg: Vec<Point>,
    /// Hip, knee, ankle, toes.
    #[serde(default)]
    pub far_leg: Vec<Point>,
    /// What stands or lies around.
    #[serde(default)]
    pub props: Vec<Prop>,
    /// Arrows along the way that a part of the body takes.
    #[serde(default)]
    pub moves: Vec<Vec<Point>>,
}

impl Position {
    /// Whether there is a back to draw and every point lies within the square.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let lines = [
            &self.spine,
            &self.near_arm,
            &self.far_arm,
            &self.near_leg,
            &self.far_leg,
        ];
        let mut points = lines
            .into_iter()
            .chain(&self.moves)
            .flatten()
            .chain([&self.head]);
        self.spine.len() >= 2
            && points.all(|point| point.iter().all(|part| (0.0..=SIZE).contains(part)))
    }
}

/// From where a body is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewSide {
    /// From a side: one arm and one leg are behind the body.
    #[default]
    Side,
    /// From the front or the back: both sides are equally near.
    Front,
}

/// Where a face points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceDirection {
    /// To the right of the picture.
    Right,
    /// Right and up.
    RightUp,
    /// Right and down.
    RightDown,
    /// To the left.
    Left,
    /// Left and up.
    LeftUp,
    /// Left and down.
    LeftDown,
    /// Straight up.
    Up,
    /// Straight down.
    Down,
    /// Out of the picture, at the reader.
    You,
    /// Into the picture: the reader sees the back of the head.
    Away,
}

/// A thing in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what", deny_unknown_fields)]
pub enum Prop {
    /// The ground, across the picture.
    Ground {
        /// Its height.
        y: f64,
    },
    /// A chair from the side; `at` is where seat and back meet, the seat runs to the right.
    Chair {
        /// Where seat and back meet.
        at: Point,
        /// Where its feet stand.
        ground: f64,
    },
    /// A chair from the front or the back; `at` is the middle of the seat.
    ChairFront {
        /// The middle of the seat.
        at: Point,
        /// Where its feet stand.
        ground: f64,
    },
    /// A wall seen edge on.
    Wall {
        /// Where it is.
        x: f64,
        /// The side of the wall that is solid: true for the left.
        #[serde(default)]
        left: bool,
    },
    /// A wall behind the person, seen from the front.
    WallBehind {
        /// Where it meets the ground.
        ground: f64,
    },
    /// A door frame seen from the front.
    Doorway {
        /// The middle of the left post.
        left: f64,
        /// The middle of the right post.
        right: f64,
        /// Where it stands.
        ground: f64,
    },
    /// A mat on the ground.
    Mat {
        /// Its left end.
        left: f64,
        /// Its right end.
        right: f64,
        /// The height of its top.
        y: f64,
    },
    /// A foam roller seen on end.
    Roller {
        /// Its middle.
        at: Point,
    },
    /// A rolled towel seen on end.
    Towel {
        /// Its middle.
        at: Point,
    },
    /// A cushion under a head.
    Cushion {
        /// Its middle.
        at: Point,
    },
}
