//! Copies of the pictures as worse cameras, rooms and heads show them.
//!
//! What is drawn (headphones, hair) is placed by the true points of `labels.csv`, and looks different in each
//! session. It shows that something is sensitive, not by how many degrees it is on real people.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::set::{Row, number};

/// The people of whom there are copies: two who show in front, to both cameras, and oblique.
const SPOILT: [&str; 2] = ["s00", "s02"];
/// The people in front on whom hair is drawn. Headphones are drawn on everybody in front, since an estimator is fitted to them.
const HAIR: [&str; 3] = ["s00", "s01", "s02"];

/// One way of spoiling a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Noise with a standard deviation of 12 of 255.
    Noise,
    /// A third of the light, and noise of 5.
    Dark,
    /// A Gaussian blur of 2 pixels.
    Blur,
    /// 320 x 240 pixels, enlarged again.
    Half,
    /// A window at one side: from 0.35 to 1.3 times the light.
    SideLight,
    /// Headphones, drawn.
    Headphones,
    /// Long open hair over ears and shoulders, drawn.
    Hair,
}

impl Condition {
    pub(crate) const ALL: [Condition; 7] = [
        Condition::Noise,
        Condition::Dark,
        Condition::Blur,
        Condition::Half,
        Condition::SideLight,
        Condition::Headphones,
        Condition::Hair,
    ];

    /// Whether it can come and go between the calibration and work.
    pub(crate) fn is_worn(self) -> bool {
        matches!(self, Condition::Headphones | Condition::Hair)
    }

    /// Whether there is a copy of this row's picture.
    pub(crate) fn is_applied_to(self, row: &Row) -> bool {
        let subject = &*row["subject"];
        let is_among = match self {
            Condition::Headphones if row["view"].starts_with("front") => true,
            Condition::Hair if row["view"].starts_with("front") => HAIR.contains(&subject),
            _ => SPOILT.contains(&subject),
        };
        is_among && row["view"] != "side"
    }

    /// The picture of this row, spoilt.
    pub(crate) fn apply(self, picture: RgbImage, row: &Row) -> RgbImage {
        let mut picture = picture;
        let (width, height) = picture.dimensions();
        match self {
            Condition::Noise => add_noise(&mut picture, row, 12.0),
            Condition::Dark => {
                map(&mut picture, |_, _, v| {
                    255.0 * (v / 255.0 * 0.35).powf(1.15)
                });
                add_noise(&mut picture, row, 5.0);
            }
            Condition::Blur => picture = imageops::blur(&picture, 2.0),
            Condition::Half => {
                let small = imageops::resize(&picture, width / 2, height / 2, FilterType::Triangle);
                picture = imageops::resize(&small, width, height, FilterType::Triangle);
            }
            Condition::SideLight => {
                map(&mut picture, |x, _, v| v * (0.35 + 0.95 * x / width as f32));
            }
            Condition::Headphones => draw_headphones(&mut picture, row),
            Condition::Hair => draw_hair(&mut picture, row),
        }
        picture
    }
}

/// Changes every value, given its column, its channel and itself.
fn map(picture: &mut RgbImage, change: impl Fn(f32, usize, f32) -> f32) {
    for (x, _, pixel) in picture.enumerate_pixels_mut() {
        for (channel, value) in pixel.0.iter_mut().enumerate() {
            *value = change(x as f32, channel, f32::from(*value)) as u8;
        }
    }
}

/// Numbers from 0 to 1, others for each name.
fn uniform(name: &str) -> impl FnMut() -> f64 {
    let mut seed = name.bytes().fold(1_u32, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1 << 24)
    }
}

/// Another noise for each picture.
fn add_noise(picture: &mut RgbImage, row: &Row, deviation: f32) {
    let mut uniform = uniform(&row["file"]);
    for value in picture.iter_mut() {
        // The sum of two uniform numbers has a deviation of 1 / sqrt(6).
        let noise = (uniform() + uniform() - 1.0) as f32 * deviation * 6_f32.sqrt();
        *value = (f32::from(*value) + noise).round() as u8;
    }
}

type Point = (f64, f64);

