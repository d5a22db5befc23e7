//! Performs what the monitor decides: looks, keeps, tells.
//!
//! The webcam and recordings go through this same code; only where the frames
//! come from and how their story is told differ.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::Path;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::on_demand;
use crate::frame::Frame;
use crate::history::{self, History, HistoryError, Writer};
use crate::monitor::{Effect, Input, Monitor, MonitorStatus, WatchState};
use crate::notify::{Notice, Notifier, NotifyError};
use crate::perception::Perception;
use crate::record::{MinuteTally, NotWatching, Nudge, Period, Record, Records};
use crate::settings::Config;
use crate::stretch::{self, Catalogue, choose};

/// What happened, for whoever tells the story.
pub(crate) enum DaemonEvent<'a> {
    /// A look, or that watching stopped.
    MonitorStatus(&'a MonitorStatus),
    /// A stretch was suggested.
    Suggested {
        notice: &'a Notice,
        stretch: &'a str,
    },
    /// The suggestion was taken back, the person sat up.
    Withdrawn,
    /// Something was kept.
    Kept(&'a Record),
    /// The history has something to say.
    History(&'a history::WriterNotice),
}

/// How the story is told.
pub(crate) type EventSink<'a> = dyn FnMut(DaemonEvent<'_>) + 'a;

/// Watches one person.
pub(crate) struct Effects<'a> {
    pub(crate) perception: Perception,
    pub(crate) notifier: Option<Box<dyn Notifier>>,
    pub(super) catalogue: Cow<'a, Catalogue>,
    pub(super) stretches: stretch::StretchSettings,
    /// What a notice offers to wait.
    pub(super) snooze: SignedDuration,
    monitor: Monitor,
    tally: MinuteTally,
    pub(super) writer: Writer,
    pub(super) lately: Vec<Nudge>,
    next_look: Timestamp,
    reading: Option<MonitorStatus>,
    pub(super) shown: on_demand::ShownNotices,
}

/// Nudges older than this do not matter to the next choice.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

