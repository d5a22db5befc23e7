//! Finds one person in a frame and follows them over frames.

use std::path::PathBuf;

use image::RgbImage;
use jiff::Timestamp;

use super::PoseModel;
use super::crop::{Crop, CropPlan, faces_camera};
use super::detector::Detector;
use super::face::FaceMesh;
use super::girdle::ShoulderNetwork;
use super::landmarker::Landmarker;
use super::merge::merge;
use super::model::PoseError;
use super::region::{Mirror, Region};
use super::tracked_region::TrackedRegion;
use crate::frame::Frame;
use crate::landmarks::{CropLandmarks, Face, Girdle, Landmarks, Person, Sighting};
use crate::settings::ModelVariant;

/// The whole pose graph.
pub struct Pose {
    detector: Detector,
    landmarker: Landmarker,
    mesh: FaceMesh,
    shoulders: ShoulderNetwork,
    tracked: Option<TrackedRegion>,
    /// How many single crops were run.
    crop_count: usize,
    /// Whether the person last looked roughly towards the camera.
    faces_camera: bool,
    /// Whether the face mesh last showed the head.
    face_shows: bool,
    /// Who was last seen through a crop while followed.
    seen: Option<Seen>,
}

/// Somebody whose face shows, as the last crops showed them.
struct Seen {
    person: Person,
    at: Timestamp,
    /// How the face was first looked at.
    mirror: Mirror,
}

/// A face has moved when it is larger or smaller by this share, has gone by this much aside or up and down in its
/// own size, or nods by this angle in radians. Of the 11,961 pairs of pictures of one session of the posture set
/// (in front and oblique) 384 differ by less. Their forward head angles differ by 7.2 degrees at most, and by more
/// than 4 in 30 of them.
const MOVED: Face = Face {
    x: 0.2,
    y: 0.08,
    size: 0.02,
    pitch: 0.05,
    shape: None,
};

/// Whether two faces of one person differ by no more than [`MOVED`].
fn is_unmoved(now: &Face, before: &Face) -> bool {
    let apart = |of: fn(&Face) -> f32| (of(now) - of(before)).abs();
    apart(|face| face.x) <= MOVED.x * before.size
        && apart(|face| face.y) <= MOVED.y * before.size
        && apart(|face| face.size) <= MOVED.size * before.size
        && apart(|face| face.pitch) <= MOVED.pitch
}

impl Pose {
    /// Loads the detector, one landmark model, the face mesh and the shoulder network. The heavy model's file is the first of `heavy`
    /// that exists; the other models are inside the program.
    ///
    /// # Errors
    ///
    /// When a model is missing or cannot be run.
    pub fn load(variant: ModelVariant, heavy: &[PathBuf]) -> Result<Pose, PoseError> {
        Ok(Pose {
            detector: Detector::load()?,
            landmarker: Landmarker::load(variant, heavy)?,
            mesh: FaceMesh::load()?,
            shoulders: ShoulderNetwork::load()?,
            tracked: None,
            crop_count: 0,
            faces_camera: false,
            face_shows: false,
            seen: None,
        })
    }

    /// The person's joints by each of the crops, in a picture on its own: none where a crop shows
    /// nobody, an empty list when the detector finds nobody. [`PoseModel::detect`] merges them;
    /// apart they show how much a crop errs.
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    pub fn detect_crops(
        &self,
        picture: &RgbImage,
        crops: &[Crop],
    ) -> Result<Vec<Option<Landmarks>>, PoseError> {
        let joints = |picture: &RgbImage, region: Option<Region>| {
            let Some(region) = region else {
                return Ok(Vec::new());
            };
            let detect = |crop: &Crop| self.landmarks(picture, region, *crop);
            crops.iter().map(detect).collect::<Result<Vec<_>, _>>()
        };
        let found = joints(picture, self.find(picture, whole(picture), None)?)?;
        if found.first().is_some_and(Option::is_some) {
            return Ok(found);
        }
        let bright = brightened(picture);
        joints(&bright, self.find(&bright, middle(picture), None)?)
    }

    /// The head of somebody with these joints in a picture on its own, see [`Person::face`].
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    pub fn detect_face(
        &self,
        picture: &RgbImage,
        joints: &Landmarks,
    ) -> Result<Option<Face>, PoseError> {
        let found = self.mesh.detect(picture, joints, None, &Mirror::BOTH)?;
        Ok(found.map(|(face, _)| face))
    }

