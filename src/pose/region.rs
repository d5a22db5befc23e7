//! Samples a square of a picture, which may be rotated, into a model's input.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use image::RgbImage;
use tract_onnx::prelude::{Tensor, tract_ndarray::Array4};

/// A rotated square in a picture, in pixels. It may reach beyond the edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Region {
    /// Centre, in pixels from the left edge.
    pub(super) x: f32,
    /// Centre, in pixels from the top edge.
    pub(super) y: f32,
    /// Side length in pixels.
    pub(super) side: f32,
    /// Clockwise, in radians.
    pub(super) rotation: f32,
}

/// What lies beyond the picture's edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Border {
    /// Black, as upstream pads the detector's input (`border_mode: BORDER_ZERO`
    /// in `modules/pose_detection/pose_detection_cpu.pbtxt`).
    Black,
    /// The edge's pixels repeated, upstream's default for the landmark model.
    Edge,
}

/// Whether left and right are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mirror {
    /// They are not.
    No,
    /// They are.
    Yes,
}

impl Mirror {
    pub(super) const BOTH: [Mirror; 2] = [Mirror::No, Mirror::Yes];
}

impl Region {
    /// The square around the whole picture, centred, as `keep_aspect_ratio`
    /// letterboxes it (`calculators/tensor/image_to_tensor_utils.cc`, `PadRoi`).
    pub(super) fn letterbox(width: u32, height: u32) -> Region {
        let (width, height) = (width as f32, height as f32);
        Region {
            x: width / 2.0,
            y: height / 2.0,
            side: width.max(height),
            rotation: 0.0,
        }
    }

    /// The square that upstream derives from two alignment points: centred on the first, twice as
    /// wide as their distance times 1.25, and rotated so that the second is straight above it.
    ///
    /// `calculators/util/alignment_points_to_rects_calculator.cc`, and
    /// `target_angle_degrees: 90`, `scale_x: 1.25`, `square_long: true` in
    /// `modules/pose_landmark/pose_{detection,landmarks}_to_roi.pbtxt`.
    pub(super) fn from_alignment(centre: (f32, f32), above: (f32, f32)) -> Region {
        const SCALE: f32 = 1.25;
        let (dx, dy) = (above.0 - centre.0, above.1 - centre.1);
        let rotation = FRAC_PI_2 - (-dy).atan2(dx);
        Region {
            x: centre.0,
            y: centre.1,
            side: 2.0 * dx.hypot(dy) * SCALE,
            rotation: rotation - TAU * ((rotation + PI) / TAU).floor(),
        }
    }

    /// Where a point of the crop (0..1 on both axes) lies in the picture, in pixels.
    pub(super) fn to_picture(self, u: f32, v: f32) -> (f32, f32) {
        let (a, b) = ((u - 0.5) * self.side, (v - 0.5) * self.side);
        let (sin, cos) = self.rotation.sin_cos();
        (self.x + a * cos - b * sin, self.y + a * sin + b * cos)
    }

    /// Intersection over union of two squares, their rotation ignored.
    pub(super) fn overlap(self, other: Region) -> f32 {
        let intersection = |a: f32, b: f32| {
            let low = (a - self.side / 2.0).max(b - other.side / 2.0);
            let high = (a + self.side / 2.0).min(b + other.side / 2.0);
            (high - low).max(0.0)
        };
        let both = intersection(self.x, other.x) * intersection(self.y, other.y);
        both / (self.side.powi(2) + other.side.powi(2) - both)
    }

    /// Samples the square into a `1 x 3 x size x size` tensor.
    ///
    /// Values go from `range.0` (black) to `range.1` (white). As in upstream's `OpenCV` converter
    /// (`calculators/tensor/image_to_tensor_converter_opencv.cc`), the crop's corner falls on the
    /// square's corner, and pixels at whole coordinates are interpolated linearly.
    pub(super) fn sample(
        self,
        picture: &RgbImage,
        size: usize,
        border: Border,
        mirror: Mirror,
        range: (f32, f32),
    ) -> Tensor {
        let pixels = Pixels::of(picture, border);
        let gain = (range.1 - range.0) / 255.0;
        let step = self.side / size as f32;
        let (sin, cos) = self.rotation.sin_cos();
        let origin = self.to_picture(0.0, 0.0);
        let mut values = vec![0.0; size * size * 3];
        let (red, rest) = values.split_at_mut(size * size);
        let (green, blue) = rest.split_at_mut(size * size);
        let planes = red.iter_mut().zip(green).zip(blue);
        for (n, ((red, green), blue)) in planes.enumerate() {
            let (u, v) = (n % size, n / size);
            let across = match mirror {
                Mirror::No => u,
                Mirror::Yes => size - u,
            };
            let (a, b) = (across as f32 * step, v as f32 * step);
            let x = origin.0 + a * cos - b * sin;
            let y = origin.1 + a * sin + b * cos;
            let (left, top) = (floor(x), floor(y));
            let (fx, fy) = (x - left as f32, y - top as f32);
            let corners = pixels.square(left, top);
            let value = |channel: usize| {
                let mix =
                    |row: [[f32; 3]; 2]| row[0][channel] + (row[1][channel] - row[0][channel]) * fx;
                let (upper, lower) = (mix(corners[0]), mix(corners[1]));
                range.0 + (upper + (lower - upper) * fy) * gain
            };
            (*red, *green, *blue) = (value(0), value(1), value(2));
        }
        let shaped = Array4::from_shape_vec((1, 3, size, size), values);
        shaped.map_or_else(
            |_| unreachable!("there are size * size * 3 values"),
            Tensor::from,
        )
    }
}

