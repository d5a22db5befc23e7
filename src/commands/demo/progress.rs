//! The demo's running text: what happens, when, in words.

use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};

use crate::commands::stretch::charset;
use crate::daemon::effects::DaemonEvent;
use crate::monitor::{Observation, WatchState};
use crate::posture::{Calibration, Moment};
use crate::record::Record;
use crate::stretch::catalogue;
use crate::stretch::drawing;
use crate::wording;

/// Writes what changes, not every observation.
pub(super) struct DemoProgress<'a, W> {
    start: Timestamp,
    out: &'a mut W,
    /// The state in the last line, so that it is not written twice.
    last_state: Option<State>,
    now: Timestamp,
    /// The first line that could not be written.
    failed: Option<io::Error>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Upright,
    Slouched,
    Other,
}

impl<'a, W: Write> DemoProgress<'a, W> {
    pub(super) fn new(start: Timestamp, out: &'a mut W) -> DemoProgress<'a, W> {
        DemoProgress {
            start,
            out,
            last_state: None,
            now: start,
            failed: None,
        }
    }

    pub(super) fn opening(&mut self, length: SignedDuration) -> io::Result<()> {
        writeln!(
            self.out,
            "Somebody at a desk for {} minutes, played fast. The pictures are rendered; the pose\n\
             model, the angles, the decisions and the report are those that watch a webcam.\n",
            length.as_mins()
        )?;
        self.line("sits well and holds still: calibrating for 10 seconds")
    }

    /// Sets the current time.
    pub(super) fn at(&mut self, now: Timestamp) {
        self.now = now;
    }

    pub(super) fn calibrated(&mut self, calibration: &Calibration) -> io::Result<()> {
        self.line(&format!(
            "calibrated: {}",
            wording::calibration(calibration)
        ))
    }

    /// Writes an event. A write that fails is reported by [`DemoProgress::closing`].
    pub(super) fn write_event(&mut self, event: &DaemonEvent<'_>) {
        let written = match event {
            DaemonEvent::MonitorStatus(status) => match &status.watch {
                WatchState::Observation(observation) => self.observation(observation),
                WatchState::NoObservationYet | WatchState::Not(_) => Ok(()),
            },
            DaemonEvent::Suggested { notice, stretch } => {
                self.suggestion(&notice.title, &notice.body, stretch)
            }
            DaemonEvent::Mentioned(notice) => self.line(&notice.title),
            DaemonEvent::Withdrawn => self.line("sat up: the notification is taken back by itself"),
            DaemonEvent::Saved(Record::Episode(episode)) => {
                self.line(&format!("saved: {}", wording::episode(episode)))
            }
            DaemonEvent::Saved(_) => Ok(()),
            DaemonEvent::History(notice) => self.line(&format!("{notice}")),
        };
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    /// Ends the running text.
    ///
    /// # Errors
    ///
    /// The first line that could not be written.
    pub(super) fn closing(mut self) -> io::Result<()> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => writeln!(self.out, "\nAnd this is what the report makes of it:\n"),
        }
    }

    fn observation(&mut self, observation: &Observation) -> io::Result<()> {
        let state = match observation.moment {
            Moment::Upright => State::Upright,
            Moment::Slouched(_) => State::Slouched,
            Moment::Unclear(_) | Moment::Away => State::Other,
        };
        if self.last_state.replace(state) == Some(state) {
            return Ok(());
        }
        let doubt = match state {
            State::Slouched => "; does it last?",
            State::Upright | State::Other => "",
        };
        self.line(&format!("{}{doubt}", wording::observation(observation)))
    }

    fn suggestion(&mut self, title: &str, body: &str, stretch: &str) -> io::Result<()> {
        self.line("that has lasted a minute now, so the user is told:")?;
        writeln!(self.out)?;
        for line in std::iter::once(title).chain(body.lines()) {
            writeln!(self.out, "            {line}")?;
        }
        let known = catalogue().get(stretch);
        if let Some(position) = known.and_then(|stretch| stretch.drawing.last()) {
            writeln!(self.out)?;
            for line in drawing::text(position, 30, charset()) {
                writeln!(self.out, "            {line}")?;
            }
        }
        writeln!(self.out)
    }

    fn line(&mut self, words: &str) -> io::Result<()> {
        let seconds = self.now.duration_since(self.start).as_secs();
        writeln!(
            self.out,
            "  {:>2}:{:02}  {words}",
            seconds / 60,
            seconds % 60
        )?;
        self.out.flush()
    }
}
