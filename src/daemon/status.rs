//! The status that the running monitor answers with.

use std::io::Write;

use jiff::Timestamp;

use super::runtime::Runtime;
use crate::control::{DaemonStatus, LastNudge, Today};
use crate::monitor::WatchState;
use crate::posture::limits_of;
use crate::quantities::whole_seconds;
use crate::record::Period;
use crate::report::summary;

impl<W: Write> Runtime<'_, W> {
    /// The status at this instant.
    pub(crate) fn status(&mut self, at: Timestamp) -> DaemonStatus {
        let (today, last_nudge) = (self.today(at), self.last_nudge(at));
        let until = self.not_watching_until(at);
        let monitor = self.effects.status();
        let (words, since) = self.progress.current_state();
        let (observation, not_watching) = match monitor.map(|monitor| &monitor.watch) {
            Some(WatchState::Observation(observation)) => (Some(observation), None),
            Some(WatchState::Not(reason)) => (None, Some(*reason)),
            Some(WatchState::NoObservationYet) | None => (None, None),
        };
        let angles = observation.and_then(|observation| observation.posture.clone());
        let limits = self.effects.perception.limits();
        DaemonStatus {
            process: std::process::id(),
            at,
            words: words.to_owned(),
            since,
            not_watching,
            until,
            slouched_for_s: monitor
                .and_then(|monitor| monitor.slouched_for)
                .map(whole_seconds),
            nudge: monitor.and_then(|monitor| monitor.nudge),
            leaves_out_edges: monitor.is_some_and(|monitor| monitor.leaves_out_edges),
            camera: self.camera.clone(),
            is_calibrated: self.effects.calibrated.is_some(),
            next_observation: match (not_watching, monitor) {
                (None, Some(_)) => Some(self.effects.next_observation()),
                (Some(_), _) | (None, None) => None,
            },
            observation: observation.map(|observation| observation.moment.into()),
            limits: angles.as_ref().map(|posture| limits_of(posture, &limits)),
            angles,
            skeleton: observation.and_then(|_| self.effects.perception.skeleton()),
            is_previewed: not_watching.is_none() && self.previews.are_wanted(),
            settings_file: self.active.file.clone(),
            settings_trouble: self.active.trouble.clone(),
            today,
            last_nudge,
            cost: self.cost.so_far(),
        }
    }

    /// The day so far. If the history cannot be read, the next write reports the error.
    fn today(&mut self, at: Timestamp) -> Option<Today> {
        let calendar = self.calendar();
        let beginning = calendar.beginning(calendar.date_of(at));
        let period = Period {
            from: beginning.ok()?.timestamp(),
            to: at,
        };
        let day = summary(&self.effects.records(period).ok()?, period, &calendar);
        Some(Today {
            observed_s: whole_seconds(day.times.observed()),
            upright_share: day.times.upright_share(),
            slouches: day.slouches.episodes.len(),
        })
    }

    fn last_nudge(&mut self, at: Timestamp) -> Option<LastNudge> {
        let nudge = self.effects.last_nudge(at)?.clone();
        let not_shown = self.not_shown.as_ref();
        // The history stores milliseconds.
        let not_shown =
            not_shown.filter(|(notice, _)| notice.as_millisecond() == nudge.at.as_millisecond());
        Some(LastNudge {
            not_shown: not_shown.map(|(_, reason)| reason.clone()),
            at: nudge.at,
            name: self.effects.catalogue.name_of(&nudge.stretch).to_owned(),
            stretch: nudge.stretch,
            answer: nudge.answer,
        })
    }
}
