//! When a camera that was just opened has settled its exposure.
//!
//! The first frames after opening are too dark or too bright, for a time that differs from camera
//! to camera. So the brightness of the frames themselves decides.

use std::time::Duration;

use image::RgbImage;

/// Frames after opening that are not read. The first is often torn, black or left in the buffer,
/// and a loopback device gives it the length of the whole buffer.
const UNREAD: u32 = 1;

/// After that every third frame is decoded and compared. Two decoded frames suffice where exposure
/// is settled from the start, and a tenth of a second between them shows where it is not.
const COMPARED_EVERY: u32 = 3;

/// Exposure is settled when mean brightness, of 255, changes by at most this between two compared
/// frames. A person who moves at a desk changes it by less than 2 in 33 ms (rendered set: 40 cm
/// nearer changes it by 9).
const MAX_CHANGE: f32 = 6.0;

/// Exposure that has not settled by then, under flickering light, never will.
pub(super) const LIMIT: Duration = Duration::from_millis(1500);

/// Compares brightness from frame to frame.
#[derive(Debug)]
pub(super) struct ExposureSettling {
    last: Option<f32>,
    skip: u32,
}

impl Default for ExposureSettling {
    fn default() -> ExposureSettling {
        ExposureSettling {
            last: None,
            skip: UNREAD,
        }
    }
}

impl ExposureSettling {
    /// Whether the next frame is to be compared.
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.skip == 0;
        self.skip = self.skip.saturating_sub(1);
        is_due
    }

    /// Whether a frame of this brightness, taken this long after opening, may be used.
    pub(super) fn is_settled(&mut self, brightness: f32, since_opening: Duration) -> bool {
        self.skip = COMPARED_EVERY - 1;
        let last = self.last.replace(brightness);
        last.is_some_and(|last| (brightness - last).abs() <= MAX_CHANGE) || since_opening >= LIMIT
    }
}

/// Mean brightness, 0 to 255: of green, which is most of it, in every 16th pixel.
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
                "the first picture is not read",
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
