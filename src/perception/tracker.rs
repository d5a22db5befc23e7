//! From sightings to observations: measures, filters and classifies one person before one camera.

use jiff::{SignedDuration, Timestamp};

use crate::landmarks::{Person, Sighting};
use crate::monitor::Observation;
use crate::pose::CropPlan;
use crate::posture::{
    Calibration, CalibrationDoubt, CalibrationStaleness, CameraWatch, Classification,
    DriftCorrection, EpisodeTiming, ErrorFactor, Estimate, Features, FilterState, Limits,
    Measurement, Moment, PerAngle, Posture, SeatWatch, TemporalFilter, UnclearReason, angles,
    classify, observe,
};
use crate::settings::Settings;

/// The settings for perception.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PerceptionSettings {
    /// How far from neutral is too far.
    pub limits: Limits,
    /// After this long without an observation nothing is known of the time between:
    /// [`EpisodeTiming::max_gap`].
    pub max_gap: SignedDuration,
}

impl Default for PerceptionSettings {
    fn default() -> PerceptionSettings {
        PerceptionSettings {
            limits: Limits::default(),
            max_gap: EpisodeTiming::default().max_gap,
        }
    }
}

impl From<&Settings> for PerceptionSettings {
    fn from(config: &Settings) -> PerceptionSettings {
        PerceptionSettings {
            limits: config.posture.limits(),
            max_gap: config.monitor.episodes.max_gap,
        }
    }
}

/// What measuring, filtering and classifying need of the earlier observations.
#[derive(Debug, Clone)]
pub struct PostureTracker {
    settings: PerceptionSettings,
    calibration: Option<Calibration>,
    filter: TemporalFilter,
    drift: PerAngle<DriftCorrection>,
    staleness: CalibrationStaleness,
    camera: CameraWatch,
    seat: SeatWatch,
    previous: Option<Moment>,
    /// The first of the observations that are held back at present.
    held_from: Option<Timestamp>,
}

impl PostureTracker {
    /// A tracker that has observed nothing. Without a calibration angles are rough and nothing is
    /// classified as upright or slouched.
    #[must_use]
    pub fn new(calibration: Option<Calibration>, settings: PerceptionSettings) -> PostureTracker {
        PostureTracker {
            settings,
            calibration,
            filter: TemporalFilter::default(),
            drift: PerAngle::default(),
            staleness: CalibrationStaleness::default(),
            camera: CameraWatch::default(),
            seat: SeatWatch::default(),
            previous: None,
            held_from: None,
        }
    }

    /// Starts anew with another calibration.
    pub fn calibrate(&mut self, calibration: Option<Calibration>) {
        *self = PostureTracker::new(calibration, self.settings);
    }

    /// Continues with other settings. Earlier observations are remembered.
    pub fn adopt(&mut self, settings: PerceptionSettings) {
        self.settings = settings;
    }

    /// The crops to observe in a frame of this instant: a round of them if the posture is new or may
    /// have changed, and none while the face is where it was.
    #[must_use]
    pub fn crop_plan(&self, at: Timestamp) -> CropPlan {
        let max_gap = self.settings.max_gap;
        if self.calibration.is_none() {
            CropPlan::NextCrop
        } else if self.filter.wants_round(at, max_gap) {
            CropPlan::Round
        } else if self.filter.state() == FilterState::Settled {
            CropPlan::IfMoved
        } else {
            CropPlan::NextCrop
        }
    }

    /// Says what a sighting through these crops shows, given the earlier ones. The picture's quality gives the factor.
    pub fn observe(
        &mut self,
        sighting: &Sighting,
        crops: CropPlan,
        factor: ErrorFactor,
        at: Timestamp,
    ) -> Observation {
        let measurement = match sighting {
            Sighting::Nobody => Measurement::Nobody,
            Sighting::Person(person) => {
                if crops == CropPlan::Round {
                    self.filter.record_round(at);
                }
                self.measure(person, at)
                    .map_or_else(Measurement::Unclear, Measurement::Posture)
            }
        };
        self.staleness = self.staleness.step(&measurement, at, self.settings.max_gap);
        let measurement = self.staleness.apply(measurement).less_exact(factor);
        let Classification { moment, severity } =
            classify(&measurement, &self.limits(), self.previous);
        self.seat = self.seat.step(moment, at);
        let previous = self.previous.replace(moment);
        let mut observation = Observation {
            at,
            since: at,
            moment,
            severity,
            filter: self.filter.state(),
            posture: match measurement {
                Measurement::Posture(posture) => Some(posture),
                Measurement::Nobody | Measurement::Unclear(_) => None,
            },
        };
        if observation.is_held_back() {
            self.held_from.get_or_insert(at);
            return observation;
        }
        // A confirmed change began with the first observation that was held back because of it.
        if let (Some(from), Some(Moment::Upright), Moment::Slouched(_))
        | (Some(from), Some(Moment::Slouched(_)), Moment::Upright) =
            (self.held_from.take(), previous, moment)
        {
            observation.since = from;
        }
        observation
    }