fn point(row: &Row, name: &str) -> Point {
    (
        number(row, &format!("{name}_u")),
        number(row, &format!("{name}_v")),
    )
}

fn fill(picture: &mut RgbImage, colour: [u8; 3], is_inside: impl Fn(f64, f64) -> bool) {
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        if is_inside(x.into(), y.into()) {
            *pixel = Rgb(colour);
        }
    }
}

/// How what is drawn on all pictures of a session looks: each call draws a number between two.
fn style(row: &Row) -> impl FnMut(f64, f64) -> f64 {
    let mut uniform = uniform(&row["session"]);
    move |from, to| from + uniform() * (to - from)
}

/// Cups over the ears, and a band over the head.
fn draw_headphones(picture: &mut RgbImage, row: &Row) {
    let mut style = style(row);
    let (left, right) = (point(row, "tragus_l"), point(row, "tragus_r"));
    let ears = (left.0 - right.0).hypot(left.1 - right.1).max(40.0);
    let middle = ((left.0 + right.0) / 2.0, (left.1 + right.1) / 2.0);
    let outwards = style(0.0, 0.08);
    let (across, up) = ((0.58 + outwards) * ears, style(0.66, 0.76) * ears);
    let thick = (style(0.05, 0.12) * ears).max(4.0);
    let (wide, high) = (style(0.15, 0.24) * ears, style(0.22, 0.34) * ears);
    let [band, rim, cup] = [0, 1, 2].map(|_| [style(15.0, 200.0) as u8; 3]);
    let radius = |x: f64, y: f64, across: f64, up: f64| {
        ((x - middle.0) / across).hypot((y - middle.1 + 0.14 * ears) / up)
    };
    fill(picture, band, |x, y| {
        y < middle.1
            && radius(x, y, across, up) <= 1.0
            && radius(x, y, across - thick, up - thick) >= 1.0
    });
    for (x0, y0) in [left, right] {
        let x0 = x0 + (x0 - middle.0).signum() * outwards * ears;
        for (size, colour) in [(1.0, rim), (0.58, cup)] {
            fill(picture, colour, |x, y| {
                ((x - x0) / (wide * size)).hypot((y - y0) / (high * size)) <= 1.0
            });
        }
    }
}

/// A strand at each side, from the temple to the chin or below the shoulder.
fn draw_hair(picture: &mut RgbImage, row: &Row) {
    let mut style = style(row);
    let (left, right) = (point(row, "tragus_l"), point(row, "tragus_r"));
    let ears = (left.0 - right.0).abs();
    let (inwards, outwards) = (style(0.1, 0.18), style(0.1, 0.22));
    let (spread, length) = (style(0.25, 0.55), style(0.5, 1.2));
    let brown = style(0.5, 3.5);
    let colour = [58.0, 38.0, 24.0].map(|value| (value * brown) as u8);
    for (ear, shoulder, side) in [(left, "acromion_l", 1.0), (right, "acromion_r", -1.0)] {
        let shoulder = point(row, shoulder);
        let down = ear.0 + spread * (shoulder.0 - ear.0);
        let end = ear.1 + length * (shoulder.1 - ear.1);
        let out = side * ears;
        let outline = [
            (ear.0 - inwards * out, ear.1 - 0.55 * ears),
            (ear.0 + outwards * out, ear.1 - 0.3 * ears),
            (down + 0.12 * out, end),
            (down - 0.02 * out, end + 0.2 * ears),
            (ear.0 - 0.06 * out, end + 0.1 * ears),
            (ear.0 - inwards * out, ear.1 + 0.4 * ears),
        ];
        fill(picture, colour, |x, y| is_within(&outline, x, y));
    }
}

/// Whether a point lies in a polygon: a ray from it crosses the outline an odd number of times.
fn is_within(outline: &[Point], x: f64, y: f64) -> bool {
    let ends = outline.iter().zip(outline.iter().cycle().skip(1));
    let crossed = ends.filter(|((ax, ay), (bx, by))| {
        (*ay > y) != (*by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay)
    });
    crossed.count() % 2 == 1
}