/// A picture that continues beyond its edges.
struct Pixels<'p> {
    raw: &'p [u8],
    width: i32,
    height: i32,
    border: Border,
}

impl<'p> Pixels<'p> {
    fn of(picture: &'p RgbImage, border: Border) -> Pixels<'p> {
        Pixels {
            raw: picture.as_raw(),
            width: picture.width() as i32,
            height: picture.height() as i32,
            border,
        }
    }

    /// Two pixels of a row and the two below them.
    #[inline(always)]
    fn square(&self, left: i32, top: i32) -> [[[f32; 3]; 2]; 2] {
        // Beside each other in the picture: read at once. At a desk half of a crop lies below the picture, so rows
        // beyond the edge count as well.
        if self.border == Border::Edge && (0..self.width - 1).contains(&left) {
            let pair = |row: i32| {
                let row = row.min(self.height - 1).max(0);
                let start = ((row * self.width + left) * 3) as usize;
                self.raw.get(start..)?.first_chunk::<6>().copied()
            };
            if let (Some(upper), Some(lower)) = (pair(top), pair(top.wrapping_add(1))) {
                return [upper, lower].map(|[a, b, c, d, e, f]| {
                    [[a, b, c], [d, e, f]].map(|pixel| pixel.map(f32::from))
                });
            }
        }
        [top, top.wrapping_add(1)]
            .map(|row| [left, left.wrapping_add(1)].map(|column| self.at(column, row)))
    }

    #[inline(always)]
    fn at(&self, column: i32, row: i32) -> [f32; 3] {
        // Unlike `clamp` these do not panic on a picture without pixels.
        let nearest = (
            column.min(self.width - 1).max(0),
            row.min(self.height - 1).max(0),
        );
        if self.border == Border::Black && nearest != (column, row) {
            return [0.0; 3];
        }
        let start = ((nearest.1 * self.width + nearest.0) * 3) as usize;
        match self.raw.get(start..start + 3) {
            Some(&[red, green, blue]) => [red, green, blue].map(f32::from),
            _ => [0.0; 3],
        }
    }
}

/// The whole number at or below. `f32::floor` is a function call where the processor may lack SSE 4.1.
/// Of a value that no `i32` is near it is any number: what is sampled there means nothing anyway.
fn floor(value: f32) -> i32 {
    let whole = value as i32;
    whole.wrapping_sub(i32::from((whole as f32) > value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_upright_above_its_centre_is_not_rotated() {
        let region = Region::from_alignment((100.0, 200.0), (100.0, 150.0));
        assert!(region.rotation.abs() < 1e-6);
        assert!((region.side - 125.0).abs() < 1e-3);
    }

    #[test]
    fn a_head_to_the_right_rotates_the_region_clockwise() {
        let region = Region::from_alignment((100.0, 200.0), (150.0, 200.0));
        assert!((region.rotation - FRAC_PI_2).abs() < 1e-6);
        let (x, y) = region.to_picture(0.5, 0.0);
        assert!(
            x > 100.0 && (y - 200.0).abs() < 1e-3,
            "the crop's top is to the right: {x} {y}"
        );
    }

    #[test]
    fn a_region_that_is_nowhere_can_be_sampled() {
        let picture = RgbImage::from_pixel(4, 2, image::Rgb([255; 3]));
        for number in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, 3e9] {
            for (x, side) in [(number, 1.0), (0.0, number), (-number, number)] {
                let region = Region {
                    x,
                    y: -x,
                    side,
                    rotation: 0.0,
                };
                for border in [Border::Black, Border::Edge] {
                    let sampled = region.sample(&picture, 2, border, Mirror::Yes, (0.0, 1.0));
                    assert_eq!(sampled.shape(), [1, 3, 2, 2]);
                }
            }
        }
    }

    #[test]
    fn what_lies_outside_is_black_or_the_edge() {
        let white = RgbImage::from_pixel(4, 2, image::Rgb([255; 3]));
        let region = Region::letterbox(4, 2);
        let black = region.sample(&white, 4, Border::Black, Mirror::No, (-1.0, 1.0));
        let edge = region.sample(&white, 4, Border::Edge, Mirror::No, (0.0, 1.0));
        let black = black.to_plain_array_view::<f32>().unwrap();
        let edge = edge.to_plain_array_view::<f32>().unwrap();
        assert_eq!(black[[0, 0, 0, 0]], -1.0);
        assert_eq!(black[[0, 0, 1, 1]], 1.0);
        assert_eq!(edge[[0, 0, 0, 0]], 1.0);
    }
}
