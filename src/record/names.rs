//! The names under which records are stored and exported.
//!
//! A released name keeps its meaning for ever. The `Display` of each type gives the
//! words for people.

use std::fmt;

use super::{Answer, EpisodeOutcome, NotWatching, TimeUse};
use crate::posture::{Fault, UnclearReason};

impl NotWatching {
    /// The name in stored data, such as `camera_busy`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            NotWatching::Paused => "paused",
            NotWatching::Locked => "locked",
            NotWatching::Suspended => "suspended",
            NotWatching::SessionInactive => "session_inactive",
            NotWatching::Idle => "idle",
            NotWatching::OutOfHours => "out_of_hours",
            NotWatching::OnBattery => "on_battery",
            NotWatching::CameraBusy => "camera_busy",
            NotWatching::CameraMissing => "camera_missing",
        }
    }
}

impl fmt::Display for NotWatching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotWatching::Paused => "paused",
            NotWatching::Locked => "screen locked",
            NotWatching::Suspended => "computer asleep",
            NotWatching::SessionInactive => "another user in front",
            NotWatching::Idle => "nobody at the computer",
            NotWatching::OutOfHours => "outside working hours",
            NotWatching::OnBattery => "on battery",
            NotWatching::CameraBusy => "camera used by another program",
            NotWatching::CameraMissing => "no working camera",
        })
    }
}

impl TimeUse {
    /// Every way to spend time, in the order in which reports list them.
    pub fn all() -> impl Iterator<Item = TimeUse> {
        std::iter::once(TimeUse::Upright)
            .chain(Fault::ALL.map(TimeUse::Slouched))
            .chain(UnclearReason::ALL.map(TimeUse::Unclear))
            .chain(std::iter::once(TimeUse::Away))
            .chain(NotWatching::ALL.map(TimeUse::NotWatched))
    }

    /// The name in stored data, such as `slouched.forward_head`.
    #[must_use]
    pub fn id(self) -> String {
        match self {
            TimeUse::Upright => "upright".to_owned(),
            TimeUse::Slouched(fault) => format!("slouched.{}", fault.id()),
            TimeUse::Unclear(reason) => format!("unclear.{}", reason.id()),
            TimeUse::Away => "away".to_owned(),
            TimeUse::NotWatched(reason) => format!("not_watched.{}", reason.id()),
        }
    }
}

impl Answer {
    /// Every answer, in the order in which reports list them.
    pub const ALL: [Answer; 7] = [
        Answer::Done,
        Answer::Part,
        Answer::Recovered,
        Answer::Snoozed,
        Answer::Skipped,
        Answer::NotASlouch,
        Answer::Unanswered,
    ];

    /// The name in stored data, such as `snoozed`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Answer::Done => "done",
            Answer::Part => "part",
            Answer::Snoozed => "snoozed",
            Answer::Skipped => "skipped",
            Answer::NotASlouch => "not_a_slouch",
            Answer::Recovered => "recovered",
            Answer::Unanswered => "unanswered",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answer::Done => "done",
            Answer::Part => "partly done",
            Answer::Snoozed => "put off",
            Answer::Skipped => "skipped",
            Answer::NotASlouch => "not a slouch",
            Answer::Recovered => "sat up instead",
            Answer::Unanswered => "unanswered",
        })
    }
}

impl EpisodeOutcome {
    /// Every ending, in the order in which reports list them.
    pub const ALL: [EpisodeOutcome; 3] = [
        EpisodeOutcome::ByItself,
        EpisodeOutcome::AfterNudge,
        EpisodeOutcome::OutOfSight,
    ];

    /// The name in stored data, such as `after_nudge`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            EpisodeOutcome::ByItself => "by_itself",
            EpisodeOutcome::AfterNudge => "after_nudge",
            EpisodeOutcome::OutOfSight => "out_of_sight",
        }
    }
}

impl fmt::Display for EpisodeOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EpisodeOutcome::ByItself => "sat up unprompted",
            EpisodeOutcome::AfterNudge => "sat up after a nudge",
            EpisodeOutcome::OutOfSight => "left or not watched",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_ways_to_spend_time_share_a_name() {
        let ids: std::collections::BTreeSet<String> = TimeUse::all().map(TimeUse::id).collect();
        assert_eq!(ids.len(), TimeUse::all().count());
        assert_eq!(
            ids.len(),
            2 + Fault::ALL.len() + UnclearReason::ALL.len() + NotWatching::ALL.len()
        );
    }

    #[test]
    fn stored_names_are_the_serialised_names() {
        for reason in NotWatching::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.id());
        }
        for answer in Answer::ALL {
            assert_eq!(serde_json::to_value(answer).unwrap(), answer.id());
        }
        for ending in EpisodeOutcome::ALL {
            assert_eq!(serde_json::to_value(ending).unwrap(), ending.id());
        }
    }
}
