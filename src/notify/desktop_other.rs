//! The desktop's notifications on macOS and Windows.
//!
//! notify-rust cannot replace or take back a notification there, and on macOS
//! it hears answers only in a program with a main run loop. So an answer to a
//! notice that was replaced or taken back is not passed on, and on macOS a
//! person answers with `sitwell stretch`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crossbeam_channel::Sender;
use notify_rust::Notification;
#[cfg(windows)]
use notify_rust::{NotificationResponse, Timeout};

#[cfg(windows)]
use super::words::{reply, urgency};
use super::{Attempt, Notice, NoticeEvent, NoticeReply, Notifier, NotifyError, Terminal};
use crate::settings::Notify;

/// The desktop, with the terminal to fall back to.
#[derive(Debug)]
pub struct DesktopNotifier {
    settings: Notify,
    heard: Sender<NoticeEvent>,
    terminal: Terminal,
    said: bool,
    /// Which notice is the present one; an answer to an earlier one is not passed on.
    current: Arc<AtomicU64>,
}

impl DesktopNotifier {
    /// Makes ready to show.
    ///
    /// # Errors
    ///
    /// None on these systems.
    pub fn start(
        settings: Notify,
        heard: Sender<NoticeEvent>,
        terminal: Terminal,
    ) -> Result<DesktopNotifier, NotifyError> {
        Ok(DesktopNotifier {
            settings,
            heard,
            terminal,
            said: false,
            current: Arc::default(),
        })
    }
}

/// Shows a notice, to see whether the desktop shows any.
#[must_use]
pub fn attempt(settings: &Notify, notice: &Notice) -> Attempt {
    match build(notice, settings).show() {
        Ok(_) => Attempt::Shown,
        Err(error) => Attempt::Failed(error.to_string()),
    }
}

impl Notifier for DesktopNotifier {
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError> {
        let number = self.current.fetch_add(1, Ordering::SeqCst) + 1;
        match build(notice, &self.settings).show() {
            #[cfg(windows)]
            Ok(handle) => {
                let (heard, current, at) =
                    (self.heard.clone(), Arc::clone(&self.current), notice.at);
                let wait = move || {
                    let pass = |response: &NotificationResponse| {
                        if current.load(Ordering::SeqCst) == number {
                            // Where nobody listens any more, the program is ending.
                            let _ = heard.send(NoticeEvent {
                                at,
                                reply: reply(response),
                            });
                        }
                    };
                    if handle.wait_for_response(pass).is_err() {
                        tracing::debug!("the notification went without an answer");
                    }
                };
                thread::Builder::new()
                    .name("notify".to_owned())
                    .spawn(wait)
                    .map(drop)
                    .map_err(NotifyError::Thread)
            }
            // The notification is sent when the handle is dropped, which may take a while.
            #[cfg(not(windows))]
            Ok(handle) => {
                let send = move || drop(handle);
                let _ = number;
                thread::Builder::new()
                    .name("notify".to_owned())
                    .spawn(send)
                    .map(drop)
                    .map_err(NotifyError::Thread)
            }
            Err(error) => {
                if !self.said {
                    self.said = true;
                    tracing::debug!(%error, "the desktop shows no notification");
                    self.terminal
                        .say("This desktop shows no notification; you are told here instead.")?;
                }
                self.terminal.show(notice)?;
                let _ = self.heard.send(NoticeEvent {
                    at: notice.at,
                    reply: NoticeReply::InTerminal,
                });
                Ok(())
            }
        }
    }

    fn withdraw(&mut self) {
        self.current.fetch_add(1, Ordering::SeqCst);
    }
}

/// A notice in the desktop's terms.
fn build(notice: &Notice, settings: &Notify) -> Notification {
    let mut built = Notification::new();
    built
        .appname("Sitwell")
        .summary(&notice.title)
        .body(&notice.body);
    #[cfg(windows)]
    {
        for (action, label) in &notice.actions {
            built.action(action.key(), label);
        }
        built.urgency(urgency(settings.urgency));
        built.timeout(Timeout::Milliseconds(settings.seconds.saturating_mul(1000)));
    }
    if settings.sound {
        built.sound_name("Default");
    }
    built
}
