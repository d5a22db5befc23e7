//! The angles during one slouch.

use jiff::Timestamp;

use super::Observation;
use crate::posture::{EpisodeState, EpisodeTiming, Estimate, Fault, Moment, PerAngle};
use crate::record::{AngleSpan, Reading};

/// The changes from neutral since a slouch began.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SlouchAngles {
    from: Timestamp,
    tracks: PerAngle<Track>,
    readings: Vec<Reading>,
}

impl SlouchAngles {
    /// Adds an observation. A new slouch starts from nothing; without a slouch there is nothing.
    pub(super) fn follow(
        slouch_angles: Option<SlouchAngles>,
        state: EpisodeState,
        observation: &Observation,
        timing: &EpisodeTiming,
    ) -> Option<SlouchAngles> {
        let from = state.since()?;
        let mut slouch_angles = slouch_angles
            .filter(|slouch_angles| slouch_angles.from == from)
            .unwrap_or(SlouchAngles {
                from,
                tracks: PerAngle::default(),
                readings: Vec::new(),
            });
        let slouched = match observation.moment {
            Moment::Slouched(_) => observation.posture.as_ref(),
            Moment::Upright | Moment::Unclear(_) | Moment::Away => None,
        };
        if let Some(posture) = slouched {
            let reading = Reading::new(observation.at, &posture.angles);
            reading.add_to(&mut slouch_angles.readings);
        }
        let angles = slouched.map(|posture| posture.angles).unwrap_or_default();
        for (angle, estimate) in angles {
            slouch_angles.tracks[angle].take(estimate, observation.at, timing);
        }
        Some(slouch_angles)
    }

    /// Each angle's mean change so far, in degrees.
    pub(super) fn means(&self) -> PerAngle<Option<f64>> {
        self.tracks.map(|track| track.span().map(|span| span.mean))
    }

    /// The readings so far, in order of time.
    pub(super) fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// The fault's angle. If several angles are at fault: the one that changed most.
    pub(super) fn leading(&self, fault: Fault) -> Option<AngleSpan> {
        let spans = self.tracks.map(|track| track.span());
        match fault {
            Fault::ForwardHead => spans.forward_head,
            Fault::RoundedShoulders => spans.rounded_shoulders,
            Fault::HeadAndShoulders => spans
                .into_iter()
                .filter_map(|(_, span)| span)
                .max_by(|a, b| a.mean.total_cmp(&b.mean)),
        }
    }
}

/// One angle's change from neutral. An observation counts for the time until the next one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Track {
    #[default]
    Empty,
    Measured {
        /// The current value and its time; none while the angle is not measured.
        current: Option<(f64, Timestamp)>,
        last: f64,
        worst: f64,
        error: f64,
        seconds: f64,
        degree_seconds: f64,
    },
}

impl Track {
    fn take(&mut self, estimate: Option<Estimate>, at: Timestamp, timing: &EpisodeTiming) {
        let reading =
            estimate.and_then(|estimate| estimate.change.map(|change| (change, estimate.error)));
        *self = match (*self, reading) {
            (Track::Empty, None) => Track::Empty,
            (Track::Empty, Some((change, error))) => Track::Measured {
                current: Some((change, at)),
                last: change,
                worst: change,
                error,
                seconds: 0.0,
                degree_seconds: 0.0,
            },
            (
                Track::Measured {
                    current,
                    last,
                    worst,
                    error,
                    seconds,
                    degree_seconds,
                },
                reading,
            ) => {
                let (change, lasted) = current.map_or((0.0, 0.0), |(change, since)| {
                    let lasted = at.duration_since(since);
                    let known = lasted.is_positive() && lasted <= timing.max_gap;
                    (change, if known { lasted.as_secs_f64() } else { 0.0 })
                });
                let (now, now_error) = reading.unwrap_or((last, error));
                Track::Measured {
                    current: reading.map(|(change, _)| (change, at)),
                    last: now,
                    worst: if now.abs() > worst.abs() { now } else { worst },
                    error: now_error.max(error),
                    seconds: seconds + lasted,
                    degree_seconds: degree_seconds + change * lasted,
                }
            }
        };
    }

    fn span(&self) -> Option<AngleSpan> {
        match *self {
            Track::Empty => None,
            Track::Measured {
                last,
                worst,
                error,
                seconds,
                degree_seconds,
                ..
            } => Some(AngleSpan {
                mean: if seconds > 0.0 {
                    degree_seconds / seconds
                } else {
                    last
                },
                worst,
                error,
            }),
        }
    }
}
