//! The only path of a frame, from its pixels to an [`Observation`].
//!
//! Frames that cannot show anybody do not reach the pose model: those of a camera that repeats
//! itself, those that are too dark or too blurred, and those of a scene that is still empty. In all
//! others the model looks for a person, and [`PostureTracker`] measures, filters and classifies what
//! it finds. When to observe and what follows from it is left to [`monitor`](crate::monitor).

mod tracker;

pub use tracker::{PerceptionSettings, PostureTracker};

use jiff::Timestamp;

use crate::frame::Frame;
use crate::image::empty_scene::EmptyScene;
use crate::image::freeze::FreezeDetector;
use crate::image::quality::PictureQuality;
use crate::landmarks::{Sighting, Skeleton};
use crate::monitor::Observation;
use crate::pose::{CropPlan, PoseError, PoseModel};
use crate::posture::{
    Calibration, CalibrationDoubt, Classification, Limits, Measurement, UnclearReason,
};

/// Where frames come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameOrigin {
    /// A camera, which is broken if it gives the same picture again and again.
    Camera,
    /// Files, in which a picture may repeat.
    Recording,
}

/// Everything between a frame and what it says about one person before one camera.
pub struct Perception {
    pose: Box<dyn PoseModel>,
    freeze: Option<FreezeDetector>,
    scene: EmptyScene,
    tracker: PostureTracker,
    skeleton: Option<Skeleton>,
}

/// What one picture by itself says.
#[derive(Debug)]
pub struct Analysis {
    /// The joints.
    pub sighting: Sighting,
    /// The angles.
    pub measurement: Measurement,
    /// The verdict.
    pub classification: Classification,
}

impl Perception {
    /// A perception without a calibration, which has observed nothing yet.
    #[must_use]
    pub fn new(
        pose: Box<dyn PoseModel>,
        origin: FrameOrigin,
        settings: PerceptionSettings,
    ) -> Perception {
        Perception {
            pose,
            freeze: match origin {
                FrameOrigin::Camera => Some(FreezeDetector::default()),
                FrameOrigin::Recording => None,
            },
            scene: EmptyScene::default(),
            tracker: PostureTracker::new(None, settings),
            skeleton: None,
        }
    }

    /// Continues with another pose model.
    pub fn use_model(&mut self, pose: Box<dyn PoseModel>) {
        self.pose = pose;
    }

    /// Measures against this calibration from now on. The filter, drift and staleness start again.
    pub fn calibrate(&mut self, calibration: Option<Calibration>) {
        self.tracker.calibrate(calibration);
    }

    /// Continues with other settings.
    pub fn adopt(&mut self, settings: PerceptionSettings) {
        self.tracker.adopt(settings);
    }

