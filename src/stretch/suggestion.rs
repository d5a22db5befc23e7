//! What to do about a fault, and how a notification says it.

use jiff::SignedDuration;

use super::entry::{MOVE, Stretch};
use super::safety::SHORTEST;
use super::settings::Exclusion;

/// What to do about a fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Suggestion<'a> {
    /// One stretch.
    Stretch {
        /// The stretch.
        stretch: &'a Stretch,
        /// A short exercise right before the stretch, such as a neck retraction for a forward head.
        opener: Option<&'a Stretch>,
        /// What to do first; always present before a deep stretch.
        warm_up: Option<&'a Stretch>,
        /// What rules out every thoracic stretch, where this one is not thoracic.
        excluded_by: Option<Exclusion>,
    },
    /// No stretch: get up, move for five minutes and check the desk.
    Move(MoveReason),
}

/// Why no stretch is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveReason {
    /// Quick fixes for this fault were suggested this often today already.
    SameRelief {
        /// How often.
        times: usize,
    },
    /// The settings leave nothing for the fault.
    NothingFits {
        /// What rules out every stretch.
        excluded_by: Option<Exclusion>,
    },
}

/// What to check when quick fixes do not last, the most helpful first.
pub const DESK_CHECK: [&str; 5] = [
    "Screen: its upper edge at about eye height, so that you look slightly down.",
    "Distance: an arm's length from your eyes to the screen; make the text larger rather than lean in.",
    "Chair: feet flat, hips a little above the knees, the back against the backrest.",
    "Keyboard and mouse: close enough that your elbows stay beside you.",
    "Laptop: put it on a stand and use a separate keyboard if you can.",
];

impl<'a> Suggestion<'a> {
    /// The id to keep with the nudge: the stretch's, or [`MOVE`].
    #[must_use]
    pub fn id(&self) -> &'a str {
        match self {
            Suggestion::Stretch { stretch, .. } => &stretch.id,
            Suggestion::Move(_) => MOVE,
        }
    }

    /// The exercises in order: warm-up, opener, stretch. Empty where the advice is to get up.
    pub fn stretches(&self) -> impl Iterator<Item = &'a Stretch> + use<'a> {
        let steps = match *self {
            Suggestion::Stretch {
                stretch,
                opener,
                warm_up,
                ..
            } => [warm_up, opener, Some(stretch)],
            Suggestion::Move(_) => [None; 3],
        };
        steps.into_iter().flatten()
    }

    /// How long the whole of it takes.
    #[must_use]
    pub fn total(&self) -> SignedDuration {
        match self {
            Suggestion::Stretch { .. } => self
                .stretches()
                .fold(SignedDuration::ZERO, |sum, one| sum + one.total()),
            Suggestion::Move(_) => SignedDuration::from_mins(5),
        }
    }

    /// The body of a notification: two lines, and a third where no thoracic stretch is possible.
    #[must_use]
    pub fn brief(&self) -> String {
        const DESK: &str = "Then check screen height, chair and distance.";
        match self {
            Suggestion::Stretch {
                stretch,
                opener,
                warm_up,
                excluded_by,
            } => {
                let first = warm_up.map(|warm_up| warm_up.name.clone());
                let second = opener.map(|opener| {
                    let seconds = opener.total().as_secs();
                    format!("{seconds} seconds {}", in_a_sentence(&opener.name))
                });
                let before: Vec<String> = first.into_iter().chain(second).collect();
                let seconds = self.total().as_secs();
                let exercises = if before.is_empty() {
                    format!("{}, {seconds} seconds", stretch.name)
                } else {
                    let stretch = in_a_sentence(&stretch.name);
                    format!(
                        "{}, then {stretch}, {seconds} seconds in all",
                        before.join(", ")
                    )
                };
                let reason = excluded_by.map_or(String::new(), |exclusion| {
                    format!("\nNo stretch for the upper back fits your settings ({exclusion}).")
                });
                format!("{exercises}. {SHORTEST}\n{}{reason}", stretch.brief)
            }
            Suggestion::Move(MoveReason::SameRelief { times }) => format!(
                "The same slouch {times} times today: get up and stretch for 5 minutes.\n{DESK}"
            ),
            Suggestion::Move(MoveReason::NothingFits { excluded_by: None }) => {
                format!("Get up and move for 5 minutes.\n{DESK}")
            }
            Suggestion::Move(MoveReason::NothingFits {
                excluded_by: Some(exclusion),
            }) => format!(
                "No stretch fits your settings ({exclusion}): get up and move for 5 minutes.\n{DESK}"
            ),
        }
    }
}

/// A name in the middle of a sentence.
pub(super) fn in_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
