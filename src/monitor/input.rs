//! The monitor's inputs.

use jiff::Timestamp;

use crate::posture::{FilterState, Moment, Posture};
use crate::record::{Answer, NotWatching};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A frame was measured.
    Observation(Observation),
    /// Watching stopped. `at` is when it stopped if that is known, not when it was noticed.
    NotWatching {
        /// The reason.
        reason: NotWatching,
        /// Since when.
        at: Timestamp,
    },
    /// The reason for not watching is over. A pause continues.
    Watching {
        /// Since when.
        at: Timestamp,
    },
    /// The person pauses Sitwell.
    Pause {
        /// The end; `None` means until [`Input::Resume`].
        until: Option<Timestamp>,
        /// The beginning.
        at: Timestamp,
    },
    /// The person ends the pause.
    Resume {
        /// When.
        at: Timestamp,
    },
    /// A nudge is on the screen. A nudge is recorded only after this.
    Shown {
        /// The nudge's identity, [`NudgeRequest::at`](super::NudgeRequest::at).
        nudge: Timestamp,
        /// The id of the stretch that it suggests.
        stretch: String,
    },
    /// A nudge was answered.
    Answered {
        /// The nudge's identity, [`NudgeRequest::at`](super::NudgeRequest::at).
        nudge: Timestamp,
        /// The answer.
        answer: Answer,
        /// When.
        at: Timestamp,
    },
    /// Time passes. Expected about once a minute, and in a pause at [`Effect::ObserveAt`](super::Effect::ObserveAt).
    Tick(Timestamp),
}

/// A filtered and classified measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When the frame was taken.
    pub at: Timestamp,
    /// Since when this holds. Equals `at`, unless earlier observations that showed the same were held back:
    /// then it is the time of the first of them.
    pub since: Timestamp,
    /// The classification.
    pub moment: Moment,
    /// The largest share of its limit that an angle has reached: 0 at neutral, 1 at the limit. `None`
    /// without a measured change.
    pub severity: Option<f64>,
    /// Whether the filter holds this observation back.
    pub filter: FilterState,
    /// The filtered angles.
    pub posture: Option<Posture>,
}

impl Observation {
    /// Whether the next observation decides what this one showed.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.filter == FilterState::Doubtful
            && matches!(self.moment, Moment::Upright | Moment::Slouched(_))
    }
}