    /// The shoulders of somebody with these joints in a picture on its own, see [`Person::girdle`].
    ///
    /// # Errors
    ///
    /// Only when inference itself fails.
    pub fn detect_girdle(
        &self,
        picture: &RgbImage,
        joints: &Landmarks,
    ) -> Result<Option<Girdle>, PoseError> {
        if !faces_camera(joints) {
            return Ok(None);
        }
        let found = self
            .shoulders
            .detect(picture, joints, None, &Mirror::BOTH)?;
        Ok(found.map(|(girdle, _)| girdle))
    }

    /// Finds a person in a square of a picture. Of several it takes the one nearest to the last
    /// region, or else the largest.
    fn find(
        &self,
        picture: &RgbImage,
        square: Region,
        last: Option<Region>,
    ) -> Result<Option<Region>, PoseError> {
        let rank = |region: Region| match last {
            Some(last) => region.overlap(last),
            None => region.side,
        };
        let people = self.detector.find(picture, square)?;
        Ok(people.into_iter().max_by(|a, b| {
            let order = rank(*a).total_cmp(&rank(*b));
            order.then(a.side.total_cmp(&b.side))
        }))
    }

    fn landmarks(
        &self,
        picture: &RgbImage,
        region: Region,
        crop: Crop,
    ) -> Result<Option<Landmarks>, PoseError> {
        self.landmarker
            .detect(picture, crop.within(region), crop.mirror)
    }

    /// The person as last seen, if their face is where it was. See [`CropPlan::IfMoved`].
    fn unmoved(&self, frame: &Frame) -> Result<Option<Person>, PoseError> {
        let (Some(seen), Some(tracked)) = (&self.seen, self.tracked) else {
            return Ok(None);
        };
        let (Some(before), Some(square)) = (seen.person.face, tracked.face) else {
            return Ok(None);
        };
        if frame.at.duration_since(seen.at).abs() > CropPlan::MAX_UNMOVED {
            return Ok(None);
        }
        let joints = &seen.person.merged;
        let ways = [seen.mirror];
        let now = self
            .mesh
            .detect(&frame.pixels, joints, Some(square), &ways)?;
        let stays = now.is_some_and(|(now, _)| is_unmoved(&now, &before));
        Ok(stays.then(|| seen.person.clone()))
    }

    /// Runs the crops of the plan on one region.
    fn detect_in_region(
        &mut self,
        picture: &RgbImage,
        tracked: TrackedRegion,
        plan: CropPlan,
    ) -> Result<Option<Person>, PoseError> {
        let first = match plan {
            CropPlan::Single | CropPlan::AllCrops | CropPlan::Round => Crop::COMMON.start,
            CropPlan::NextCrop | CropPlan::IfMoved => {
                self.crop_count += 1;
                let round = Crop::round(self.faces_camera, self.face_shows);
                round[self.crop_count % round.len()]
            }
        };
        // If the first crop shows nobody the others are not run.
        let Some(joints) = self.landmarks(picture, tracked.region, Crop::ALL[first])? else {
            return Ok(None);
        };
        self.faces_camera = faces_camera(&joints);
        self.tracked = Some(tracked.updated(&joints));
        let others: Vec<usize> = match plan {
            CropPlan::NextCrop | CropPlan::IfMoved => Vec::new(),
            CropPlan::Round => Crop::round(self.faces_camera, self.face_shows)[1..].to_vec(),
            CropPlan::Single | CropPlan::AllCrops => (first + 1..Crop::COMMON.end)
                .chain(Crop::further(&joints))
                .collect(),
        };
        let mut crops = vec![CropLandmarks {
            crop: first,
            joints,
        }];
        for crop in others {
            let joints = self.landmarks(picture, tracked.region, Crop::ALL[crop])?;
            crops.extend(joints.map(|joints| CropLandmarks { crop, joints }));
        }
        let merged = merge(crops.iter().map(|crop| &crop.joints));
        // While somebody is followed the mesh and the shoulder network take their turn with the crop: plain and mirrored errors cancel over a
        // round of crops, as the joints' do.
        let ways = match plan {
            CropPlan::NextCrop | CropPlan::IfMoved => &[Crop::ALL[first].mirror][..],
            CropPlan::Round | CropPlan::AllCrops | CropPlan::Single => &Mirror::BOTH,
        };
        let found = self.mesh.detect(picture, &merged, tracked.face, ways)?;
        self.face_shows = found.is_some();
        if let Some(tracked) = &mut self.tracked {
            tracked.face = found.map(|(_, region)| region);
        }
        // Who turns aside is not measured by it.
        let girdle = if self.face_shows && self.faces_camera {
            self.shoulders
                .detect(picture, &merged, tracked.girdle, ways)?
        } else {
            None
        };
        if let Some(tracked) = &mut self.tracked {
            tracked.girdle = girdle.as_ref().map(|(_, crop)| *crop);
        }
        Ok(Some(Person {
            merged,
            crops,
            face: found.map(|(face, _)| face),
            girdle: girdle.map(|(girdle, _)| girdle),
        }))
    }
}

