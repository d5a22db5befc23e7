//! What is shown, and what is answered.

use jiff::{SignedDuration, Timestamp};

use crate::posture::Fault;
use crate::stretch::{Suggestion, headline};

/// Something to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The instant of the nudge, which is its identity.
    pub at: Timestamp,
    /// The fact in one line.
    pub title: String,
    /// What to do about it, in two lines.
    pub body: String,
    /// The answers to offer, in this order. A click on the notice itself means [`Action::Start`].
    pub actions: Vec<Action>,
}

impl Notice {
    /// The notice for a suggestion.
    #[must_use]
    pub fn for_suggestion(
        at: Timestamp,
        fault: Fault,
        degrees: Option<f64>,
        lasted: SignedDuration,
        suggestion: &Suggestion<'_>,
    ) -> Notice {
        let actions = match suggestion {
            Suggestion::Stretch { .. } => Action::ALL.to_vec(),
            // There is no guide through getting up.
            Suggestion::Move(_) => vec![Action::Done, Action::Snooze, Action::NotNow],
        };
        Notice {
            at,
            title: headline(fault, degrees, lasted),
            body: suggestion.brief(),
            actions,
        }
    }
}

/// An answer that a notice offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open the guide.
    Start,
    /// It is done already.
    Done,
    /// Tell me again in a while.
    Snooze,
    /// No.
    NotNow,
}

impl Action {
    /// Every answer, in the order in which they are offered.
    pub const ALL: [Action; 4] = [Action::Start, Action::Done, Action::Snooze, Action::NotNow];

    /// How long [`Action::Snooze`] asks for.
    pub const SNOOZE: SignedDuration = SignedDuration::from_mins(15);

    /// What stands on the button.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Action::Start => "Start",
            Action::Done => "Done",
            Action::Snooze => "Snooze 15 min",
            Action::NotNow => "Not now",
        }
    }

    /// The name under which the desktop reports it.
    #[cfg_attr(
        target_os = "macos",
        expect(dead_code, reason = "no answer is heard there")
    )]
    pub(super) fn key(self) -> &'static str {
        match self {
            Action::Start => "start",
            Action::Done => "done",
            Action::Snooze => "snooze",
            Action::NotNow => "not-now",
        }
    }

    /// The action that the desktop reports.
    #[cfg_attr(
        target_os = "macos",
        expect(dead_code, reason = "no answer is heard there")
    )]
    pub(super) fn from_key(key: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.key() == key)
    }
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reply {
    /// An offered answer was chosen; a click on the notice counts as [`Action::Start`].
    Chosen(Action),
    /// It was closed without an answer.
    Closed,
    /// It went away by itself.
    Expired,
    /// It was not shown: the desktop wants quiet.
    Silenced,
    /// It was shown in the terminal instead, where nothing is answered.
    InTerminal,
    /// The notification service went away while it was shown.
    Lost,
}

/// Word of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Heard {
    /// Which notice, by the instant of its nudge.
    pub at: Timestamp,
    /// What became of it.
    pub reply: Reply,
}
