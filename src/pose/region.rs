//! Samples a square of a picture, which may be rotated, into a model's input.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use image::RgbImage;
use sitwell_kernels::{Grid, Picture, sample};
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
        let (left, right) = match mirror {
            Mirror::No => (0.0, 1.0),
            Mirror::Yes => (1.0, 0.0),
        };
        let origin = self.to_picture(left, 0.0);
        let step = |to: (f32, f32)| {
            let size = size as f32;
            ((to.0 - origin.0) / size, (to.1 - origin.1) / size)
        };
        let grid = Grid {
            origin,
            across: step(self.to_picture(right, 0.0)),
            down: step(self.to_picture(left, 1.0)),
            columns: size,
            rows: size,
        };
        let picture = Picture {
            pixels: picture.as_raw(),
            width: picture.width(),
            height: picture.height(),
            outside: (border == Border::Black).then_some(0),
        };
        let mut values = vec![0.0; size * size * 3];
        sample(picture, grid, range, &mut values);
        let shaped = Array4::from_shape_vec((1, 3, size, size), values);
        shaped.map_or_else(
            |_| unreachable!("there are size * size * 3 values"),
            Tensor::from,
        )
    }
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
        for (found, expected) in [
            (black[[0, 0, 0, 0]], -1.0),
            (black[[0, 0, 1, 1]], 1.0),
            (edge[[0, 0, 0, 0]], 1.0),
        ] {
            let apart: f32 = found - expected;
            assert!(apart.abs() < 1e-6, "{found} {expected}");
        }
    }
}
