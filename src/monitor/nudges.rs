//! When to nudge, and how each nudge ends.

use jiff::fmt::serde::duration::friendly::compact::required as friendly;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Effect, NudgeRequest};
use crate::posture::Fault;
use crate::record::{Answer, Nudge, Record, TrialNudge};

/// How often Sitwell may nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NudgeLimits {
    /// The least time between two nudges.
    #[serde(serialize_with = "friendly")]
    pub cooldown: SignedDuration,
    /// The most nudges within any hour; with 0 Sitwell never nudges.
    pub hourly: usize,
    /// How long no nudge comes after the answer "later".
    #[serde(serialize_with = "friendly")]
    pub snooze: SignedDuration,
    /// How long a nudge waits for an answer before it is withdrawn.
    #[serde(serialize_with = "friendly")]
    pub expires: SignedDuration,
    /// After how long in one posture Sitwell says so; with 0 it never does.
    #[serde(serialize_with = "friendly")]
    pub stillness: SignedDuration,
    /// Whether a fifth of the due nudges is withheld, to find out whether they help.
    pub trial: bool,
    /// Whether the trial also leaves the dimmed edges out of half of the nudges that are shown.
    pub trial_edges: bool,
}

impl Default for NudgeLimits {
    /// Our choices. At most one nudge in a quarter of an hour: a stretch takes a minute or two and
    /// needs time between repetitions. A nudge expires before the next one may come.
    fn default() -> NudgeLimits {
        NudgeLimits {
            cooldown: SignedDuration::from_mins(15),
            hourly: 4,
            snooze: SignedDuration::from_mins(15),
            expires: SignedDuration::from_mins(10),
            stillness: SignedDuration::ZERO,
            trial: false,
            trial_edges: false,
        }
    }
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The recent nudges and the person's answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct NudgeState {
    /// The nudges of the last hour, oldest first.
    recent: Vec<Timestamp>,
    open: Open,
    quiet: Quiet,
    /// The last due nudge of the trial.
    trial: Option<TrialNudge>,
}

/// The last nudge.
#[derive(Debug, Clone, PartialEq, Default)]
enum Open {
    #[default]
    None,
    /// The caller has not shown it yet.
    PendingRequest { at: Timestamp, fault: Fault },
    /// It is on the screen.
    Shown(Nudge),
    /// It is off the screen; a late answer still counts.
    Closed(Nudge),
}

/// Whether the person asked for silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Quiet {
    #[default]
    No,
    /// No nudge before this time.
    Until(Timestamp),
    /// No nudge for the slouch that began then.
    OfSlouch(Timestamp),
}

impl NudgeState {
    /// Nudges if the limits and the person's answers allow it now.
    pub(super) fn request(
        &mut self,
        suggestion: NudgeRequest,
        slouch: Timestamp,
        limits: &NudgeLimits,
        effects: &mut Vec<Effect>,
    ) {
        let at = suggestion.at;
        // A clock that is set back by more than an hour must not stop nudges for that long.
        self.recent
            .retain(|nudge| at.duration_since(*nudge).abs() < HOUR.max(limits.cooldown));
        let last_hour = self
            .recent
            .iter()
            .filter(|nudge| at.duration_since(**nudge) < HOUR)
            .count();
        let cooling = self
            .recent
            .last()
            .is_some_and(|nudge| at.duration_since(*nudge) < limits.cooldown);
        let is_silenced = match self.quiet {
            Quiet::No => false,
            Quiet::Until(_) => self.is_snoozed(at, limits),
            Quiet::OfSlouch(from) => from == slouch,
        };
        if self.waiting().is_some() || cooling || last_hour >= limits.hourly || is_silenced {
            return;
        }
        self.recent.push(at);
        self.quiet = Quiet::No;
        if limits.trial {
            let due = TrialNudge::next(self.trial.as_ref(), at, suggestion.fault, limits);
            self.trial = Some(due);
            effects.push(Effect::Save(Record::Trial(due)));
            if due.is_withheld {
                return;
            }
        }
        self.open = Open::PendingRequest {
            at,
            fault: suggestion.fault,
        };
        effects.push(Effect::Nudge(suggestion));
    }

