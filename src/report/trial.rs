//! Whether nudges help: how long slouches last with a nudge, and without the ones that were withheld at random. In the same
//! way, whether dimmed edges help more than a notification alone.

use crate::quantities::count;
use crate::record::{Episode, EpisodeOutcome, Records, TrialNudge};
use crate::statistics::{Lasted, RESAMPLES, bootstrap, restricted_mean};

/// Slouches are compared over this many minutes after the nudge was due. Our choice: the default time until the next
/// nudge is longer, so that no withheld nudge is made up for within them.
const MINUTES: f64 = 10.0;

/// With fewer slouches in a group the report says nothing. In simulations of users with 20 slouches without a nudge and 80
/// with one, it says that nudges help to 27 of 1000 whom they do not help, and to 912 of 1000 whose slouches last 3 minutes
/// instead of 8. With 50 slouches each it says so of dimmed edges to 33 and to 987 of 1000 (`rates_of_verdicts` in the tests).
const ENOUGH: usize = 20;

/// A nudge that saves less than this many minutes of ten does not help. Our choice.
const WORTH_A_NUDGE: f64 = 1.0;

/// What is compared with its absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialTreatment {
    /// A nudge.
    Nudge,
    /// The dimmed edges of a nudge that is shown in any case.
    DimmedEdges,
}

/// The slouches with or without the treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrialGroup {
    /// How many.
    pub slouches: usize,
    /// Of how many the end does not count: somebody left, watching stopped or the next nudge came before it.
    pub unseen: usize,
    /// How many minutes they lasted on average in the ten after the nudge was due.
    pub minutes: f64,
}

/// What the trial shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrialResult {
    /// Too few slouches to say.
    TooFew {
        /// With the treatment.
        treated: usize,
        /// Without.
        untreated: usize,
    },
    /// A comparison.
    Compared {
        /// With the treatment.
        treated: TrialGroup,
        /// Without.
        untreated: TrialGroup,
        /// By how many minutes slouches without it lasted longer.
        saved: f64,
        /// The 95 % interval of that.
        interval: (f64, f64),
    },
}

/// What a comparison means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialVerdict {
    /// The treatment has shown to help.
    Helps,
    /// It has not shown that yet.
    NotShown,
    /// It helps by less than is worth a nudge.
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

impl TrialTreatment {
    /// As the subject of a sentence, and after "with".
    fn words(self) -> (&'static str, &'static str) {
        match self {
            TrialTreatment::Nudge => ("Nudges", "a nudge"),
            TrialTreatment::DimmedEdges => ("Dimmed edges", "dimmed edges"),
        }
    }

    /// Whether a due nudge had it; `None` if this was not drawn for it.
    fn of(self, due: &TrialNudge) -> Option<bool> {
        match self {
            TrialTreatment::Nudge => Some(!due.is_withheld),
            TrialTreatment::DimmedEdges => due.edges,
        }
    }
}

impl TrialResult {
    /// What these records show of a treatment; `None` without a trial of it. Dimmed edges count as they were drawn: whether the
    /// desktop could show them is not known.
    #[must_use]
    pub fn of(records: &Records, treatment: TrialTreatment) -> Option<TrialResult> {
        if records.trial.iter().all(|due| treatment.of(due).is_none()) {
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
            match treatment.of(due) {
                Some(true) => groups.0.push(lasted),
                Some(false) => groups.1.push(lasted),
                None => {}
            }
        }
        Some(compare(&groups.0, &groups.1, RESAMPLES))
    }

    /// What that means, in a few sentences.
    #[must_use]
    pub fn sentences(&self, treatment: TrialTreatment) -> Vec<String> {
        let (subject, with) = treatment.words();
        let (treated, untreated, saved, (low, high)) = match self {
            TrialResult::TooFew { treated, untreated } => {
                return vec![format!(
                    "Too early to say: {} with {with} so far and {untreated} without. It takes {ENOUGH} of each.",
                    count(*treated, "slouch", "slouches"),
                )];
            }
            TrialResult::Compared {
                treated,
                untreated,
                saved,
                interval,
            } => (treated, untreated, *saved, *interval),
        };
        let more = match treatment {
            TrialTreatment::Nudge => "",
            TrialTreatment::DimmedEdges => " more than the notification alone",
        };
        let verdict = match TrialVerdict::of((low, high)) {
            TrialVerdict::Helps => format!("{subject} have shown to help you{more}."),
            TrialVerdict::NotShown => format!("{subject} have not shown to help you{more} yet."),
            TrialVerdict::DoesNotHelp => {
                format!("{subject} do not help you{more}, or by less than a minute of ten.")
            }
        };
        let (difference, than) = match saved >= 0.0 {
            true => (saved, "shorter"),
            false => (-saved, "longer"),
        };
        vec![
            verdict,
            format!(
                "In the 10 minutes after a nudge was due, slouches lasted {} with {with} and {} without: {} {than} with {with} \
                 (95% interval: {low:.1} to {high:.1} min shorter).",
                minutes(treated.minutes),
                minutes(untreated.minutes),
                minutes(difference),
            ),
            format!(
                "That is from {} with {with} and {} without, drawn at random. In {} and {} of them you left, watching stopped or \
                 the next nudge came before the end; these count until then.",
                count(treated.slouches, "slouch", "slouches"),
                untreated.slouches,
                treated.unseen,
                untreated.unseen
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

fn compare(treated: &[Lasted], untreated: &[Lasted], resamples: usize) -> TrialResult {
    let difference = |treated: &[Lasted], untreated: &[Lasted]| {
        Some(restricted_mean(untreated, MINUTES)? - restricted_mean(treated, MINUTES)?)
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
            treated: group(treated)?,
            untreated: group(untreated)?,
            saved: difference(treated, untreated)?,
            interval: bootstrap(treated, untreated, resamples, difference).interval(0.95)?,
        })
    };
    let is_enough = treated.len().min(untreated.len()) >= ENOUGH;
    compared()
        .filter(|_| is_enough)
        .unwrap_or(TrialResult::TooFew {
            treated: treated.len(),
            untreated: untreated.len(),
        })
}

#[cfg(test)]
mod tests;
