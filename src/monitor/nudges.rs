//! When to speak, and what becomes of it.

use jiff::fmt::serde::duration::friendly::compact::required as friendly;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Effect, NudgeRequest};
use crate::record::{Answer, Nudge, Record};

/// How often Sitwell may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NudgeLimits {
    /// The least time between two nudges.
    #[serde(serialize_with = "friendly")]
    pub cooldown: SignedDuration,
    /// The most nudges within any hour; 0 never nudges.
    pub hourly: usize,
    /// How long to be silent after the answer "later".
    #[serde(serialize_with = "friendly")]
    pub snooze: SignedDuration,
    /// How long a nudge waits for an answer before it is taken back.
    #[serde(serialize_with = "friendly")]
    pub expires: SignedDuration,
}

impl Default for NudgeLimits {
    /// A nudge in a quarter of an hour at most: a stretch takes a minute or
    /// two and is no use without time in between. A nudge expires before the next may come.
    fn default() -> NudgeLimits {
        NudgeLimits {
            cooldown: SignedDuration::from_mins(15),
            hourly: 4,
            snooze: SignedDuration::from_mins(15),
            expires: SignedDuration::from_mins(10),
        }
    }
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What has been said lately, and what the person said to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct NudgeState {
    /// The nudges of the last hour, oldest first.
    recent: Vec<Timestamp>,
    open: Open,
    quiet: Quiet,
}

/// The last nudge.
#[derive(Debug, Clone, PartialEq, Default)]
enum Open {
    #[default]
    None,
    /// The caller has been asked to show it.
    PendingRequest(NudgeRequest),
    /// It is on the screen.
    Shown(Nudge),
    /// It is off the screen; a late answer still counts.
    Closed(Nudge),
}

/// What the person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Quiet {
    #[default]
    No,
    /// To be told again later.
    Until(Timestamp),
    /// Not to be told of the slouch that began then.
    OfSlouch(Timestamp),
}

impl NudgeState {
    /// Nudges, if that is allowed now.
    pub(super) fn ask(
        &mut self,
        suggestion: NudgeRequest,
        slouch: Timestamp,
        discipline: &NudgeLimits,
        effects: &mut Vec<Effect>,
    ) {
        let at = suggestion.at;
        // A clock set back by more than an hour must not silence Sitwell for as long.
        self.recent
            .retain(|nudge| at.duration_since(*nudge).abs() < HOUR.max(discipline.cooldown));
        let lately = self
            .recent
            .iter()
            .filter(|nudge| at.duration_since(**nudge) < HOUR)
            .count();
        let cooling = self
            .recent
            .last()
            .is_some_and(|nudge| at.duration_since(*nudge) < discipline.cooldown);
        let asked_not_to = match self.quiet {
            Quiet::No => false,
            // Bounded by the snooze too, for a clock set back.
            Quiet::Until(until) => at < until && until.duration_since(at) <= discipline.snooze,
            Quiet::OfSlouch(from) => from == slouch,
        };
        if self.waiting().is_some() || cooling || lately >= discipline.hourly || asked_not_to {
            return;
        }
        self.recent.push(at);
        self.quiet = Quiet::No;
        self.open = Open::PendingRequest(suggestion);
        effects.push(Effect::Nudge(suggestion));
    }

    /// The nudge is on the screen, and so on record.
    pub(super) fn shown(&mut self, at: Timestamp, stretch: String, effects: &mut Vec<Effect>) {
        match self.open {
            Open::PendingRequest(suggestion) if suggestion.at == at => {
                let nudge = Nudge {
                    at,
                    fault: suggestion.fault,
                    stretch,
                    answer: Answer::Unanswered,
                    answered: None,
                };
                effects.push(Effect::Save(Record::Nudge(nudge.clone())));
                self.open = Open::Shown(nudge);
            }
            Open::Shown(ref nudge) if nudge.at == at => {}
            // It was taken back before it appeared.
            Open::None | Open::PendingRequest(_) | Open::Shown(_) | Open::Closed(_) => {
                effects.push(Effect::Withdraw(at));
            }
        }
    }

    /// The person answers; `slouch` is when the present slouch began.
    pub(super) fn answered(
        &mut self,
        nudge: Timestamp,
        answer: Answer,
        at: Timestamp,
        slouch: Option<Timestamp>,
        discipline: &NudgeLimits,
        effects: &mut Vec<Effect>,
    ) {
        match &mut self.open {
            Open::Shown(shown) | Open::Closed(shown) if shown.at == nudge => {
                shown.answer = answer;
                shown.answered = Some(at);
                effects.push(Effect::Save(Record::Nudge(shown.clone())));
                self.open = Open::Closed(shown.clone());
            }
            Open::None | Open::PendingRequest(_) | Open::Shown(_) | Open::Closed(_) => return,
        }
        self.quiet = match (answer, slouch) {
            (Answer::Snoozed, _) => {
                Quiet::Until(at.saturating_add(discipline.snooze).unwrap_or(at))
            }
            (Answer::Skipped | Answer::NotASlouch, Some(from)) => Quiet::OfSlouch(from),
            (Answer::Skipped | Answer::NotASlouch, None) => Quiet::No,
            (Answer::Done | Answer::Part | Answer::Recovered | Answer::Unanswered, _) => Quiet::No,
        };
    }

    /// Takes a waiting nudge back.
    pub(super) fn close(&mut self, answer: Answer, at: Timestamp, effects: &mut Vec<Effect>) {
        self.open = match std::mem::take(&mut self.open) {
            Open::None => Open::None,
            Open::Closed(nudge) => Open::Closed(nudge),
            Open::PendingRequest(suggestion) => {
                effects.push(Effect::Withdraw(suggestion.at));
                Open::None
            }
            Open::Shown(shown) => {
                let nudge = Nudge {
                    answer,
                    answered: Some(at),
                    ..shown
                };
                effects.push(Effect::Withdraw(nudge.at));
                effects.push(Effect::Save(Record::Nudge(nudge.clone())));
                Open::Closed(nudge)
            }
        };
    }

    pub(super) fn expire(
        &mut self,
        at: Timestamp,
        discipline: &NudgeLimits,
        effects: &mut Vec<Effect>,
    ) {
        if self
            .waiting()
            .is_some_and(|nudge| at.duration_since(nudge).abs() >= discipline.expires)
        {
            self.close(Answer::Unanswered, at, effects);
        }
    }

    /// The nudge that waits for an answer.
    pub(super) fn waiting(&self) -> Option<Timestamp> {
        match &self.open {
            Open::None | Open::Closed(_) => None,
            Open::PendingRequest(suggestion) => Some(suggestion.at),
            Open::Shown(nudge) => Some(nudge.at),
        }
    }

    /// Whether a nudge was seen during a slouch that began then.
    pub(super) fn nudged_since(&self, from: Timestamp) -> bool {
        match &self.open {
            Open::None | Open::PendingRequest(_) => false,
            Open::Shown(nudge) | Open::Closed(nudge) => nudge.at >= from,
        }
    }
}
