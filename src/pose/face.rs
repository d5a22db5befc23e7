//! Finds the size, place and pitch of a head: `MediaPipe`'s plain face mesh of 468 points.
//!
//! Upstream finds faces with a detector of their own. Here the joints show where the face is.
//! Constants: `modules/face_landmark/` unless another file is named.

use image::RgbImage;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

use super::model::{self, Network, PoseError};
use super::region::{Border, Mirror, Region};
use crate::landmarks::{Face, FaceShape, Joint, Landmarks};

/// Side of the network's input in pixels.
const INPUT: usize = 192;
const POINTS: usize = 468;
/// Below this confidence there is no face in the region
/// (`ThresholdingCalculator` in `face_landmark_cpu.pbtxt`).
const MIN_PRESENCE: f32 = 0.5;
/// A region is this much larger than its face (`face_landmark_landmarks_to_roi.pbtxt`).
const MARGIN: f32 = 1.5;
/// A square that overlaps the joints' square by this much still holds the face. Our choice: a face
/// that has moved by a quarter of its square overlaps by 0.4 to 0.6.
const SAME_PLACE: f32 = 0.5;
/// A face that lies or reaches elsewhere in it is looked for anew: in a square that is a third too large the mesh shows it a tenth too
/// large. Our choice: a shift, or a change of size, by a twelfth of its side.
const WELL_PLACED: f32 = 0.85;
/// The network's depth counts this much. Chosen on the posture set.
const DEPTH: f32 = 0.7;

/// The outer corners of the right and of the left eye.
const EYES: [usize; 2] = [33, 263];
/// The corners of both eyes, and those of the mouth.
const EYE_CORNERS: [usize; 4] = [33, 133, 263, 362];
const MOUTH_CORNERS: [usize; 2] = [61, 291];
/// The outermost point at each ear.
const EARS: [usize; 2] = [234, 454];
/// Around the tragus of each ear.
const TRAGI: [usize; 4] = [234, 127, 454, 356];
/// The middle of the forehead and of the chin.
const FOREHEAD: [usize; 3] = [10, 151, 9];
const CHIN: [usize; 3] = [152, 175, 199];

/// The face mesh, loaded.
pub(super) struct FaceMesh {
    network: Network,
}

/// The points of one face in pixels of the picture, depth in the same unit.
struct Points(Vec<[f32; 3]>);

impl FaceMesh {
    pub(super) fn load() -> Result<FaceMesh, PoseError> {
        Ok(FaceMesh {
            network: model::face()?,
        })
    }

    /// The head of the person with these joints, and the square around the face for the next
    /// picture. None where the mesh is not sure of a face in each of `ways`.
    ///
    /// `last` is the square of the picture before. Without one, or if the face has left it, the mesh
    /// first runs on the joints' square to find a better one.
    pub(super) fn detect(
        &self,
        picture: &RgbImage,
        joints: &Landmarks,
        last: Option<Region>,
        ways: &[Mirror],
    ) -> Result<Option<(Face, Region)>, PoseError> {
        let run = |region, mirror| {
            let found = self.infer(picture, region, mirror);
            found.map_err(|source| PoseError::Failed {
                stage: "face mesh",
                source: source.into(),
            })
        };
        let around = region(joints);
        let last = last.filter(|last| last.overlap(around) >= SAME_PLACE);
        let region = match last {
            Some(last) => last,
            None => match run(around, Mirror::No)? {
                Some(points) => points.region(Mirror::No),
                None => return Ok(None),
            },
        };
        let mut faces = Vec::with_capacity(ways.len());
        let mut next = None;
        for mirror in ways {
            let Some(points) = run(region, *mirror)? else {
                return Ok(None);
            };
            let now = points.region(*mirror);
            if last.is_some_and(|last| now.overlap(last) < WELL_PLACED) {
                return self.detect(picture, joints, None, ways);
            }
            faces.push(points.face(picture.height() as f32));
            next.get_or_insert(now);
        }
        Ok(mean(&faces).zip(next))
    }

    fn infer(
        &self,
        picture: &RgbImage,
        region: Region,
        mirror: Mirror,
    ) -> TractResult<Option<Points>> {
        let input = region.sample(picture, INPUT, Border::Edge, mirror, (0.0, 1.0));
        let outputs = self.network.run(tvec!(input.into()))?;
        let presence = outputs[1].try_as_plain_ram()?.as_slice::<f32>()?[0];
        // The network gives a logit.
        let is_face = 1.0 / (1.0 + (-presence).exp()) >= MIN_PRESENCE;
        if !is_face {
            return Ok(None);
        }
        let mesh = outputs[0].try_as_plain_ram()?.as_slice::<f32>()?;
        let (points, _) = mesh.as_chunks::<3>();
        ensure!(points.len() == POINTS, "{} points", points.len());
        Ok(Points::in_picture(points, region, mirror))
    }
}

