//! Telling the user: the desktop's notifications, or lines in the terminal.
//!
//! Nothing here waits in the caller's thread: a notice is handed over, and what
//! the person answers arrives later on a channel. There is one notice at a
//! time; a new one replaces the last. Nothing is decided here, and no clock is
//! read: the reader of the channel stamps what it hears.

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "desktop_xdg.rs"]
mod desktop;
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "desktop_other.rs"]
mod desktop;
mod notice;
#[cfg(all(unix, not(target_os = "macos")))]
mod session_bus;
mod terminal;
#[cfg(not(target_os = "macos"))]
mod words;

use std::io;

use crossbeam_channel::Sender;
use thiserror::Error;

pub use desktop::{DesktopNotifier, attempt};
pub use notice::{Action, Notice, NoticeEvent, NoticeReply};
pub use terminal::Terminal;

use crate::settings::{Channel, Notify};

/// Shows notices, one at a time.
pub trait Notifier: Send {
    /// Shows a notice in place of the last one. Does not wait for it to appear.
    ///
    /// # Errors
    ///
    /// Nobody can be told at all.
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError>;

    /// Takes the notice back, if it is still there: the person sat up by themselves.
    fn withdraw(&mut self);
}

/// The notifier that the settings ask for, or none where they ask for silence.
///
/// Answers arrive on `heard`. What falls back to the terminal goes to `fallback`,
/// usually the standard error.
///
/// # Errors
///
/// The thread that talks to the desktop cannot be started.
pub fn notifier(
    settings: &Notify,
    heard: Sender<NoticeEvent>,
    fallback: Box<dyn io::Write + Send>,
) -> Result<Option<Box<dyn Notifier>>, NotifyError> {
    let terminal = Terminal::new(fallback);
    Ok(match settings.channel {
        Channel::Desktop => Some(Box::new(DesktopNotifier::start(
            settings.clone(),
            heard,
            terminal,
        )?)),
        Channel::Terminal => Some(Box::new(terminal)),
        Channel::Off => None,
    })
}

/// What came of trying whether the desktop shows a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It was shown.
    Shown,
    /// It was not: the desktop wants quiet.
    Quiet,
    /// It cannot be, for this reason.
    Failed(String),
}

/// Why nobody can be told.
#[derive(Debug, Error)]
pub enum NotifyError {
    /// The thread that talks to the desktop cannot be started.
    #[error("cannot start the thread that shows notifications")]
    Thread(#[source] io::Error),
    /// The terminal is gone.
    #[error("cannot write the notification to the terminal")]
    Terminal(#[source] io::Error),
}
