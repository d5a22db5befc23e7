//! The monitor's progress: what it writes while it watches.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::effects::DaemonEvent;
use super::picture_advice;
use super::status_line::StatusLine;
use crate::monitor::{MonitorStatus, WatchState};
use crate::posture::Moment;
use crate::quantities::duration;
use crate::record::{NotWatching, Record};
use crate::stretch::ROUTINE;
use crate::wording;

/// Writes what changes as lines, and the current state as a status line.
pub(crate) struct ProgressWriter<W> {
    status_line: StatusLine<W>,
    zone: TimeZone,
    now: Timestamp,
    /// The last state that was written, so that it is not written twice.
    last_state: Option<State>,
    current: String,
    since: Timestamp,
    camera: String,
    /// What is wrong with the camera, and advice.
    trouble: Option<(String, Option<&'static str>)>,
    advice: picture_advice::PictureAdvice,
}

/// A state whose change is written as a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Observed(Moment),
    Not(NotWatching),
}

impl<W: Write> ProgressWriter<W> {
    pub(crate) fn new(out: W, zone: TimeZone, now: Timestamp) -> ProgressWriter<W> {
        ProgressWriter {
            status_line: StatusLine::new(out),
            zone,
            now,
            last_state: None,
            current: "starting".to_owned(),
            since: now,
            camera: String::new(),
            trouble: None,
            advice: picture_advice::PictureAdvice::default(),
        }
    }

    /// Writes a line with its time.
    pub(crate) fn line(&mut self, words: &str) {
        let clock = self.clock(self.now);
        for (n, line) in words.lines().enumerate() {
            if n == 0 {
                self.status_line.line(&format!("{clock}  {line}"));
            } else {
                self.status_line.line(&format!("          {line}"));
            }
        }
    }

