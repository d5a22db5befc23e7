//! A stretch that the user requests instead of waiting for a nudge.
//!
//! It is not a nudge: it is not saved, counts against no limit and delays no nudge.

use jiff::{SignedDuration, Timestamp};

use super::effects::Effects;
use super::recent_history::RecentHistory;
use super::routine::OfferedRoutine;
use crate::monitor::WatchState;
use crate::notify::{Action, Notice, NotifyError};
use crate::posture::{CalibrationDoubt, Fault, Moment, PerAngle};
use crate::record::CalibrationRecord;
use crate::stretch::{Past, ROUTINE, Suggestion, choose};

/// What a notice suggests, for the guide through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuggestedStretch {
    /// The id of the stretch, or the word for the routine.
    pub(crate) stretch: String,
    /// Why it was suggested.
    pub(crate) origin: SuggestionOrigin,
}

/// Why a notice suggests a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuggestionOrigin {
    /// The nudge or the routine that was shown at this instant.
    Notice(Timestamp),
    /// The user requested one, which was chosen for this fault.
    Request(Fault),
}

/// The notices shown last.
#[derive(Debug, Default)]
pub(crate) struct ShownNotices {
    /// The notice of the last nudge.
    pub(crate) nudge: Option<Notice>,
    /// The camera of which it was last said that it is not calibrated.
    pub(super) uncalibrated: Option<String>,
    /// What made calibrations doubtful and was asked about.
    pub(super) doubts: Vec<(CalibrationRecord, CalibrationDoubt)>,
    /// The daily routine that was offered last.
    pub(super) routine: Option<OfferedRoutine>,
    /// The last stretch on request, and when it was shown.
    requested: Option<(Timestamp, SuggestedStretch)>,
}

impl Effects<'_> {
    /// Shows the nudge that waits for an answer again, or a stretch for the present or latest
    /// slouch. Returns its title, or none if the settings turn notifications off.
    ///
    /// # Errors
    ///
    /// The notice cannot be shown.
    pub(crate) fn nudge_me(&mut self, at: Timestamp) -> Result<Option<String>, NotifyError> {
        let waiting = self.status().and_then(|status| status.nudge);
        let again = self.shown.nudge.take_if(|nudge| Some(nudge.at) == waiting);
        let notice = match again {
            Some(notice) => self.shown.nudge.insert(notice).clone(),
            None => self.notice_on_demand(at),
        };
        if self.notifier.is_none() {
            return Ok(None);
        }
        self.notify(&notice, at)?;
        Ok(Some(notice.title))
    }

    /// A notice with a fitting stretch. It offers only the guide: the other answers are for nudges.
    fn notice_on_demand(&mut self, at: Timestamp) -> Notice {
        let history = self.writer.history();
        let past = history.and_then(|history| RecentHistory::of(history, at));
        // A stretch helps even if the history cannot be read.
        let last = past.ok().and_then(|past| past.last);
        let slouch = self.slouch();
        let fault = match (slouch, last) {
            (Some((fault, _)), _) | (None, Some((fault, _))) => fault,
            (None, None) => Fault::HeadAndShoulders,
        };
        self.load_recent_nudges(at);
        let routines = self.recent_routines(at);
        let recent = Past {
            nudges: &self.recent_nudges,
            routines: &routines,
            now: at,
        };
        let suggestion = choose(&self.catalogue, fault, &self.stretches, recent);
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
            let requested = SuggestedStretch {
                stretch: suggestion.id().to_owned(),
                origin: SuggestionOrigin::Request(fault),
            };
            self.shown.requested = Some((at, requested));
        }
        notice
    }

    /// The fault of the present slouch, and how long it has lasted.
    fn slouch(&self) -> Option<(Fault, SignedDuration)> {
        let status = self.status()?;
        match (&status.watch, status.slouched_for) {
            (WatchState::Observation(observation), Some(lasted)) => match observation.moment {
                Moment::Slouched(fault) => Some((fault, lasted)),
                Moment::Upright | Moment::Unclear(_) | Moment::Away => None,
            },
            (WatchState::Observation(_) | WatchState::NoObservationYet | WatchState::Not(_), _) => {
                None
            }
        }
    }

    /// The stretch that the notice of this instant suggests.
    pub(crate) fn suggested(&self, notice: Timestamp) -> Option<SuggestedStretch> {
        let routine = self.shown.routine.as_ref();
        if routine.is_some_and(|offered| offered.routine.at == notice) {
            return Some(SuggestedStretch {
                stretch: ROUTINE.to_owned(),
                origin: SuggestionOrigin::Notice(notice),
            });
        }
        let requested = self.shown.requested.iter().find(|(at, _)| *at == notice);
        match requested {
            Some((_, requested)) => Some(requested.clone()),
            None => self
                .recent_nudges
                .iter()
                // The history is kept to the millisecond.
                .find(|known| known.at.as_millisecond() == notice.as_millisecond())
                .map(|nudge| SuggestedStretch {
                    stretch: nudge.stretch.clone(),
                    origin: SuggestionOrigin::Notice(nudge.at),
                }),
        }
    }
}
