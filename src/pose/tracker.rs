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

/// The whole pose graph, loaded.
pub struct Pose {
    detector: Detector,
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
    /// Clockwise turn in degrees.
    pub turn: f32,
    /// Whether left and right are exchanged.
    pub mirror: Mirror,
}

impl Crop {
    /// The crop that upstream takes.
    pub const PLAIN: Crop = Crop {
        scale: 1.0,
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

    /// Further crops for somebody in a single picture who does not face the camera: there
    /// joints err more, and these bring the angles' error from 2.6 to 2.5 degrees on the
    /// posture set. From the front they bring nothing.
    pub const FURTHER: [Crop; 6] = [
        Crop::PLAIN.sized(1.10),
        Crop::PLAIN.sized(0.92).mirrored(),
        Crop::PLAIN.turned(7.0),
        Crop::PLAIN.turned(7.0).mirrored(),
        Crop::PLAIN.turned(-7.0),
        Crop::PLAIN.turned(-7.0).mirrored(),
    ];

    const fn mirrored(self) -> Crop {
        Crop {
            mirror: Mirror::Yes,
            ..self
        }
    }

    const fn sized(self, scale: f32) -> Crop {
        Crop { scale, ..self }
    }

    const fn turned(self, turn: f32) -> Crop {
        Crop { turn, ..self }
    }

    fn of(self, region: Region) -> Region {
        Region {
            side: region.side * self.scale,
            turn: region.turn + self.turn.to_radians(),
            ..region
        }
    }
}

impl Pose {
    /// Loads the detector and one landmark model. `heavy` says where the heavy
    /// model's file may be; the other models are inside the program.
    ///
    /// # Errors
    ///
    /// When a model is missing or is not one that can be run.
    pub fn load(variant: Variant, heavy: &[PathBuf], looks: Looks) -> Result<Pose, PoseError> {
        Ok(Pose {
            detector: Detector::load()?,
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
        &self,
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
    pub fn sizes(&self, picture: &RgbImage) -> Result<Vec<f32>, PoseError> {
        let people = self.detector.find(picture)?;
        let height = picture.height() as f32;
        let mut sizes: Vec<f32> = people.iter().map(|region| region.side / height).collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        Ok(sizes)
    }

    /// Finds a person in the whole picture. Of several it is the one nearest to
    /// the last sighting, else the largest.
    fn search(
        &self,
        picture: &RgbImage,
        last: Option<Region>,
    ) -> Result<Option<Region>, PoseError> {
        let likeness = |region: Region| match last {
            Some(last) => region.overlap(last),
            None => region.side,
        };
        let people = self.detector.find(picture)?;
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
        let mut found = Vec::with_capacity(Crop::FIRST.len() + Crop::FURTHER.len());
        for crop in crops {
            match self
                .landmarker
                .look(picture, crop.of(region), crop.mirror)?
            {
                Some(look) => found.push(look),
                // Without a person in the first crop the others need not look.
                None if found.is_empty() => return Ok(None),
                None => {}
            }
        }
        if self.looks == Looks::Single && !faces_camera(&found[0].landmarks) {
            for crop in &Crop::FURTHER {
                found.extend(
                    self.landmarker
                        .look(picture, crop.of(region), crop.mirror)?,
                );
            }
        }
        let next = found[0].next;
        let looks: Vec<_> = found.into_iter().map(|look| look.landmarks).collect();
        let person = Person {
            settled: merge(&looks),
            plain: looks[0].clone(),
        };
        Ok(Some((person, next)))
    }
}

/// The nose this far beside the middle of the ears, in distances between the ears: a face
/// turned by 20 degrees, where posture takes a camera to be no longer in front.
const BESIDE: f32 = 0.28;

/// Whether a person looks roughly towards the camera.
#[must_use]
pub fn faces_camera(landmarks: &Landmarks) -> bool {
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
            Some(found) => Some(found),
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
