//! Whether a picture can show a posture at all: covered, dark, blurred.
//!
//! Pure functions of the picture. Whether somebody is in it, and how they sit,
//! is judged elsewhere; here only what is wrong with the camera or the room.
//!
//! The thresholds are our own measurement, on the 1176 rendered pictures and
//! on the same darkened, covered and blurred:
//! `SITWELL_PICTURES=DIR cargo test --lib what_pictures_measure -- --ignored --nocapture`.

use image::RgbImage;

use crate::frame::Frame;
use crate::posture::UnclearReason;

/// The brightest twentieth of a black picture's blocks is darker than this, of
/// 255. A shutter gives 0 to 2; the renders darkened to a twentieth give 5 to 12.
const BLACK: u8 = 5;

/// .. and that of a picture too dark to judge than this. The renders have 112
/// to 255, darkened to a fifth 22 to 50, to a tenth 10 to 25.
const DARK: u8 = 20;

/// A picture shows nothing if its darkest and brightest tenth differ by less
/// than this share of its brightness. The renders have 0.21 and more, however
/// dark; a finger or a paper on the lens gives 0.1.
const FLAT: f32 = 0.15;

/// How much of their height the steepest edges rise within 2 pixels. In a
/// blurred picture they rise evenly, by a quarter: with a Gaussian of 4 pixels
/// 0.26 to 0.28, of 2 pixels 0.28 to 0.33; the renders as they are 0.42 to 0.73.
const BLURRED: f32 = 0.29;

/// The side of the blocks that are averaged, in pixels.
const BLOCK: usize = 16;

/// What is wrong with a picture, if anything is.
#[must_use]
pub fn problem(frame: &Frame) -> Option<UnclearReason> {
    Measured::of(&frame.pixels).problem()
}

/// The three numbers that tell.
#[derive(Debug, Clone, Copy)]
struct Measured {
    /// Between the darkest and the brightest tenth of the blocks.
    spread: u8,
    /// The brightest twentieth of the blocks begins here.
    bright: u8,
    /// The rise of the steepest edges within 2 pixels over that within 8.
    sharpness: f32,
}

impl Measured {
    fn problem(self) -> Option<UnclearReason> {
        if self.bright < BLACK {
            Some(UnclearReason::Covered)
        } else if self.bright < DARK {
            Some(UnclearReason::TooDark)
        } else if f32::from(self.spread) < FLAT * f32::from(self.bright) {
            Some(UnclearReason::Covered)
        } else if self.sharpness < BLURRED {
            Some(UnclearReason::Blurred)
        } else {
            None
        }
    }

    fn of(picture: &RgbImage) -> Self {
        let luma = luma(picture);
        let width = picture.width() as usize;
        let (columns, rows) = (width / BLOCK, picture.height() as usize / BLOCK);
        let mut blocks: Vec<u8> = (0..columns * rows)
            .map(|n| {
                let (left, top) = (n % columns * BLOCK, n / columns * BLOCK);
                let lines = luma.chunks_exact(width).skip(top).take(BLOCK);
                let sum: u32 = lines
                    .flat_map(|line| &line[left..left + BLOCK])
                    .map(|&value| u32::from(value))
                    .sum();
                (sum / (BLOCK * BLOCK) as u32) as u8
            })
            .collect();
        blocks.sort_unstable();
        let share = |of: f32| {
            blocks
                .get((blocks.len() as f32 * of) as usize)
                .copied()
                .unwrap_or(0)
        };
        Measured {
            spread: share(0.9) - share(0.1),
            bright: share(0.95),
            sharpness: sharpness(&luma, width),
        }
    }
}

/// Brightness by BT.709, as the `image` crate gives it, but in whole numbers: the whole check takes a third of the time.
fn luma(picture: &RgbImage) -> Vec<u8> {
    let pixels = picture.as_raw().as_chunks().0.iter();
    let luma = |&[red, green, blue]: &[u8; 3]| {
        let [red, green, blue] = [red, green, blue].map(u32::from);
        ((2126 * red + 7152 * green + 722 * blue) / 10_000) as u8
    };
    pixels.map(luma).collect()
}

/// The rise of the steepest thousandth of all edges within 2 pixels, over that within 8.
fn sharpness(luma: &[u8], width: usize) -> f32 {
    let rise = |over: usize| {
        let mut counts = [0_u32; 256];
        for row in luma.chunks_exact(width.max(1)).step_by(2) {
            for at in 0..width.saturating_sub(over) {
                counts[usize::from(row[at].abs_diff(row[at + over]))] += 1;
            }
        }
        steepest(&counts)
    };
    rise(2) / rise(8).max(1.0)
}

