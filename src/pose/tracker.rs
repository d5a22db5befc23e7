//! One person over many looks: the detector rests while the person is in view.

use std::path::PathBuf;

use image::RgbImage;

use super::PoseModel;
use super::crop::{Mirror, Region};
use super::detector::Detector;
use super::landmarker::Landmarker;
use super::merge::merge;
use super::model::{PoseError, Variant};
use crate::frame::Frame;
use crate::landmarks::{Joint, Landmarks, Person, Sighting};

/// How pictures follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Each continues the one before: a camera, a video. One crop a look.
    Following,
    /// Each stands alone: photographs. Several crops a look.
    Single,
}

/// The whole pose graph.
pub struct Pose {
    /// Loaded when somebody has to be found, and dropped once somebody is followed without it, for
    /// its weights are as large as the landmark model's and a monitor seldom needs them.
    detector: Option<Detector>,
    /// Whether the detector was needed since the last look.
    detector_needed: bool,
    landmarker: Landmarker,
    looks: Looks,
    region: Option<Region>,
    turn: usize,
}

/// One way of cutting a person out of a picture, relative to the region found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// A factor of the region's side.
    pub scale: f32,
    /// How far its centre lies above the region's, in sides of the region.
    pub up: f32,
    /// Clockwise turn in degrees.
    pub turn: f32,
    /// Whether left and right are exchanged.
    pub mirror: Mirror,
}

impl Crop {
    /// The crop that upstream takes.
    pub const PLAIN: Crop = Crop {
        scale: 1.0,
        up: 0.0,
        turn: 0.0,
        mirror: Mirror::No,
    };

    /// The crops in which a person is looked at. Each has an error of its own of
    /// some thousandths of the picture's height, and mirrored ones err to the
    /// other side, so together they measure better than any alone. A single picture
    /// is looked at in all of them; looks that follow each other take turns.
    pub const FIRST: [Crop; 4] = [
        Crop::PLAIN,
        Crop::PLAIN.mirrored(),
        Crop::PLAIN.sized(1.10).mirrored(),
        Crop::PLAIN.sized(0.92),
    ];

    /// Further crops for somebody in a single picture who faces the camera. At a desk the lower half
    /// of upstream's crop is most often empty, so these are drawn closer around the upper body. None is
    /// better for it, but they err in ways of their own: they bring the angles' error from
    /// 2.7 to 2.6 degrees on the posture set. They err too far apart to take turns over time.
    pub const CLOSER: [Crop; 4] = [
        Crop::PLAIN.sized(0.8).raised(0.1),
        Crop::PLAIN.sized(0.8).raised(0.1).mirrored(),
        Crop::PLAIN.sized(0.7).raised(0.15),
        Crop::PLAIN.sized(0.7).raised(0.15).mirrored(),
    ];

    /// Further crops for somebody in a single picture who does not face the camera: there
    /// joints err more, closer crops lose them, and these bring the angles' error from 2.6 to 2.5 degrees.
    pub const ASIDE: [Crop; 6] = [
        Crop::PLAIN.sized(1.10),
        Crop::PLAIN.sized(0.92).mirrored(),
        Crop::PLAIN.turned(7.0),
        Crop::PLAIN.turned(7.0).mirrored(),
        Crop::PLAIN.turned(-7.0),
        Crop::PLAIN.turned(-7.0).mirrored(),
    ];

    /// Those of the further crops in which this person is looked at in a single picture.
    #[must_use]
    pub fn further(landmarks: &Landmarks) -> &'static [Crop] {
        if faces_camera(landmarks) {
            &Crop::CLOSER
        } else {
            &Crop::ASIDE
        }
    }

    const fn mirrored(self) -> Crop {
        Crop {
            mirror: Mirror::Yes,
            ..self
        }
    }

    const fn sized(self, scale: f32) -> Crop {
        Crop { scale, ..self }
    }

    const fn raised(self, up: f32) -> Crop {
        Crop { up, ..self }
    }

    const fn turned(self, turn: f32) -> Crop {
        Crop { turn, ..self }
    }

    fn of(self, region: Region) -> Region {
        let (x, y) = region.to_picture(0.5, 0.5 - self.up);
        Region {
            x,
            y,
            side: region.side * self.scale,
            turn: region.turn + self.turn.to_radians(),
        }
    }
}

impl Pose {
    /// Loads one landmark model; the detector follows when it is needed. `heavy` says where the heavy
    /// model's file may be; the other models are inside the program.
    ///
    /// # Errors
    ///
    /// When a model is missing or is not one that can be run.
    pub fn load(variant: Variant, heavy: &[PathBuf], looks: Looks) -> Result<Pose, PoseError> {
        Ok(Pose {
            detector: None,
            detector_needed: false,
            landmarker: Landmarker::load(variant, heavy)?,
            looks,
            region: None,
            turn: 0,
        })
    }

