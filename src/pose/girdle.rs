//! Describes the shoulder girdle of somebody in front of the camera, by a network of our own.
//!
//! `tools/shoulders` renders its pictures, teaches and converts it (`models/README.md`). Its crop is cut as the pictures
//! that it was taught with were: the constants are those of `tools/shoulders/crops.py`.

use image::RgbImage;
use sitwell_kernels::{Grid, Picture, sample};
use tract_onnx::prelude::tract_ndarray::Array4;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

use super::model::{self, Network, PoseError};
use crate::landmarks::{Girdle, Joint, Landmarks};

/// The input's size in pixels.
const WIDE: usize = 128;
const HIGH: usize = 112;
/// Where the middle of the shoulder joints lies in it.
const MIDDLE: [f32; 2] = [64.0, 72.0];
/// How far apart they are in it.
const ACROSS: f32 = 80.0;
/// The pose model's shoulders lie nearer to each other than the skeleton's, by this factor, and higher, by this share of
/// their distance: medians of the posture set's pictures from in front.
const NEARER: f32 = 0.965;
const HIGHER: f32 = 0.036;
/// What lies beyond the picture: grey.
const OUTSIDE: u8 = 128;
/// Each crop is brought to this mean. A room that is five times as dark as at the calibration then costs 0.5 degrees
/// instead of 2.9 (`tools/shoulders/robust.py`).
const BRIGHTNESS: f32 = 0.4;
/// A crop darker than this is not raised any further.
const DARKEST: f32 = 0.02;
/// Points are stored in hundredths of this share of the picture's height: pixels of a picture of 640 x 480.
const ROWS: f32 = 480.0;
/// Shoulder joints that are found at this many times their expected distance, or a part of it, are none. Our choice: the
/// network was taught with crops that are up to a fifth too large or too small.
const MOST_OFF: f32 = 1.6;
/// A crop is sampled at most so many times as finely as it is looked at.
const FINEST: usize = 6;

/// The shoulder network, loaded.
pub(super) struct ShoulderNetwork {
    network: Network,
}

impl ShoulderNetwork {
    pub(super) fn load() -> Result<ShoulderNetwork, PoseError> {
        Ok(ShoulderNetwork {
            network: model::girdle()?,
        })
    }

    /// The shoulders of somebody with these joints. None where the joints give no place to look.
    ///
    /// The joints say where to look first, and the network itself where to look again. The posture set gains .03
    /// degrees by that, and people of another recipe, whose joints are off by more, .15 (ACCURACY.md).
    pub(super) fn detect(
        &self,
        picture: &RgbImage,
        joints: &Landmarks,
    ) -> Result<Option<Girdle>, PoseError> {
        let Some(first) = Crop::around(joints, picture) else {
            return Ok(None);
        };
        self.describe(picture, &first)
            .map_err(|source| PoseError::Failed {
                stage: "shoulder",
                source: source.into(),
            })
    }

    fn describe(&self, picture: &RgbImage, first: &Crop) -> TractResult<Option<Girdle>> {
        let found = self.infer(first.pixels(picture))?;
        let Some(crop) = first.again(&found.points) else {
            return Ok(None);
        };
        let input = crop.pixels(picture);
        let mut mirrored = input.clone();
        for row in mirrored.chunks_exact_mut(WIDE) {
            row.reverse();
        }
        let step = crop.step / picture.height() as f32 * ROWS;
        let plain = self.infer(input)?.values(step);
        let mirrored = self.infer(mirrored)?.values(step);
        let is_finite = plain.iter().chain(&mirrored).all(|value| value.is_finite());
        Ok(is_finite.then_some(Girdle { plain, mirrored }))
    }

    fn infer(&self, input: Vec<f32>) -> TractResult<Found> {
        let input = Array4::from_shape_vec((1, 3, HIGH, WIDE), input)?;
        let outputs = self.network.run(tvec!(Tensor::from(input).into()))?;
        let (points, embedding) = (
            outputs[0].try_as_plain_ram()?,
            outputs[1].try_as_plain_ram()?,
        );
        let (points, _) = points.as_slice::<f32>()?.as_chunks::<2>();
        let embedding = embedding.as_slice::<f32>()?;
        ensure!(embedding.len() + 2 * points.len() == Girdle::VALUES);
        Ok(Found {
            points: points.to_vec(),
            embedding: embedding.to_vec(),
        })
    }
}

