//! Whether a picture can show a posture: not if it is covered, dark or blurred.
//!
//! Pure functions of the picture. They judge the camera and the room, not the person.
//!
//! The thresholds are our own measurement on the 1176 rendered pictures, as rendered and darkened,
//! covered and blurred: `cargo bench --bench picture_quality -- FOLDER`.

use image::RgbImage;

use crate::posture::{ErrorFactor, UnclearReason};

/// A picture with a highlight below this, of 255, is black. A shutter gives 0 to 2, the renders
/// darkened to a twentieth give 5 to 12.
const BLACK: u8 = 5;

/// A picture with a highlight below this is too dark to judge. The renders have 112 to 255,
/// darkened to a fifth 22 to 50, to a tenth 10 to 25.
const DARK: u8 = 20;

/// A picture with less contrast than this share of its highlight shows nothing. The renders have
/// at least 0.21, however dark; a finger or paper on the lens gives 0.1.
const FLAT: f32 = 0.15;

/// A picture with less sharpness than this is blurred. A Gaussian blur of 4 pixels gives 0.26 to
/// 0.28, of 2 pixels 0.28 to 0.33; the renders have 0.42 to 0.73.
const BLURRED: f32 = 0.29;

/// Angles are less exact where the highlight is below the first, and so much where it is at the second.
/// The renders have at least 112; with a third of the light, as `tools/train` spoils them, 32 to 73.
const DIM: (f64, f64) = (110.0, 60.0);
/// The same for the sharpness. The renders have at least 0.42, the quarter with a blur of 2 pixels 0.31 to 0.36.
const SOFT: (f64, f64) = (0.42, 0.34);
/// How many times as large as in a good picture errors are at the second of each.
/// Measured: ACCURACY.md, "Worse pictures".
const DIM_ERRORS: f64 = 1.6;
const SOFT_ERRORS: f64 = 1.3;

/// The side of a block, in pixels. Contrast and highlight compare the means of blocks.
const BLOCK: usize = 16;

/// The measures that decide whether a picture shows anything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureQuality {
    /// The difference between the darkest and the brightest tenth of the blocks.
    pub contrast: u8,
    /// Where the brightest twentieth of the blocks begins.
    pub highlight: u8,
    /// How much of the steepest edges' rise within 8 pixels happens within 2. A blurred edge rises
    /// evenly, which gives a quarter.
    pub sharpness: f32,
}

impl PictureQuality {
    /// What is wrong, if anything is.
    #[must_use]
    pub fn problem(self) -> Option<UnclearReason> {
        let is_flat = f32::from(self.contrast) < FLAT * f32::from(self.highlight);
        match self {
            _ if self.highlight < BLACK => Some(UnclearReason::Covered),
            _ if self.highlight < DARK => Some(UnclearReason::TooDark),
            _ if is_flat => Some(UnclearReason::Covered),
            _ if self.sharpness < BLURRED => Some(UnclearReason::Blurred),
            _ => None,
        }
    }

    /// How many times as large as in a good picture errors of angles are in this one.
    #[must_use]
    pub fn error_factor(self) -> ErrorFactor {
        let grown = |value: f64, (from, to): (f64, f64), errors: f64| {
            1.0 + (errors - 1.0) * ((from - value) / (from - to)).clamp(0.0, 1.0)
        };
        let dim = grown(self.highlight.into(), DIM, DIM_ERRORS);
        ErrorFactor(dim * grown(self.sharpness.into(), SOFT, SOFT_ERRORS))
    }

    /// Measures a picture.
    #[must_use]
    pub fn of(picture: &RgbImage) -> Self {
        let luma = luma(picture);
        let width = picture.width() as usize;
        let (columns, rows) = (width / BLOCK, picture.height() as usize / BLOCK);
        let mut blocks: Vec<u8> = (0..columns * rows)
            .map(|n| {
                let (left, top) = (n % columns * BLOCK, n / columns * BLOCK);
                let lines = luma.chunks_exact(width).skip(top).take(BLOCK);
                let pixels = lines.flat_map(|line| &line[left..left + BLOCK]);
                let sum: u32 = pixels.map(|&value| u32::from(value)).sum();
                (sum / (BLOCK * BLOCK) as u32) as u8
            })
            .collect();
        blocks.sort_unstable();
        let quantile = |share: f32| {
            let block = blocks.get((blocks.len() as f32 * share) as usize);
            block.copied().unwrap_or(0)
        };
        PictureQuality {
            contrast: quantile(0.9) - quantile(0.1),
            highlight: quantile(0.95),
            sharpness: sharpness(&luma, width),
        }
    }
}

/// BT.709 brightness as the `image` crate computes it, but in integers: the whole check takes a
/// third of the time.
fn luma(picture: &RgbImage) -> Vec<u8> {
    let pixels = picture.as_raw().as_chunks().0.iter();
    let luma = |&[red, green, blue]: &[u8; 3]| {
        let [red, green, blue] = [red, green, blue].map(u32::from);
        ((2126 * red + 7152 * green + 722 * blue) / 10_000) as u8
    };
    pixels.map(luma).collect()
}

