//! What the monitor wants done.

use jiff::{SignedDuration, Timestamp};

use super::Observation;
use crate::posture::{Fault, PerAngle};
use crate::record::{self, NotWatching, Record};

/// What the caller is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Suggest a stretch, then say [`Input::Shown`](super::Input::Shown).
    Nudge(NudgeRequest),
    /// Take the nudge of this instant off the screen.
    Withdraw(Timestamp),
    /// Keep this.
    Save(Record),
    /// Add this to the minutes.
    TimeUse(record::TimeSpan),
    /// Show this to whoever follows along.
    Publish(MonitorStatus),
    /// Look then, instead of at any time asked for earlier. In a pause: let time pass then, for it ends.
    ObserveAt(Timestamp),
}

/// A nudge before its stretch is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NudgeRequest {
    /// When; also the nudge's identity.
    pub at: Timestamp,
    /// What is wrong, most of the time.
    pub fault: Fault,
    /// Each angle's mean change from neutral during the slouch, in degrees.
    pub changes: PerAngle<Option<f64>>,
    /// How long ago the slouch began.
    pub lasted: SignedDuration,
}

/// How things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorStatus {
    /// When.
    pub at: Timestamp,
    /// Whether Sitwell watches, and what it sees.
    pub watch: WatchState,
    /// The sustained slouch so far, from its first look.
    pub slouched_for: Option<SignedDuration>,
    /// The nudge that waits for an answer.
    pub nudge: Option<Timestamp>,
}

/// What is seen, or why nothing is.
#[derive(Debug, Clone, PartialEq)]
pub enum WatchState {
    /// The last look.
    Observation(Observation),
    /// Watching, but there was no look yet.
    NoObservationYet,
    /// Not watching.
    Not(NotWatching),
}
