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
use super::region::Mirror;
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
/// A crop serves for the next picture while the shoulder joints lie within so many pixels of their place in it, and
/// their distance within this share. Our choice: half as much again as crops of one person differed in training.
const SAME_PLACE: f32 = 3.0;
const SAME_SIZE: f32 = 1.04;
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

    /// The shoulders of somebody with these joints, seen in each of `ways`, and where to look in the next picture. None
    /// where the joints give no place to look.
    ///
    /// `last` is where the picture before says to look. Without it the joints say where to look first, and the network
    /// itself where to look again: the posture set gains .03 degrees by that, and people of another recipe, whose
    /// joints are off by more, .15 (ACCURACY.md).
    pub(super) fn detect(
        &self,
        picture: &RgbImage,
        joints: &Landmarks,
        last: Option<ShoulderCrop>,
        ways: &[Mirror],
    ) -> Result<Option<(Girdle, ShoulderCrop)>, PoseError> {
        self.describe(picture, joints, last, ways)
            .map_err(|source| PoseError::Failed {
                stage: "shoulder",
                source: source.into(),
            })
    }

    fn describe(
        &self,
        picture: &RgbImage,
        joints: &Landmarks,
        last: Option<ShoulderCrop>,
        ways: &[Mirror],
    ) -> TractResult<Option<(Girdle, ShoulderCrop)>> {
        let first = match last {
            Some(last) => Some(last),
            None => match ShoulderCrop::around(joints, picture) {
                Some(around) => around.again(&self.infer(around.pixels(picture), Mirror::No)?),
                None => None,
            },
        };
        let Some(mut crop) = first else {
            return Ok(None);
        };
        let mut girdle = Girdle::default();
        for way in ways {
            let mut found = self.infer(crop.pixels(picture), *way)?;
            let Some(now) = crop.again(&found) else {
                return Ok(None);
            };
            if !now.is_near(&crop) {
                crop = now;
                found = self.infer(crop.pixels(picture), *way)?;
            }
            let values = found.values(crop.step / picture.height() as f32 * ROWS);
            if !values.iter().all(|value| value.is_finite()) {
                return Ok(None);
            }
            match way {
                Mirror::No => girdle.plain = Some(values),
                Mirror::Yes => girdle.mirrored = Some(values),
            }
        }
        Ok(Some((girdle, crop)))
    }

    /// What is found in an input, or in its mirror image.
    fn infer(&self, mut input: Vec<f32>, way: Mirror) -> TractResult<Found> {
        if way == Mirror::Yes {
            for row in input.chunks_exact_mut(WIDE) {
                row.reverse();
            }
        }
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
            way,
        })
    }
}

/// What the network finds in one input.
struct Found {
    /// In pixels of the input.
    points: Vec<[f32; 2]>,
    embedding: Vec<f32>,
    way: Mirror,
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShoulderCrop {
    /// Its corner, in pixels of the picture.
    corner: [f32; 2],
    /// Pixels of the picture in one of it.
    step: f32,
}

impl ShoulderCrop {
    fn around(joints: &Landmarks, picture: &RgbImage) -> Option<ShoulderCrop> {
        let height = picture.height() as f32;
        let at = |joint: Joint| [joints[joint].x * height, joints[joint].y * height];
        let (left, right) = (at(Joint::LeftShoulder), at(Joint::RightShoulder));
        let across = (left[0] - right[0]).hypot(left[1] - right[1]) / NEARER;
        let middle = [
            (left[0] + right[0]) / 2.0,
            (left[1] + right[1]) / 2.0 + HIGHER * across,
        ];
        ShoulderCrop::of(middle, across)
    }

    /// The crop whose shoulder joints have this middle and distance, in pixels of the picture.
    fn of(middle: [f32; 2], across: f32) -> Option<ShoulderCrop> {
        let step = across / ACROSS;
        let corner = [0, 1].map(|axis| middle[axis] - MIDDLE[axis] * step);
        let is_somewhere = step.is_finite() && step > 0.0 && corner.iter().all(|at| at.is_finite());
        is_somewhere.then_some(ShoulderCrop { corner, step })
    }

