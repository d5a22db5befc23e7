//! The one way of a frame: from its pixels to an [`Observation`].
//!
//! Frames that cannot show anybody do not reach the pose model: those of a camera that repeats
//! itself, those that are too dark or too blurred, and those of a scene that is still empty. In all
//! others the model looks for a person, and [`PostureTracker`] measures, filters and classifies what
//! it finds. When to observe and what follows from it is left to [`monitor`](crate::monitor).

mod tracker;

pub use tracker::{PerceptionSettings, PostureTracker};

use crate::frame::Frame;
use crate::image::empty_scene::EmptyScene;
use crate::image::freeze::FreezeDetector;
use crate::image::quality;
use crate::landmarks::Sighting;
use crate::monitor::Observation;
use crate::pose::{CropPlan, PoseError, PoseModel};
use crate::posture::{Calibration, Classification, Measurement, UnclearReason};

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
        }
    }

    /// Continues with another pose model.
    pub fn use_model(&mut self, pose: Box<dyn PoseModel>) {
        self.pose = pose;
    }

    /// Measures against this calibration from now on. Nothing is remembered of earlier observations.
    pub fn calibrate(&mut self, calibration: Option<Calibration>) {
        self.tracker.calibrate(calibration);
    }

    /// Continues with other settings.
    pub fn adopt(&mut self, settings: PerceptionSettings) {
        self.tracker.adopt(settings);
    }

    /// Observes the next frame.
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn perceive(&mut self, frame: &Frame) -> Result<Observation, PoseError> {
        let crops = self.tracker.crop_plan(frame.at);
        Ok(match self.sight(frame, crops)? {
            Ok(sighting) => self.tracker.observe(&sighting, crops, frame.at),
            Err(reason) => self.tracker.observe_nothing(reason, frame.at),
        })
    }

    /// Looks for somebody in the next frame, or says why the frame cannot show anybody.
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn sight(
        &mut self,
        frame: &Frame,
        crops: CropPlan,
    ) -> Result<Result<Sighting, UnclearReason>, PoseError> {
        let frozen = self
            .freeze
            .as_mut()
            .and_then(|freeze| freeze.observe(frame));
        if let Some(reason) = frozen.or_else(|| quality::problem(frame)) {
            return Ok(Err(reason));
        }
        if self.scene.is_still_empty(frame) {
            return Ok(Ok(Sighting::Nobody));
        }
        let sighting = self.pose.detect(frame, crops)?;
        match sighting {
            Sighting::Nobody => self.scene.note_empty(frame),
            Sighting::Person(_) => self.scene.note_person(),
        }
        Ok(Ok(sighting))
    }

    /// Says what a frame shows by itself: whatever its quality, and without those before it.
    ///
    /// # Errors
    ///
    /// The pose model fails.
    pub fn analyze(&mut self, frame: &Frame, crops: CropPlan) -> Result<Analysis, PoseError> {
        let sighting = self.pose.detect(frame, crops)?;
        let (measurement, classification) = self.tracker.assess(&sighting);
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