/// What the network finds in one input.
struct Found {
    /// In pixels of the input.
    points: Vec<[f32; 2]>,
    embedding: Vec<f32>,
}

impl Found {
    /// The points of the right and the left acromion, and of the shoulder joints.
    const ACROMIA: [usize; 2] = [0, 1];
    const JOINTS: [usize; 2] = [3, 4];

    /// The embedding, and the points from the middle of the acromia. `step`: rows of the picture, of [`ROWS`], in a
    /// pixel of the input.
    fn values(mut self, step: f32) -> Vec<f32> {
        let [right, left] = Found::ACROMIA.map(|at| self.points[at]);
        let middle = [0, 1].map(|axis| (right[axis] + left[axis]) / 2.0);
        let relative = |point: &[f32; 2]| [0, 1].map(|at| (point[at] - middle[at]) * step / 100.0);
        self.embedding.extend(self.points.iter().flat_map(relative));
        self.embedding
    }
}

/// Where the input lies in a picture.
struct Crop {
    /// Its corner, in pixels of the picture.
    corner: [f32; 2],
    /// Pixels of the picture in one of it.
    step: f32,
}

impl Crop {
    fn around(joints: &Landmarks, picture: &RgbImage) -> Option<Crop> {
        let height = picture.height() as f32;
        let at = |joint: Joint| [joints[joint].x * height, joints[joint].y * height];
        let (left, right) = (at(Joint::LeftShoulder), at(Joint::RightShoulder));
        let across = (left[0] - right[0]).hypot(left[1] - right[1]) / NEARER;
        let middle = [
            (left[0] + right[0]) / 2.0,
            (left[1] + right[1]) / 2.0 + HIGHER * across,
        ];
        Crop::of(middle, across)
    }

    /// The crop whose shoulder joints have this middle and distance, in pixels of the picture.
    fn of(middle: [f32; 2], across: f32) -> Option<Crop> {
        let step = across / ACROSS;
        let corner = [0, 1].map(|axis| middle[axis] - MIDDLE[axis] * step);
        let is_somewhere = step.is_finite() && step > 0.0 && corner.iter().all(|at| at.is_finite());
        is_somewhere.then_some(Crop { corner, step })
    }

    /// The crop about the shoulder joints that were found in this one. None if these lie quite elsewhere.
    fn again(&self, points: &[[f32; 2]]) -> Option<Crop> {
        let [right, left] = Found::JOINTS.map(|at| points[at]);
        let across = (left[0] - right[0]).hypot(left[1] - right[1]);
        let middle =
            [0, 1].map(|axis| self.corner[axis] + (right[axis] + left[axis]) / 2.0 * self.step);
        let is_likely = (across / ACROSS).max(ACROSS / across) < MOST_OFF;
        Crop::of(middle, across * self.step).filter(|_| is_likely)
    }

    /// Red, green and blue of the input, 0 to 1. Each pixel is the mean of what it covers of the picture.
    fn pixels(&self, picture: &RgbImage) -> Vec<f32> {
        let finer = (self.step.ceil() as usize).clamp(1, FINEST);
        let step = self.step / finer as f32;
        let grid = Grid {
            // Whole numbers are the middles of pixels.
            origin: (
                self.corner[0] + step / 2.0 - 0.5,
                self.corner[1] + step / 2.0 - 0.5,
            ),
            across: (step, 0.0),
            down: (0.0, step),
            columns: WIDE * finer,
            rows: HIGH * finer,
        };
        let picture = Picture {
            pixels: picture.as_raw(),
            width: picture.width(),
            height: picture.height(),
            outside: Some(OUTSIDE),
        };
        let mut fine = vec![0.0; 3 * grid.columns * grid.rows];
        sample(picture, grid, (0.0, 1.0), &mut fine);
        let mut pixels = vec![0.0; 3 * WIDE * HIGH];
        let rows = fine.chunks_exact(grid.columns).enumerate();
        for (row, from) in rows {
            let to = &mut pixels[row / finer * WIDE..][..WIDE];
            for (to, from) in to.iter_mut().zip(from.chunks_exact(finer)) {
                *to += from.iter().sum::<f32>();
            }
        }
        let covered = (finer * finer) as f32;
        let mean = pixels.iter().sum::<f32>() / covered / pixels.len() as f32;
        let gain = BRIGHTNESS / mean.max(DARKEST) / covered;
        for pixel in &mut pixels {
            *pixel = (*pixel * gain).min(1.0);
        }
        pixels
    }
}
