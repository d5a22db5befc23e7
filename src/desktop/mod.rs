//! Whether the desktop lets Sitwell watch: screen lock, sleep, idleness, the battery and the hours
//! in the settings.
//!
//! [`Desktop`] listens to the system bus, the session bus and the Wayland compositor, each on its own
//! thread, and sends [`DesktopEvent`]s. It decides nothing. [`WatchReasons`] collects the events and decides whether to
//! watch; it is pure. Nothing here starts a program or polls: they report changes. macOS and
//! Windows have no such buses, so there Sitwell watches whether or not the screen is locked.

mod reasons;
mod schedule;

#[cfg(all(unix, not(target_os = "macos")))]
mod dbus;
#[cfg(all(unix, not(target_os = "macos")))]
mod wayland;

use std::fmt;
use std::io;
use std::time::Duration;

use crossbeam_channel::Sender;

pub use reasons::WatchReasons;

use crate::record::NotWatching;
use crate::settings::WatchSettings;

#[cfg(all(unix, not(target_os = "macos")))]
type Listening = (dbus::Listening, Option<wayland::Compositor>);
#[cfg(not(all(unix, not(target_os = "macos"))))]
type Listening = ();

/// A machine that was not used for this long is idle. Our choice: shorter than most reading, because a
/// person who reads is still in view.
#[cfg_attr(
    not(all(unix, not(target_os = "macos"))),
    allow(dead_code, reason = "only D-Bus and Wayland say so")
)]
const UNUSED_FOR: Duration = Duration::from_mins(2);

/// Listens to the desktop until it is dropped.
#[derive(Debug)]
pub struct Desktop {
    _listening: Listening,
}

impl Desktop {
    /// Starts to listen and sends what happens to `events`.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub fn start(watch: &WatchSettings, events: Sender<DesktopEvent>) -> io::Result<Desktop> {
        #[cfg(all(unix, not(target_os = "macos")))]
        let listening = {
            let compositor = wayland::listen(&events, UNUSED_FOR)?;
            (dbus::listen(watch, events)?, compositor)
        };
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        let listening = {
            let _ = watch;
            for bus in [Bus::System, Bus::Session] {
                // Without a receiver the program is ending.
                let _ = events.send(DesktopEvent::InitialStateKnown(bus));
            }
        };
        Ok(Desktop {
            _listening: listening,
        })
    }
}

/// What happens on the desktop.
#[derive(Debug)]
pub enum DesktopEvent {
    /// A reason not to watch has begun or ended.
    Reason {
        /// Who reports it.
        source: ReasonSource,
        /// The reason.
        reason: NotWatching,
        /// Whether it holds now.
        holds: bool,
    },
    /// Earlier reports of this source no longer count.
    SourceLost(ReasonSource),
    /// The session was asked to lock its screen. A `Reason` follows if it does.
    LockRequested,
    /// The session was asked to unlock its screen.
    UnlockRequested,
    /// The machine is about to sleep and waits until the delay is dropped.
    Suspending(SleepDelay),
    /// Every service on this bus has reported its state.
    InitialStateKnown(Bus),
    /// A bus has gone, with everything its services reported.
    BusLost(Bus),
    /// It is back.
    BusRestored(Bus),
}

/// Who reports reasons not to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonSource {
    /// logind, from systemd or elogind.
    Logind,
    /// UPower.
    Power,
    /// A screen saver, by its name on the bus.
    ScreenSaver(&'static str),
    /// GNOME's record of when mouse and keyboard were last used.
    IdleMonitor,
    /// The Wayland compositor.
    Compositor,
    /// The camera.
    Camera,
}

impl ReasonSource {
    fn bus(self) -> Option<Bus> {
        match self {
            ReasonSource::Logind | ReasonSource::Power => Some(Bus::System),
            ReasonSource::ScreenSaver(_) | ReasonSource::IdleMonitor => Some(Bus::Session),
            ReasonSource::Compositor | ReasonSource::Camera => None,
        }
    }
}

/// A D-Bus message bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bus {
    /// One for the machine.
    System,
    /// One for each logged-in user.
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

/// Delays sleep until it is dropped. The system waits a few seconds at most.
#[derive(Debug)]
pub struct SleepDelay(
    #[expect(dead_code, reason = "held, not read")] Option<Box<dyn fmt::Debug + Send>>,
);

impl SleepDelay {
    /// Holds the system's inhibitor, or nothing where the system granted none.
    #[must_use]
    pub fn new(inhibitor: Option<Box<dyn fmt::Debug + Send>>) -> SleepDelay {
        SleepDelay(inhibitor)
    }
}
