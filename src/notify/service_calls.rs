//! Calls to the desktop's notification service on Linux and the BSDs.
//!
//! Each runs on a thread of its own, because connecting to the bus and notify-rust wait for an answer
//! without a limit.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use notify_rust::{Hint, Notification, NotificationHandle, Timeout};
use zbus::Connection;

use super::session_bus::{DesktopWishes, NotificationService, ServiceWatch};
use super::words::urgency;
use super::{Action, Notice};
use crate::foreground::program_in_front;
use crate::settings::NotifySettings;

/// The name under which a desktop reports a click on the notice itself.
const CLICK: &str = "default";

/// A service that takes longer to answer is treated as missing. Our choice: a busy desktop answers
/// within a second or two, and a nudge is still useful after this.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What became of a request to show a notice.
pub(super) enum Shown {
    OnScreen(Box<NotificationHandle>),
    /// The desktop wants quiet, or this program of the settings is in front.
    Silenced(Option<String>),
    Failed(String),
    /// The service did not answer in time.
    Hung,
}

/// Calls to the notification service, with a limit to how long they are waited for.
#[derive(Default)]
pub(crate) struct ServiceCalls {
    /// The connection to the bus; none before the first call and after the service went away.
    pub(super) watch: Option<ServiceWatch>,
    /// A call that the service has not answered. Until it does, no other call is tried.
    unanswered: Option<JoinHandle<()>>,
}

impl ServiceCalls {
    /// Shows a notice, in place of an earlier one if there is one.
    pub(super) fn show(
        &mut self,
        notice: &Notice,
        settings: &NotifySettings,
        earlier: Option<NotificationHandle>,
    ) -> Shown {
        let bus = match self.connect() {
            Ok(bus) => bus,
            Err(failure) => return failure,
        };
        let (notice, settings) = (notice.clone(), settings.clone());
        let shown = self.within_limit(
            move || show(&bus, &notice, &settings, earlier),
            |late| {
                // It is in the terminal by now.
                if let Shown::OnScreen(handle) = late {
                    handle.close();
                }
            },
        );
        shown.unwrap_or(Shown::Hung)
    }

    /// The connection to the bus; connects if there is none.
    fn connect(&mut self) -> Result<Connection, Shown> {
        if let Some(watch) = &self.watch {
            return Ok(watch.bus.clone());
        }
        let connect = || zbus::block_on(ServiceWatch::start());
        let watch = self.within_limit(connect, drop).ok_or(Shown::Hung)?;
        let watch = watch.map_err(|error| Shown::Failed(error.to_string()))?;
        Ok(self.watch.insert(watch).bus.clone())
    }

    /// What the desktop's user wishes; nothing where no desktop answers.
    pub(crate) fn wishes(&mut self) -> DesktopWishes {
        let asked = self.connect().ok().and_then(|bus| {
            let ask = move || zbus::block_on(DesktopWishes::ask(&bus));
            self.within_limit(ask, drop)
        });
        asked.unwrap_or_default()
    }

    /// The program of the settings whose window is in front; none where no desktop answers.
    pub(crate) fn quiet_program(&mut self, settings: &NotifySettings) -> Option<String> {
        let settings = settings.clone();
        self.within_limit(move || quiet_program(&settings), drop)
            .flatten()
    }

    /// Takes a notice from the screen.
    pub(super) fn close(&mut self, handle: NotificationHandle) {
        if self.within_limit(move || handle.close(), drop).is_none() {
            tracing::debug!("the notification service did not take a notice back");
        }
    }

    /// Runs a call on a thread of its own. None where it takes too long; `late` then gets its result.
    fn within_limit<T: Send + 'static>(
        &mut self,
        call: impl FnOnce() -> T + Send + 'static,
        late: impl FnOnce(T) + Send + 'static,
    ) -> Option<T> {
        if self
            .unanswered
            .as_ref()
            .is_some_and(|call| !call.is_finished())
        {
            return None;
        }
        // Without a buffer, a result is either received or comes back to be handled as late.
        let (result, received) = flume::bounded(0);
        let run = move || {
            if let Err(flume::SendError(result)) = result.send(call()) {
                late(result);
            }
        };
        let thread = thread::Builder::new().name("notify-call".to_owned());
        let thread = thread.spawn(run).ok()?;
        let received = received.recv_timeout(ANSWER_TIMEOUT).ok();
        if received.is_none() {
            self.unanswered = Some(thread);
        }
        received
    }
}

/// Shows a notice, for as long as the service takes to answer.
fn show(
    bus: &Connection,
    notice: &Notice,
    settings: &NotifySettings,
    earlier: Option<NotificationHandle>,
) -> Shown {
    let service = match zbus::block_on(NotificationService::ask(bus)) {
        Ok(service) => service,
        Err(error) => return Shown::Failed(error.to_string()),
    };
    let program = quiet_program(settings);
    if program.is_some() || (settings.respect_do_not_disturb && service.wants_quiet) {
        if let Some(earlier) = earlier {
            earlier.close();
        }
        return Shown::Silenced(program);
    }
    let notification = build(notice, settings, service);
    // On the same connection, because some desktops drop a notice together with its connection.
    let updated = earlier.and_then(|mut earlier| {
        *earlier = notification.clone();
        earlier.update().ok().map(|()| earlier)
    });
    match updated.map_or_else(|| notification.show(), Ok) {
        Ok(handle) => Shown::OnScreen(Box::new(handle)),
        Err(error) => Shown::Failed(error.to_string()),
    }
}

/// The program of the settings whose window is in front, in front of which nothing is shown.
fn quiet_program(settings: &NotifySettings) -> Option<String> {
    let programs = &settings.quiet_programs;
    if programs.is_empty() {
        return None;
    }
    named_in(programs, &program_in_front()?)
}

/// The first of the programs whose name is a part of a window's names, in whatever case.
fn named_in(programs: &[String], window: &str) -> Option<String> {
    let window = window.to_lowercase();
    let is_named = |program: &&String| window.contains(&program.to_lowercase());
    programs.iter().find(is_named).cloned()
}

/// Translates a notice for the desktop.
fn build(notice: &Notice, settings: &NotifySettings, service: NotificationService) -> Notification {
    let mut built = Notification::new();
    built
        .appname("Sitwell")
        .icon("appointment-soon")
        .summary(&notice.title);
    let body = if service.has_buttons {
        notice.body.clone()
    } else {
        notice.body_without_buttons()
    };
    built.body(&if service.reads_markup {
        escape(&body)
    } else {
        body
    });
    if service.has_buttons {
        if notice.offers(Action::Start) {
            built.action(CLICK, "Open the guide");
        }
        for (action, label) in &notice.actions {
            built.action(action.key(), label);
        }
    }
    built.urgency(urgency(settings.urgency));
    if settings.sound {
        built.sound_name("message-new-instant");
    } else {
        built.hint(Hint::SuppressSound(true));
    }
    if settings.seconds > 0 {
        built.timeout(Timeout::Milliseconds(settings.seconds.saturating_mul(1000)));
    }
    built
}

/// Escapes what a service would read as markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_programs_name_is_enough() {
        let programs = ["obs", "zoom"].map(str::to_owned);
        let rows = [
            ("zoom Zoom Workplace", Some("zoom")),
            ("us.zoom.Zoom", Some("zoom")),
            ("firefox Navigator", None),
        ];
        for (window, wanted) in rows {
            assert_eq!(named_in(&programs, window).as_deref(), wanted, "{window}");
        }
    }
}