impl<'a> Effects<'a> {
    /// Begins to watch somebody, and keeps what happens in a file.
    pub(crate) fn new(
        perception: Perception,
        notifier: Option<Box<dyn Notifier>>,
        catalogue: &'a Catalogue,
        config: &Config,
        history: &Path,
    ) -> Effects<'a> {
        let longest_gap = config.monitor.patience.max_gap;
        let mut writer = Writer::new(history);
        // A history that cannot be read now is told about when something is to be kept.
        let last = writer.history().and_then(|history| history.last_minute());
        Effects {
            perception,
            notifier,
            catalogue: Cow::Borrowed(catalogue),
            stretches: config.stretch.clone(),
            snooze: config.monitor.nudges.snooze,
            monitor: Monitor::new(config.monitor),
            tally: match last {
                Ok(Some(last)) => MinuteTally::resume(longest_gap, &last),
                Ok(None) | Err(_) => MinuteTally::new(longest_gap),
            },
            writer,
            lately: Vec::new(),
            next_look: Timestamp::MIN,
            reading: None,
            shown: on_demand::ShownNotices::default(),
        }
    }

    /// Goes on with other settings and other stretches to choose from. What is under way goes on.
    pub(crate) fn adopt(&mut self, config: &Config, catalogue: Catalogue) {
        self.stretches = config.stretch.clone();
        self.catalogue = Cow::Owned(catalogue);
        self.perception.adopt(config.into());
        self.monitor.adopt(config.monitor);
        self.tally.bridge(config.monitor.patience.max_gap);
    }

    /// When a look is due.
    pub(crate) fn next_look(&self) -> Timestamp {
        self.next_look
    }

    /// How things stood at the last look.
    pub(crate) fn reading(&self) -> Option<&MonitorStatus> {
        self.reading.as_ref()
    }

    /// Why nobody is watched; none while somebody is.
    pub(crate) fn why_not(&self) -> Option<NotWatching> {
        match self.reading.as_ref()?.watch {
            WatchState::Not(why) => Some(why),
            WatchState::Observation(_) | WatchState::NoObservationYet => None,
        }
    }

    /// When the pause ends by itself; none without a pause or without such an end.
    pub(crate) fn paused_until(&self) -> Option<Timestamp> {
        self.monitor.paused_until()
    }

    /// The history that everything is kept in.
    ///
    /// # Errors
    ///
    /// Why it cannot be opened.
    pub(crate) fn history(&mut self) -> Result<&mut History, HistoryError> {
        self.writer.history()
    }

    /// Observes a frame of a recording if an observation is due.
    pub(crate) fn observe_if_due(&mut self, frame: &Frame, tell: &mut EventSink<'_>) -> Result<()> {
        if frame.at < self.next_look {
            return Ok(());
        }
        self.observe(frame, tell)
    }

    /// Observes a frame.
    pub(crate) fn observe(&mut self, frame: &Frame, tell: &mut EventSink<'_>) -> Result<()> {
        let observation = self.perception.perceive(frame)?;
        self.give(Input::Observation(observation), tell)
    }

    /// Lets time pass. About once a minute, so that what waits for the disk is tried again.
    pub(crate) fn tick(&mut self, at: Timestamp, tell: &mut EventSink<'_>) -> Result<()> {
        self.give(Input::Tick(at), tell)?;
        for notice in self.writer.keep([]) {
            tell(DaemonEvent::History(&notice));
        }
        Ok(())
    }

    /// Ends the watching: whatever goes on is over now, and kept.
    pub(crate) fn stop(&mut self, at: Timestamp, tell: &mut EventSink<'_>) -> Result<()> {
        let stop = Input::NotWatching {
            why: NotWatching::Paused,
            at,
        };
        self.give(stop, &mut |told| match told {
            // Nobody paused, so nobody is told of a pause.
            DaemonEvent::MonitorStatus(_) => {}
            told => tell(told),
        })?;
        self.finish(tell);
        Ok(())
    }

    /// Gives the monitor something and performs what it wants done.
    pub(crate) fn give(&mut self, input: Input, tell: &mut EventSink<'_>) -> Result<()> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut records = Vec::new();
            for effect in self.monitor.on(input) {
                match effect {
                    Effect::ObserveAt(at) => self.next_look = at,
                    Effect::Publish(reading) => {
                        tell(DaemonEvent::MonitorStatus(&reading));
                        self.reading = Some(reading);
                    }
                    Effect::TimeUse(span) => {
                        records.extend(self.tally.add(&span).into_iter().map(Record::Minute));
                    }
                    Effect::Save(record) => {
                        if let Record::Nudge(nudge) = &record {
                            self.remember(nudge.clone());
                        }
                        records.push(record);
                    }
                    Effect::Withdraw(_) => {
                        if let Some(notifier) = &mut self.notifier {
                            notifier.withdraw();
                        }
                        tell(DaemonEvent::Withdrawn);
                    }
                    Effect::Nudge(nudge) => {
                        self.recall(nudge.at);
                        let suggestion = choose(
                            &self.catalogue,
                            nudge.fault,
                            &self.stretches,
                            &self.lately,
                            nudge.at,
                        );
                        let notice = Notice::for_suggestion(
                            nudge.at,
                            nudge.fault,
                            nudge.changes,
                            nudge.lasted,
                            &suggestion,
                            self.snooze,
                        );
                        tell(DaemonEvent::Suggested {
                            notice: &notice,
                            stretch: suggestion.id(),
                        });
                        if let Some(notifier) = &mut self.notifier {
                            notifier.show(&notice)?;
                        }
                        self.shown.nudge = Some(notice);
                        inputs.push_back(Input::Shown {
                            nudge: nudge.at,
                            stretch: suggestion.id().to_owned(),
                        });
                    }
                }
            }
            self.keep(records, tell);
        }
        Ok(())
    }

    /// Keeps the minute that is not over yet.
    pub(crate) fn finish(&mut self, tell: &mut EventSink<'_>) {
        let open = self.tally.flush().map(Record::Minute);
        self.keep(open.into_iter().collect(), tell);
    }

    fn keep(&mut self, records: Vec<Record>, tell: &mut EventSink<'_>) {
        if records.is_empty() {
            return;
        }
        for record in &records {
            tell(DaemonEvent::Kept(record));
        }
        for notice in self.writer.keep(records) {
            tell(DaemonEvent::History(&notice));
        }
    }

    /// Shows a notice that is no nudge.
    ///
    /// # Errors
    ///
    /// Nobody can be told.
    pub(crate) fn notify(&mut self, notice: &Notice) -> Result<(), NotifyError> {
        match &mut self.notifier {
            Some(notifier) => notifier.show(notice),
            None => Ok(()),
        }
    }

    /// The nudges before this instant, with the answers that the guide has kept meanwhile.
    fn recall(&mut self, at: Timestamp) {
        let period = Period {
            from: at.saturating_sub(LATELY).unwrap_or(at),
            to: at,
        };
        let kept = self
            .writer
            .history()
            .and_then(|history| history.nudges(period));
        // While the disk fails, what this run remembers must do.
        if let Ok(kept) = kept {
            self.lately = kept;
        }
    }

    /// Everything that is kept of a period, with the minute that is not over yet.
    ///
    /// # Errors
    ///
    /// When the history cannot be read.
    pub(crate) fn records(&mut self, period: Period) -> Result<Records, HistoryError> {
        let mut records = self.writer.history()?.read(period)?;
        if let Some(open) = self.tally.flush().filter(|open| period.holds(open.start)) {
            records.minutes.retain(|kept| kept.start != open.start);
            records.minutes.push(open);
        }
        Ok(records)
    }

    /// The last nudge in a period, as it is kept or else as this run remembers it.
    pub(crate) fn last_nudge(&mut self, period: Period) -> Option<Nudge> {
        let kept = self
            .writer
            .history()
            .and_then(|history| history.nudges(period))
            .unwrap_or_default();
        let mut nudges = if kept.is_empty() {
            self.lately.clone()
        } else {
            kept
        };
        nudges.pop()
    }

    /// What a stretch is called.
    pub(crate) fn name_of(&self, stretch: &str) -> String {
        match self.catalogue.get(stretch) {
            Some(known) => known.name.clone(),
            None if stretch == stretch::MOVE => "Get up and move".to_owned(),
            // One that the catalogue no longer has.
            None => stretch.to_owned(),
        }
    }

    /// A nudge that is known already has its answer by now.
    fn remember(&mut self, nudge: Nudge) {
        self.lately
            .retain(|known| known.at != nudge.at && nudge.at.duration_since(known.at) < LATELY);
        self.lately.push(nudge);
    }
}
