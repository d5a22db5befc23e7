//! Whether a camera only repeats one picture.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use crate::frame::Frame;
use crate::posture::UnclearReason;

/// The same picture again and again for so long is a frozen camera. Noise
/// makes no two pictures of a lens equal, however still the room.
const FROZEN: SignedDuration = SignedDuration::from_secs(10);

/// .. and in so many looks: two equal ones may be one picture handed out twice.
const FROZEN_LOOKS: u32 = 3;

/// Notices that a camera repeats itself.
#[derive(Debug, Default)]
pub struct FreezeDetector {
    same: Option<Same>,
}

#[derive(Debug)]
struct Same {
    picture: u64,
    since: Timestamp,
    looks: u32,
}

impl FreezeDetector {
    /// Takes in the picture of a look; [`UnclearReason::Frozen`] if the camera only repeats itself.
    pub fn observe(&mut self, frame: &Frame) -> Option<UnclearReason> {
        let mut hasher = DefaultHasher::new();
        frame.pixels.as_raw().hash(&mut hasher);
        let picture = hasher.finish();
        match &mut self.same {
            Some(same) if same.picture == picture => {
                same.looks += 1;
                let frozen =
                    same.looks >= FROZEN_LOOKS && frame.at.duration_since(same.since) >= FROZEN;
                frozen.then_some(UnclearReason::Frozen)
            }
            _ => {
                self.same = Some(Same {
                    picture,
                    since: frame.at,
                    looks: 1,
                });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    fn frame(pixels: RgbImage, second: i64) -> Frame {
        Frame {
            pixels,
            at: Timestamp::from_second(second).unwrap(),
        }
    }

    /// One look a second: each letter is a picture; `F` where it is frozen.
    fn frozen(looks: &str) -> String {
        let mut freeze = FreezeDetector::default();
        let classify = |(second, letter): (usize, char)| {
            let picture = RgbImage::from_pixel(8, 8, image::Rgb([letter as u8, 0, 0]));
            let why = freeze.observe(&frame(picture, second as i64));
            if why == Some(UnclearReason::Frozen) {
                'F'
            } else {
                '.'
            }
        };
        looks.chars().enumerate().map(classify).collect()
    }

    #[test]
    fn the_same_picture_for_10_s_is_frozen_until_another_comes() {
        insta::assert_snapshot!(frozen("abababaaaaaaaaaaaaaaabaa"), @"................FFFFF...");
    }

    #[test]
    fn two_looks_far_apart_are_not_enough() {
        let mut freeze = FreezeDetector::default();
        let picture = RgbImage::new(8, 8);
        let seen = [0, 60, 120].map(|second| freeze.observe(&frame(picture.clone(), second)));
        assert_eq!(seen, [None, None, Some(UnclearReason::Frozen)]);
    }
}
