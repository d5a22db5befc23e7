//! When a camera that was just opened has found its exposure.
//!
//! The first pictures after opening are too dark or too bright. How long that
//! lasts differs from camera to camera, so the pictures themselves are asked.

use std::time::Duration;

use image::RgbImage;

/// Pictures after opening that nobody reads: the first is often torn, black or what was left in the buffer, and
/// a loopback device gives it the length of the whole buffer.
const UNREAD: u32 = 1;

/// Every so many pictures are compared after that, for they are decoded to be: two for a look where the exposure is
/// found at once, and over a tenth of a second it shows that it is not.
const EVERY: u32 = 3;

/// Mean brightness, of 255, that may change between pictures that are compared once
/// exposure is found. A person moving at a desk changes it by less than 2 in
/// 33 ms (rendered set: 40 cm nearer changes it by 9).
const STEADY: f32 = 6.0;

/// Exposure that has not settled by then, under flickering light, never will.
pub(super) const LONGEST: Duration = Duration::from_millis(1500);

/// Watches brightness from picture to picture.
#[derive(Debug)]
pub(super) struct ExposureSettling {
    last: Option<f32>,
    /// Pictures that need not be compared.
    skipped: u32,
}

impl Default for ExposureSettling {
    fn default() -> ExposureSettling {
        ExposureSettling {
            last: None,
            skipped: UNREAD,
        }
    }
}

impl ExposureSettling {
    /// Whether this picture is to be compared.
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.skipped == 0;
        self.skipped = self.skipped.saturating_sub(1);
        is_due
    }

    /// Whether the picture that was due, of this brightness and so long after opening, may be used.
    pub(super) fn is_settled(&mut self, brightness: f32, since_opening: Duration) -> bool {
        self.skipped = EVERY - 1;
        let last = self.last.replace(brightness);
        last.is_some_and(|last| (brightness - last).abs() <= STEADY) || since_opening >= LONGEST
    }
}

/// Mean brightness, 0 to 255: of green, which is most of what the eye calls so, in every 16th pixel, which will do.
pub(super) fn brightness(picture: &RgbImage) -> f32 {
    let green = picture.as_raw().iter().skip(1).step_by(3 * 16);
    let (sum, count) = green.fold((0_u64, 0_u64), |(sum, count), &byte| {
        (sum + u64::from(byte), count + 1)
    });
    sum as f32 / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of the first picture used, at 30 a second.
    fn used(brightness: &[f32]) -> Option<usize> {
        let mut settling = ExposureSettling::default();
        brightness.iter().enumerate().position(|(n, &b)| {
            settling.is_due() && settling.is_settled(b, Duration::from_millis(33 * n as u64))
        })
    }

    #[test]
    fn brightness_is_the_mean_of_green() {
        let half = RgbImage::from_fn(64, 48, |_, y| {
            image::Rgb([9, if y < 24 { 40 } else { 60 }, 200])
        });
        assert_eq!(brightness(&half), 50.0);
        assert_eq!(brightness(&RgbImage::new(0, 0)), 0.0);
    }

    #[test]
    fn the_first_picture_after_the_exposure_settled_is_used() {
        let flicker: Vec<f32> = (0..60)
            .map(|n| if n % 2 == 0 { 60.0 } else { 120.0 })
            .collect();
        let rows: [(&str, Vec<f32>, Option<usize>); 5] = [
            ("settled already", vec![110.0; 10], Some(4)),
            (
                "the first picture is not looked at",
                vec![0.0, 110.0, 0.0, 0.0, 110.0],
                Some(4),
            ),
            (
                "from black",
                vec![
                    0.0, 5.0, 30.0, 70.0, 95.0, 104.0, 106.0, 107.0, 107.0, 107.0, 107.0,
                ],
                Some(10),
            ),
            ("flicker ends at the limit", flicker, Some(46)),
            ("not yet", vec![10.0, 40.0], None),
        ];
        for (name, brightness, wanted) in rows {
            assert_eq!(used(&brightness), wanted, "{name}");
        }
    }
}
