//! Copies of the pictures as worse cameras, rooms and heads show them.
//!
//! What is drawn (headphones, hair) is placed by the true points of `labels.csv`. It shows that
//! something is sensitive, not by how many degrees it is on real people.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::set::{Row, number};

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

/// Another noise for each picture.
fn add_noise(picture: &mut RgbImage, row: &Row, deviation: f32) {
    let mut seed = row["file"].bytes().fold(1_u32, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    let mut uniform = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 24) as f32
    };
    for value in picture.iter_mut() {
        // The sum of two uniform numbers has a deviation of 1 / sqrt(6).
        let noise = (uniform() + uniform() - 1.0) * deviation * 6_f32.sqrt();
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

/// Cups of half an ear distance in height, and a band over the head.
fn draw_headphones(picture: &mut RgbImage, row: &Row) {
    let (left, right) = (point(row, "tragus_l"), point(row, "tragus_r"));
    let ears = (left.0 - right.0).hypot(left.1 - right.1).max(40.0);
    let middle = ((left.0 + right.0) / 2.0, (left.1 + right.1) / 2.0);
    let (across, up) = (0.62 * ears, 0.7 * ears);
    let thick = (0.09 * ears).max(6.0);
    let radius = |x: f64, y: f64, across: f64, up: f64| {
        ((x - middle.0) / across).hypot((y - middle.1 + 0.14 * ears) / up)
    };
    fill(picture, [25, 25, 28], |x, y| {
        y < middle.1
            && radius(x, y, across, up) <= 1.0
            && radius(x, y, across - thick, up - thick) >= 1.0
    });
    for (x0, y0) in [left, right] {
        for (size, colour) in [(1.0, [20, 20, 22]), (0.58, [60, 60, 66])] {
            fill(picture, colour, |x, y| {
                ((x - x0) / (0.2 * ears * size)).hypot((y - y0) / (0.27 * ears * size)) <= 1.0
            });
        }
    }
}

/// A strand at each side, from the temple to below the shoulder.
fn draw_hair(picture: &mut RgbImage, row: &Row) {
    let (left, right) = (point(row, "tragus_l"), point(row, "tragus_r"));
    let ears = (left.0 - right.0).abs();
    for (ear, shoulder, side) in [(left, "acromion_l", 1.0), (right, "acromion_r", -1.0)] {
        let shoulder = point(row, shoulder);
        let down = ear.0 + 0.45 * (shoulder.0 - ear.0);
        let out = side * ears;
        let outline = [
            (ear.0 - 0.16 * out, ear.1 - 0.55 * ears),
            (ear.0 + 0.16 * out, ear.1 - 0.3 * ears),
            (down + 0.12 * out, shoulder.1 - 0.05 * ears),
            (down + 0.05 * out, shoulder.1 + 0.7 * ears),
            (ear.0 - 0.02 * out, shoulder.1 + 0.8 * ears),
            (ear.0 - 0.14 * out, ear.1 + 0.5 * ears),
        ];
        fill(picture, [58, 38, 24], |x, y| is_within(&outline, x, y));
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