fn sharpness(luma: &[u8], width: usize) -> f32 {
    let steepest_rise = |within: usize| {
        let mut counts = [0_u32; 256];
        for row in luma.chunks_exact(width.max(1)).step_by(2) {
            for (from, to) in row.iter().zip(row.iter().skip(within)) {
                counts[usize::from(from.abs_diff(*to))] += 1;
            }
        }
        upper_thousandth(&counts)
    };
    steepest_rise(2) / steepest_rise(8).max(1.0)
}

/// Where the upper thousandth of a histogram begins.
fn upper_thousandth(counts: &[u32; 256]) -> f32 {
    let total: u32 = counts.iter().sum();
    let mut above = 0;
    for (value, count) in counts.iter().enumerate().rev() {
        above += count;
        if above > total / 1000 {
            return value as f32;
        }
    }
    0.0
}

#[cfg(test)]
#[path = "../../tests/support/poor_pictures.rs"]
mod poor_pictures;

#[cfg(test)]
mod tests {
    use super::poor_pictures::{covered, darkened};
    use super::*;

    /// A rendered person at a desk, from the front and from the side.
    fn people() -> [RgbImage; 2] {
        ["front", "side"].map(|name| {
            let file = format!(
                "{}/tests/fixtures/light/{name}.jpg",
                env!("CARGO_MANIFEST_DIR")
            );
            image::open(file).unwrap().into_rgb8()
        })
    }

    fn blurred(picture: &RgbImage, sigma: f32) -> RgbImage {
        image::imageops::fast_blur(picture, sigma)
    }

    #[test]
    fn only_a_picture_that_shows_nothing_has_a_problem() {
        for person in people() {
            let rows = [
                ("as it is", person.clone(), None),
                ("dim", darkened(&person, 0.4), None),
                (
                    "very dark",
                    darkened(&person, 0.07),
                    Some(UnclearReason::TooDark),
                ),
                ("soft", blurred(&person, 1.0), None),
                (
                    "greasy lens",
                    blurred(&person, 5.0),
                    Some(UnclearReason::Blurred),
                ),
                (
                    "greasy lens in dim light",
                    darkened(&blurred(&person, 8.0), 0.7),
                    Some(UnclearReason::Blurred),
                ),
            ];
            for (name, picture, wanted) in rows {
                let quality = PictureQuality::of(&picture);
                assert_eq!(quality.problem(), wanted, "{name}: {quality:?}");
            }
        }
        for brightness in [0.0, 2.0, 60.0, 120.0, 200.0] {
            assert_eq!(
                PictureQuality::of(&covered(brightness)).problem(),
                Some(UnclearReason::Covered),
                "{brightness}"
            );
        }
    }

    #[test]
    fn errors_grow_in_dim_and_soft_pictures() {
        for person in people() {
            let factor = |picture: &RgbImage| PictureQuality::of(picture).error_factor().0;
            let rows = [
                ("as it is", person.clone(), 1.0..=1.0),
                ("dim", darkened(&person, 0.25), 1.3..=1.6),
                ("soft", blurred(&person, 2.0), 1.15..=1.3),
                ("both", darkened(&blurred(&person, 2.0), 0.2), 1.8..=2.1),
            ];
            for (name, picture, wanted) in rows {
                let factor = factor(&picture);
                assert!(wanted.contains(&factor), "{name}: {factor}");
            }
        }
    }

    #[test]
    fn luma_is_that_of_the_image_crate() {
        for person in people() {
            assert_eq!(
                luma(&person),
                image::imageops::grayscale(&person).into_raw()
            );
        }
    }

    #[test]
    fn a_picture_of_any_size_is_measured() {
        // Width, height and the highlight of a white picture: none without a whole block.
        let rows = [
            (0, 0, 0),
            (1, 1, 0),
            (5, 300, 0),
            (300, 5, 0),
            (17, 33, 255),
            (640, 480, 255),
        ];
        for (width, height, highlight) in rows {
            let white = RgbImage::from_pixel(width, height, image::Rgb([255; 3]));
            let quality = PictureQuality::of(&white);
            let wanted = PictureQuality {
                contrast: 0,
                highlight,
                sharpness: 0.0,
            };
            assert_eq!(quality, wanted, "{width}x{height}");
            assert_eq!(quality.problem(), Some(UnclearReason::Covered));
        }
        // A hard edge rises at once, whatever the size that still has blocks.
        let edge = RgbImage::from_fn(64, 33, |x, _| {
            image::Rgb([if x < 32 { 20 } else { 220 }; 3])
        });
        assert_eq!(PictureQuality::of(&edge).sharpness, 1.0);
        assert_eq!(PictureQuality::of(&edge).problem(), None);
    }
}