/// The mean of several faces; none of none.
fn mean(faces: &[Face]) -> Option<Face> {
    let of =
        |values: &dyn Fn(&Face) -> f32| faces.iter().map(values).sum::<f32>() / faces.len() as f32;
    let shape_of = |part: fn(&FaceShape) -> f32| {
        let parts = faces.iter().map(|face| face.shape.as_ref().map(part));
        Some(parts.sum::<Option<f32>>()? / faces.len() as f32)
    };
    let shape = shape_of(|shape| shape.width).zip(shape_of(|shape| shape.ears));
    (!faces.is_empty()).then(|| Face {
        x: of(&|face| face.x),
        y: of(&|face| face.y),
        size: of(&|face| face.size),
        pitch: of(&|face| face.pitch),
        shape: shape.map(|(width, ears)| FaceShape { width, ears }),
    })
}

/// The square around the face of somebody with these joints. Upstream's detector gives squares of
/// about this size.
fn region(joints: &Landmarks) -> Region {
    let height = joints.picture.height as f32;
    let at = |joint: Joint| (joints[joint].x * height, joints[joint].y * height);
    let between = |(ax, ay): (f32, f32), (bx, by): (f32, f32)| ((ax + bx) / 2.0, (ay + by) / 2.0);
    let apart = |(ax, ay): (f32, f32), (bx, by): (f32, f32)| (ax - bx).hypot(ay - by);
    let (left, right) = (at(Joint::LeftEye), at(Joint::RightEye));
    let eyes = between(left, right);
    let mouth = between(at(Joint::MouthLeft), at(Joint::MouthRight));
    let down = apart(eyes, mouth);
    // From the side the eyes and ears fall together, and only the height of the face is left.
    let size = (2.4 * down)
        .max(1.05 * apart(at(Joint::LeftEar), at(Joint::RightEar)))
        .max(2.3 * apart(left, right));
    let rotation = if apart(left, right) < 0.25 * down {
        (mouth.1 - eyes.1).atan2(mouth.0 - eyes.0) - std::f32::consts::FRAC_PI_2
    } else {
        (left.1 - right.1).atan2(left.0 - right.0)
    };
    let (x, y) = between(eyes, mouth);
    Region {
        x,
        y,
        side: size * MARGIN,
        // No head at a desk is tilted by more than 70 degrees.
        rotation: if rotation.abs() < 1.2 { rotation } else { 0.0 },
    }
}

impl Points {
    /// Where the network's points of a region lie; none if it overflowed and some are nowhere.
    fn in_picture(points: &[[f32; 3]], region: Region, mirror: Mirror) -> Option<Points> {
        let unit = INPUT as f32;
        let to_picture = |&[x, y, z]: &[f32; 3]| {
            let u = match mirror {
                Mirror::No => x / unit,
                Mirror::Yes => 1.0 - x / unit,
            };
            let (x, y) = region.to_picture(u, y / unit);
            [x, y, z / unit * region.side]
        };
        let points: Vec<[f32; 3]> = points.iter().map(to_picture).collect();
        let is_somewhere = points.as_flattened().iter().all(|part| part.is_finite());
        is_somewhere.then_some(Points(points))
    }

    fn mean(&self, of: &[usize]) -> [f32; 3] {
        let sum = |axis: usize| of.iter().map(|&point| self.0[point][axis]).sum::<f32>();
        [0, 1, 2].map(|axis| sum(axis) / of.len() as f32)
    }

    /// The square for the next picture: upright along the line of the eyes, around all points. A mirrored
    /// mesh has its right eye on the left one.
    fn region(&self, mirror: Mirror) -> Region {
        let [mut right, mut left] = EYES.map(|eye| self.0[eye]);
        if mirror == Mirror::Yes {
            std::mem::swap(&mut right, &mut left);
        }
        let rotation = (left[1] - right[1]).atan2(left[0] - right[0]);
        let (sin, cos) = rotation.sin_cos();
        let ends = |values: &dyn Fn(&[f32; 3]) -> f32| {
            let values = self.0.iter().map(values);
            values.fold((f32::MAX, f32::MIN), |(low, high), value| {
                (low.min(value), high.max(value))
            })
        };
        let across = ends(&|[x, y, _]| x * cos + y * sin);
        let down = ends(&|[x, y, _]| y * cos - x * sin);
        let (u, v) = (across.0.midpoint(across.1), down.0.midpoint(down.1));
        Region {
            x: u * cos - v * sin,
            y: u * sin + v * cos,
            side: (across.1 - across.0).max(down.1 - down.0) * MARGIN,
            rotation,
        }
    }

