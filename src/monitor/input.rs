//! What the monitor is told.

use jiff::Timestamp;

use crate::posture::{FilterState, Moment, Posture};
use crate::record::{Answer, NotWatching};

/// What the monitor is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A look.
    Observation(Observation),
    /// Watching has stopped. `at` is when it did, if that is known, not when it was noticed.
    NotWatching {
        /// Why.
        why: NotWatching,
        /// Since when.
        at: Timestamp,
    },
    /// What had stopped the watching is over; a pause goes on.
    Watching {
        /// Since when.
        at: Timestamp,
    },
    /// The person asks for a pause.
    Pause {
        /// The end, or none until [`Input::Resume`].
        until: Option<Timestamp>,
        /// The beginning.
        at: Timestamp,
    },
    /// The person ends the pause.
    Resume {
        /// When.
        at: Timestamp,
    },
    /// A nudge is on the screen. Until this comes, it is not recorded.
    Shown {
        /// The nudge's identity, [`NudgeRequest::at`](super::NudgeRequest::at).
        nudge: Timestamp,
        /// The id of the stretch that it suggests.
        stretch: String,
    },
    /// What became of a nudge.
    Answered {
        /// The nudge's identity, [`NudgeRequest::at`](super::NudgeRequest::at).
        nudge: Timestamp,
        /// The answer.
        answer: Answer,
        /// When.
        at: Timestamp,
    },
    /// Time passes; about once a minute will do, and when [`Effect::ObserveAt`](super::Effect::ObserveAt) says.
    Tick(Timestamp),
}

/// A filtered and classified measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When the picture was taken.
    pub at: Timestamp,
    /// Since when it is so: since the first look that was held back because it showed this, else since `at`.
    pub since: Timestamp,
    /// The verdict.
    pub moment: Moment,
    /// How far the worst measure is on its way from neutral to its limit, 1 at
    /// the limit; none when nothing can be said.
    pub severity: Option<f64>,
    /// Whether the smoothing holds this look back.
    pub standing: FilterState,
    /// The smoothed angles.
    pub posture: Option<Posture>,
}

impl Observation {
    /// Whether the next look, soon, says what this one showed.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.standing == FilterState::Doubtful
            && matches!(self.moment, Moment::Upright | Moment::Slouched(_))
    }
}
