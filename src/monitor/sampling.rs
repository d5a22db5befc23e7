//! When to look next.
//!
//! A look costs about 25 ms of one core and some for the camera, so one every 3 s is 1 % of it. Looks
//! come seldom while nothing can be decided and quickly while something can.

use jiff::SignedDuration;
use jiff::fmt::serde::duration::friendly::compact::required as friendly;
use serde::{Deserialize, Serialize};

use super::Observation;
use crate::posture::{EpisodeState, EpisodeTiming, FilterState, Moment};

/// How long to wait between looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SamplingIntervals {
    /// While the posture is steady: upright and far from any limit, or in a slouch that goes on.
    #[serde(serialize_with = "friendly")]
    pub steady: SignedDuration,
    /// Near a limit, on arrival, and while a slouch builds up or ends.
    #[serde(serialize_with = "friendly")]
    pub quick: SignedDuration,
    /// After a look so far from the others that the next one must say which is right.
    #[serde(serialize_with = "friendly")]
    pub doubtful: SignedDuration,
    /// While nobody is there.
    #[serde(serialize_with = "friendly")]
    pub away: SignedDuration,
    /// The share of a limit from which on it counts as near.
    pub near: f64,
}

impl Default for SamplingIntervals {
    /// Steady, 5 s: so late can a change be seen, and every verdict is to fall within 5 s of its
    /// time; 0.5 % of a core and the camera. Quick, 3 s: the most that 1 % of a core allows for long. Doubtful,
    /// 1.5 s: beyond the second for which the smoothing holds a look back; seldom, so it may be
    /// dearer. Away, 10 s: nothing is missed but the first seconds of sitting down. Near, 60 %:
    /// a limit of 10 degrees less one look's error and a half, and below the 70 % of release.
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

/// Looks never come closer than this: a picture takes time to take.
const LEAST: SignedDuration = SignedDuration::from_millis(500);

impl SamplingIntervals {
    /// How long to wait after a look, given the moment before it and the state after it.
    /// A verdict that falls due earlier is not waited past.
    pub(super) fn next(
        &self,
        look: &Observation,
        before: Option<Moment>,
        state: EpisodeState,
        patience: &EpisodeTiming,
    ) -> SignedDuration {
        let arrived = matches!(before, None | Some(Moment::Away));
        let near = look.severity.is_some_and(|severity| severity >= self.near);
        let wait = match (look.moment, look.standing, state) {
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
        match state.due(patience) {
            Some(due) if due > SignedDuration::ZERO => wait.min(due).max(LEAST),
            Some(_) | None => wait.max(LEAST),
        }
    }
}
