//! Finds people in a picture: `MediaPipe`'s pose detector.
//!
//! Constants: `modules/pose_detection/pose_detection_cpu.pbtxt`.

use image::RgbImage;
use tract_onnx::prelude::*;

use super::model::{self, Network, PoseError};
use super::region::{Border, Mirror, Region};

/// Side of the network's input in pixels.
const INPUT: usize = 224;
/// `SsdAnchorsCalculator`: grid cells along a side, and anchors in each cell.
/// Strides 8, 16, 32, 32, 32, two anchors a layer; layers of one stride share cells.
const GRIDS: [(usize, usize); 3] = [(28, 2), (14, 2), (7, 6)];
/// `min_score_thresh` of `TensorsToDetectionsCalculator`: candidates below it do not count.
const MIN_SCORE: f32 = 0.2;
/// The least score of a person's best candidate, the default of
/// `min_detection_confidence` in upstream's `python/solutions/pose.py`.
const MIN_CONFIDENCE: f32 = 0.5;
/// `score_clipping_thresh` of the same.
const SCORE_CLIP: f32 = 100.0;
/// `min_suppression_threshold` of `NonMaxSuppressionCalculator`.
const MIN_OVERLAP: f32 = 0.3;

/// The detector, loaded.
pub(super) struct Detector {
    network: Network,
    anchors: Vec<(f32, f32)>,
}

/// A decoded box in crop coordinates, 0..1.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    score: f32,
    /// Left, top, right, bottom.
    sides: [f32; 4],
    /// The middle of the hips, and the point that gives the body's size and rotation.
    points: [f32; 4],
}

impl Detector {
    pub(super) fn load() -> Result<Detector, PoseError> {
        let anchors = GRIDS.iter().flat_map(|&(cells, copies)| {
            let centre = move |index: usize| (index as f32 + 0.5) / cells as f32;
            (0..cells * cells).flat_map(move |cell| {
                std::iter::repeat_n((centre(cell % cells), centre(cell / cells)), copies)
            })
        });
        Ok(Detector {
            network: model::detector()?,
            anchors: anchors.collect(),
        })
    }

    /// The region around each person in a square of the picture, the most certain first.
    pub(super) fn find(
        &self,
        picture: &RgbImage,
        square: Region,
    ) -> Result<Vec<Region>, PoseError> {
        let input = square.sample(picture, INPUT, Border::Black, Mirror::No, (-1.0, 1.0));
        let candidates = self.candidates(input).map_err(|source| PoseError::Failed {
            stage: "detector",
            source: source.into(),
        })?;
        let people = suppress(candidates).into_iter().map(|person| {
            let [x0, y0, x1, y1] = person.points;
            Region::from_alignment(square.to_picture(x0, y0), square.to_picture(x1, y1))
        });
        Ok(people.collect())
    }

    fn candidates(&self, input: Tensor) -> TractResult<Vec<Candidate>> {
        let outputs = self.network.run(tvec!(input.into()))?;
        let boxes = outputs[0].to_plain_array_view::<f32>()?;
        let scores = outputs[1].to_plain_array_view::<f32>()?;
        let mut candidates = Vec::new();
        for (index, &anchor) in self.anchors.iter().enumerate() {
            let logit = scores[[0, index, 0]].clamp(-SCORE_CLIP, SCORE_CLIP);
            let score = 1.0 / (1.0 + (-logit).exp());
            if score < MIN_SCORE {
                continue;
            }
            // `fixed_anchor_size`: offsets are in input pixels from the anchor's centre.
            let x = |at: usize| boxes[[0, index, at]] / INPUT as f32 + anchor.0;
            let y = |at: usize| boxes[[0, index, at]] / INPUT as f32 + anchor.1;
            let (half_width, half_height) = (
                boxes[[0, index, 2]] / INPUT as f32 / 2.0,
                boxes[[0, index, 3]] / INPUT as f32 / 2.0,
            );
            candidates.push(Candidate {
                score,
                sides: [
                    x(0) - half_width,
                    y(1) - half_height,
                    x(0) + half_width,
                    y(1) + half_height,
                ],
                points: [x(4), y(5), x(6), y(7)],
            });
        }
        Ok(candidates)
    }
}

