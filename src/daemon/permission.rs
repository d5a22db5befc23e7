//! Whether the desktop, the settings and the camera give leave to watch.

use std::io::Write;

use anyhow::Result;
use crossbeam_channel::Sender;
use jiff::Timestamp;

use super::runtime::{Runtime, Wakeup};
use crate::desktop::{Bus, DesktopEvent};
use crate::monitor::{Input, WatchState};
use crate::record::NotWatching;

impl<W: Write> Runtime<'_, W> {
    /// Takes in what the desktop says.
    pub(crate) fn heed(&mut self, word: DesktopEvent) -> Result<Wakeup> {
        let at = self.now();
        self.story.at(at);
        self.reasons.hear(&word, at);
        match word {
            DesktopEvent::Lost(bus) => self.story.line(&lost(bus)),
            DesktopEvent::Found(bus) => self.story.line(&format!("{bus} is back")),
            DesktopEvent::Sleeping(delay) => {
                self.reconsider(at)?;
                let story = &mut self.story;
                self.effects.finish(&mut |told| story.tell(&told));
                return Ok(Wakeup::Sleep(delay));
            }
            DesktopEvent::Says { .. }
            | DesktopEvent::Silent(_)
            | DesktopEvent::LockAsked
            | DesktopEvent::UnlockAsked
            | DesktopEvent::Complete(_) => {}
        }
        Ok(Wakeup::Due)
    }

    /// Takes in what the last look showed.
    pub(crate) fn saw(&mut self) {
        if let Some(reading) = self.effects.reading()
            && let WatchState::Observation(look) = &reading.watch
        {
            self.reasons.saw(look.moment, look.at);
        }
    }

    /// The camera can show nothing, or it can again.
    pub(crate) fn camera(&mut self, at: Timestamp, why_not: Option<NotWatching>) -> Result<()> {
        self.reasons.camera(why_not);
        self.reconsider(at)
    }

    /// Watches or not, as the reasons are now.
    pub(crate) fn reconsider(&mut self, at: Timestamp) -> Result<()> {
        let input = match self.reasons.decide(at) {
            Some(why) => Input::NotWatching { why, at },
            None => Input::Watching { at },
        };
        self.give(input)
    }

    /// Whether it is known what the desktop gives leave to.
    pub(crate) fn knows_desktop(&self) -> bool {
        self.reasons.are_known()
    }

    /// Whether the camera is to be closed. Where it is the camera that cannot, it is asked again.
    pub(crate) fn is_resting(&self) -> bool {
        self.effects
            .why_not()
            .is_some_and(|why| !matches!(why, NotWatching::CameraBusy | NotWatching::CameraMissing))
    }

    /// When something ends by itself next, such as a pause.
    pub(crate) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let pause = self.effects.paused_until().filter(|until| *until > now);
        let reasons = self.reasons.next_change(now);
        pause.into_iter().chain(reasons).min()
    }

    /// When the reason not to watch ends by itself, where that is known.
    pub(crate) fn until(&self, now: Timestamp) -> Option<Timestamp> {
        match self.effects.why_not()? {
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

    /// Where the desktop's words are sent.
    pub(crate) fn desktop_ear(&self) -> Sender<DesktopEvent> {
        self.channels.desktop.0.clone()
    }
}

/// What is not known any more without a bus.
fn lost(bus: Bus) -> String {
    match bus {
        Bus::System => format!(
            "{bus} is gone: nothing tells when the screen locks or the computer sleeps, so watching goes on without"
        ),
        Bus::Session => format!(
            "{bus} is gone: the desktop does not tell when the screen locks, so watching goes on without"
        ),
    }
}
