//! All reasons not to watch: several may hold at once, and each ends by itself.
//!
//! Pure. Only the pause is left out: the user sets it, and the monitor keeps it.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Bus, DesktopEvent, ReasonSource, schedule};
use crate::posture::Moment;
use crate::record::NotWatching;
use crate::settings::WatchSettings;

/// Where several reasons hold, the first one here is given: those that say most about the person and
/// the machine come first, Sitwell's own trouble last.
const PRECEDENCE: [NotWatching; 8] = [
    NotWatching::Suspended,
    NotWatching::Locked,
    NotWatching::SessionInactive,
    NotWatching::OutOfHours,
    NotWatching::OnBattery,
    NotWatching::Idle,
    NotWatching::CameraBusy,
    NotWatching::CameraMissing,
];

/// An unused machine counts as left once nobody was seen for this long. Our choice, the same as for
/// the end of a session: longer than fetching a cup of coffee.
const AWAY: SignedDuration = SignedDuration::from_mins(5);

/// After a request to lock, the screen counts as locked for this long without confirmation. Desktops
/// confirm within a second or two; some lockers never do, and do not report the unlock either.
const UNCONFIRMED_LOCK: SignedDuration = SignedDuration::from_secs(10);

/// Everything that may keep Sitwell from watching.
#[derive(Debug)]
pub struct WatchReasons {
    watch: WatchSettings,
    zone: TimeZone,
    reported: BTreeSet<(ReasonSource, NotWatching)>,
    lock_requested: Option<Timestamp>,
    /// Since when observations have shown nobody.
    nobody_since: Option<Timestamp>,
    known: BTreeSet<Bus>,
}

impl WatchReasons {
    /// Starts without any report.
    #[must_use]
    pub fn new(watch: WatchSettings, zone: TimeZone) -> WatchReasons {
        WatchReasons {
            watch,
            zone,
            reported: BTreeSet::new(),
            lock_requested: None,
            nobody_since: None,
            known: BTreeSet::new(),
        }
    }

    /// Replaces the settings.
    pub fn adopt(&mut self, watch: WatchSettings) {
        self.watch = watch;
    }

    /// Notes what happened on the desktop.
    pub fn on_desktop_event(&mut self, event: &DesktopEvent, at: Timestamp) {
        match *event {
            DesktopEvent::Reason {
                source,
                reason,
                holds,
            } => self.report(source, reason, holds),
            DesktopEvent::SourceLost(source) => self.forget(|by| by == source),
            DesktopEvent::LockRequested => self.lock_requested = Some(at),
            DesktopEvent::UnlockRequested => self.lock_requested = None,
            DesktopEvent::Suspending(_) => {
                self.report(ReasonSource::Logind, NotWatching::Suspended, true);
            }
            DesktopEvent::BusLost(bus) => self.forget(|by| by.bus() == Some(bus)),
            DesktopEvent::BusRestored(_) => {}
            DesktopEvent::InitialStateKnown(bus) => {
                self.known.insert(bus);
            }
        }
    }

    /// Whether both buses have reported their initial state.
    #[must_use]
    pub fn initial_state_known(&self) -> bool {
        [Bus::System, Bus::Session]
            .iter()
            .all(|bus| self.known.contains(bus))
    }

    /// Notes why the camera gives no frames; none when it does.
    pub fn set_camera(&mut self, reason: Option<NotWatching>) {
        self.forget(|by| by == ReasonSource::Camera);
        if let Some(reason) = reason {
            self.report(ReasonSource::Camera, reason, true);
        }
    }

    /// Notes what an observation showed.
    pub fn note_observation(&mut self, moment: Moment, at: Timestamp) {
        self.nobody_since = match moment {
            Moment::Away => self.nobody_since.or(Some(at)),
            Moment::Upright | Moment::Slouched(_) | Moment::Unclear(_) => None,
        };
    }

    /// The reason not to watch now; none to watch.
    pub fn decide(&mut self, at: Timestamp) -> Option<NotWatching> {
        let reason = PRECEDENCE
            .into_iter()
            .find(|reason| self.holds(*reason, at));
        // Somebody who was away before a lock or a call may be back after it.
        if reason.is_some_and(|reason| reason != NotWatching::Idle) {
            self.nobody_since = None;
        }
        reason
    }

    /// When the decision may change without an event.
    #[must_use]
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        let lock_expires = self
            .lock_requested
            .and_then(|requested| requested.checked_add(UNCONFIRMED_LOCK).ok());
        let gone = self
            .nobody_since
            .filter(|_| self.is_reported(NotWatching::Idle))
            .and_then(|since| since.checked_add(AWAY).ok());
        [self.hours_change(at), lock_expires, gone]
            .into_iter()
            .flatten()
            .filter(|change| *change > at)
            .min()
    }

    /// When the hours in the settings begin or end next.
    #[must_use]
    pub fn hours_change(&self, at: Timestamp) -> Option<Timestamp> {
        schedule::next_change(&self.watch.schedule, at, &self.zone)
    }

    fn holds(&self, reason: NotWatching, at: Timestamp) -> bool {
        match reason {
            NotWatching::Locked => self.is_reported(reason) || self.is_lock_pending(at),
            NotWatching::Idle => {
                self.is_reported(reason)
                    && self
                        .nobody_since
                        .is_some_and(|since| at.duration_since(since) >= AWAY)
            }
            NotWatching::OutOfHours => !schedule::is_open(&self.watch.schedule, at, &self.zone),
            NotWatching::OnBattery => !self.watch.on_battery && self.is_reported(reason),
            NotWatching::Suspended
            | NotWatching::SessionInactive
            | NotWatching::CameraBusy
            | NotWatching::CameraMissing
            | NotWatching::Paused => self.is_reported(reason),
        }
    }

    fn is_reported(&self, reason: NotWatching) -> bool {
        self.reported
            .iter()
            .any(|(_, reported)| *reported == reason)
    }

    fn is_lock_pending(&self, at: Timestamp) -> bool {
        self.lock_requested
            .map(|requested| at.duration_since(requested))
            // A clock that was set back must not make it last longer.
            .is_some_and(|age| !age.is_negative() && age < UNCONFIRMED_LOCK)
    }

    fn report(&mut self, source: ReasonSource, reason: NotWatching, holds: bool) {
        if holds {
            if reason == NotWatching::Locked {
                // A source that confirms the lock also reports its end.
                self.lock_requested = None;
            }
            self.reported.insert((source, reason));
        } else {
            self.reported.remove(&(source, reason));
        }
    }

    fn forget(&mut self, is_lost: impl Fn(ReasonSource) -> bool) {
        self.reported.retain(|(source, _)| !is_lost(*source));
        if is_lost(ReasonSource::Logind) {
            self.lock_requested = None;
        }
    }
}

#[cfg(test)]
mod reason_scenarios;