    /// The joints that each crop gives of the person in a picture that stands
    /// alone; none where a crop shows nobody, nothing at all where no one is found.
    /// [`PoseModel::look`] merges them; apart they show how much a crop errs.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    pub fn look_through(
        &mut self,
        picture: &RgbImage,
        crops: &[Crop],
    ) -> Result<Vec<Option<Landmarks>>, PoseError> {
        let Some(region) = self.search(picture, None)? else {
            return Ok(Vec::new());
        };
        let look = |crop: &Crop| {
            let found = self
                .landmarker
                .look(picture, crop.of(region), crop.mirror)?;
            Ok(found.map(|found| found.landmarks))
        };
        crops.iter().map(look).collect()
    }

    /// How large everybody that the detector finds shows in a picture, the largest first: the sides of
    /// the squares around them in picture heights. Whom a look follows makes no difference.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    pub fn sizes(&mut self, picture: &RgbImage) -> Result<Vec<f32>, PoseError> {
        let people = self.detector()?.find(picture)?;
        let height = picture.height() as f32;
        let mut sizes: Vec<f32> = people.iter().map(|region| region.side / height).collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        Ok(sizes)
    }

    fn detector(&mut self) -> Result<&Detector, PoseError> {
        self.detector_needed = true;
        let detector = match self.detector.take() {
            Some(detector) => detector,
            None => Detector::load()?,
        };
        Ok(self.detector.insert(detector))
    }

    /// Finds a person in the whole picture. Of several it is the one nearest to
    /// the last sighting, else the largest.
    fn search(
        &mut self,
        picture: &RgbImage,
        last: Option<Region>,
    ) -> Result<Option<Region>, PoseError> {
        let likeness = |region: Region| match last {
            Some(last) => region.overlap(last),
            None => region.side,
        };
        let people = self.detector()?.find(picture)?;
        Ok(people.into_iter().max_by(|a, b| {
            let ordered = likeness(*a).total_cmp(&likeness(*b));
            ordered.then(a.side.total_cmp(&b.side))
        }))
    }

    /// Looks at one region, in several crops or in the one whose turn it is.
    fn look_closely(
        &mut self,
        picture: &RgbImage,
        region: Region,
    ) -> Result<Option<(Person, Region)>, PoseError> {
        let crops = match self.looks {
            Looks::Single => &Crop::FIRST[..],
            Looks::Following => {
                self.turn = (self.turn + 1) % Crop::FIRST.len();
                &Crop::FIRST[self.turn..=self.turn]
            }
        };
        let look = |crop: &Crop| self.landmarker.look(picture, crop.of(region), crop.mirror);
        // Without a person in the first crop the others need not look.
        let Some(first) = look(&crops[0])? else {
            return Ok(None);
        };
        let plain = first.landmarks;
        let further = match self.looks {
            Looks::Single => Crop::further(&plain),
            Looks::Following => &[],
        };
        let mut looks = vec![plain.clone()];
        for crop in crops[1..].iter().chain(further) {
            looks.extend(look(crop)?.map(|found| found.landmarks));
        }
        let settled = merge(&looks);
        Ok(Some((Person { settled, plain }, first.next)))
    }
}

/// The nose this far beside the middle of the ears, in distances between the ears: a face
/// turned by 20 degrees, where posture takes a camera to be no longer in front.
const BESIDE: f32 = 0.28;

/// Whether a person looks roughly towards the camera.
fn faces_camera(landmarks: &Landmarks) -> bool {
    let [nose, left, right] =
        [Joint::Nose, Joint::LeftEar, Joint::RightEar].map(|joint| landmarks[joint]);
    let ears = (left.x - right.x).hypot(left.y - right.y);
    (nose.x - (left.x + right.x) / 2.0).abs() < BESIDE * ears
}

impl PoseModel for Pose {
    fn look(&mut self, frame: &Frame) -> Result<Sighting, PoseError> {
        let last = match self.looks {
            Looks::Following => self.region.take(),
            Looks::Single => None,
        };
        let tracked = match last {
            Some(region) => self.look_closely(&frame.pixels, region)?,
            None => None,
        };
        // Upstream gives up a frame when it loses track; looks are too far
        // apart for that here, so the detector runs in the same look.
        let found = match tracked {
            Some(found) => {
                if !std::mem::take(&mut self.detector_needed) {
                    self.detector = None;
                }
                Some(found)
            }
            None => match self.search(&frame.pixels, last)? {
                Some(region) => self.look_closely(&frame.pixels, region)?,
                None => None,
            },
        };
        Ok(match found {
            Some((person, next)) => {
                self.region = Some(next);
                Sighting::Person(Box::new(person))
            }
            None => Sighting::Nobody,
        })
    }
}