fn whole(picture: &RgbImage) -> Region {
    Region::letterbox(picture.width(), picture.height())
}

/// The square in the middle of a picture, as high as the picture: people show larger in it.
fn middle(picture: &RgbImage) -> Region {
    Region {
        side: picture.width().min(picture.height()) as f32,
        ..whole(picture)
    }
}

/// A copy of a picture in which dark parts are brighter: the square root of each value.
fn brightened(picture: &RgbImage) -> RgbImage {
    let bright: [u8; 256] = std::array::from_fn(|value| (255.0 * value as f32).sqrt() as u8);
    let mut copy = picture.clone();
    for value in copy.iter_mut() {
        *value = bright[usize::from(*value)];
    }
    copy
}

impl PoseModel for Pose {
    fn detect(&mut self, frame: &Frame, plan: CropPlan) -> Result<Sighting, PoseError> {
        let picture = &frame.pixels;
        if plan == CropPlan::IfMoved
            && let Some(person) = self.unmoved(frame)?
        {
            return Ok(Sighting::Person(Box::new(person)));
        }
        self.seen = None;
        let last = self.tracked.take().filter(|_| plan != CropPlan::Single);
        let continues = matches!(plan, CropPlan::NextCrop | CropPlan::IfMoved);
        let mut person = match last {
            Some(last) if last.stays && continues => self.detect_in_region(picture, last, plan)?,
            Some(_) | None => None,
        };
        // Upstream gives up the frame when it loses the person. Observations are too far apart for
        // that here, so the detector runs on the same frame.
        if person.is_none() {
            let found = self.find(picture, whole(picture), last.map(|last| last.region))?;
            // The landmark model sometimes still finds a person whom the detector misses.
            if let Some(region) = found.map(TrackedRegion::new).or(last) {
                person = self.detect_in_region(picture, region, plan)?;
            }
        }
        // Dark skin and dark rooms are missed more often. An empty room pays for this only while it
        // is searched at all, see `EmptyScene`.
        if person.is_none() {
            let bright = brightened(picture);
            if let Some(region) = self.find(&bright, middle(picture), None)? {
                person = self.detect_in_region(&bright, TrackedRegion::new(region), plan)?;
            }
        }
        let Some(person) = person else {
            return Ok(Sighting::Nobody);
        };
        if plan != CropPlan::Single {
            self.seen = Some(Seen {
                person: person.clone(),
                at: frame.at,
                mirror: Crop::ALL[person.crops[0].crop].mirror,
            });
        }
        Ok(Sighting::Person(Box::new(person)))
    }

    fn person_sizes(&self, picture: &RgbImage) -> Result<Vec<f32>, PoseError> {
        let people = self.detector.find(picture, whole(picture))?;
        let height = picture.height() as f32;
        let mut sizes: Vec<f32> = people.iter().map(|region| region.side / height).collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        Ok(sizes)
    }

    fn outline(&self, picture: &RgbImage) -> Result<Option<Landmarks>, PoseError> {
        let last = self.tracked.map(|tracked| tracked.region);
        match self.find(picture, whole(picture), last)? {
            Some(region) => self.landmarks(picture, region, Crop::ALL[Crop::COMMON.start]),
            None => Ok(None),
        }
    }
}