    /// The head in picture heights. All of it is the same for a mirrored mesh.
    fn face(&self, height: f32) -> Face {
        let scaled = |[x, y, z]: [f32; 3]| [x, y, DEPTH * z];
        let less = |a: [f32; 3], b: [f32; 3]| [0, 1, 2].map(|axis| a[axis] - b[axis]);
        let dot = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let all: Vec<usize> = (0..POINTS).collect();
        let centre = scaled(self.mean(&all));
        let squares = self.0.iter().map(|point| {
            let from_centre = less(scaled(*point), centre);
            dot(from_centre, from_centre)
        });
        let size = (squares.sum::<f32>() / POINTS as f32).sqrt();
        // Down the face, less what of it goes along the eyes: a tilted head has the same pitch.
        let [right, left] = EYES.map(|eye| scaled(self.0[eye]));
        let across = less(left, right);
        let straight_down = |from: &[usize], to: &[usize]| {
            let down = less(scaled(self.mean(to)), scaled(self.mean(from)));
            let share = dot(down, across) / dot(across, across);
            less(down, across.map(|part| share * part))
        };
        let down = straight_down(&FOREHEAD, &CHIN);
        let length = |vector: [f32; 3]| dot(vector, vector).sqrt();
        let eyes = length(across);
        let [right_ear, left_ear] = EARS.map(|ear| scaled(self.0[ear]));
        let [x, y, _] = self.mean(&TRAGI);
        Face {
            x: x / height,
            y: y / height,
            size: size / height,
            pitch: down[2].atan2(down[0].hypot(down[1]).copysign(down[1])),
            shape: Some(FaceShape {
                width: (eyes / length(straight_down(&EYE_CORNERS, &MOUTH_CORNERS))).ln(),
                ears: (length(less(left_ear, right_ear)) / eyes).ln(),
            }),
        }
    }
}

