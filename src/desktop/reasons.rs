//! All reasons not to watch, joined: several may hold at once, and each ends by itself.
//!
//! Pure. Only the pause is not here: it is the person's own, and the monitor's.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Bus, DesktopEvent, ReasonSource, schedule};
use crate::posture::Moment;
use crate::record::NotWatching;
use crate::settings::Watch;

/// The reason that is given where several hold: first what says most about where the person
/// and the machine are, last what Sitwell itself met.
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

/// Nobody must have been seen for so long before an untouched machine counts as left. Our
/// choice, that of a session's end: longer than fetching a cup.
const AWAY: SignedDuration = SignedDuration::from_mins(5);

/// A screen that was asked to lock counts as locked for so long without anybody saying that it
/// is. Desktops say so within a second or two; some lockers never do, nor when they unlock.
const UNCONFIRMED: SignedDuration = SignedDuration::from_secs(10);

/// Everything that may keep Sitwell from watching.
#[derive(Debug)]
pub struct WatchReasons {
    watch: Watch,
    zone: TimeZone,
    said: BTreeSet<(ReasonSource, NotWatching)>,
    lock_asked: Option<Timestamp>,
    /// Since when looks have shown nobody.
    nobody_since: Option<Timestamp>,
    told: BTreeSet<Bus>,
}

impl WatchReasons {
    /// Nothing was said yet.
    #[must_use]
    pub fn new(watch: Watch, zone: TimeZone) -> WatchReasons {
        WatchReasons {
            watch,
            zone,
            said: BTreeSet::new(),
            lock_asked: None,
            nobody_since: None,
            told: BTreeSet::new(),
        }
    }

    /// Goes on with other settings.
    pub fn adopt(&mut self, watch: Watch) {
        self.watch = watch;
    }

    /// Takes in what the desktop says.
    pub fn hear(&mut self, word: &DesktopEvent, at: Timestamp) {
        match *word {
            DesktopEvent::Says { source, why, holds } => self.says(source, why, holds),
            DesktopEvent::Silent(source) => self.forget(|by| by == source),
            DesktopEvent::LockAsked => self.lock_asked = Some(at),
            DesktopEvent::UnlockAsked => self.lock_asked = None,
            DesktopEvent::Sleeping(_) => {
                self.says(ReasonSource::Logind, NotWatching::Suspended, true);
            }
            DesktopEvent::Lost(bus) => self.forget(|by| by.bus() == Some(bus)),
            DesktopEvent::Found(_) => {}
            DesktopEvent::Complete(bus) => {
                self.told.insert(bus);
            }
        }
    }

    /// Whether the desktop has told all that it can tell at first.
    #[must_use]
    pub fn are_known(&self) -> bool {
        [Bus::System, Bus::Session]
            .iter()
            .all(|bus| self.told.contains(bus))
    }

    /// Takes in what the camera cannot do, or that it can.
    pub fn camera(&mut self, why_not: Option<NotWatching>) {
        self.forget(|by| by == ReasonSource::Camera);
        if let Some(why) = why_not {
            self.says(ReasonSource::Camera, why, true);
        }
    }

    /// Takes in what a look showed.
    pub fn saw(&mut self, moment: Moment, at: Timestamp) {
        self.nobody_since = match moment {
            Moment::Away => self.nobody_since.or(Some(at)),
            Moment::Upright | Moment::Slouched(_) | Moment::Unclear(_) => None,
        };
    }

    /// Why not to watch now; none to watch.
    pub fn decide(&mut self, at: Timestamp) -> Option<NotWatching> {
        let why = PRECEDENCE.into_iter().find(|why| self.holds(*why, at));
        // Whoever was not there before a lock or a call may be there after it.
        if why.is_some_and(|why| why != NotWatching::Idle) {
            self.nobody_since = None;
        }
        why
    }

    /// When the decision may change without a word.
    #[must_use]
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        let confirmed = self
            .lock_asked
            .and_then(|asked| asked.checked_add(UNCONFIRMED).ok());
        let gone = self
            .nobody_since
            .filter(|_| self.is_said(NotWatching::Idle))
            .and_then(|since| since.checked_add(AWAY).ok());
        [self.hours_change(at), confirmed, gone]
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

    fn holds(&self, why: NotWatching, at: Timestamp) -> bool {
        match why {
            NotWatching::Locked => self.is_said(why) || self.is_just_asked_to_lock(at),
            NotWatching::Idle => {
                self.is_said(why)
                    && self
                        .nobody_since
                        .is_some_and(|since| at.duration_since(since) >= AWAY)
            }
            NotWatching::OutOfHours => !schedule::is_open(&self.watch.schedule, at, &self.zone),
            NotWatching::OnBattery => !self.watch.on_battery && self.is_said(why),
            NotWatching::Suspended
            | NotWatching::SessionInactive
            | NotWatching::CameraBusy
            | NotWatching::CameraMissing
            | NotWatching::Paused => self.is_said(why),
        }
    }

    fn is_said(&self, why: NotWatching) -> bool {
        self.said.iter().any(|(_, said)| *said == why)
    }

    fn is_just_asked_to_lock(&self, at: Timestamp) -> bool {
        self.lock_asked
            .map(|asked| at.duration_since(asked))
            // A clock set back must not keep it for longer.
            .is_some_and(|ago| !ago.is_negative() && ago < UNCONFIRMED)
    }

    fn says(&mut self, source: ReasonSource, why: NotWatching, holds: bool) {
        if holds {
            if why == NotWatching::Locked {
                // Whoever says so says when it ends.
                self.lock_asked = None;
            }
            self.said.insert((source, why));
        } else {
            self.said.remove(&(source, why));
        }
    }

    fn forget(&mut self, whose: impl Fn(ReasonSource) -> bool) {
        self.said.retain(|(source, _)| !whose(*source));
        if whose(ReasonSource::Logind) {
            self.lock_asked = None;
        }
    }
}

#[cfg(test)]
mod strips;