/// Weighted non-maximum suppression: the candidates that overlap the best one become their average,
/// weighted by score (`calculators/util/non_max_suppression_calculator.cc`, `WEIGHTED`).
fn suppress(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    // A box without area, or with an undefined side, does not overlap itself, so the loop below would never remove it.
    candidates.retain(|candidate| {
        let is_defined =
            candidate.score.is_finite() && candidate.points.iter().all(|at| at.is_finite());
        is_defined && overlap(candidate.sides, candidate.sides) > MIN_OVERLAP
    });
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut people = Vec::new();
    while let Some(&best) = candidates
        .first()
        .filter(|best| best.score >= MIN_CONFIDENCE)
    {
        let (same, others): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|other| overlap(best.sides, other.sides) > MIN_OVERLAP);
        let total: f32 = same.iter().map(|member| member.score).sum();
        let mean = |pick: &dyn Fn(&Candidate) -> f32| {
            same.iter()
                .map(|member| pick(member) * member.score)
                .sum::<f32>()
                / total
        };
        people.push(Candidate {
            score: best.score,
            sides: std::array::from_fn(|at| mean(&|member| member.sides[at])),
            points: std::array::from_fn(|at| mean(&|member| member.points[at])),
        });
        candidates = others;
    }
    people
}

/// Intersection over union of two boxes.
fn overlap(a: [f32; 4], b: [f32; 4]) -> f32 {
    let area = |sides: [f32; 4]| (sides[2] - sides[0]).max(0.0) * (sides[3] - sides[1]).max(0.0);
    let both = area([
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ]);
    let either = area(a) + area(b) - both;
    if either > 0.0 { both / either } else { 0.0 }
}

/// Takes any numbers as decoded boxes: who they are, and the squares around them.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzz(numbers: &[f32]) -> Vec<Region> {
    let candidates = numbers.as_chunks::<9>().0.iter();
    let candidates = candidates
        .take(64)
        .map(|&[score, a, b, c, d, e, f, g, h]| Candidate {
            score,
            sides: [a, b, c, d],
            points: [e, f, g, h],
        });
    let people = suppress(candidates.collect()).into_iter().map(|person| {
        let [x0, y0, x1, y1] = person.points;
        Region::from_alignment((x0, y0), (x1, y1))
    });
    people.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(score: f32, left: f32) -> Candidate {
        Candidate {
            score,
            sides: [left, 0.0, left + 0.2, 0.2],
            points: [left, 0.5, left, 0.1],
        }
    }

    #[test]
    fn candidates_for_one_person_become_their_weighted_average() {
        let people = suppress(vec![
            candidate(0.6, 0.0),
            candidate(0.9, 0.03),
            candidate(0.8, 0.6),
        ]);
        assert_eq!(people.len(), 2);
        assert!((people[0].points[0] - 0.03 * 0.9 / 1.5).abs() < 1e-6);
        assert!((people[1].points[0] - 0.6).abs() < 1e-6);
    }

    #[test]
    fn a_box_without_area_is_dropped() {
        let flat = Candidate {
            score: 0.9,
            sides: [0.5; 4],
            points: [0.5; 4],
        };
        assert_eq!(suppress(vec![flat, candidate(0.7, 0.1)]).len(), 1);
    }

    #[test]
    fn an_undefined_candidate_is_dropped_and_hides_nobody() {
        let undefined = [f32::NAN, f32::INFINITY].into_iter().flat_map(|number| {
            let mut candidates = [candidate(0.9, 0.0); 3];
            candidates[0].score = number;
            candidates[1].sides[2] = number;
            candidates[2].points[3] = number;
            candidates
        });
        let people = suppress(undefined.chain([candidate(0.7, 0.1)]).collect());
        let scores: Vec<f32> = people.iter().map(|person| person.score).collect();
        assert_eq!(scores, [0.7]);
    }

    #[test]
    fn each_of_the_networks_boxes_has_an_anchor() {
        assert_eq!(
            GRIDS
                .iter()
                .map(|(cells, copies)| cells * cells * copies)
                .sum::<usize>(),
            2254
        );
    }
}
