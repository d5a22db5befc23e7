//! From sightings to looks: measures, smooths and judges, one person and one
//! camera at a time.

use jiff::Timestamp;

use super::Look;
use crate::landmarks::Sighting;
use crate::posture::{
    Baseline, Drift, Estimate, Fitting, Limits, Moment, Posture, Seen, Smooth, Standing, Why,
    judge, observe,
};

/// Remembers what smoothing and judging need of the looks before.
#[derive(Debug, Clone)]
pub struct Observer {
    baseline: Option<Baseline>,
    limits: Limits,
    forward_head: Steady,
    rounded_shoulders: Steady,
    fitting: Fitting,
    before: Option<Moment>,
}

impl Observer {
    /// Begins to observe somebody. Without a baseline angles are rough and no
    /// look is called upright or slouched.
    #[must_use]
    pub fn new(baseline: Option<Baseline>, limits: Limits) -> Observer {
        Observer {
            limits: fitted(limits, baseline.as_ref()),
            baseline,
            forward_head: Steady::default(),
            rounded_shoulders: Steady::default(),
            fitting: Fitting::default(),
            before: None,
        }
    }

    /// Judges by other limits from now on; what was seen before is remembered.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = fitted(limits, self.baseline.as_ref());
    }

    /// Says what one sighting shows.
    pub fn look(&mut self, sighting: &Sighting, at: Timestamp) -> Look {
        let seen = match observe(sighting, self.baseline.as_ref()) {
            Seen::Posture(posture) => Seen::Posture(self.smoothed(posture, at)),
            seen @ (Seen::Nobody | Seen::Unclear(_)) => seen,
        };
        self.fitting = self.fitting.step(&seen, at);
        let seen = self.fitting.judged(seen);
        let verdict = judge(&seen, &self.limits, self.before);
        self.before = Some(verdict.moment);
        let doubtful = [&self.forward_head, &self.rounded_shoulders]
            .into_iter()
            .any(|angle| angle.smooth.standing() == Standing::Doubtful);
        Look {
            at,
            moment: verdict.moment,
            severity: verdict.severity,
            standing: if doubtful {
                Standing::Doubtful
            } else {
                Standing::Settled
            },
            posture: match seen {
                Seen::Posture(posture) => Some(posture),
                Seen::Nobody | Seen::Unclear(_) => None,
            },
        }
    }

    /// Says that a picture shows nothing, without looking for anybody in it.
    pub fn unclear(&mut self, why: Why, at: Timestamp) -> Look {
        let moment = Moment::Unclear(why);
        self.before = Some(moment);
        Look {
            at,
            moment,
            severity: None,
            standing: Standing::Settled,
            posture: None,
        }
    }

    fn smoothed(&mut self, posture: Posture, at: Timestamp) -> Posture {
        Posture {
            view: posture.view,
            forward_head: posture
                .forward_head
                .map(|angle| self.forward_head.take(angle, at)),
            rounded_shoulders: posture
                .rounded_shoulders
                .map(|angle| self.rounded_shoulders.take(angle, at)),
        }
    }
}

/// The limits for the person whose neutral it is.
fn fitted(limits: Limits, baseline: Option<&Baseline>) -> Limits {
    baseline.map_or(limits, |baseline| limits.fitted_to(baseline))
}

/// What is remembered of one angle.
#[derive(Debug, Clone, Copy, Default)]
struct Steady {
    smooth: Smooth,
    drift: Drift,
}

impl Steady {
    /// Smooths an angle and takes its drift off; a rough one without a change stays as it is.
    fn take(&mut self, angle: Estimate, at: Timestamp) -> Estimate {
        let Some(change) = angle.change else {
            return angle;
        };
        let steady = self.drift.correct(self.smooth.push(change, at), at);
        Estimate {
            degrees: angle.degrees + steady - change,
            change: Some(steady),
            error: self.smooth.error(angle.error),
        }
    }
}