    /// Sets the current time.
    pub(crate) fn at(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// The current state in words, and since when.
    pub(crate) fn current_state(&self) -> (&str, Timestamp) {
        (&self.current, self.since)
    }

    /// Sets the camera that watches.
    pub(crate) fn camera(&mut self, camera: &str) {
        camera.clone_into(&mut self.camera);
    }

    /// Sets why the camera gives no frames, with advice; none when it works. Returns whether that changed.
    pub(crate) fn camera_trouble(
        &mut self,
        trouble: Option<(String, Option<&'static str>)>,
    ) -> bool {
        if self.trouble == trouble {
            return false;
        }
        self.trouble = trouble;
        // Another reason under the same heading is news too; the first one comes with its status.
        if let (Some(State::Not(reason)), Some(_)) = (self.last_state, &self.trouble)
            && is_the_camera(reason)
        {
            self.current = self.reason_words(reason);
            self.write_reason(reason);
        }
        true
    }

    /// Writes the status line: the current state with the next observation, or until when none is due.
    pub(crate) fn write_status(
        &mut self,
        next_observation: Option<Timestamp>,
        until: Option<Timestamp>,
    ) {
        let mut words = format!("{}  {}", self.clock(self.now), self.current);
        if let Some(next_observation) = next_observation {
            words += &format!(" | next observation {}", self.clock(next_observation));
            if !self.camera.is_empty() {
                words += &format!(" | {}", self.camera);
            }
        } else if let Some(until) = until {
            let now = self.now.to_zoned(self.zone.clone());
            words += &format!(" {}", wording::until(until, &now));
        }
        self.status_line.standing(&words);
    }

    /// Writes an event.
    pub(crate) fn write_event(&mut self, event: &DaemonEvent<'_>) {
        match event {
            DaemonEvent::MonitorStatus(status) => self.write_monitor_status(status),
            DaemonEvent::Suggested { notice, stretch } => {
                let event = if *stretch == ROUTINE {
                    "offered"
                } else {
                    "nudged"
                };
                tracing::debug!("{event}: {}", notice.title);
                self.line(&format!("{event}: {}", notice.title));
            }
            DaemonEvent::Mentioned(notice) => {
                tracing::debug!("mentioned: {}", notice.title);
                self.line(&format!("mentioned: {}", notice.title));
            }
            // The record of the nudge, which follows, says why.
            DaemonEvent::Withdrawn => {}
            DaemonEvent::Saved(Record::Episode(episode)) => {
                self.line(&format!("saved: {}", wording::episode(episode)));
            }
            DaemonEvent::Saved(Record::Nudge(nudge)) if nudge.answered.is_some() => {
                self.line(&format!("saved: the answer to the nudge, {}", nudge.answer));
            }
            DaemonEvent::Saved(Record::Routine(routine)) if routine.answered.is_some() => {
                self.line(&format!(
                    "saved: the answer to the daily routine, {}",
                    routine.answer
                ));
            }
            DaemonEvent::Saved(
                Record::Nudge(_)
                | Record::Evidence(_)
                // Whoever sees that a nudge was withheld is nudged.
                | Record::Trial(_)
                | Record::Routine(_)
                | Record::Minute(_)
                | Record::Session(_)
                | Record::CalibrationUse(_)
                | Record::DeskChange(_)
                | Record::PhotoCheck(_)
                | Record::SettledProposal(_)
                | Record::Calibration(_),
            ) => {}
            DaemonEvent::History(notice) => {
                tracing::warn!("{notice}");
                self.line(&notice.to_string());
            }
        }
    }

    /// Ends the status line and writes a last line.
    pub(crate) fn end(mut self, words: &str) {
        self.status_line.rest();
        self.line(words);
    }

    fn write_monitor_status(&mut self, status: &MonitorStatus) {
        self.now = status.at;
        let (state, words) = match &status.watch {
            // Watching again: the next observation is always written.
            WatchState::NoObservationYet => {
                self.last_state = None;
                self.current = "waiting for the first picture".to_owned();
                self.since = status.at;
                return;
            }
            WatchState::Observation(observation) => (
                State::Observed(observation.moment),
                wording::observation(observation),
            ),
            WatchState::Not(reason) => (State::Not(*reason), self.reason_words(*reason)),
        };
        if let WatchState::Observation(observation) = &status.watch {
            let trouble = match observation.moment {
                Moment::Unclear(reason) => picture_advice::advice(reason).map(|_| reason),
                Moment::Upright | Moment::Slouched(_) | Moment::Away => None,
            };
            if let Some(advice) = self.advice.observe(trouble, observation.at) {
                self.line(advice);
            }
        }
        // The log names no programs that use the camera; see `CameraError::kind`.
        let logged = match &status.watch {
            WatchState::Not(reason) => format!("not watching: {reason}"),
            WatchState::Observation(_) | WatchState::NoObservationYet => words.clone(),
        };
        tracing::trace!(at = %status.at, "{logged}");
        if self.last_state.replace(state) != Some(state) {
            tracing::debug!(at = %status.at, "{logged}");
            self.since = status.at;
            match state {
                State::Observed(_) => self.line(&words),
                State::Not(reason) => self.write_reason(reason),
            }
        }
        self.current = match status.slouched_for {
            Some(lasted) => format!("{words}, slouched for {}", duration(lasted)),
            None => words,
        };
    }

    fn reason_words(&self, reason: NotWatching) -> String {
        match &self.trouble {
            Some((trouble, _)) if is_the_camera(reason) => format!("not watching: {trouble}"),
            Some(_) | None => format!("not watching: {reason}"),
        }
    }

    fn write_reason(&mut self, reason: NotWatching) {
        let mut words = self.reason_words(reason);
        if let Some((_, Some(advice))) = self.trouble
            && is_the_camera(reason)
        {
            words += &format!("\n{advice}");
        }
        self.line(&words);
    }

    fn clock(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at).strftime("%H:%M:%S").to_string()
    }
}

/// Whether the camera is the reason.
fn is_the_camera(reason: NotWatching) -> bool {
    matches!(reason, NotWatching::CameraBusy | NotWatching::CameraMissing)
}