    pub(super) fn continue_trial(&mut self, last: TrialNudge) {
        self.trial = Some(last);
    }

    /// Records a nudge that is now on the screen.
    pub(super) fn shown(&mut self, at: Timestamp, stretch: String, effects: &mut Vec<Effect>) {
        match self.open {
            Open::PendingRequest {
                at: requested,
                fault,
            } if requested == at => {
                let nudge = Nudge {
                    at,
                    fault,
                    stretch,
                    answer: Answer::Unanswered,
                    answered: None,
                };
                effects.push(Effect::Save(Record::Nudge(nudge.clone())));
                self.open = Open::Shown(nudge);
            }
            Open::Shown(ref nudge) if nudge.at == at => {}
            // It was withdrawn before it appeared.
            Open::None | Open::PendingRequest { .. } | Open::Shown(_) | Open::Closed(_) => {
                effects.push(Effect::Withdraw(at));
            }
        }
    }

    /// Records the person's answer. `slouch` is when the current slouch began.
    pub(super) fn answered(
        &mut self,
        nudge: Timestamp,
        answer: Answer,
        at: Timestamp,
        slouch: Option<Timestamp>,
        limits: &NudgeLimits,
        effects: &mut Vec<Effect>,
    ) {
        match &mut self.open {
            Open::Shown(shown) | Open::Closed(shown) if shown.at == nudge => {
                shown.answer = answer;
                shown.answered = Some(at);
                effects.push(Effect::Save(Record::Nudge(shown.clone())));
                self.open = Open::Closed(shown.clone());
            }
            Open::None | Open::PendingRequest { .. } | Open::Shown(_) | Open::Closed(_) => return,
        }
        self.quiet = match (answer, slouch) {
            (Answer::Snoozed, _) => Quiet::Until(at.saturating_add(limits.snooze).unwrap_or(at)),
            (Answer::Skipped | Answer::NotASlouch, Some(from)) => Quiet::OfSlouch(from),
            (Answer::Skipped | Answer::NotASlouch, None) => Quiet::No,
            (Answer::Done | Answer::Part | Answer::Recovered | Answer::Unanswered, _) => Quiet::No,
        };
    }

    /// Withdraws the open nudge and records its answer.
    pub(super) fn close(&mut self, answer: Answer, at: Timestamp, effects: &mut Vec<Effect>) {
        self.open = match std::mem::take(&mut self.open) {
            Open::None => Open::None,
            Open::Closed(nudge) => Open::Closed(nudge),
            Open::PendingRequest { at, .. } => {
                effects.push(Effect::Withdraw(at));
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
        limits: &NudgeLimits,
        effects: &mut Vec<Effect>,
    ) {
        if self
            .waiting()
            .is_some_and(|nudge| at.duration_since(nudge).abs() >= limits.expires)
        {
            self.close(Answer::Unanswered, at, effects);
        }
    }

    /// Whether the person asked for silence until later. It lasts at most the snooze, even if the clock
    /// was set back.
    pub(super) fn is_snoozed(&self, at: Timestamp, limits: &NudgeLimits) -> bool {
        match self.quiet {
            Quiet::Until(until) => at < until && until.duration_since(at) <= limits.snooze,
            Quiet::No | Quiet::OfSlouch(_) => false,
        }
    }

    /// The nudge that waits for an answer.
    pub(super) fn waiting(&self) -> Option<Timestamp> {
        match &self.open {
            Open::None | Open::Closed(_) => None,
            Open::PendingRequest { at, .. } => Some(*at),
            Open::Shown(nudge) => Some(nudge.at),
        }
    }

    /// Whether the edges stay bright for the nudge that waits: the trial compares.
    pub(super) fn leaves_out_edges(&self) -> bool {
        let due = self.trial.filter(|due| Some(due.at) == self.waiting());
        due.is_some_and(|due| due.edges == Some(false))
    }

    /// Whether a nudge was shown during the slouch that began then.
    pub(super) fn nudged_since(&self, from: Timestamp) -> bool {
        match &self.open {
            Open::None | Open::PendingRequest { .. } => false,
            Open::Shown(nudge) | Open::Closed(nudge) => nudge.at >= from,
        }
    }
}
