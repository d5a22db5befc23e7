//! Performs what the monitor decides: observes, saves, notifies.
//!
//! Webcam, recordings and the demo share this code. They differ in where frames come from and how
//! progress is written.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::Path;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::on_demand;
use crate::frame::Frame;
use crate::history::{self, History, HistoryError, Writer};
use crate::monitor::{Effect, Input, Monitor, MonitorStatus, NudgeRequest, WatchState};
use crate::notify::{Notice, Notifier};
use crate::perception::Perception;
use crate::posture::limits_of;
use crate::record::{
    CalibrationRecord, CalibrationUse, MinuteTally, NotWatching, Nudge, NudgeEvidence, Period,
    Record, Records,
};
use crate::settings::{ModelVariant, Settings};
use crate::stretch::{self, Catalogue, Past, RECENT, choose};

/// What happened, for the progress.
pub(crate) enum DaemonEvent<'a> {
    /// An observation, or that watching stopped.
    MonitorStatus(&'a MonitorStatus),
    /// A stretch was suggested.
    Suggested {
        notice: &'a Notice,
        stretch: &'a str,
    },
    /// Something was said that suggests no stretch.
    Mentioned(&'a Notice),
    /// The suggestion was withdrawn: the person sat up.
    Withdrawn,
    /// A record was saved.
    Saved(&'a Record),
    /// A problem with the history, or its end.
    History(&'a history::WriterNotice),
}

/// Receives what happens.
pub(crate) type EventSink<'a> = dyn FnMut(DaemonEvent<'_>) + 'a;

/// Watches one person.
pub(crate) struct Effects<'a> {
    pub(crate) perception: Perception,
    pub(crate) notifier: Option<Box<dyn Notifier>>,
    pub(super) catalogue: Cow<'a, Catalogue>,
    pub(super) stretches: stretch::StretchSettings,
    /// How long the snooze of a notice lasts.
    pub(super) snooze: SignedDuration,
    /// How long slouching lasts before it counts.
    onset: SignedDuration,
    /// The model that finds the joints.
    model: ModelVariant,
    /// The calibration in use.
    pub(super) calibrated: Option<CalibrationRecord>,
    /// The use of a calibration that was kept last; none before the history was asked.
    pub(super) last_use: Option<CalibrationUse>,
    monitor: Monitor,
    tally: MinuteTally,
    pub(super) writer: Writer,
    pub(super) recent_nudges: Vec<Nudge>,
    next_observation: Timestamp,
    status: Option<MonitorStatus>,
    pub(super) shown: on_demand::ShownNotices,
}

impl<'a> Effects<'a> {
    /// Begins to watch somebody, and keeps what happens in a file.
    pub(crate) fn new(
        perception: Perception,
        notifier: Option<Box<dyn Notifier>>,
        catalogue: &'a Catalogue,
        settings: &Settings,
        history: &Path,
    ) -> Effects<'a> {
        let longest_gap = settings.monitor.episodes.max_gap;
        let mut writer = Writer::new(history);
        // If the history cannot be read, the next write reports the error.
        let last = writer.history().and_then(|history| history.last_minute());
        let due = writer
            .history()
            .and_then(|history| history.last_trial_nudge());
        let mut monitor = Monitor::new(settings.monitor);
        if let Ok(Some(due)) = due {
            monitor.continue_trial(due);
        }
        Effects {
            perception,
            notifier,
            catalogue: Cow::Borrowed(catalogue),
            stretches: settings.stretch.clone(),
            snooze: settings.monitor.nudges.snooze,
            onset: settings.monitor.episodes.onset,
            model: settings.pose.model,
            calibrated: None,
            last_use: None,
            monitor,
            tally: match last {
                Ok(Some(last)) => MinuteTally::resume(longest_gap, &last),
                Ok(None) | Err(_) => MinuteTally::new(longest_gap),
            },
            writer,
            recent_nudges: Vec::new(),
            next_observation: Timestamp::MIN,
            status: None,
            shown: on_demand::ShownNotices::default(),
        }
    }

    /// Continues with other settings and stretches. A slouch under way goes on.
    pub(crate) fn adopt(&mut self, settings: &Settings, catalogue: Catalogue) {
        self.stretches = settings.stretch.clone();
        self.snooze = settings.monitor.nudges.snooze;
        self.onset = settings.monitor.episodes.onset;
        self.model = settings.pose.model;
        self.catalogue = Cow::Owned(catalogue);
        self.perception.adopt(settings.into());
        self.monitor.adopt(settings.monitor);
        self.tally
            .set_longest_gap(settings.monitor.episodes.max_gap);
    }

    /// When the next observation is due.
    pub(crate) fn next_observation(&self) -> Timestamp {
        self.next_observation
    }

    /// The status after the last observation.
    pub(crate) fn status(&self) -> Option<&MonitorStatus> {
        self.status.as_ref()
    }

    /// Why the monitor does not watch; none while it does.
    pub(crate) fn not_watching(&self) -> Option<NotWatching> {
        match self.status.as_ref()?.watch {
            WatchState::Not(reason) => Some(reason),
            WatchState::Observation(_) | WatchState::NoObservationYet => None,
        }
    }

    /// When the pause ends by itself, if it does.
    pub(crate) fn paused_until(&self) -> Option<Timestamp> {
        self.monitor.paused_until()
    }

    /// The history.
    ///
    /// # Errors
    ///
    /// Why it cannot be opened.
    pub(crate) fn history(&mut self) -> Result<&mut History, HistoryError> {
        self.writer.history()
    }

    /// Observes a frame of a recording if an observation is due.
    pub(crate) fn observe_if_due(
        &mut self,
        frame: &Frame,
        on_event: &mut EventSink<'_>,
    ) -> Result<()> {
        if frame.at < self.next_observation {
            return Ok(());
        }
        self.observe(frame, on_event)
    }

    /// Observes a frame.
    pub(crate) fn observe(&mut self, frame: &Frame, on_event: &mut EventSink<'_>) -> Result<()> {
        let observation = self.perception.perceive(frame)?;
        self.give(Input::Observation(observation), on_event)
    }

    /// Lets time pass, about once a minute. Records that wait for the disk are tried again.
    pub(crate) fn tick(&mut self, at: Timestamp, on_event: &mut EventSink<'_>) -> Result<()> {
        self.give(Input::Tick(at), on_event)?;
        for notice in self.writer.save([]) {
            on_event(DaemonEvent::History(&notice));
        }
        Ok(())
    }

    /// Stops watching. A slouch under way ends now and is saved.
    pub(crate) fn stop(&mut self, at: Timestamp, on_event: &mut EventSink<'_>) -> Result<()> {
        let stop = Input::NotWatching {
            reason: NotWatching::Paused,
            at,
        };
        self.give(stop, &mut |event| match event {
            // The monitor counts a stop as a pause, but nobody paused it.
            DaemonEvent::MonitorStatus(_) => {}
            event => on_event(event),
        })?;
        self.finish(on_event);
        Ok(())
    }

    /// Gives the monitor an input and performs its effects.
    pub(crate) fn give(&mut self, input: Input, on_event: &mut EventSink<'_>) -> Result<()> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut records = Vec::new();
            for effect in self.monitor.on(input) {
                match effect {
                    Effect::ObserveAt(at) => self.next_observation = at,
                    Effect::Publish(status) => {
                        on_event(DaemonEvent::MonitorStatus(&status));
                        self.status = Some(status);
                    }
                    Effect::TimeUse(span) => {
                        records.extend(self.tally.add(&span).into_iter().map(Record::Minute));
                    }
                    Effect::Save(record) => {
                        if let Record::Nudge(nudge) = &record {
                            self.note_nudge(nudge.clone());
                        }
                        records.push(record);
                    }
                    Effect::MentionStillness { at, lasted } => {
                        let notice = Notice::for_stillness(at, lasted);
                        on_event(DaemonEvent::Mentioned(&notice));
                        self.notify(&notice, at)?;
                    }
                    Effect::Withdraw(_) => {
                        if let Some(notifier) = &mut self.notifier {
                            notifier.withdraw();
                        }
                        on_event(DaemonEvent::Withdrawn);
                    }
                    Effect::Nudge(nudge) => {
                        records.push(Record::Evidence(self.evidence(&nudge)));
                        self.load_recent_nudges(nudge.at);
                        let routines = self.recent_routines(nudge.at);
                        let past = Past {
                            nudges: &self.recent_nudges,
                            routines: &routines,
                            now: nudge.at,
                        };
                        let suggestion =
                            choose(&self.catalogue, nudge.fault, &self.stretches, past);
                        let notice = Notice::for_suggestion(
                            nudge.at,
                            nudge.fault,
                            nudge.changes,
                            nudge.lasted,
                            &suggestion,
                            self.snooze,
                        );
                        let notice = match nudge.posture.leans_forward() {
                            Some(_) => notice.for_leaning(),
                            None => notice,
                        };
                        on_event(DaemonEvent::Suggested {
                            notice: &notice,
                            stretch: suggestion.id(),
                        });
                        let stretch = suggestion.id().to_owned();
                        self.notify(&notice, nudge.at)?;
                        self.shown.nudge = Some(notice);
                        inputs.push_back(Input::Shown {
                            nudge: nudge.at,
                            stretch,
                        });
                    }
                }
            }
            self.keep(records, on_event);
        }
        Ok(())
    }

    /// What a nudge is based on.
    fn evidence(&self, nudge: &NudgeRequest) -> NudgeEvidence {
        NudgeEvidence {
            nudge: nudge.at,
            readings: nudge.readings.clone(),
            view: nudge.posture.view,
            basis: nudge.posture.basis,
            skeleton: self.perception.skeleton(),
            limits: limits_of(&nudge.posture, &self.perception.limits()),
            onset: self.onset,
            model: self.model.to_string(),
            calibration: self.calibrated.clone(),
            doubt: self.perception.doubt(nudge.at),
        }
    }

    /// Saves the current minute, which is not over yet.
    pub(crate) fn finish(&mut self, on_event: &mut EventSink<'_>) {
        let open = self.tally.flush().map(Record::Minute);
        self.keep(open.into_iter().collect(), on_event);
    }

    pub(super) fn keep(&mut self, records: Vec<Record>, on_event: &mut EventSink<'_>) {
        if records.is_empty() {
            return;
        }
        for record in &records {
            on_event(DaemonEvent::Saved(record));
        }
        for notice in self.writer.save(records) {
            on_event(DaemonEvent::History(&notice));
        }
    }

    /// Reads the recent nudges, because the guide may have saved answers meanwhile.
    pub(super) fn load_recent_nudges(&mut self, at: Timestamp) {
        let period = Period {
            from: at.saturating_sub(RECENT).unwrap_or(at),
            // This instant is included.
            to: at
                .saturating_add(SignedDuration::from_millis(1))
                .unwrap_or(at),
        };
        let kept = self
            .writer
            .history()
            .and_then(|history| history.nudges(period));
        // If the disk cannot be read, those of this run are used.
        if let Ok(kept) = kept {
            self.recent_nudges = kept;
        }
        // A full disk can still be read, but lacks what was not saved.
        let unsaved = self.writer.waiting().filter_map(|record| match record {
            Record::Nudge(nudge) => Some(nudge.clone()),
            _ => None,
        });
        for nudge in unsaved.collect::<Vec<_>>() {
            self.note_nudge(nudge);
        }
    }

    /// The records of a period, with the current minute and the slouches that went on into it.
    ///
    /// # Errors
    ///
    /// When the history cannot be read.
    pub(crate) fn records(&mut self, period: Period) -> Result<Records, HistoryError> {
        let mut records = self.writer.history()?.read_for_summary(period)?;
        if let Some(open) = self.tally.flush().filter(|open| period.holds(open.start)) {
            records.minutes.retain(|kept| kept.start != open.start);
            records.minutes.push(open);
        }
        Ok(records)
    }

    /// The last nudge of the last days.
    pub(crate) fn last_nudge(&mut self, at: Timestamp) -> Option<&Nudge> {
        self.load_recent_nudges(at);
        self.recent_nudges.iter().max_by_key(|nudge| nudge.at)
    }

    /// Adds a nudge. If it is known already, this one has its answer.
    fn note_nudge(&mut self, nudge: Nudge) {
        // The history is kept to the millisecond.
        self.recent_nudges.retain(|known| {
            known.at.as_millisecond() != nudge.at.as_millisecond()
                && nudge.at.duration_since(known.at) < RECENT
        });
        self.recent_nudges.push(nudge);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::routine::tests::Desk;
    use crate::posture::Fault;
    use crate::record::{AngleSpan, Episode, EpisodeOutcome};

    #[test]
    fn a_slouch_that_went_on_past_midnight_is_among_the_records_of_both_days() {
        let folder = tempfile::tempdir().unwrap();
        let mut effects = Desk::new(folder.path()).effects;
        let at = |time: &str| -> Timestamp { format!("2026-11-{time}Z").parse().unwrap() };
        let slouch = Episode {
            fault: Fault::ForwardHead,
            from: at("23T23:57:00"),
            to: at("24T00:02:00"),
            observed: SignedDuration::from_mins(5),
            angle: AngleSpan {
                mean: 12.0,
                worst: 15.0,
                error: 2.0,
            },
            ending: EpisodeOutcome::ByItself,
        };
        effects.keep(vec![Record::Episode(slouch.clone())], &mut |_| {});
        for (from, to) in [("23T00:00", "24T00:00"), ("24T00:00", "24T12:00")] {
            let period = Period {
                from: at(&format!("{from}:00")),
                to: at(&format!("{to}:00")),
            };
            let kept = effects.records(period).unwrap().episodes;
            assert_eq!(kept, std::slice::from_ref(&slouch), "{from}");
        }
    }
}
