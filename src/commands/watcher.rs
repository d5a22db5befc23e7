//! Performs what the monitor decides: looks, keeps, tells.
//!
//! The webcam and recordings go through this same code; only where the frames
//! come from and how their story is told differ.

use std::collections::VecDeque;
use std::path::Path;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::frame::Frame;
use crate::history::{self, Writer};
use crate::monitor::{Effect, Input, Monitor, Observer, Reading, Settings};
use crate::notify::{Notice, Notifier};
use crate::pose::PoseModel;
use crate::posture::{Baseline, Limits, Patience};
use crate::record::{Nudge, Record, Tally};
use crate::stretch::{self, Catalogue, choose};

/// What happened, for whoever tells the story.
pub(super) enum Told<'a> {
    /// A look, or that watching stopped.
    Reading(&'a Reading),
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
    History(&'a history::Notice),
}

/// How the story is told.
pub(super) type Tell<'a> = dyn FnMut(Told<'_>) + 'a;

/// Watches one person.
pub(super) struct Watcher<'a> {
    pub(super) pose: &'a mut dyn PoseModel,
    pub(super) notifier: Option<&'a mut dyn Notifier>,
    catalogue: &'a Catalogue,
    stretches: stretch::Settings,
    observer: Observer,
    monitor: Monitor,
    tally: Tally,
    writer: Writer,
    lately: Vec<Nudge>,
    next_look: Timestamp,
}

/// Nudges older than this do not matter to the next choice.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

impl<'a> Watcher<'a> {
    /// Begins to watch somebody with this neutral, and keeps what happens in a file.
    pub(super) fn new(
        pose: &'a mut dyn PoseModel,
        notifier: Option<&'a mut dyn Notifier>,
        catalogue: &'a Catalogue,
        config: &Config,
        baseline: Option<Baseline>,
        history: &Path,
    ) -> Watcher<'a> {
        Watcher {
            pose,
            notifier,
            catalogue,
            stretches: config.stretch.clone(),
            observer: Observer::new(baseline, Limits::default()),
            monitor: Monitor::new(Settings::default()),
            tally: Tally::new(Patience::default().max_gap),
            writer: Writer::new(history),
            lately: Vec::new(),
            next_look: Timestamp::MIN,
        }
    }

    /// Takes in a frame; it is looked at only when a look is due.
    pub(super) fn frame(&mut self, frame: &Frame, tell: &mut Tell<'_>) -> Result<()> {
        if frame.at < self.next_look {
            return Ok(());
        }
        let sighting = self.pose.look(frame)?;
        let look = self.observer.look(&sighting, frame.at);
        self.give(Input::Look(look), tell)
    }

    /// Gives the monitor something and performs what it wants done.
    pub(super) fn give(&mut self, input: Input, tell: &mut Tell<'_>) -> Result<()> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut records = Vec::new();
            for effect in self.monitor.on(input) {
                match effect {
                    Effect::LookAt(at) => self.next_look = at,
                    Effect::Publish(reading) => tell(Told::Reading(&reading)),
                    Effect::Spent(span) => {
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
                        tell(Told::Withdrawn);
                    }
                    Effect::Nudge(nudge) => {
                        let suggestion = choose(
                            self.catalogue,
                            nudge.fault,
                            &self.stretches,
                            &self.lately,
                            nudge.at,
                        );
                        let notice = Notice::for_suggestion(
                            nudge.at,
                            nudge.fault,
                            Some(nudge.change),
                            nudge.lasted,
                            &suggestion,
                        );
                        tell(Told::Suggested {
                            notice: &notice,
                            stretch: suggestion.id(),
                        });
                        if let Some(notifier) = &mut self.notifier {
                            notifier.show(&notice)?;
                        }
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

    /// Keeps the minute that is not over yet. Watching is to have been stopped before.
    pub(super) fn finish(&mut self, tell: &mut Tell<'_>) {
        let open = self.tally.flush().map(Record::Minute);
        self.keep(open.into_iter().collect(), tell);
    }

    fn keep(&mut self, records: Vec<Record>, tell: &mut Tell<'_>) {
        if records.is_empty() {
            return;
        }
        for record in &records {
            tell(Told::Kept(record));
        }
        for notice in self.writer.keep(records) {
            tell(Told::History(&notice));
        }
    }

    /// A nudge that is known already has its answer by now.
    fn remember(&mut self, nudge: Nudge) {
        self.lately
            .retain(|known| known.at != nudge.at && nudge.at.duration_since(known.at) < LATELY);
        self.lately.push(nudge);
    }
}
