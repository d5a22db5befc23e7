//! One person over many looks: the detector rests while the person is in view.

use std::ops::Range;
use std::path::PathBuf;

use image::RgbImage;

use super::PoseModel;
use super::crop::{Mirror, Region};
use super::detector::Detector;
use super::followed::TrackedRegion;
use super::landmarker::Landmarker;
use super::merge::merge;
use super::model::PoseError;
use crate::frame::Frame;
use crate::landmarks::{CropLandmarks, Joint, Landmarks, Person, Sighting};
use crate::settings::ModelVariant;

/// In which way a picture is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CropPlan {
    /// It continues the one before, of a camera or a video. The detector rests while the person stays, and one
    /// crop is looked at, in turns.
    NextCrop,
    /// It continues the one before, and yet the person is found anew and every crop that turns go through is
    /// looked at: a calibration, another posture.
    AllCrops,
    /// It stands alone, as a photograph does. Every crop is looked at.
    Single,
}

/// The whole pose graph.
pub struct Pose {
    detector: Detector,
    landmarker: Landmarker,
    followed: Option<TrackedRegion>,
    turn: usize,
    /// Whether the person looked roughly towards the camera when last seen.
    faces_camera: bool,
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

    /// The crops in which people are looked at, known by their places here. Each has an error of its own of
    /// some thousandths of the picture's height, and mirrored ones err to the
    /// other side, so together they measure better than any alone.
    pub const ALL: [Crop; 14] = [
        Crop::PLAIN,
        Crop::PLAIN.mirrored(),
        Crop::PLAIN.sized(1.10).mirrored(),
        Crop::PLAIN.sized(0.92),
        Crop::PLAIN.sized(0.8).raised(0.1),
        Crop::PLAIN.sized(0.8).raised(0.1).mirrored(),
        Crop::PLAIN.sized(0.7).raised(0.15),
        Crop::PLAIN.sized(0.7).raised(0.15).mirrored(),
        Crop::PLAIN.sized(1.10),
        Crop::PLAIN.sized(0.92).mirrored(),
        Crop::PLAIN.turned(7.0),
        Crop::PLAIN.turned(7.0).mirrored(),
        Crop::PLAIN.turned(-7.0),
        Crop::PLAIN.turned(-7.0).mirrored(),
    ];

    /// The crops for everybody.
    pub const FIRST: Range<usize> = 0..4;

    /// Further crops for somebody who faces the camera. At a desk the lower half
    /// of upstream's crop is most often empty, so these are drawn closer around the upper body. None is
    /// better for it, but they err in ways of their own: they bring the angles' error from
    /// 2.7 to 2.6 degrees on the posture set.
    pub const CLOSER: Range<usize> = 4..8;

    /// Further crops for somebody who does not face the camera: there
    /// joints err more, closer crops lose them, and these bring the angles' error from 2.6 to 2.5 degrees.
    pub const ASIDE: Range<usize> = 8..14;

