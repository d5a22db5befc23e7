//! Finds the joints of one person: `MediaPipe`'s pose landmark model.
//!
//! Constants: `modules/pose_landmark/pose_landmark_by_roi_cpu.pbtxt` and
//! `modules/pose_landmark/tensors_to_pose_landmarks_and_segmentation.pbtxt`.

use std::path::PathBuf;

use image::RgbImage;
use tract_onnx::prelude::*;

use super::model::{self, Network, PoseError};
use super::region::{Border, Mirror, Region};
use crate::frame::PictureSize;
use crate::landmarks::{Joint, Landmark, Landmarks, WorldPoint};
use crate::settings::ModelVariant;

/// Side of the network's input in pixels.
const INPUT: usize = 256;
/// x, y, z, visibility, presence.
const VALUES: usize = 5;
/// Below this confidence there is no person in the region
/// (`ThresholdingCalculator` in `pose_landmark_by_roi_cpu.pbtxt`).
const MIN_PRESENCE: f32 = 0.5;

/// The landmark model, loaded.
pub(super) struct Landmarker {
    network: Network,
}

impl Landmarker {
    pub(super) fn load(variant: ModelVariant, heavy: &[PathBuf]) -> Result<Landmarker, PoseError> {
        Ok(Landmarker {
            network: model::landmarker(variant, heavy)?,
        })
    }

    /// The joints of the person in the region, or none when nobody is in it.
    pub(super) fn detect(
        &self,
        picture: &RgbImage,
        region: Region,
        mirror: Mirror,
    ) -> Result<Option<Landmarks>, PoseError> {
        let input = region.sample(picture, INPUT, Border::Edge, mirror, (0.0, 1.0));
        let found = self.infer(input, picture, region, mirror);
        found.map_err(|source| PoseError::Failed {
            stage: "landmark",
            source: source.into(),
        })
    }

    fn infer(
        &self,
        input: Tensor,
        picture: &RgbImage,
        region: Region,
        mirror: Mirror,
    ) -> TractResult<Option<Landmarks>> {
        let outputs = self.network.run(tvec!(input.into()))?;
        let presence = outputs[1].to_plain_array_view::<f32>()?[[0, 0]];
        let is_person = presence >= MIN_PRESENCE;
        if !is_person {
            return Ok(None);
        }
        let raw = outputs[0].to_plain_array_view::<f32>()?;
        let world = outputs[2].to_plain_array_view::<f32>()?;
        let value = |point: usize, at: usize| raw[[0, point * VALUES + at]];
        let heat = outputs[3].to_plain_array_view::<f32>()?;
        let position = |point: usize| {
            let (u, v) = (
                value(point, 0) / INPUT as f32,
                value(point, 1) / INPUT as f32,
            );
            let (u, v) = refine((u, v), |row, column| sigmoid(heat[[0, row, column, point]]));
            match mirror {
                Mirror::No => region.to_picture(u, v),
                Mirror::Yes => region.to_picture(1.0 - u, v),
            }
        };
        // In a mirrored crop the person's left shows as right.
        let output = |joint: usize| match mirror {
            Mirror::No => joint,
            Mirror::Yes => Joint::ALL[joint].0.mirrored() as usize,
        };
        let size = PictureSize {
            width: picture.width(),
            height: picture.height(),
        };
        let height = size.height as f32;
        let points: [Landmark; Joint::COUNT] = std::array::from_fn(|joint| {
            let point = output(joint);
            let (x, y) = position(point);
            Landmark {
                x: x / height,
                y: y / height,
                z: value(point, 2) / INPUT as f32 * region.side / height,
                visibility: sigmoid(value(point, 3)),
                presence: sigmoid(value(point, 4)),
            }
        });
        // World points are rotated as the region is
        // (`calculators/util/world_landmark_projection_calculator.cc`).
        let (sin, cos) = region.rotation.sin_cos();
        let side = match mirror {
            Mirror::No => 1.0,
            Mirror::Yes => -1.0,
        };
        let world = std::array::from_fn(|joint| {
            let [x, y, z] = std::array::from_fn(|at| world[[0, output(joint) * 3 + at]]);
            let x: f32 = x * side;
            WorldPoint {
                x: x * cos - y * sin,
                y: x * sin + y * cos,
                z,
            }
        });
        // Overflow in the network would give joints that are nowhere.
        let is_somewhere = points.iter().all(|point| (point.x + point.y).is_finite());
        Ok(is_somewhere.then_some(Landmarks {
            points,
            world,
            presence,
            picture: size,
        }))
    }
}

/// Moves a point (0..1 in the crop) to the centre of the heat around it, if there is enough heat.
/// Without this step joints lie 1.1 % of the picture's height from upstream's, with it 0.2 %.
///
/// `calculators/util/refine_landmarks_from_heatmap_calculator.cc`; `kernel_size: 7`
/// in the graph, and the calculator's default `min_confidence_to_refine`.
fn refine(point: (f32, f32), heat: impl Fn(usize, usize) -> f32) -> (f32, f32) {
    const CELLS: i32 = 64;
    const REACH: i32 = 3;
    const MIN_CONFIDENCE: f32 = 0.5;
    let (column, row) = (
        (point.0 * CELLS as f32) as i32,
        (point.1 * CELLS as f32) as i32,
    );
    if !(0..CELLS).contains(&column) || !(0..CELLS).contains(&row) {
        return point;
    }
    let around = |cell: i32| (cell - REACH).max(0) as usize..(cell + REACH + 1).min(CELLS) as usize;
    let (mut sum, mut highest, mut across, mut down) = (0.0_f32, 0.0_f32, 0.0, 0.0);
    for row in around(row) {
        for column in around(column) {
            let confidence = heat(row, column);
            sum += confidence;
            highest = highest.max(confidence);
            across += column as f32 * confidence;
            down += row as f32 * confidence;
        }
    }
    if highest < MIN_CONFIDENCE {
        return point;
    }
    (across / sum / CELLS as f32, down / sum / CELLS as f32)
}

fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// Takes any numbers as a point and the heat around it.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzz(numbers: &[f32]) {
    if let [u, v, heat @ ..] = numbers
        && !heat.is_empty()
    {
        let _ = refine((*u, *v), |row, column| {
            heat[(row * 64 + column) % heat.len()]
        });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn somebody_whose_joints_are_nowhere_is_nobody() {
        let landmarker = Landmarker::load(ModelVariant::Full, &[]).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landmarks");
        let picture = image::open(folder.join("s02_front_top_00_neutral.jpg")).unwrap();
        let picture = picture.into_rgb8();
        let square = Region::letterbox(picture.width(), picture.height());
        let sampled = square.sample(&picture, INPUT, Border::Edge, Mirror::No, (0.0, 1.0));
        let found = |region: Region| {
            let found = landmarker.infer(sampled.clone(), &picture, region, Mirror::No);
            found.unwrap().is_some()
        };
        assert!(found(square));
        for x in [f32::INFINITY, f32::NAN] {
            assert!(!found(Region { x, ..square }));
        }
    }

    #[test]
    fn a_point_moves_to_the_heat_beside_it() {
        let (u, v) = refine((0.5, 0.5), |row, column| {
            if (row, column) == (33, 30) { 0.9 } else { 0.0 }
        });
        assert_eq!((u, v), (30.0 / 64.0, 33.0 / 64.0));
    }

    #[test]
    fn a_point_stays_where_there_is_little_heat_or_none() {
        assert_eq!(refine((0.5, 0.5), |_, _| 0.4), (0.5, 0.5));
        assert_eq!(refine((1.2, 0.5), |_, _| 0.9), (1.2, 0.5));
    }
}
