//! Shows notices: as notifications of the desktop, or as lines in the terminal.
//!
//! Callers do not wait. They hand over a notice, and the user's answer arrives later on a channel.
//! There is one notice at a time; a new one replaces the last. Nothing is decided here, and no clock is
//! read: whoever receives an event adds the time.

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "desktop_xdg.rs"]
mod desktop;
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "desktop_other.rs"]
mod desktop;
mod notice;
#[cfg(all(unix, not(target_os = "macos")))]
mod service_calls;
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
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) use service_calls::ServiceCalls;
pub use terminal::Terminal;

use crate::settings::{Channel, NotifySettings};

/// Shows notices, one at a time.
pub trait Notifier: Send {
    /// Shows a notice in place of the last one. Does not wait for it to appear.
    ///
    /// # Errors
    ///
    /// The notice can be shown nowhere.
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError>;

    /// Takes the notice from the screen, because the user sat up without it.
    fn withdraw(&mut self);
}

/// The notifier that the settings choose; none where notifications are off.
///
/// Answers arrive on `events`. Notices that the desktop cannot show go to `fallback`, usually the
/// standard error.
///
/// # Errors
///
/// The thread that talks to the desktop cannot be started.
pub fn notifier(
    settings: &NotifySettings,
    events: Sender<NoticeEvent>,
    fallback: Box<dyn io::Write + Send>,
) -> Result<Option<Box<dyn Notifier>>, NotifyError> {
    let terminal = Terminal::new(fallback);
    Ok(match settings.channel {
        Channel::Desktop => Some(Box::new(DesktopNotifier::start(
            settings.clone(),
            events,
            terminal,
        )?)),
        Channel::Terminal => Some(Box::new(terminal)),
        Channel::Off => None,
    })
}

/// The result of a trial notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It was shown.
    Shown,
    /// It was not shown, because the desktop wants quiet.
    Quiet,
    /// It cannot be shown, for this reason.
    Failed(String),
}

/// Why a notice can be shown nowhere.
#[derive(Debug, Error)]
pub enum NotifyError {
    /// The thread that talks to the desktop cannot be started.
    #[error("cannot start the thread that shows notifications")]
    Thread(#[source] io::Error),
    /// The terminal is gone.
    #[error("cannot write the notification to the terminal")]
    Terminal(#[source] io::Error),
}