    /// Those of the further crops in which this person is looked at.
    #[must_use]
    pub fn further(landmarks: &Landmarks) -> Range<usize> {
        if faces_camera(landmarks) {
            Crop::CLOSER
        } else {
            Crop::ASIDE
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
    /// Loads the detector and one landmark model. `heavy` says where the heavy
    /// model's file may be; the other models are inside the program.
    ///
    /// # Errors
    ///
    /// When a model is missing or is not one that can be run.
    pub fn load(variant: ModelVariant, heavy: &[PathBuf]) -> Result<Pose, PoseError> {
        Ok(Pose {
            detector: Detector::load()?,
            landmarker: Landmarker::load(variant, heavy)?,
            followed: None,
            turn: 0,
            faces_camera: false,
        })
    }

    /// The joints that each crop gives of the person in a picture that stands
    /// alone; none where a crop shows nobody, nothing at all where no one is found.
    /// [`PoseModel::detect`] merges them; apart they show how much a crop errs.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    pub fn detect_crops(
        &self,
        picture: &RgbImage,
        crops: &[Crop],
    ) -> Result<Vec<Option<Landmarks>>, PoseError> {
        let Some(region) = self.search(picture, None)? else {
            return Ok(Vec::new());
        };
        let detect = |crop: &Crop| {
            self.landmarker
                .detect(picture, crop.of(region), crop.mirror)
        };
        crops.iter().map(detect).collect()
    }

    /// How large everybody that the detector finds shows in a picture, the largest first: the sides of
    /// the squares around them in picture heights. Whom a look follows makes no difference.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    pub fn person_sizes(&self, picture: &RgbImage) -> Result<Vec<f32>, PoseError> {
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

    /// Looks at somebody in every crop, or in the one whose turn it is.
    fn detect_in_region(
        &mut self,
        picture: &RgbImage,
        followed: TrackedRegion,
        plan: CropPlan,
    ) -> Result<Option<Person>, PoseError> {
        let detect = |crop: usize| {
            let (of, mirror) = (Crop::ALL[crop].of(followed.region), Crop::ALL[crop].mirror);
            self.landmarker.detect(picture, of, mirror)
        };
        let crop = match plan {
            CropPlan::Single | CropPlan::AllCrops => Crop::FIRST.start,
            CropPlan::NextCrop => {
                self.turn += 1;
                let turns = if self.faces_camera {
                    &TURNS[..]
                } else {
                    &TURNS_ASIDE
                };
                turns[self.turn % turns.len()]
            }
        };
        // Without a person in the first crop the others need not look.
        let Some(joints) = detect(crop)? else {
            return Ok(None);
        };
        self.faces_camera = faces_camera(&joints);
        self.followed = Some(followed.seen(&joints));
        let others = match plan {
            CropPlan::Single | CropPlan::AllCrops => {
                (crop + 1..Crop::FIRST.end).chain(Crop::further(&joints))
            }
            CropPlan::NextCrop => (0..0).chain(0..0),
        };
        let mut crops = vec![CropLandmarks { crop, joints }];
        for crop in others {
            crops.extend(detect(crop)?.map(|joints| CropLandmarks { crop, joints }));
        }
        let settled = merge(crops.iter().map(|cut| &cut.joints));
        Ok(Some(Person { settled, crops }))
    }
}

/// The order in which looks that follow each other go through the crops for somebody who faces the camera:
/// wide and close ones, plain and mirrored ones in turns, so that a few looks already hold some of each.
const TURNS: [usize; 8] = [0, 5, 3, 7, 4, 1, 6, 2];
/// The same for somebody who does not: upright and turned ones.
const TURNS_ASIDE: [usize; 10] = [0, 11, 3, 13, 8, 1, 10, 2, 12, 9];

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
    fn detect(&mut self, frame: &Frame, plan: CropPlan) -> Result<Sighting, PoseError> {
        let last = self.followed.take().filter(|_| plan != CropPlan::Single);
        let tracked = match last {
            Some(last) if last.stays && plan == CropPlan::NextCrop => {
                self.detect_in_region(&frame.pixels, last, plan)?
            }
            Some(_) | None => None,
        };
        // Upstream gives up a frame when it loses track; looks are too far
        // apart for that here, so the detector runs in the same look.
        let found = match tracked {
            Some(_) => tracked,
            None => match self.search(&frame.pixels, last.map(|last| last.region))? {
                Some(region) => {
                    self.detect_in_region(&frame.pixels, TrackedRegion::found(region), plan)?
                }
                // Who moved is sometimes still seen closely where the detector misses them.
                None => match last {
                    Some(last) => self.detect_in_region(&frame.pixels, last, plan)?,
                    None => None,
                },
            },
        };
        Ok(found.map_or(Sighting::Nobody, |person| {
            Sighting::Person(Box::new(person))
        }))
    }
}
