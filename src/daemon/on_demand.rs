//! A stretch that the person asks for, instead of waiting for a nudge.
//!
//! The monitor's decisions are left out of it: what was asked for is no nudge,
//! so it is not kept, counts against no limit and keeps no nudge from coming.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::effects::Effects;
use super::recent_history::RecentHistory;
use crate::monitor::WatchState;
use crate::notify::{Action, Notice, NotifyError};
use crate::posture::{Fault, Moment, PerAngle};
use crate::stretch::{Suggestion, choose};

/// What a notice suggests, for the guide through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuggestedStretch {
    /// The id of the stretch.
    pub(crate) stretch: String,
    /// The nudge that it answers; none where it was asked for.
    pub(crate) nudge: Option<Timestamp>,
}

/// What was shown last.
#[derive(Debug, Default)]
pub(crate) struct ShownNotices {
    /// The notice of the last nudge.
    pub(crate) nudge: Option<Notice>,
    /// When a stretch was asked for last, and which one was shown.
    asked: Option<(Timestamp, String)>,
}

impl Effects<'_> {
    /// Shows what fits now: the nudge that waits for an answer once more, or a
    /// stretch for the present or the latest slouch. Gives its title, or none
    /// where the settings ask for silence.
    ///
    /// # Errors
    ///
    /// Nobody can be told.
    pub(crate) fn nudge_me(&mut self, at: Timestamp) -> Result<Option<String>, NotifyError> {
        let waiting = self.reading().and_then(|reading| reading.nudge);
        let again = self.shown.nudge.take_if(|nudge| Some(nudge.at) == waiting);
        let notice = match again {
            Some(notice) => self.shown.nudge.insert(notice).clone(),
            None => self.own_notice(at),
        };
        let Some(notifier) = &mut self.notifier else {
            return Ok(None);
        };
        notifier.show(&notice)?;
        Ok(Some(notice.title))
    }

    /// A notice with the stretch that fits now. It offers the guide alone: the
    /// other answers are for nudges.
    fn own_notice(&mut self, at: Timestamp) -> Notice {
        let file = self
            .writer
            .history()
            .map(|history| history.path().to_owned());
        let past = file.and_then(|file| RecentHistory::read(file, at));
        // A stretch does good also where nothing is known.
        let past = past.unwrap_or_else(|_| RecentHistory::none(PathBuf::new()));
        let slouch = self.slouch();
        let fault = match (slouch, past.last) {
            (Some((fault, _)), _) | (None, Some((fault, _))) => fault,
            (None, None) => Fault::HeadAndShoulders,
        };
        let suggestion = choose(&self.catalogue, fault, &self.stretches, &past.nudges, at);
        let lasted = slouch.map_or(SignedDuration::ZERO, |(_, lasted)| lasted);
        let unmeasured = PerAngle::default();
        let mut notice =
            Notice::for_suggestion(at, fault, unmeasured, lasted, &suggestion, self.snooze);
        if slouch.is_none() {
            "You asked for a stretch".clone_into(&mut notice.title);
        }
        notice
            .actions
            .retain(|(action, _)| *action == Action::Start);
        if let Suggestion::Stretch { .. } = suggestion {
            self.shown.asked = Some((at, suggestion.id().to_owned()));
        }
        notice
    }

    /// The fault of the sustained slouch that is seen, and how long it has lasted.
    fn slouch(&self) -> Option<(Fault, SignedDuration)> {
        let reading = self.reading()?;
        match (&reading.watch, reading.slouched_for) {
            (WatchState::Observation(look), Some(lasted)) => match look.moment {
                Moment::Slouched(fault) => Some((fault, lasted)),
                Moment::Upright | Moment::Unclear(_) | Moment::Away => None,
            },
            (WatchState::Observation(_) | WatchState::NoObservationYet | WatchState::Not(_), _) => {
                None
            }
        }
    }

    /// What the notice of this instant suggests.
    pub(crate) fn suggested(&self, notice: Timestamp) -> Option<SuggestedStretch> {
        let asked = self.shown.asked.iter().find(|(at, _)| *at == notice);
        match asked {
            Some((_, stretch)) => Some(SuggestedStretch {
                stretch: stretch.clone(),
                nudge: None,
            }),
            None => self
                .lately
                .iter()
                .find(|known| known.at == notice)
                .map(|nudge| SuggestedStretch {
                    stretch: nudge.stretch.clone(),
                    nudge: Some(nudge.at),
                }),
        }
    }
}
