//! What the monitor wants done.

use jiff::{SignedDuration, Timestamp};

use super::Look;
use crate::posture::Fault;
use crate::record::{self, NotWatching, Record};

/// What the caller is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Suggest a stretch, then say [`Input::Shown`](super::Input::Shown).
    Nudge(Suggestion),
    /// Take the nudge of this instant off the screen.
    Withdraw(Timestamp),
    /// Keep this.
    Save(Record),
    /// Add this to the minutes.
    Spent(record::Look),
    /// Show this to whoever follows along.
    Publish(Reading),
    /// Look then, instead of at any time asked for earlier. In a pause: let time pass then, for it ends.
    LookAt(Timestamp),
}

/// A nudge before its stretch is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggestion {
    /// When; also the nudge's identity.
    pub at: Timestamp,
    /// What is wrong, most of the time.
    pub fault: Fault,
    /// The leading angle's mean change from neutral during the slouch, in degrees.
    pub change: f64,
    /// How long ago the slouch began.
    pub lasted: SignedDuration,
}

/// How things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// Whether Sitwell watches, and what it sees.
    pub watch: Seeing,
    /// The sustained slouch so far, from its first look.
    pub slouched_for: Option<SignedDuration>,
    /// The nudge that waits for an answer.
    pub nudge: Option<Timestamp>,
}

/// What is seen, or why nothing is.
#[derive(Debug, Clone, PartialEq)]
pub enum Seeing {
    /// The last look.
    Look(Look),
    /// Watching, but there was no look yet.
    NoLookYet,
    /// Not watching.
    Not(NotWatching),
}
