//! A room that looks as it did when nobody was in it: nobody needs to be searched for in it again.
//!
//! Pure functions of pictures. Finding people in a whole picture takes as long as following
//! somebody, and a room without anybody would be searched all day. So a picture is first compared
//! with the last one that was searched in vain, roughly: the brightness of a few blocks. What that
//! could miss is bounded, for after a minute it is searched again whatever it looks like.

use jiff::{SignedDuration, Timestamp};

use crate::frame::Frame;

/// Blocks across and down: of a 640 x 480 picture each is 40 x 40, a tenth of what somebody covers who
/// sits at the desk.
const BLOCKS: (usize, usize) = (16, 12);

/// Every so many pixels one is taken, across and down. 100 of them make a block, which takes the noise
/// of a camera off.
const STEP: usize = 4;

/// Somebody came if a block's brightness changed by more than this, of 255. Of 378 pairs of pictures
/// of the posture set with the same person in the same room the most alike, two in which they sit
/// well, differ by 6; those in which they sit otherwise by 10 and more; so somebody who comes or
/// goes is seen. Noise of 6 of 255 changes no block by more than 2.
const CHANGED: f32 = 5.0;

/// So long after a search the next one is due, whatever the picture shows. Our choice: what six looks
/// at the monitor's pace for an absent person would cost is paid once.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);

/// What is remembered of a room without anybody in it.
#[derive(Debug, Default)]
pub struct EmptyScene {
    empty: Option<(Blocks, Timestamp)>,
}

impl EmptyScene {
    /// Whether a picture shows the room as it was when nobody was found in it, less than a minute ago.
    #[must_use]
    pub fn is_still_empty(&self, frame: &Frame) -> bool {
        self.empty.as_ref().is_some_and(|(blocks, searched)| {
            let since = frame.at.duration_since(*searched);
            let is_recent = (SignedDuration::ZERO..LONGEST).contains(&since);
            is_recent && blocks.are_those_of(&Blocks::of(frame))
        })
    }

    /// A search of this picture found nobody.
    pub fn note_empty(&mut self, frame: &Frame) {
        self.empty = Some((Blocks::of(frame), frame.at));
    }

    /// A search found somebody.
    pub fn note_person(&mut self) {
        self.empty = None;
    }
}

/// A picture of very few pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Blocks([f32; BLOCKS.0 * BLOCKS.1]);

impl Blocks {
    /// Green is most of what the eye calls brightness.
    fn of(frame: &Frame) -> Blocks {
        let width = frame.pixels.width() as usize;
        let height = frame.pixels.height() as usize;
        let mut sums = [(0_u32, 0_u32); BLOCKS.0 * BLOCKS.1];
        let rows = frame.pixels.as_raw().chunks_exact(width.max(1) * 3);
        for (y, row) in rows.enumerate().step_by(STEP) {
            let across = &mut sums[y * BLOCKS.1 / height * BLOCKS.0..][..BLOCKS.0];
            let pixels = row.as_chunks::<3>().0.iter();
            for (x, [_, green, _]) in pixels.enumerate().step_by(STEP) {
                let (sum, count) = &mut across[x * BLOCKS.0 / width];
                *sum += u32::from(*green);
                *count += 1;
            }
        }
        Blocks(sums.map(|(sum, count)| sum as f32 / count.max(1) as f32))
    }

    fn mean(&self) -> f32 {
        self.0.iter().sum::<f32>() / self.0.len() as f32
    }

    /// Whether no block differs, apart from the light that all of them have in common.
    fn are_those_of(&self, other: &Blocks) -> bool {
        let light = self.mean() / other.mean().max(1.0);
        let mut pairs = self.0.iter().zip(other.0);
        pairs.all(|(ours, theirs)| (ours - theirs * light).abs() <= CHANGED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

    fn room() -> RgbImage {
        RgbImage::from_fn(640, 480, |x, y| {
            let value = 60 + x / 8 + if y > 300 { 40 } else { 0 };
            image::Rgb([value as u8, value as u8, (value / 2) as u8])
        })
    }

    /// Seen at another moment: other noise, and light that came or went.
    fn seen(picture: &RgbImage, light: f32, mut seed: u32) -> RgbImage {
        let mut seen = picture.clone();
        for value in seen.iter_mut() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 24) as f32 / 255.0 * 20.0 - 10.0;
            *value = (f32::from(*value) * light + noise).clamp(0.0, 255.0) as u8;
        }
        seen
    }

    /// Somebody in a jumper hardly darker than the wall.
    fn with_somebody(mut picture: RgbImage) -> RgbImage {
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            if (240..400).contains(&x) && y > 200 {
                pixel.0 = pixel.0.map(|value| value - value / 10);
            }
        }
        picture
    }

    fn frame(pixels: RgbImage, second: i64) -> Frame {
        Frame {
            pixels,
            at: Timestamp::from_second(second).unwrap(),
        }
    }

    #[test]
    fn only_a_room_that_was_found_empty_and_has_not_changed_is_still_empty() {
        let rows = [
            ("as it was", seen(&room(), 1.0, 2), 10, true),
            ("a lamp flickers", seen(&room(), 0.9, 3), 10, true),
            ("the sun comes out", seen(&room(), 1.2, 4), 10, true),
            (
                "somebody came",
                with_somebody(seen(&room(), 1.0, 5)),
                10,
                false,
            ),
            ("a minute later", seen(&room(), 1.0, 2), 60, false),
            ("the clock was set back", seen(&room(), 1.0, 2), -10, false),
            ("another size", RgbImage::new(320, 240), 10, false),
            ("no pixels", RgbImage::new(0, 0), 10, false),
        ];
        for (name, picture, second, wanted) in rows {
            let mut watched = EmptyScene::default();
            let later = frame(picture, second);
            assert!(!watched.is_still_empty(&later), "{name}: not searched yet");
            watched.note_empty(&frame(seen(&room(), 1.0, 1), 0));
            assert_eq!(watched.is_still_empty(&later), wanted, "{name}");
            watched.note_person();
            assert!(
                !watched.is_still_empty(&later),
                "{name}: somebody was there"
            );
        }
    }
}
