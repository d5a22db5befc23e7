//! When to observe next.
//!
//! An observation costs some 30 ms of one core, and the camera costs some more: one every 3 s takes
//! 1 % of the core. Observations are rare while they decide nothing and frequent while they do.

use jiff::SignedDuration;
use jiff::fmt::serde::duration::friendly::compact::required as friendly;
use serde::{Deserialize, Serialize};

use super::Observation;
use crate::posture::{EpisodeState, EpisodeTiming, FilterState, Moment};

/// How long to wait between observations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SamplingIntervals {
    /// While the posture is steady: upright and far from any limit, or slouched for some time.
    #[serde(serialize_with = "friendly")]
    pub steady: SignedDuration,
    /// Near a limit, on arrival, and while a slouch builds up or ends.
    #[serde(serialize_with = "friendly")]
    pub quick: SignedDuration,
    /// After an observation that differs so much that the next one must confirm it.
    #[serde(serialize_with = "friendly")]
    pub doubtful: SignedDuration,
    /// While nobody is in view.
    #[serde(serialize_with = "friendly")]
    pub away: SignedDuration,
    /// The share of a limit above which a change counts as near it.
    pub near: f64,
}

impl Default for SamplingIntervals {
    /// Our choices. Steady, 5 s: a change is noticed at most 5 s late, for 0.5 % of a core. While the face
    /// stays where it is, every fifth of these observations runs a crop (`CropPlan::IfMoved`). Quick,
    /// 3 s: the shortest interval that stays at 1 % of a core. Doubtful, 1.5 s: longer than the
    /// second for which the filter holds an observation back; it is rare, so it may cost more.
    /// Away, 10 s: only the first seconds of sitting down are missed. Near, 60 %: a limit of 10
    /// degrees less one and a half times an observation's error, and below the 70 % at which a slouch ends.
    fn default() -> SamplingIntervals {
        SamplingIntervals {
            steady: SignedDuration::from_secs(5),
            quick: SignedDuration::from_secs(3),
            doubtful: SignedDuration::from_millis(1500),
            away: SignedDuration::from_secs(10),
            near: 0.6,
        }
    }
}

/// The shortest interval: the camera needs time to deliver a frame. Our choice.
const MIN_INTERVAL: SignedDuration = SignedDuration::from_millis(500);

impl SamplingIntervals {
    /// How long to wait after an observation, given the moment before it and the state after it.
    /// If the episode's state changes by itself earlier than that, the wait ends then.
    pub(super) fn next(
        &self,
        observation: &Observation,
        previous: Option<Moment>,
        state: EpisodeState,
        timing: &EpisodeTiming,
    ) -> SignedDuration {
        let arrived = matches!(previous, None | Some(Moment::Away));
        let near = observation
            .severity
            .is_some_and(|severity| severity >= self.near);
        let wait = match (observation.moment, observation.filter, state) {
            (Moment::Away, ..) => self.away,
            (_, FilterState::Doubtful, _) => self.doubtful,
            (
                _,
                FilterState::Settled,
                EpisodeState::Building(_)
                | EpisodeState::Wavering(..)
                | EpisodeState::Recovering(..),
            ) => self.quick,
            (Moment::Slouched(_) | Moment::Unclear(_), FilterState::Settled, _) => self.steady,
            (Moment::Upright, FilterState::Settled, _) if near || arrived => self.quick,
            (Moment::Upright, FilterState::Settled, _) => self.steady,
        };
        match state.due(timing) {
            Some(due) if due > SignedDuration::ZERO => wait.min(due).max(MIN_INTERVAL),
            Some(_) | None => wait.max(MIN_INTERVAL),
        }
    }
}
