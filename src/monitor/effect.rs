//! The monitor's effects.

use jiff::{SignedDuration, Timestamp};

use super::Observation;
use crate::posture::{Fault, PerAngle, Posture};
use crate::record::{self, NotWatching, Reading, Record};

/// Something for the caller to perform.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Suggest a stretch, then answer with [`Input::Shown`](super::Input::Shown).
    Nudge(NudgeRequest),
    /// Say that the person has sat in one posture for this long.
    MentionStillness {
        /// The time of the observation.
        at: Timestamp,
        /// How long.
        lasted: SignedDuration,
    },
    /// Remove the nudge with this identity from the screen.
    Withdraw(Timestamp),
    /// Save this record.
    Save(Record),
    /// Add this to the minutes.
    TimeUse(record::TimeSpan),
    /// Show this status.
    Publish(MonitorStatus),
    /// Observe at this time; it replaces every earlier one. In a pause: send a tick then, because the pause ends.
    ObserveAt(Timestamp),
}

/// A nudge before its stretch is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct NudgeRequest {
    /// The time, which is also the nudge's identity.
    pub at: Timestamp,
    /// The fault that lasted longest.
    pub fault: Fault,
    /// Each angle's mean change from neutral during the slouch, in degrees.
    pub changes: PerAngle<Option<f64>>,
    /// How long the slouch has lasted.
    pub lasted: SignedDuration,
    /// The angles in the last observation.
    pub posture: Posture,
    /// Readings of the slouch, in order of time.
    pub readings: Vec<Reading>,
}

/// The monitor's status.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorStatus {
    /// When.
    pub at: Timestamp,
    /// Whether Sitwell watches, and the last observation.
    pub watch: WatchState,
    /// How long the sustained slouch has lasted, from its first observation.
    pub slouched_for: Option<SignedDuration>,
    /// The nudge that waits for an answer.
    pub nudge: Option<Timestamp>,
    /// Whether the screens' edges stay bright for it, because the trial compares.
    pub leaves_out_edges: bool,
}

/// The last observation, or the reason that there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum WatchState {
    /// The last observation.
    Observation(Observation),
    /// Watching, but without an observation yet.
    NoObservationYet,
    /// Not watching.
    Not(NotWatching),
}
