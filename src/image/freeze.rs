//! Whether a camera repeats one picture.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use crate::frame::Frame;

/// A camera that repeats one picture for this long is frozen. Our choice: sensor noise makes every
/// picture of a working camera different, however still the room is.
const FROZEN_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// Observations that must show it: two equal ones may be one picture that was sent twice.
const MIN_OBSERVATIONS: u32 = 3;

/// Notices a camera that repeats itself.
#[derive(Debug, Default)]
pub struct FreezeDetector {
    repeated: Option<RepeatedPicture>,
}

#[derive(Debug)]
struct RepeatedPicture {
    hash: u64,
    since: Timestamp,
    observations: u32,
}

impl FreezeDetector {
    /// Adds a frame. Returns whether the camera repeats itself.
    pub fn is_frozen(&mut self, frame: &Frame) -> bool {
        let mut hasher = DefaultHasher::new();
        frame.pixels.as_raw().hash(&mut hasher);
        let hash = hasher.finish();
        let repeated = match self.repeated.take() {
            Some(last) if last.hash == hash => RepeatedPicture {
                observations: last.observations + 1,
                ..last
            },
            _ => RepeatedPicture {
                hash,
                since: frame.at,
                observations: 1,
            },
        };
        let is_frozen = repeated.observations >= MIN_OBSERVATIONS
            && frame.at.duration_since(repeated.since) >= FROZEN_AFTER;
        self.repeated = Some(repeated);
        is_frozen
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

    /// One observation a second: each letter is a picture; `F` where it is frozen.
    fn frozen(observations: &str) -> String {
        let mut freeze = FreezeDetector::default();
        let classify = |(second, letter): (usize, char)| {
            let picture = RgbImage::from_pixel(8, 8, image::Rgb([letter as u8, 0, 0]));
            match freeze.is_frozen(&frame(picture, second as i64)) {
                true => 'F',
                false => '.',
            }
        };
        observations.chars().enumerate().map(classify).collect()
    }

    #[test]
    fn the_same_picture_for_10_s_is_frozen_until_another_comes() {
        insta::assert_snapshot!(frozen("abababaaaaaaaaaaaaaaabaa"), @"................FFFFF...");
    }

    #[test]
    fn two_observations_far_apart_are_not_enough() {
        let mut freeze = FreezeDetector::default();
        let picture = RgbImage::new(8, 8);
        let frozen = [0, 60, 120].map(|second| freeze.is_frozen(&frame(picture.clone(), second)));
        assert_eq!(frozen, [false, false, true]);
    }
}
