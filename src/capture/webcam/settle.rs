//! When a camera that was just opened has found its exposure.
//!
//! The first pictures after opening are too dark or too bright. How long that
//! lasts differs from camera to camera, so the pictures themselves are asked.

use std::time::Duration;

use super::format::{Layout, Offer};
use super::{CameraError, jpeg};

/// Every so many pictures are compared, for a JPEG must be decoded to be: with all of them a look would
/// decode five pictures instead of three.
const EVERY: u32 = 3;

/// Mean brightness, of 255, that may change between pictures that are compared once
/// exposure is found. A person moving at a desk changes it by less than 2 in
/// 33 ms (rendered set: 40 cm nearer changes it by 9).
const STEADY: f32 = 6.0;

/// Exposure that has not settled by then, under flickering light, never will.
pub(super) const LONGEST: Duration = Duration::from_millis(1500);

/// Watches brightness from picture to picture.
#[derive(Debug, Default)]
pub(super) struct Settling {
    last: Option<f32>,
    /// Pictures that need not be compared.
    skipped: u32,
}

impl Settling {
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

/// Mean brightness, 0 to 255, of the bytes that a camera delivered. Only JPEG is decoded for it.
pub(super) fn brightness(bytes: &[u8], offer: Offer) -> Result<f32, CameraError> {
    let pixels = offer.width as usize * offer.height as usize;
    // Every 16th pixel will do: its luma, or green, which is most of what the eye calls brightness.
    let (first, step, end) = match offer.layout {
        Layout::Yuyv => (0, 2 * 16, 2 * pixels),
        Layout::Nv12 | Layout::Grey => (0, 16, pixels),
        Layout::Rgb | Layout::Bgr => (1, 3 * 16, 3 * pixels),
        Layout::Mjpeg => {
            let luma = jpeg::luma(bytes, offer.size())?;
            return Ok(mean(luma.iter().step_by(16)));
        }
        Layout::Other(_) => {
            return Err(CameraError::NoUsableFormat {
                offered: offer.layout.to_string(),
            });
        }
    };
    let bytes = bytes.get(..end).ok_or(CameraError::Damaged)?;
    Ok(mean(bytes.iter().skip(first).step_by(step)))
}

fn mean<'a>(bytes: impl Iterator<Item = &'a u8>) -> f32 {
    let (sum, count) = bytes.fold((0_u64, 0_u64), |(sum, count), &byte| {
        (sum + u64::from(byte), count + 1)
    });
    sum as f32 / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::super::format::Rate;
    use super::*;

    /// The number of the first picture used, at 30 a second.
    fn used(brightness: &[f32]) -> Option<usize> {
        let mut settling = Settling::default();
        brightness.iter().enumerate().position(|(n, &b)| {
            settling.is_due() && settling.is_settled(b, Duration::from_millis(33 * n as u64))
        })
    }

    #[test]
    fn brightness_is_that_of_the_luma_in_every_layout() {
        let rows: [(Layout, [u8; 6], f32); 4] = [
            (Layout::Yuyv, [90, 128, 90, 128, 90, 128], 90.0),
            (Layout::Grey, [90; 6], 90.0),
            (Layout::Rgb, [1, 90, 1, 1, 90, 1], 90.0),
            (Layout::Nv12, [90; 6], 90.0),
        ];
        for (layout, six, wanted) in rows {
            let offer = Offer {
                layout,
                width: 60,
                height: 40,
                rate: Rate::whole(30),
            };
            let bytes = six.repeat(60 * 40);
            assert_eq!(brightness(&bytes, offer), Ok(wanted), "{layout}");
            assert_eq!(
                brightness(&bytes[..100], offer),
                Err(CameraError::Damaged),
                "{layout}"
            );
        }
    }

    #[test]
    fn the_first_picture_after_the_exposure_settled_is_used() {
        let flicker: Vec<f32> = (0..60)
            .map(|n| if n % 2 == 0 { 60.0 } else { 120.0 })
            .collect();
        let rows: [(&str, Vec<f32>, Option<usize>); 4] = [
            ("settled already", vec![110.0; 10], Some(3)),
            (
                "from black",
                vec![
                    0.0, 5.0, 30.0, 70.0, 95.0, 104.0, 106.0, 107.0, 107.0, 107.0,
                ],
                Some(9),
            ),
            ("flicker ends at the limit", flicker, Some(48)),
            ("not yet", vec![10.0, 40.0], None),
        ];
        for (name, brightness, wanted) in rows {
            assert_eq!(used(&brightness), wanted, "{name}");
        }
    }
}
