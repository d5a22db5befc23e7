//! Whether the desktop lets Sitwell watch: screen lock, sleep, idleness, the
//! battery and the hours in the settings.
//!
//! [`Desktop`] listens to the system's and the session's bus, each in a thread
//! of its own, and sends [`DesktopEvent`]s; where there is no bus, or on macOS and
//! Windows, none ever comes. It translates and decides nothing. [`WatchReasons`]
//! takes the words in and says whether to watch; it is pure. Nothing here
//! starts a program or asks at intervals: the buses say what changes.

#[cfg(all(unix, not(target_os = "macos")))]
mod idle;
#[cfg(all(unix, not(target_os = "macos")))]
mod listener;
#[cfg(all(unix, not(target_os = "macos")))]
mod logind;
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "nothing.rs"]
mod platform;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "buses.rs"]
mod platform;
mod reasons;
mod schedule;
#[cfg(all(unix, not(target_os = "macos")))]
mod screen;
#[cfg(all(unix, not(target_os = "macos")))]
mod upower;

use std::fmt;

pub use platform::Desktop;
pub use reasons::WatchReasons;

use crate::record::NotWatching;

/// What the desktop says.
#[derive(Debug)]
pub enum DesktopEvent {
    /// A reason not to watch has come or gone.
    Says {
        /// Who says so.
        source: ReasonSource,
        /// The reason.
        why: NotWatching,
        /// Whether it holds now.
        holds: bool,
    },
    /// Nothing is known any more from this source.
    Silent(ReasonSource),
    /// The session was asked to lock its screen; whether it does, others say.
    LockAsked,
    /// The session was asked to unlock its screen.
    UnlockAsked,
    /// The machine is about to sleep, once this is dropped.
    Sleeping(SleepDelay),
    /// Whatever this bus can tell at first was told.
    Complete(Bus),
    /// A bus that was there is gone, with all that came from it.
    Lost(Bus),
    /// It is back.
    Found(Bus),
}

/// Who knows something about the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonSource {
    /// systemd's logind, or elogind.
    Logind,
    /// UPower.
    Power,
    /// A screen saver, by its name on the bus.
    ScreenSaver(&'static str),
    /// GNOME's record of when mouse and keyboard were last touched.
    IdleMonitor,
    /// The camera itself.
    Camera,
}

impl ReasonSource {
    /// The bus that it speaks on.
    fn bus(self) -> Option<Bus> {
        match self {
            ReasonSource::Logind | ReasonSource::Power => Some(Bus::System),
            ReasonSource::ScreenSaver(_) | ReasonSource::IdleMonitor => Some(Bus::Session),
            ReasonSource::Camera => None,
        }
    }
}

/// A bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bus {
    /// The machine's.
    System,
    /// The user's.
    Session,
}

impl fmt::Display for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bus::System => "the system bus",
            Bus::Session => "the session bus",
        })
    }
}

/// Holds the machine back from sleeping until it is dropped; the system waits a few seconds at most.
#[derive(Debug)]
pub struct SleepDelay(
    #[expect(dead_code, reason = "held, not read")] Option<Box<dyn fmt::Debug + Send>>,
);

impl SleepDelay {
    /// Holds whatever it is that the system waits for; none where it does not wait.
    #[must_use]
    pub fn new(held: Option<Box<dyn fmt::Debug + Send>>) -> SleepDelay {
        SleepDelay(held)
    }
}
