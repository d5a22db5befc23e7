//! Whether the desktop, the settings and the camera allow watching.

use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use super::runtime::{Runtime, Wakeup};
use crate::desktop::{Bus, DesktopEvent};
use crate::monitor::{Input, WatchState};
use crate::record::NotWatching;

impl<W: Write> Runtime<'_, W> {
    pub(crate) fn on_desktop_event(&mut self, event: DesktopEvent) -> Result<Wakeup> {
        let at = self.now();
        self.progress.at(at);
        self.reasons.on_desktop_event(&event, at);
        match event {
            DesktopEvent::BusLost(bus) => self.progress.line(&bus_lost(bus)),
            DesktopEvent::BusRestored(bus) => self.progress.line(&format!("{bus} is back")),
            DesktopEvent::Suspending(delay) => {
                self.apply_reasons(at)?;
                let progress = &mut self.progress;
                self.effects
                    .finish(&mut |event| progress.write_event(&event));
                return Ok(Wakeup::Sleep(delay));
            }
            DesktopEvent::Reason { .. }
            | DesktopEvent::SourceLost(_)
            | DesktopEvent::LockRequested
            | DesktopEvent::UnlockRequested
            | DesktopEvent::InitialStateKnown(_) => {}
        }
        Ok(Wakeup::Due)
    }

    /// Notes whether the last observation showed anybody.
    pub(crate) fn note_observation(&mut self) {
        if let Some(reading) = self.effects.status()
            && let WatchState::Observation(observation) = &reading.watch
        {
            self.reasons
                .note_observation(observation.moment, observation.at);
        }
    }

    /// Notes why the camera gives no frames; none when it does.
    pub(crate) fn set_camera_reason(
        &mut self,
        at: Timestamp,
        reason: Option<NotWatching>,
    ) -> Result<()> {
        self.reasons.set_camera(reason);
        self.apply_reasons(at)
    }

    /// Tells the monitor whether to watch.
    pub(crate) fn apply_reasons(&mut self, at: Timestamp) -> Result<()> {
        let input = match self.reasons.decide(at) {
            Some(reason) => Input::NotWatching { reason, at },
            None => Input::Watching { at },
        };
        self.give(input)
    }

    /// Whether the camera must be closed. Where the camera itself is the reason, it is tried again.
    pub(crate) fn must_close_camera(&self) -> bool {
        self.effects.not_watching().is_some_and(|reason| {
            !matches!(reason, NotWatching::CameraBusy | NotWatching::CameraMissing)
        })
    }

    /// When something next ends by itself, such as a pause.
    pub(crate) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let pause = self.effects.paused_until().filter(|until| *until > now);
        let reasons = self.reasons.next_change(now);
        pause.into_iter().chain(reasons).min()
    }

    /// When the reason not to watch ends, if that is known.
    pub(crate) fn not_watching_until(&self, now: Timestamp) -> Option<Timestamp> {
        match self.effects.not_watching()? {
            NotWatching::Paused => self.effects.paused_until(),
            NotWatching::OutOfHours => self.reasons.hours_change(now),
            NotWatching::Locked
            | NotWatching::Suspended
            | NotWatching::SessionInactive
            | NotWatching::Idle
            | NotWatching::OnBattery
            | NotWatching::CameraBusy
            | NotWatching::CameraMissing => None,
        }
    }
}

/// What is no longer known without a bus.
fn bus_lost(bus: Bus) -> String {
    match bus {
        Bus::System => format!(
            "{bus} is gone: watching goes on, but does not stop when the screen locks or the computer sleeps"
        ),
        Bus::Session => {
            format!("{bus} is gone: watching goes on, but may not stop when the screen locks")
        }
    }
}
