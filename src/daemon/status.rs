//! How things stand, for whoever asks the running monitor.

use std::io::Write;

use jiff::{SignedDuration, Timestamp};

use super::runtime::Runtime;
use crate::control::{DaemonStatus, LastNudge, Today};
use crate::monitor::WatchState;
use crate::record::Period;
use crate::report::summary;

/// A nudge before this is not told any more.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

impl<W: Write> Runtime<'_, W> {
    /// How things stand.
    pub(crate) fn status(&mut self, at: Timestamp) -> DaemonStatus {
        let (today, last_nudge) = (self.today(at), self.last_nudge(at));
        let until = self.not_watching_until(at);
        let reading = self.effects.reading();
        let (words, since) = self.story.stands();
        let (look, not_watching) = match reading.map(|reading| &reading.watch) {
            Some(WatchState::Observation(look)) => (Some(look), None),
            Some(WatchState::Not(why)) => (None, Some(*why)),
            Some(WatchState::NoObservationYet) | None => (None, None),
        };
        DaemonStatus {
            process: std::process::id(),
            at,
            words: words.to_owned(),
            since,
            not_watching,
            until,
            slouched_for_s: reading
                .and_then(|reading| reading.slouched_for)
                .map(|lasted| lasted.as_secs()),
            nudge: reading.and_then(|reading| reading.nudge),
            camera: self.camera.clone(),
            is_calibrated: self.calibrated.is_some(),
            next_look: match (not_watching, reading) {
                (None, Some(_)) => Some(self.effects.next_look()),
                (Some(_), _) | (None, None) => None,
            },
            look: look.map(|look| look.moment.into()),
            angles: look.and_then(|look| look.posture.clone()),
            settings_file: self.settings.file.clone(),
            settings_trouble: self.settings.trouble.clone(),
            today,
            last_nudge,
            cost: self.cost.so_far(),
        }
    }

    /// The day so far. That the history cannot be read is told when something is to be kept.
    fn today(&mut self, at: Timestamp) -> Option<Today> {
        let midnight = self.zone.to_datetime(at).date().to_zoned(self.zone.clone());
        let period = Period {
            from: midnight.ok()?.timestamp(),
            to: at,
        };
        let day = summary(&self.effects.records(period).ok()?, period, &self.zone);
        Some(Today {
            observed_s: day.times.observed().as_secs(),
            upright_share: day.times.upright_share(),
            slouches: day.slouches.episodes.len(),
        })
    }

    fn last_nudge(&mut self, at: Timestamp) -> Option<LastNudge> {
        let nudge = self.effects.last_nudge(Period {
            from: at.saturating_sub(LATELY).unwrap_or(at),
            // Up to this instant and with it.
            to: at
                .saturating_add(SignedDuration::from_millis(1))
                .unwrap_or(at),
        })?;
        Some(LastNudge {
            at: nudge.at,
            name: self.effects.name_of(&nudge.stretch),
            stretch: nudge.stretch,
            answer: nudge.answer,
        })
    }
}
