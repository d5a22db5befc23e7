//! Pictures that show too little: darkened, or through a covered lens.

use image::RgbImage;

/// Darkened, with the sensor noise of about 2 of 255 that gain adds.
pub(crate) fn darkened(picture: &RgbImage, to: f32) -> RgbImage {
    let mut dark = picture.clone();
    let mut seed = 1_u32;
    for value in dark.iter_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 30) as f32 - 1.5;
        *value = (f32::from(*value) * to + noise).clamp(0.0, 255.0) as u8;
    }
    dark
}

/// A finger or a paper on the lens: no detail, a soft gradient, some noise.
pub(crate) fn covered(brightness: f32) -> RgbImage {
    let gradient = RgbImage::from_fn(640, 480, |x, y| {
        let value = brightness * (1.0 + (x as f32 / 640.0 - y as f32 / 480.0) * 0.1);
        image::Rgb([value as u8, (value * 0.9) as u8, (value * 0.9) as u8])
    });
    darkened(&gradient, 1.0)
}