    /// The limits in force, for the person who was calibrated.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.tracker.limits()
    }

    /// Why the calibration may no longer fit by now, see [`PostureTracker::doubt`].
    #[must_use]
    pub fn doubt(&self, at: Timestamp) -> Option<CalibrationDoubt> {
        self.tracker.doubt(at)
    }

    /// How well another calibration fits, see [`PostureTracker::distance`].
    #[must_use]
    pub fn distance(&self, other: &Calibration) -> Option<f64> {
        self.tracker.distance(other)
    }

    /// Observes the next frame.
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn perceive(&mut self, frame: &Frame) -> Result<Observation, PoseError> {
        self.skeleton = None;
        let quality = match self.quality(frame) {
            Ok(quality) => quality,
            Err(reason) => return Ok(self.tracker.observe_nothing(reason, frame.at)),
        };
        let crops = self.tracker.crop_plan(frame.at);
        let sighting = if self.scene.is_still_empty(frame) {
            Sighting::Nobody
        } else {
            let sighting = self.pose.detect(frame, crops)?;
            match &sighting {
                Sighting::Nobody => self.scene.note_empty(frame),
                Sighting::Person(person) => {
                    self.scene.note_person();
                    self.skeleton = Some((&person.merged).into());
                }
            }
            sighting
        };
        let factor = quality.error_factor();
        Ok(self.tracker.observe(&sighting, crops, factor, frame.at))
    }

    /// Why the next frame cannot show anybody, if so: the camera repeats itself, or the frame is too
    /// dark, covered or blurred.
    pub fn problem(&mut self, frame: &Frame) -> Option<UnclearReason> {
        self.quality(frame).err()
    }

    fn quality(&mut self, frame: &Frame) -> Result<PictureQuality, UnclearReason> {
        let freeze = self.freeze.as_mut();
        if freeze.is_some_and(|freeze| freeze.is_frozen(frame)) {
            return Err(UnclearReason::Frozen);
        }
        let quality = PictureQuality::of(&frame.pixels);
        quality.problem().map_or(Ok(quality), Err)
    }

    /// Head and shoulders of who was in the last frame that was perceived.
    #[must_use]
    pub fn skeleton(&self) -> Option<Skeleton> {
        self.skeleton
    }

    /// Head and shoulders of who is in a frame, for a drawing: see [`PoseModel::outline`].
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn outline(&self, frame: &Frame) -> Result<Option<Skeleton>, PoseError> {
        let joints = self.pose.outline(&frame.pixels)?;
        Ok(joints.as_ref().map(Skeleton::from))
    }

    /// Looks for somebody in a frame, however alike the frames are.
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn detect(&mut self, frame: &Frame, crops: CropPlan) -> Result<Sighting, PoseError> {
        self.pose.detect(frame, crops)
    }

    /// Says what a frame shows by itself: whatever its quality, and without those before it.
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn analyze(&mut self, frame: &Frame, crops: CropPlan) -> Result<Analysis, PoseError> {
        let sighting = self.detect(frame, crops)?;
        let factor = PictureQuality::of(&frame.pixels).error_factor();
        let (measurement, classification) = self.tracker.assess(&sighting, factor);
        Ok(Analysis {
            sighting,
            measurement,
            classification,
        })
    }

    /// How large everybody in the frame shows, see [`PoseModel::person_sizes`].
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn person_sizes(&self, frame: &Frame) -> Result<Vec<f32>, PoseError> {
        self.pose.person_sizes(&frame.pixels)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use image::RgbImage;

    use super::*;
    use crate::landmarks::Landmarks;

    /// A model that finds nobody and counts how often it is asked.
    struct Blind(Rc<Cell<u32>>);

    impl PoseModel for Blind {
        fn detect(&mut self, _: &Frame, _: CropPlan) -> Result<Sighting, PoseError> {
            self.0.set(self.0.get() + 1);
            Ok(Sighting::Nobody)
        }

        fn person_sizes(&self, _: &RgbImage) -> Result<Vec<f32>, PoseError> {
            Ok(Vec::new())
        }

        fn outline(&self, _: &RgbImage) -> Result<Option<Landmarks>, PoseError> {
            Ok(None)
        }
    }

    #[test]
    fn only_watching_passes_over_a_scene_that_is_still_empty() {
        let asked = Rc::new(Cell::new(0));
        let model = Box::new(Blind(Rc::clone(&asked)));
        let settings = PerceptionSettings::default();
        let mut perception = Perception::new(model, FrameOrigin::Recording, settings);
        let file = format!(
            "{}/tests/fixtures/light/front.jpg",
            env!("CARGO_MANIFEST_DIR")
        );
        let mut frame = Frame {
            pixels: image::open(file).unwrap().into_rgb8(),
            at: Timestamp::UNIX_EPOCH,
        };
        let mut later = || {
            frame.at += jiff::SignedDuration::from_secs(5);
            frame.clone()
        };
        // A calibration and doctor try again: the model may have missed somebody.
        for _ in 0..3 {
            perception.detect(&later(), CropPlan::AllCrops).unwrap();
        }
        assert_eq!(asked.get(), 3);
        // The first five show that nobody is there for 20 s.
        for _ in 0..9 {
            let observation = perception.perceive(&later()).unwrap();
            assert_eq!(observation.moment, crate::posture::Moment::Away);
        }
        assert_eq!(asked.get(), 3 + 5);
    }
}