/// Where the upper thousandth of a histogram begins.
fn steepest(counts: &[u32; 256]) -> f32 {
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
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn darkened(picture: &RgbImage, to: f32) -> RgbImage {
        let mut dark = picture.clone();
        // Sensor noise of 2 of 255 is added, as gain does in the dark.
        let mut seed = 1_u32;
        for value in dark.iter_mut() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 30) as f32 - 1.5;
            *value = (f32::from(*value) * to + noise).clamp(0.0, 255.0) as u8;
        }
        dark
    }

    /// A finger or a paper on the lens: no detail, a soft gradient, some noise.
    fn covered(brightness: f32) -> RgbImage {
        let gradient = RgbImage::from_fn(640, 480, |x, y| {
            let value = brightness * (1.0 + (x as f32 / 640.0 - y as f32 / 480.0) * 0.1);
            image::Rgb([value as u8, (value * 0.9) as u8, (value * 0.9) as u8])
        });
        darkened(&gradient, 1.0)
    }

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

    fn frame(pixels: RgbImage, second: i64) -> Frame {
        Frame {
            pixels,
            at: Timestamp::from_second(second).unwrap(),
        }
    }

    fn blurred(picture: &RgbImage, sigma: f32) -> RgbImage {
        image::imageops::fast_blur(picture, sigma)
    }

    #[test]
    fn only_what_shows_nothing_is_trouble() {
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
                let measured = Measured::of(&picture);
                assert_eq!(problem(&frame(picture, 0)), wanted, "{name}: {measured:?}");
            }
        }
        for brightness in [0.0, 2.0, 60.0, 120.0, 200.0] {
            assert_eq!(
                problem(&frame(covered(brightness), 0)),
                Some(UnclearReason::Covered),
                "{brightness}"
            );
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
        for (width, height) in [(0, 0), (1, 1), (5, 300), (300, 5), (17, 33)] {
            let _ = problem(&frame(RgbImage::new(width, height), 0));
        }
    }

    #[test]
    #[ignore = "needs a folder of pictures in SITWELL_PICTURES; prints what they measure"]
    fn what_pictures_measure() {
        let folder = std::env::var("SITWELL_PICTURES").unwrap();
        let step = std::env::var("SITWELL_STEP").map_or(1, |n| n.parse().unwrap());
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        let mut rows: std::collections::BTreeMap<String, Vec<Measured>> = Default::default();
        for (n, file) in files.iter().enumerate() {
            let Ok(picture) = image::open(file) else {
                continue;
            };
            let picture = picture.into_rgb8();
            let mut note = |name: String, picture: &RgbImage| {
                rows.entry(name).or_default().push(Measured::of(picture));
            };
            note("as it is".to_owned(), &picture);
            if n % step != 0 {
                continue;
            }
            for to in [0.4, 0.2, 0.1, 0.05] {
                note(format!("dark {to}"), &darkened(&picture, to));
            }
            for sigma in [2.0_f32, 4.0, 8.0] {
                note(
                    format!("blur {sigma:02}"),
                    &image::imageops::fast_blur(&picture, sigma),
                );
            }
        }
        for brightness in [2.0, 20.0, 60.0, 120.0, 200.0] {
            rows.entry("covered".to_owned())
                .or_default()
                .push(Measured::of(&covered(brightness)));
        }
        for (name, all) in &rows {
            let of = |what: &dyn Fn(&Measured) -> f32| {
                let mut all: Vec<f32> = all.iter().map(what).collect();
                all.sort_by(f32::total_cmp);
                let at = |share: f32| all[((all.len() - 1) as f32 * share) as usize];
                format!(
                    "{:6.2} {:6.2} {:6.2} {:6.2} {:6.2}",
                    at(0.0),
                    at(0.05),
                    at(0.5),
                    at(0.95),
                    at(1.0)
                )
            };
            println!("{name:10} spread {}", of(&|m| f32::from(m.spread)));
            println!("{:10} bright {}", "", of(&|m| f32::from(m.bright)));
            println!("{:10} sharp  {}", "", of(&|m| m.sharpness));
            println!(
                "{:10} flat   {}",
                "",
                of(&|m| f32::from(m.spread) / f32::from(m.bright.max(1)))
            );
            let mut found: std::collections::BTreeMap<String, usize> = Default::default();
            for one in all {
                *found
                    .entry(
                        one.problem()
                            .map_or("nothing wrong".to_owned(), |why| why.to_string()),
                    )
                    .or_default() += 1;
            }
            println!("{:10} {found:?}", "");
        }
    }
}