/// Takes any numbers as the points of a face, and as joints around which a face is.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzz(numbers: &[f32], joints: &Landmarks) -> Vec<Region> {
    let mut numbers = numbers.iter().copied().cycle();
    let mut number = || numbers.next().unwrap_or_default();
    let points: Vec<[f32; 3]> = (0..POINTS)
        .map(|_| [number(), number(), number()])
        .collect();
    let around = region(joints);
    let mut regions = vec![around];
    for mirror in Mirror::BOTH {
        if let Some(points) = Points::in_picture(&points, around, mirror) {
            let _ = mean(&[points.face(joints.picture.height as f32)]);
            regions.push(points.region(mirror));
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::frame::PictureSize;
    use crate::landmarks::{Landmark, WorldPoint};

    const STORED: [usize; 12] = [33, 263, 234, 127, 454, 356, 10, 151, 9, 152, 175, 199];

    fn picture(path: &Path) -> RgbImage {
        image::open(path).unwrap().into_rgb8()
    }

    /// Each picture with a square in it, what TFLite gives for that square, and whether there is a face.
    fn expected() -> Vec<(RgbImage, Region, Vec<[f32; 3]>, bool)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landmarks");
        let table = std::fs::read_to_string(folder.join("face.csv")).unwrap();
        let row = |line: &str| {
            let (file, numbers) = line.split_once(',').unwrap();
            let numbers: Vec<f32> = numbers.split(',').map(|n| n.parse().unwrap()).collect();
            let region = Region {
                x: numbers[0],
                y: numbers[1],
                side: numbers[2],
                rotation: numbers[3],
            };
            let (points, _) = numbers[5..].as_chunks::<3>();
            let picture = picture(&folder.join(file));
            (picture, region, points.to_vec(), numbers[4] >= MIN_PRESENCE)
        };
        table.lines().skip(1).map(row).collect()
    }

    #[test]
    fn points_lie_where_mediapipes_network_finds_them() {
        let mesh = FaceMesh::load().unwrap();
        for (picture, region, expected, is_face) in expected() {
            let found = mesh.infer(&picture, region, Mirror::No).unwrap();
            assert_eq!(found.is_some(), is_face);
            let Some(found) = found else { continue };
            for (point, [x, y, z]) in STORED.iter().zip(expected) {
                let [a, b, c] = found.0[*point];
                let off = (a - x).hypot(b - y).max((c - z).abs());
                // Two decoders of JPEG differ by a step of brightness here and there.
                assert!(off < 0.25, "point {point} is off by {off} pixels");
            }
        }
    }

    #[test]
    fn a_head_is_found_from_the_joints_and_not_where_there_is_none() {
        let mesh = FaceMesh::load().unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landmarks");
        let picture = picture(&folder.join("s02_front_top_00_neutral.jpg"));
        let joints = joints(&folder, "s02_front_top_00_neutral.jpg");
        let (face, square) = mesh
            .detect(&picture, &joints, None, &Mirror::BOTH)
            .unwrap()
            .unwrap();
        // TFLite's points 234, 127, 454 and 356 lie here, in 480 pixels.
        let (x, y) = (316.05 / 480.0, 151.34 / 480.0);
        assert!((face.x - x).hypot(face.y - y) < 0.006, "{face:?}");
        // The next picture needs no first run to find the same head.
        let again = mesh
            .detect(&picture, &joints, Some(square), &[Mirror::Yes])
            .unwrap();
        let (again, _) = again.unwrap();
        assert!(
            (face.size / again.size).ln().abs() < 0.02,
            "{face:?} {again:?}"
        );
        // Nor does a square that held the head when it was lower and nearer change what is found.
        let stale = Region {
            y: square.y + 0.12 * square.side,
            side: 1.3 * square.side,
            ..square
        };
        let fresh = mesh.detect(&picture, &joints, None, &[Mirror::No]).unwrap();
        let later = mesh.detect(&picture, &joints, Some(stale), &[Mirror::No]);
        assert_eq!(later.unwrap(), fresh);
        let empty = RgbImage::from_pixel(640, 480, image::Rgb([90; 3]));
        assert_eq!(
            mesh.detect(&empty, &joints, None, &Mirror::BOTH).unwrap(),
            None
        );
    }

    /// The joints of the head in a picture, as `MediaPipe` finds them.
    fn joints(folder: &Path, file: &str) -> Landmarks {
        let table = std::fs::read_to_string(folder.join("full.csv")).unwrap();
        let row = table.lines().find(|line| line.starts_with(file)).unwrap();
        let numbers: Vec<f32> = row.split(',').skip(1).map(|n| n.parse().unwrap()).collect();
        let mut points = [Landmark::default(); Joint::COUNT];
        for (point, [x, y]) in points.iter_mut().zip(numbers.as_chunks().0) {
            (point.x, point.y) = (x * 640.0 / 480.0, *y);
        }
        Landmarks {
            points,
            world: [WorldPoint::default(); Joint::COUNT],
            presence: 1.0,
            picture: PictureSize {
                width: 640,
                height: 480,
            },
        }
    }

    #[test]
    fn a_face_with_a_point_that_is_nowhere_is_none() {
        let region = Region::letterbox(640, 480);
        let mut points = [[96.0; 3]; POINTS];
        assert!(Points::in_picture(&points, region, Mirror::No).is_some());
        for number in [f32::NAN, f32::INFINITY, f32::MAX] {
            points[7][1] = number;
            assert!(Points::in_picture(&points, region, Mirror::No).is_none());
        }
    }

    #[test]
    fn a_mirrored_picture_and_a_shifted_square_show_the_same_head() {
        let mesh = FaceMesh::load().unwrap();
        for (picture, region, _, _) in expected().into_iter().filter(|(.., is_face)| *is_face) {
            let points = |region, mirror| mesh.infer(&picture, region, mirror).unwrap().unwrap();
            let face = |region, mirror| points(region, mirror).face(picture.height() as f32);
            let [next, mirrored] = Mirror::BOTH.map(|mirror| points(region, mirror).region(mirror));
            assert!(
                (next.rotation - mirrored.rotation).abs() < 0.1,
                "{next:?} {mirrored:?}"
            );
            assert!(next.overlap(mirrored) > 0.9, "{next:?} {mirrored:?}");
            let plain = face(region, Mirror::No);
            let moved = Region {
                x: region.x + 0.05 * region.side,
                side: 1.1 * region.side,
                rotation: region.rotation + 0.05,
                ..region
            };
            for other in [face(region, Mirror::Yes), face(moved, Mirror::No)] {
                let place = (plain.x - other.x).hypot(plain.y - other.y);
                // The hidden ear of a head that is turned by 40 degrees is guessed.
                assert!(place < 0.015, "{plain:?} {other:?}");
                assert!((plain.size / other.size).ln().abs() < 0.03);
                assert!((plain.pitch - other.pitch).abs() < 0.04);
            }
        }
    }
}
