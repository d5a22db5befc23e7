//! Whether nudges help: how long slouches last with a nudge, and without the ones that were withheld at random.

use crate::quantities::count;
use crate::record::{Episode, EpisodeOutcome, Records, TrialNudge};
use crate::statistics::{Lasted, RESAMPLES, bootstrap, restricted_mean};

/// Slouches are compared over this many minutes after the nudge was due. Our choice: the default time until the next
/// nudge is longer, so that no withheld nudge is made up for within them.
const MINUTES: f64 = 10.0;

/// With fewer slouches in a group the report says nothing. In simulations of users with 20 slouches without a nudge and 80
/// with one, it says that nudges help to 27 of 1000 whom they do not help, and to 912 of 1000 whose slouches last 3 minutes
/// instead of 8 (`rates_of_verdicts` in the tests).
const ENOUGH: usize = 20;

/// A nudge that saves less than this many minutes of ten does not help. Our choice.
const WORTH_A_NUDGE: f64 = 1.0;

/// The slouches with or without a nudge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrialGroup {
    /// How many.
    pub slouches: usize,
    /// Of how many the end was not seen: somebody left, or watching stopped.
    pub unseen: usize,
    /// How many minutes they lasted on average in the ten after the nudge was due.
    pub minutes: f64,
}

/// What the trial shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrialResult {
    /// Too few slouches to say.
    TooFew {
        /// With a nudge.
        nudged: usize,
        /// Without.
        withheld: usize,
    },
    /// A comparison.
    Compared {
        /// With a nudge.
        nudged: TrialGroup,
        /// Without.
        withheld: TrialGroup,
        /// By how many minutes slouches without a nudge lasted longer.
        saved: f64,
        /// The 95 % interval of that.
        interval: (f64, f64),
    },
}

/// What a comparison means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialVerdict {
    /// Nudges have shown to help.
    Helps,
    /// They have not shown it yet.
    NotShown,
    /// They help by less than is worth a nudge.
    DoesNotHelp,
}

impl TrialVerdict {
    /// What an interval of the minutes saved means.
    #[must_use]
    pub fn of((low, high): (f64, f64)) -> TrialVerdict {
        if high < WORTH_A_NUDGE {
            TrialVerdict::DoesNotHelp
        } else if low > 0.0 {
            TrialVerdict::Helps
        } else {
            TrialVerdict::NotShown
        }
    }
}

impl TrialResult {
    /// What these records show; `None` without a trial.
    #[must_use]
    pub fn of(records: &Records) -> Option<TrialResult> {
        if records.trial.is_empty() {
            return None;
        }
        let mut groups = (Vec::new(), Vec::new());
        for episode in &records.episodes {
            let during = |due: &&TrialNudge| episode.from <= due.at && due.at <= episode.to;
            // A later one of the same slouch depends on what the first one did.
            let Some(due) = records.trial.iter().find(during) else {
                continue;
            };
            let lasted = lasted(episode, due, records);
            match due.is_withheld {
                true => groups.1.push(lasted),
                false => groups.0.push(lasted),
            }
        }
        Some(compare(&groups.0, &groups.1, RESAMPLES))
    }

    /// What that means, in a few sentences.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let (nudged, withheld, saved, (low, high)) = match self {
            TrialResult::TooFew { nudged, withheld } => {
                return vec![format!(
                    "Too early to say: {} with a nudge so far and {withheld} without. It takes {ENOUGH} of each.",
                    count(*nudged, "slouch", "slouches"),
                )];
            }
            TrialResult::Compared {
                nudged,
                withheld,
                saved,
                interval,
            } => (nudged, withheld, *saved, *interval),
        };
        let verdict = match TrialVerdict::of((low, high)) {
            TrialVerdict::Helps => "Nudges have shown to help you.",
            TrialVerdict::NotShown => "Nudges have not shown to help you yet.",
            TrialVerdict::DoesNotHelp => "Nudges do not help you, or by less than a minute of ten.",
        };
        let (difference, than) = match saved >= 0.0 {
            true => (saved, "shorter"),
            false => (-saved, "longer"),
        };
        vec![
            verdict.to_owned(),
            format!(
                "In the 10 minutes after a nudge was due, slouches lasted {} with it and {} without: {} {than} with a nudge \
                 (95% interval: {low:.1} to {high:.1} min shorter).",
                minutes(nudged.minutes),
                minutes(withheld.minutes),
                minutes(difference),
            ),
            format!(
                "That is from {} with a nudge and {} without, drawn at random. In {} and {} of them you left before the end; these \
                 count until then.",
                count(nudged.slouches, "slouch", "slouches"),
                withheld.slouches,
                nudged.unseen,
                withheld.unseen
            ),
        ]
    }
}

/// How long a slouch lasted after its nudge was due, in minutes: until it ended, or until nobody knows. Nothing is known
/// either once the next nudge has come.
fn lasted(episode: &Episode, due: &TrialNudge, records: &Records) -> Lasted {
    let later = |at| due.at < at && at <= episode.to;
    let next = records
        .nudges
        .iter()
        .map(|nudge| nudge.at)
        .find(|at| later(*at));
    let until = next.unwrap_or(episode.to);
    Lasted {
        time: until.duration_since(due.at).as_secs_f64() / 60.0,
        ended: next.is_none() && episode.ending != EpisodeOutcome::OutOfSight,
    }
}

fn minutes(minutes: f64) -> String {
    format!("{minutes:.1} min")
}

fn compare(nudged: &[Lasted], withheld: &[Lasted], resamples: usize) -> TrialResult {
    let difference = |nudged: &[Lasted], withheld: &[Lasted]| {
        Some(restricted_mean(withheld, MINUTES)? - restricted_mean(nudged, MINUTES)?)
    };
    let group = |spans: &[Lasted]| {
        Some(TrialGroup {
            slouches: spans.len(),
            unseen: spans
                .iter()
                .filter(|span| !span.ended && span.time < MINUTES)
                .count(),
            minutes: restricted_mean(spans, MINUTES)?,
        })
    };
    let compared = || {
        Some(TrialResult::Compared {
            nudged: group(nudged)?,
            withheld: group(withheld)?,
            saved: difference(nudged, withheld)?,
            interval: bootstrap(nudged, withheld, resamples, difference).interval(0.95)?,
        })
    };
    let is_enough = nudged.len().min(withheld.len()) >= ENOUGH;
    compared()
        .filter(|_| is_enough)
        .unwrap_or(TrialResult::TooFew {
            nudged: nudged.len(),
            withheld: withheld.len(),
        })
}

#[cfg(test)]
mod tests;
