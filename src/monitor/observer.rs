//! From sightings to looks: measures, smooths and judges, one person and one
//! camera at a time.

use jiff::Timestamp;

use super::Observation;
use crate::landmarks::Sighting;
use crate::posture::{
    Calibration, CalibrationStaleness, DriftCorrection, Estimate, Features, FilterState, Limits,
    Measurement, Moment, PerAngle, Posture, TemporalFilter, UnclearReason, angles, classify,
    observe,
};

/// Remembers what smoothing and judging need of the looks before.
#[derive(Debug, Clone)]
pub struct Observer {
    calibration: Option<Calibration>,
    limits: Limits,
    smooth: TemporalFilter,
    /// Whether the next look goes through all crops.
    all_crops: bool,
    drift: PerAngle<DriftCorrection>,
    fitting: CalibrationStaleness,
    before: Option<Moment>,
    /// The first of the looks that are held back just now.
    held_since: Option<Timestamp>,
}

impl Observer {
    /// Begins to observe somebody. Without a baseline angles are rough and no
    /// look is called upright or slouched.
    #[must_use]
    pub fn new(calibration: Option<Calibration>, limits: Limits) -> Observer {
        Observer {
            limits: fitted(limits, calibration.as_ref()),
            calibration,
            smooth: TemporalFilter::default(),
            all_crops: false,
            drift: PerAngle::default(),
            fitting: CalibrationStaleness::default(),
            before: None,
            held_since: None,
        }
    }

    /// Judges by other limits from now on; what was seen before is remembered.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = fitted(limits, self.calibration.as_ref());
    }

    /// Says what one sighting shows.
    pub fn look(&mut self, sighting: &Sighting, at: Timestamp) -> Observation {
        // Where nobody is, there was nothing to look at closely.
        if std::mem::take(&mut self.all_crops) && *sighting != Sighting::Nobody {
            self.smooth.through_all_crops(at);
        }
        let seen = match observe(sighting, self.calibration.as_ref()) {
            Measurement::Posture(posture) => match self.smoothed(sighting, at) {
                Some(smoothed) => smoothed.map_or_else(Measurement::Unclear, Measurement::Posture),
                None => Measurement::Posture(posture),
            },
            seen @ (Measurement::Nobody | Measurement::Unclear(_)) => seen,
        };
        self.fitting = self.fitting.step(&seen, at);
        let seen = self.fitting.judged(seen);
        let verdict = classify(&seen, &self.limits, self.before);
        let before = self.before.replace(verdict.moment);
        self.dated(
            Observation {
                at,
                since: at,
                moment: verdict.moment,
                severity: verdict.severity,
                standing: self.smooth.standing(),
                posture: match seen {
                    Measurement::Posture(posture) => Some(posture),
                    Measurement::Nobody | Measurement::Unclear(_) => None,
                },
            },
            before,
        )
    }

    /// What a look that was held back showed, and the next confirms, is so since the first of them.
    fn dated(&mut self, look: Observation, before: Option<Moment>) -> Observation {
        if look.is_held_back() {
            self.held_since.get_or_insert(look.at);
            return look;
        }
        match (self.held_since.take(), before, look.moment) {
            (Some(since), Some(Moment::Upright), Moment::Slouched(_))
            | (Some(since), Some(Moment::Slouched(_)), Moment::Upright) => {
                Observation { since, ..look }
            }
            _ => look,
        }
    }

    /// Says that a picture shows nothing, without looking for anybody in it.
    pub fn unclear(&mut self, why: UnclearReason, at: Timestamp) -> Observation {
        let moment = Moment::Unclear(why);
        self.before = Some(moment);
        self.held_since = None;
        Observation {
            at,
            since: at,
            moment,
            severity: None,
            standing: FilterState::Settled,
            posture: None,
        }
    }

    /// Whether a picture taken now is best looked at through all crops. The next look is taken to be so, then.
    #[must_use]
    pub fn wants_all_crops(&mut self, at: Timestamp) -> bool {
        self.all_crops = self.calibration.is_some() && self.smooth.wants_all_crops(at);
        self.all_crops
    }

    /// The posture over this look and those before it, without what has drifted; none without a baseline,
    /// for rough angles stay as they are.
    fn smoothed(
        &mut self,
        sighting: &Sighting,
        at: Timestamp,
    ) -> Option<Result<Posture, UnclearReason>> {
        let (Some(calibration), Sighting::Person(person)) = (&self.calibration, sighting) else {
            return None;
        };
        let degrees = |features: &Features| {
            let posture = angles::posture(features, Some(calibration));
            posture
                .map(|posture| posture.angles)
                .unwrap_or_default()
                .map(|angle| angle.and_then(|angle| angle.change).unwrap_or_default())
        };
        self.smooth.push(&calibration.crops(person), at, degrees);
        let posture = match angles::posture(&self.smooth.features()?, Some(calibration)) {
            Ok(posture) => posture,
            Err(why) => return Some(Err(why)),
        };
        let angles = posture.angles.zip(self.drift.as_mut());
        let angles = angles.map(|(angle, drift)| {
            let angle = angle?;
            let change = angle.change?;
            let steady = drift.correct(change, at);
            Some(Estimate {
                degrees: angle.degrees + steady - change,
                change: Some(steady),
                error: self.smooth.error(angle.error),
            })
        });
        Some(Ok(Posture { angles, ..posture }))
    }
}

/// The limits for the person whose neutral it is.
fn fitted(limits: Limits, calibration: Option<&Calibration>) -> Limits {
    calibration.map_or(limits, |calibration| limits.fitted_to(calibration))
}
