//! What the monitor says while it watches.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::capture::light;
use crate::commands::voice::Voice;
use crate::commands::watcher::Told;
use crate::commands::words;
use crate::monitor::{Reading, Seeing};
use crate::posture::Moment;
use crate::record::{NotWatching, Record};

/// Tells what changes, and keeps the line that says how things stand.
pub(super) struct Story<W> {
    voice: Voice<W>,
    zone: TimeZone,
    now: Timestamp,
    /// What was told last, so that it is not told twice.
    told: Option<State>,
    standing: String,
    since: Timestamp,
    camera: String,
    telling: light::Telling,
}

/// What is worth a line when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Seen(Moment),
    Not(NotWatching),
}

impl<W: Write> Story<W> {
    pub(super) fn new(out: W, zone: TimeZone, now: Timestamp) -> Story<W> {
        Story {
            voice: Voice::new(out),
            zone,
            now,
            told: None,
            standing: "starting".to_owned(),
            since: now,
            camera: String::new(),
            telling: light::Telling::default(),
        }
    }

    /// Tells one thing with its time.
    pub(super) fn line(&mut self, words: &str) {
        let clock = self.clock(self.now);
        for (n, line) in words.lines().enumerate() {
            if n == 0 {
                self.voice.line(&format!("{clock}  {line}"));
            } else {
                self.voice.line(&format!("          {line}"));
            }
        }
    }

    /// It is later now.
    pub(super) fn at(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// How things stand, in words, and since when.
    pub(super) fn stands(&self) -> (&str, Timestamp) {
        (&self.standing, self.since)
    }

    /// Another camera watches.
    pub(super) fn camera(&mut self, camera: &str) {
        camera.clone_into(&mut self.camera);
    }

    /// Says how things stand, and when the next look is, if one is due.
    pub(super) fn standing(&mut self, next_look: Option<Timestamp>) {
        let words = match next_look {
            Some(next_look) => format!(
                "{}  {} | next look {} | {}",
                self.clock(self.now),
                self.standing,
                self.clock(next_look),
                self.camera
            ),
            None => format!("{}  {}", self.clock(self.now), self.standing),
        };
        self.voice.standing(&words);
    }

    /// Says what the watcher tells.
    pub(super) fn tell(&mut self, told: &Told<'_>) {
        match told {
            Told::Reading(reading) => self.reading(reading),
            Told::Suggested { notice, .. } => {
                tracing::debug!("told: {}", notice.title);
                self.line(&format!("told: {}", notice.title));
            }
            // The record of the nudge, which comes next, says why.
            Told::Withdrawn => {}
            Told::Kept(Record::Episode(episode)) => {
                self.line(&format!("kept: {}", words::episode(episode)));
            }
            Told::Kept(Record::Nudge(nudge)) if nudge.answered.is_some() => {
                self.line(&format!("kept: the answer to the nudge, {}", nudge.answer));
            }
            Told::Kept(
                Record::Nudge(_) | Record::Minute(_) | Record::Session(_) | Record::Calibration(_),
            ) => {}
            Told::History(notice) => {
                tracing::warn!("{notice}");
                self.line(&notice.to_string());
            }
        }
    }

    /// Ends the line that says how things stand.
    pub(super) fn end(mut self, words: &str) {
        self.voice.rest();
        self.line(words);
    }

    fn reading(&mut self, reading: &Reading) {
        self.now = reading.at;
        let (state, words) = match &reading.watch {
            // Watching again: the next look is to be told, whatever it shows.
            Seeing::NoLookYet => {
                self.told = None;
                self.standing = "about to look".to_owned();
                self.since = reading.at;
                return;
            }
            Seeing::Look(look) => (State::Seen(look.moment), words::look(look)),
            Seeing::Not(why) => (State::Not(*why), format!("not watching: {why}")),
        };
        if let Seeing::Look(look) = &reading.watch {
            let trouble = match look.moment {
                Moment::Unclear(why) => light::advice(why).map(|_| why),
                Moment::Upright | Moment::Slouched(_) | Moment::Away => None,
            };
            if let Some(advice) = self.telling.look(trouble, look.at) {
                self.line(advice);
            }
        }
        tracing::trace!(at = %reading.at, "{words}");
        if self.told.replace(state) != Some(state) {
            tracing::debug!(at = %reading.at, "{words}");
            self.since = reading.at;
            self.line(&words);
        }
        self.standing = match reading.slouched_for {
            Some(lasted) => format!("{words}, slouched for {} min", lasted.as_mins()),
            None => words,
        };
    }

    fn clock(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at).strftime("%H:%M:%S").to_string()
    }
}
