//! Whether a room still looks as it did when nobody was in it.
//!
//! Pure functions of pictures. Searching a whole picture for people costs as much as following
//! somebody, and an empty room would be searched all day. So a picture is first compared with the
//! last one in which nobody was found, by the brightness of a few blocks. Searches must have found
//! nobody in that scene for a while, because the model can miss somebody who sits there. After a
//! minute it is searched again anyway, which bounds what the comparison can miss.

use jiff::{SignedDuration, Timestamp};

use crate::frame::Frame;

/// Blocks across and down. In a 640 x 480 picture a block is 40 x 40 pixels, a tenth of the area of
/// a person at the desk.
const BLOCKS: (usize, usize) = (16, 12);

/// Every fourth pixel across and down is read. The mean of 100 of them removes a camera's noise.
const STEP: usize = 4;

/// A block whose brightness changed by more than this, of 255, shows that somebody came. In 378
/// pairs of pictures of the posture set with the same person and room, the two most alike (both
/// upright) differ by 6 and different postures by 10 or more. Noise of 6 changes a block by 2 at most.
const MAX_CHANGE: f32 = 5.0;

/// An empty scene is searched again after this long. Our choice: it costs one search in place of
/// six at the monitor's pace for an absent person.
const SEARCH_INTERVAL: SignedDuration = SignedDuration::from_mins(1);

/// A scene is empty once searches have found nobody in it for this long. Our choice: three searches
/// at the monitor's pace for an absent person, once for each time that somebody leaves.
const CONFIRMED_AFTER: SignedDuration = SignedDuration::from_secs(20);

/// Remembers a room without people.
#[derive(Debug, Default)]
pub struct EmptyScene {
    /// The scene in which the last search found nobody.
    searched: Option<SearchedScene>,
}

#[derive(Debug)]
struct SearchedScene {
    blocks: BlockBrightness,
    /// Since when searches have found nobody in this scene.
    since: Timestamp,
    searched_at: Timestamp,
}

impl EmptyScene {
    /// Whether a frame looks like the empty scene that was searched less than a minute ago.
    #[must_use]
    pub fn is_still_empty(&self, frame: &Frame) -> bool {
        self.searched.as_ref().is_some_and(|scene| {
            let age = frame.at.duration_since(scene.searched_at);
            scene.searched_at.duration_since(scene.since) >= CONFIRMED_AFTER
                && (SignedDuration::ZERO..SEARCH_INTERVAL).contains(&age)
                && scene.blocks.matches(&BlockBrightness::of(frame))
        })
    }

    /// Notes that a search of this frame found nobody.
    pub fn note_empty(&mut self, frame: &Frame) {
        let blocks = BlockBrightness::of(frame);
        let same = self.searched.take().filter(|scene| {
            // The clock may have been set back.
            scene.searched_at <= frame.at && scene.blocks.matches(&blocks)
        });
        self.searched = Some(SearchedScene {
            blocks,
            since: same.map_or(frame.at, |scene| scene.since),
            searched_at: frame.at,
        });
    }

    /// Notes that a search found somebody.
    pub fn note_person(&mut self) {
        self.searched = None;
    }
}

/// The mean brightness of each block.
#[derive(Debug, Clone, Copy, PartialEq)]
struct BlockBrightness([f32; BLOCKS.0 * BLOCKS.1]);

impl BlockBrightness {
    /// Reads green only, which is most of perceived brightness.
    fn of(frame: &Frame) -> BlockBrightness {
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
        BlockBrightness(sums.map(|(sum, count)| sum as f32 / count.max(1) as f32))
    }

    fn mean(&self) -> f32 {
        self.0.iter().sum::<f32>() / self.0.len() as f32
    }

    /// Whether no block differs, apart from a change of light common to all.
    fn matches(&self, other: &BlockBrightness) -> bool {
        let light = self.mean() / other.mean().max(1.0);
        let mut pairs = self.0.iter().zip(other.0);
        pairs.all(|(ours, theirs)| (ours - theirs * light).abs() <= MAX_CHANGE)
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

    /// The same room at another moment: other noise and other light.
    fn again(picture: &RgbImage, light: f32, mut seed: u32) -> RgbImage {
        let mut again = picture.clone();
        for value in again.iter_mut() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 24) as f32 / 255.0 * 20.0 - 10.0;
            *value = (f32::from(*value) * light + noise).clamp(0.0, 255.0) as u8;
        }
        again
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
            ("as it was", again(&room(), 1.0, 2), 10, true),
            ("a lamp flickers", again(&room(), 0.9, 3), 10, true),
            ("the sun comes out", again(&room(), 1.2, 4), 10, true),
            (
                "somebody came",
                with_somebody(again(&room(), 1.0, 5)),
                10,
                false,
            ),
            ("a minute later", again(&room(), 1.0, 2), 60, false),
            ("the clock was set back", again(&room(), 1.0, 2), -10, false),
            ("another size", RgbImage::new(320, 240), 10, false),
            ("no pixels", RgbImage::new(0, 0), 10, false),
        ];
        for (name, picture, second, wanted) in rows {
            let mut watched = EmptyScene::default();
            let later = frame(picture, second);
            assert!(!watched.is_still_empty(&later), "{name}: not searched yet");
            watched.note_empty(&frame(again(&room(), 1.0, 6), -20));
            watched.note_empty(&frame(again(&room(), 1.0, 1), 0));
            assert_eq!(watched.is_still_empty(&later), wanted, "{name}");
            watched.note_person();
            assert!(
                !watched.is_still_empty(&later),
                "{name}: somebody was there"
            );
        }
    }

    /// Nobody is found in these pictures, 10 s apart: `s` with somebody in it, `.` of the empty room.
    /// Returns whether the last one counts as empty 10 s later.
    fn is_empty_after(searches: &str) -> bool {
        let picture = |letter, seed| match letter {
            's' => with_somebody(again(&room(), 1.0, seed)),
            _ => again(&room(), 1.0, seed),
        };
        let mut watched = EmptyScene::default();
        let (mut second, mut last) = (0, '.');
        for letter in searches.chars() {
            watched.note_empty(&frame(picture(letter, second as u32), second));
            (second, last) = (second + 10, letter);
        }
        watched.is_still_empty(&frame(picture(last, 999), second))
    }

    #[test]
    fn somebody_who_is_missed_is_no_part_of_the_empty_room() {
        let rows = [
            ("s", false),
            ("ss", false),
            ("....s", false),
            ("....ss", false),
            (".", false),
            ("..", false),
            ("...", true),
            ("s...", true),
        ];
        for (searches, wanted) in rows {
            assert_eq!(is_empty_after(searches), wanted, "{searches}");
        }
    }
}
