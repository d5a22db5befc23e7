//! Which stretch answers a fault now.
//!
//! Pure and deterministic: the same catalogue, settings, past and instant give
//! the same suggestion. How often a person may be told at all, the cooldown
//! and the cap per hour, is the monitor's matter and not looked at here.

use jiff::{SignedDuration, Timestamp};

use super::catalogue::Catalogue;
use super::entry::{Depth, MOVE, Stretch};
use super::safety::SHORTEST;
use super::settings::{Obstacle, StretchSettings};
use crate::posture::Fault;
use crate::record::{Answer, Nudge};

/// How far back "today" reaches. Ours: a waking day, so that a night's sleep starts afresh in every time zone.
const DAY: SignedDuration = SignedDuration::from_hours(12);

/// How far back a refusal counts. Ours: what somebody disliked last week they may like today.
const REFUSALS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// From how many refusals, less the times it was done, a stretch steps back behind all others.
const TOO_OFTEN_REFUSED: usize = 2;

/// What to do about a fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Suggestion<'a> {
    /// One stretch.
    Stretch {
        /// The stretch.
        stretch: &'a Stretch,
        /// What to do first; always there before a deeper stretch.
        warm_up: Option<&'a Stretch>,
    },
    /// No stretch: get up, move for five minutes and check the desk.
    Move(MoveReason),
}

impl Suggestion<'_> {
    /// The id to keep with the nudge: the stretch's, or [`MOVE`].
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Suggestion::Stretch { stretch, .. } => &stretch.id,
            Suggestion::Move(_) => MOVE,
        }
    }

    /// How long it takes, warm-up included.
    #[must_use]
    pub fn total(&self) -> SignedDuration {
        match self {
            Suggestion::Stretch { stretch, warm_up } => {
                stretch.total() + warm_up.map_or(SignedDuration::ZERO, Stretch::total)
            }
            Suggestion::Move(_) => SignedDuration::from_mins(5),
        }
    }

    /// The body of a notification: at most two lines.
    #[must_use]
    pub fn brief(&self) -> String {
        match self {
            Suggestion::Stretch { stretch, warm_up } => {
                let first = warm_up.map_or(String::new(), |warm_up| {
                    format!(" after {}", plain_name(warm_up))
                });
                let seconds = self.total().as_secs();
                format!(
                    "{}{first}, {seconds} seconds. {SHORTEST}\n{}",
                    stretch.name, stretch.brief
                )
            }
            Suggestion::Move(MoveReason::SameRelief { times }) => format!(
                "That was the same {times} times today: get up and move for 5 minutes.\n\
                 Then check screen height, chair and distance."
            ),
            Suggestion::Move(MoveReason::NothingFits) => {
                "Get up and move for 5 minutes.\nThen check screen height, chair and distance."
                    .to_owned()
            }
        }
    }
}

/// A name in the middle of a sentence.
fn plain_name(stretch: &Stretch) -> String {
    let mut letters = stretch.name.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// Why no stretch is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveReason {
    /// Quick fixes for this fault were suggested this often today already.
    SameRelief {
        /// How often.
        times: usize,
    },
    /// The settings leave nothing that answers the fault.
    NothingFits,
}

/// What to check when quick fixes do not last, in the order in which it helps most people.
pub const DESK_CHECK: [&str; 5] = [
    "Screen: its upper edge at about eye height, so that you look slightly down.",
    "Distance: an arm's length from your eyes to the screen; make the text larger rather than lean in.",
    "Chair: feet flat, hips a little above the knees, the back against the backrest.",
    "Keyboard and mouse: close enough that your elbows stay beside you.",
    "Laptop: put it on a stand and use a separate keyboard if you can.",
];

/// The suggestion for a fault.
///
/// `lately` are the past nudges with their answers, in any order; those after
/// `now` are not looked at. Fit comes first: a stretch that answers the fault
/// goes before one that eases it. Then what was turned down repeatedly steps
/// back, then what was suggested least recently goes first, then what takes
/// the least effort, then the order of the catalogue.
#[must_use]
pub fn choose<'a>(
    catalogue: &'a Catalogue,
    fault: Fault,
    settings: &StretchSettings,
    lately: &[Nudge],
    now: Timestamp,
) -> Suggestion<'a> {
    let past = Past { lately, now };
    let times = past.quick_fixes(fault);
    if u32::try_from(times).unwrap_or(u32::MAX) >= settings.same_relief_a_day {
        return Suggestion::Move(MoveReason::SameRelief { times });
    }
    let warm_up = warm_up(catalogue, settings, &past);
    let best = catalogue
        .for_fault(fault)
        .into_iter()
        .filter(|stretch| settings.allows(stretch))
        .filter(|stretch| stretch.depth != Depth::Deep || warm_up.is_some())
        .min_by_key(|stretch| {
            let fit = if stretch.answers.contains(&fault) {
                Fit::Answers
            } else {
                Fit::Eases
            };
            (
                fit,
                past.refused(&stretch.id),
                past.suggested(&stretch.id),
                stretch.effort,
            )
        });
    match best {
        None => Suggestion::Move(MoveReason::NothingFits),
        Some(stretch) => {
            let cold = past.last_movement().is_none_or(|moved| {
                now.duration_since(moved)
                    >= SignedDuration::from_mins(settings.warm_up_after_minutes.into())
            });
            let first = stretch.depth == Depth::Deep || cold;
            Suggestion::Stretch {
                stretch,
                warm_up: warm_up.filter(|_| first),
            }
        }
    }
}