    /// The crop about the shoulder joints that were found in this one. None if these lie quite elsewhere.
    fn again(&self, found: &Found) -> Option<ShoulderCrop> {
        let [right, left] = Found::JOINTS.map(|at| found.points[at]);
        let across = (left[0] - right[0]).hypot(left[1] - right[1]);
        let middle = [(right[0] + left[0]) / 2.0, (right[1] + left[1]) / 2.0];
        let middle = match found.way {
            Mirror::No => middle,
            Mirror::Yes => [WIDE as f32 - middle[0], middle[1]],
        };
        let middle = [0, 1].map(|axis| self.corner[axis] + middle[axis] * self.step);
        let is_likely = (across / ACROSS).max(ACROSS / across) < MOST_OFF;
        ShoulderCrop::of(middle, across * self.step).filter(|_| is_likely)
    }

    /// Whether another crop shows the shoulders as well as this one.
    fn is_near(&self, other: &ShoulderCrop) -> bool {
        let ratio = self.step / other.step;
        let middle =
            |crop: &ShoulderCrop, axis: usize| crop.corner[axis] + MIDDLE[axis] * crop.step;
        let apart = [0, 1].map(|axis| (middle(self, axis) - middle(other, axis)).abs());
        ratio.max(1.0 / ratio) < SAME_SIZE && apart.iter().all(|by| *by < SAME_PLACE * self.step)
    }

    /// Red, green and blue of the input, 0 to 1. Each pixel is the mean of what it covers of the picture.
    fn pixels(&self, picture: &RgbImage) -> Vec<f32> {
        let finer = (self.step.ceil() as usize).clamp(1, FINEST);
        let step = self.step / finer as f32;
        let whole = Picture {
            pixels: picture.as_raw(),
            width: picture.width(),
            height: picture.height(),
            outside: Some(OUTSIDE),
        };
        let (columns, plane) = (WIDE * finer, WIDE * HIGH);
        let mut fine = vec![0.0; 3 * columns * finer];
        let mut pixels = vec![0.0; 3 * plane];
        for row in 0..HIGH {
            let grid = Grid {
                // Whole numbers are the middles of pixels.
                origin: (
                    self.corner[0] + step / 2.0 - 0.5,
                    self.corner[1] + row as f32 * self.step + step / 2.0 - 0.5,
                ),
                across: (step, 0.0),
                down: (0.0, step),
                columns,
                rows: finer,
            };
            sample(whole, grid, (0.0, 1.0), &mut fine);
            for (line, from) in fine.chunks_exact(columns).enumerate() {
                let to = &mut pixels[line / finer * plane + row * WIDE..][..WIDE];
                for (to, from) in to.iter_mut().zip(from.chunks_exact(finer)) {
                    *to += from.iter().sum::<f32>();
                }
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::pose::{Crop, Pose};
    use crate::settings::ModelVariant;

    #[test]
    fn the_crop_follows_the_shoulders() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landmarks");
        let picture = image::open(folder.join("s02_front_top_00_neutral.jpg")).unwrap();
        let picture = picture.into_rgb8();
        let pose = Pose::load(ModelVariant::Full, &[]).unwrap();
        let crops = pose.detect_crops(&picture, &Crop::ALL[..1]).unwrap();
        let joints = crops[0].as_ref().unwrap();
        let network = ShoulderNetwork::load().unwrap();
        let look = |picture: &RgbImage, last: Option<ShoulderCrop>, ways: &[Mirror]| {
            let found = network.detect(picture, joints, last, ways).unwrap();
            found.unwrap()
        };
        let (girdle, crop) = look(&picture, None, &Mirror::BOTH);
        assert_eq!(
            look(&picture, Some(crop), &Mirror::BOTH),
            (girdle.clone(), crop)
        );
        let (half, _) = look(&picture, Some(crop), &[Mirror::Yes]);
        assert_eq!((half.plain, half.mirrored), (None, girdle.mirrored));
        for (across, down) in [(30, 0), (-20, 12)] {
            let mut moved = RgbImage::new(picture.width(), picture.height());
            image::imageops::overlay(&mut moved, &picture, across, down);
            let (_, found) = look(&moved, Some(crop), &Mirror::BOTH);
            let by = [0, 1].map(|axis| found.corner[axis] - crop.corner[axis]);
            let apart = (by[0] - across as f32).hypot(by[1] - down as f32);
            assert!(apart < 2.0 * SAME_PLACE * crop.step, "{by:?}");
        }
    }
}
