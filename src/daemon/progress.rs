//! What the monitor says while it watches.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::effects::DaemonEvent;
use super::picture_advice;
use super::status_line::StatusLine;
use crate::monitor::{MonitorStatus, WatchState};
use crate::posture::Moment;
use crate::record::{NotWatching, Record};
use crate::wording as words;

/// Tells what changes, and keeps the line that says how things stand.
pub(crate) struct ProgressWriter<W> {
    voice: StatusLine<W>,
    zone: TimeZone,
    now: Timestamp,
    /// What was told last, so that it is not told twice.
    told: Option<State>,
    standing: String,
    since: Timestamp,
    camera: String,
    /// What is wrong with the camera, and what to do about it.
    trouble: Option<(String, Option<&'static str>)>,
    telling: picture_advice::PictureAdvice,
}

/// What is worth a line when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Seen(Moment),
    Not(NotWatching),
}

impl<W: Write> ProgressWriter<W> {
    pub(crate) fn new(out: W, zone: TimeZone, now: Timestamp) -> ProgressWriter<W> {
        ProgressWriter {
            voice: StatusLine::new(out),
            zone,
            now,
            told: None,
            standing: "starting".to_owned(),
            since: now,
            camera: String::new(),
            trouble: None,
            telling: picture_advice::PictureAdvice::default(),
        }
    }

    /// Tells one thing with its time.
    pub(crate) fn line(&mut self, words: &str) {
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
    pub(crate) fn at(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// How things stand, in words, and since when.
    pub(crate) fn stands(&self) -> (&str, Timestamp) {
        (&self.standing, self.since)
    }

    /// Another camera watches.
    pub(crate) fn camera(&mut self, camera: &str) {
        camera.clone_into(&mut self.camera);
    }

    /// The camera gives no picture, for this reason and with this advice; or it does again. Whether that is news.
    pub(crate) fn camera_trouble(
        &mut self,
        trouble: Option<(String, Option<&'static str>)>,
    ) -> bool {
        if self.trouble == trouble {
            return false;
        }
        self.trouble = trouble;
        // Another reason under the same heading is news too; the first one comes with its reading.
        if let (Some(State::Not(why)), Some(_)) = (self.told, &self.trouble)
            && is_the_camera(why)
        {
            self.standing = self.why_not(why);
            self.tell_why_not(why);
        }
        true
    }

    /// Says how things stand, and when the next look is; where none is due, until when that is so, if that is known.
    pub(crate) fn standing(&mut self, next_look: Option<Timestamp>, until: Option<Timestamp>) {
        let mut words = format!("{}  {}", self.clock(self.now), self.standing);
        if let Some(next_look) = next_look {
            words += &format!(" | next look {}", self.clock(next_look));
            if !self.camera.is_empty() {
                words += &format!(" | {}", self.camera);
            }
        } else if let Some(until) = until {
            let now = self.now.to_zoned(self.zone.clone());
            words += &format!(" {}", words::until(until, &now));
        }
        self.voice.standing(&words);
    }

    /// Says what the watcher tells.
    pub(crate) fn tell(&mut self, told: &DaemonEvent<'_>) {
        match told {
            DaemonEvent::MonitorStatus(reading) => self.reading(reading),
            DaemonEvent::Suggested { notice, .. } => {
                tracing::debug!("told: {}", notice.title);
                self.line(&format!("told: {}", notice.title));
            }
            // The record of the nudge, which comes next, says why.
            DaemonEvent::Withdrawn => {}
            DaemonEvent::Kept(Record::Episode(episode)) => {
                self.line(&format!("kept: {}", words::episode(episode)));
            }
            DaemonEvent::Kept(Record::Nudge(nudge)) if nudge.answered.is_some() => {
                self.line(&format!("kept: the answer to the nudge, {}", nudge.answer));
            }
            DaemonEvent::Kept(
                Record::Nudge(_) | Record::Minute(_) | Record::Session(_) | Record::Calibration(_),
            ) => {}
            DaemonEvent::History(notice) => {
                tracing::warn!("{notice}");
                self.line(&notice.to_string());
            }
        }
    }

    /// Ends the line that says how things stand.
    pub(crate) fn end(mut self, words: &str) {
        self.voice.rest();
        self.line(words);
    }

    fn reading(&mut self, reading: &MonitorStatus) {
        self.now = reading.at;
        let (state, words) = match &reading.watch {
            // Watching again: the next look is to be told, whatever it shows.
            WatchState::NoObservationYet => {
                self.told = None;
                self.standing = "about to look".to_owned();
                self.since = reading.at;
                return;
            }
            WatchState::Observation(look) => (State::Seen(look.moment), words::look(look)),
            WatchState::Not(why) => (State::Not(*why), self.why_not(*why)),
        };
        if let WatchState::Observation(look) = &reading.watch {
            let trouble = match look.moment {
                Moment::Unclear(why) => picture_advice::advice(why).map(|_| why),
                Moment::Upright | Moment::Slouched(_) | Moment::Away => None,
            };
            if let Some(advice) = self.telling.look(trouble, look.at) {
                self.line(advice);
            }
        }
        // Of what keeps the camera the log has no names; see `CameraError::kind`.
        let logged = match &reading.watch {
            WatchState::Not(why) => format!("not watching: {why}"),
            WatchState::Observation(_) | WatchState::NoObservationYet => words.clone(),
        };
        tracing::trace!(at = %reading.at, "{logged}");
        if self.told.replace(state) != Some(state) {
            tracing::debug!(at = %reading.at, "{logged}");
            self.since = reading.at;
            match state {
                State::Seen(_) => self.line(&words),
                State::Not(why) => self.tell_why_not(why),
            }
        }
        self.standing = match reading.slouched_for {
            Some(lasted) => format!("{words}, slouched for {} min", lasted.as_mins()),
            None => words,
        };
    }

    fn why_not(&self, why: NotWatching) -> String {
        match &self.trouble {
            Some((trouble, _)) if is_the_camera(why) => format!("not watching: {trouble}"),
            Some(_) | None => format!("not watching: {why}"),
        }
    }

    fn tell_why_not(&mut self, why: NotWatching) {
        let mut words = self.why_not(why);
        if let Some((_, Some(advice))) = self.trouble
            && is_the_camera(why)
        {
            words += &format!("\n{advice}");
        }
        self.line(&words);
    }

    fn clock(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at).strftime("%H:%M:%S").to_string()
    }
}

/// Whether it is the camera that keeps from watching.
fn is_the_camera(why: NotWatching) -> bool {
    matches!(why, NotWatching::CameraBusy | NotWatching::CameraMissing)
}