    /// Says that a frame cannot show anybody.
    pub fn observe_nothing(&mut self, reason: UnclearReason, at: Timestamp) -> Observation {
        let moment = Moment::Unclear(reason);
        self.previous = Some(moment);
        self.held_from = None;
        Observation {
            at,
            since: at,
            moment,
            severity: None,
            filter: FilterState::Settled,
            posture: None,
        }
    }

    /// Why the calibration may no longer fit by now.
    #[must_use]
    pub fn doubt(&self, at: Timestamp) -> Option<CalibrationDoubt> {
        if self.previous == Some(Moment::Unclear(UnclearReason::CalibrationStale)) {
            Some(CalibrationDoubt::Stale)
        } else if self.camera.is_surely_elsewhere() {
            Some(CalibrationDoubt::CameraElsewhere)
        } else if self.camera.is_head_surely_different() {
            Some(CalibrationDoubt::HeadLooksDifferent)
        } else if self.seat.is_due(at) {
            Some(CalibrationDoubt::AnotherSeat)
        } else {
            None
        }
    }

    /// How well another calibration fits where the camera stands now: less is better, none if it does not.
    #[must_use]
    pub fn distance(&self, other: &Calibration) -> Option<f64> {
        let is_same_view = self.calibration.as_ref()?.view() == other.view();
        let face = other.neutral().face.filter(|_| is_same_view)?;
        self.camera.distance(&face)
    }

    /// Says what a sighting shows by itself.
    #[must_use]
    pub fn assess(
        &self,
        sighting: &Sighting,
        factor: ErrorFactor,
    ) -> (Measurement, Classification) {
        let measurement = observe(sighting, self.calibration.as_ref()).less_exact(factor);
        let classification = classify(&measurement, &self.limits(), None);
        (measurement, classification)
    }

    /// The limits for the person who was calibrated.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let limits = self.settings.limits;
        self.calibration
            .as_ref()
            .map_or(limits, |calibration| limits.fitted_to(calibration))
    }

    /// The posture over this sighting and the earlier ones, with drift removed. Without a calibration
    /// it is the rough posture of this sighting alone.
    fn measure(&mut self, person: &Person, at: Timestamp) -> Result<Posture, UnclearReason> {
        let features = angles::features(person, self.calibration.as_ref())?;
        let Some(calibration) = &self.calibration else {
            return angles::posture(&features, None, None);
        };
        let max_gap = self.settings.max_gap;
        let neutral = calibration.neutral();
        self.camera.add(&features, neutral, at, max_gap);
        if self.camera.is_squeezed(neutral) {
            return Err(UnclearReason::CalibrationStale);
        }
        let basis = Some(self.camera.basis(neutral));
        let degrees = |features: &Features| {
            let posture = angles::estimated(features, Some(calibration), basis);
            posture
                .map(|posture| posture.angles)
                .unwrap_or_default()
                .map(|angle| angle.and_then(|angle| angle.change).unwrap_or_default())
        };
        let crops = calibration.crops(person, features.girdle);
        self.filter.push(&crops, at, max_gap, degrees);
        let Some(filtered) = self.filter.features() else {
            return angles::posture(&features, Some(calibration), basis);
        };
        let posture = angles::posture(&filtered, Some(calibration), basis)?;
        let angles = posture.angles.zip(self.drift.as_mut());
        let angles = angles.map(|(angle, drift)| {
            let angle = angle?;
            let change = angle.change?;
            let corrected = drift.correct(change, at, max_gap);
            Some(Estimate {
                degrees: angle.degrees + corrected - change,
                change: Some(corrected),
                error: self.filter.error(angle.error),
            })
        });
        Ok(Posture { angles, ..posture })
    }
}