/// The stretches that no setting speaks against, for a fault or for all, with the obstacle where there is one.
#[must_use]
pub fn survey<'a>(
    catalogue: &'a Catalogue,
    fault: Option<Fault>,
    settings: &StretchSettings,
) -> Vec<(&'a Stretch, Option<Obstacle>)> {
    let all = fault.map_or_else(
        || catalogue.all().iter().collect(),
        |fault| catalogue.for_fault(fault),
    );
    all.into_iter()
        .map(|stretch| (stretch, settings.obstacle(stretch)))
        .collect()
}

/// The warm-up for now: the least effort first, and not always the same.
fn warm_up<'a>(
    catalogue: &'a Catalogue,
    settings: &StretchSettings,
    past: &Past<'_>,
) -> Option<&'a Stretch> {
    let mut allowed: Vec<&Stretch> = catalogue
        .all()
        .iter()
        .filter(|stretch| stretch.depth == Depth::WarmUp && settings.allows(stretch))
        .collect();
    allowed.sort_by_key(|stretch| stretch.effort);
    // Which warm-up came with a nudge is not kept, so the count of nudges turns the wheel.
    let turn = past.today().count();
    if allowed.is_empty() {
        None
    } else {
        allowed.get(turn % allowed.len()).copied()
    }
}

/// How well a stretch fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Answers,
    Eases,
}

/// What was suggested before now.
struct Past<'a> {
    lately: &'a [Nudge],
    now: Timestamp,
}

impl<'a> Past<'a> {
    /// The nudges of some time up to now.
    fn within(&self, reach: SignedDuration) -> impl Iterator<Item = &'a Nudge> + use<'a> {
        let now = self.now;
        self.lately
            .iter()
            .filter(move |nudge| nudge.at <= now && now.duration_since(nudge.at) < reach)
    }

    /// The nudges of today.
    fn today(&self) -> impl Iterator<Item = &'a Nudge> + use<'a> {
        self.within(DAY)
    }

    /// How many stretches were suggested for a fault today, since the last advice to get up for it.
    ///
    /// Those that were taken back because the person sat up are not counted: no relief was needed.
    fn quick_fixes(&self, fault: Fault) -> usize {
        let same = |nudge: &&Nudge| nudge.fault == fault;
        let moved = self
            .today()
            .filter(same)
            .filter(|nudge| nudge.stretch == MOVE)
            .map(|nudge| nudge.at)
            .max();
        self.today()
            .filter(same)
            .filter(|nudge| nudge.stretch != MOVE && nudge.answer != Answer::Recovered)
            .filter(|nudge| moved.is_none_or(|moved| nudge.at > moved))
            .count()
    }

    /// Whether a stretch was turned down too often; false goes first.
    fn refused(&self, id: &str) -> bool {
        let answers = || {
            self.within(REFUSALS)
                .filter(|nudge| nudge.stretch == id)
                .map(|nudge| nudge.answer)
        };
        let no = answers()
            .filter(|answer| *answer == Answer::Skipped)
            .count();
        let yes = answers()
            .filter(|answer| matches!(answer, Answer::Done | Answer::Part))
            .count();
        no.saturating_sub(yes) >= TOO_OFTEN_REFUSED
    }

    /// When a stretch was last suggested today, as a key: never goes first, then the longest ago.
    fn suggested(&self, id: &str) -> Option<Timestamp> {
        self.today()
            .filter(|nudge| nudge.stretch == id)
            .map(|nudge| nudge.at)
            .max()
    }

    /// When the person last moved because of a nudge.
    fn last_movement(&self) -> Option<Timestamp> {
        self.today()
            .filter(|nudge| matches!(nudge.answer, Answer::Done | Answer::Part))
            .map(|nudge| nudge.answered.unwrap_or(nudge.at).min(self.now))
            .max()
    }
}
