//! The desktop's notifications on macOS and Windows.
//!
//! notify-rust can neither replace nor withdraw a notification there, so answers to earlier notices are
//! dropped. On macOS it receives answers only in a program with a main run loop, so there the user
//! answers with `sitwell stretch`.

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
use crate::settings::NotifySettings;

/// Shows notices on the desktop, or in the terminal if the desktop cannot.
#[derive(Debug)]
pub struct DesktopNotifier {
    settings: NotifySettings,
    events: Sender<NoticeEvent>,
    terminal: Terminal,
    explained: bool,
    /// The number of the present notice. Answers to earlier ones are dropped.
    current: Arc<AtomicU64>,
}

impl DesktopNotifier {
    /// Prepares to show notices.
    ///
    /// # Errors
    ///
    /// None on these systems.
    pub fn start(
        settings: NotifySettings,
        events: Sender<NoticeEvent>,
        terminal: Terminal,
    ) -> Result<DesktopNotifier, NotifyError> {
        Ok(DesktopNotifier {
            settings,
            events,
            terminal,
            explained: false,
            current: Arc::default(),
        })
    }
}

/// Shows a notice, to find out whether the desktop shows any.
#[must_use]
pub fn attempt(settings: &NotifySettings, notice: &Notice) -> Attempt {
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
                let (events, current, at) =
                    (self.events.clone(), Arc::clone(&self.current), notice.at);
                let wait = move || {
                    let pass = |response: &NotificationResponse| {
                        if current.load(Ordering::SeqCst) == number {
                            // Without a receiver the program is ending.
                            let _ = events.send(NoticeEvent {
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
                if !self.explained {
                    self.explained = true;
                    tracing::debug!(%error, "the desktop shows no notification");
                    self.terminal.write_line(
                        "This desktop shows no notifications; they appear here instead.",
                    )?;
                }
                self.terminal.show(notice)?;
                let _ = self.events.send(NoticeEvent {
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

/// Translates a notice for the desktop.
fn build(notice: &Notice, settings: &NotifySettings) -> Notification {
    let mut built = Notification::new();
    built.appname("Sitwell").summary(&notice.title);
    if cfg!(target_os = "macos") {
        built.body(&notice.body_without_buttons());
    } else {
        built.body(&notice.body);
    }
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
