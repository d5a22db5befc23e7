//! The desktop's notifications on Linux and the BSDs, over D-Bus.
//!
//! One thread owns the notice on the screen and waits for whatever comes first:
//! a new order, an answer, or the service's end. The bus is asynchronous by
//! nature; it is so in this file and `session_bus.rs` only.

use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use futures_lite::{FutureExt, future};
use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Timeout};

use super::session_bus::{ServiceWatch, wants_quiet};
use super::words::{reply, urgency};
use super::{Action, Attempt, Notice, NoticeEvent, NoticeReply, Notifier, NotifyError, Terminal};
use crate::settings::Notify;

/// The name under which a desktop reports a click on the notice itself.
const CLICK: &str = "default";

/// So long a notice is shown that only tries whether one is. Ours: long enough to be seen.
const ATTEMPT: Duration = Duration::from_secs(2);

/// The desktop, with the terminal to fall back to.
#[derive(Debug)]
pub struct DesktopNotifier {
    orders: flume::Sender<Order>,
}

/// Shows a notice for two seconds, to see whether the desktop shows any. Waits until it is gone.
#[must_use]
pub fn attempt(settings: &Notify, notice: &Notice) -> Attempt {
    if settings.respect_do_not_disturb && zbus::block_on(wants_quiet()) {
        return Attempt::Quiet;
    }
    match build(notice, settings).show() {
        Ok(handle) => {
            thread::sleep(ATTEMPT);
            handle.close();
            Attempt::Shown
        }
        Err(error) => Attempt::Failed(error.to_string()),
    }
}

/// What the thread is told.
enum Order {
    Show(Notice),
    Withdraw,
}

impl DesktopNotifier {
    /// Starts the thread that talks to the desktop.
    ///
    /// # Errors
    ///
    /// The thread cannot be started.
    pub fn start(
        settings: Notify,
        heard: Sender<NoticeEvent>,
        terminal: Terminal,
    ) -> Result<DesktopNotifier, NotifyError> {
        let (orders, received) = flume::unbounded();
        let worker = Worker {
            settings,
            heard,
            terminal,
            said: false,
            shown: None,
            watch: None,
        };
        thread::Builder::new()
            .name("notify".to_owned())
            .spawn(move || worker.run(&received))
            .map_err(NotifyError::Thread)?;
        Ok(DesktopNotifier { orders })
    }
}

impl Notifier for DesktopNotifier {
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError> {
        self.orders.send(Order::Show(notice.clone())).map_err(|_| {
            NotifyError::Thread(std::io::Error::other(
                "the thread that shows notifications has ended",
            ))
        })
    }

    fn withdraw(&mut self) {
        // A thread that has ended shows nothing either.
        let _ = self.orders.send(Order::Withdraw);
    }
}

/// A notice on the screen.
struct Shown {
    notice: Notice,
    handle: NotificationHandle,
}

/// What came first.
enum Turn {
    Order(Order),
    Response(NotificationResponse),
    Gone,
    End,
}

/// The thread's own.
struct Worker {
    settings: Notify,
    heard: Sender<NoticeEvent>,
    terminal: Terminal,
    /// Whether the person was told that the desktop shows nothing.
    said: bool,
    shown: Option<Shown>,
    watch: Option<ServiceWatch>,
}

impl Worker {
    /// Serves orders and answers until nobody orders any more; then takes back what is on the screen.
    fn run(mut self, orders: &flume::Receiver<Order>) {
        loop {
            match zbus::block_on(next_turn(orders, self.shown.as_ref(), self.watch.as_mut())) {
                Turn::Order(Order::Show(notice)) => self.show(notice),
                Turn::Order(Order::Withdraw) => self.close(),
                Turn::Response(response) => {
                    if let Some(shown) = self.shown.take() {
                        let reply = reply(&response);
                        self.tell(&shown.notice, reply);
                        // Some desktops leave an answered notice where it is.
                        if matches!(reply, NoticeReply::Chosen(_)) {
                            shown.handle.close();
                        }
                    }
                }
                Turn::Gone => {
                    self.watch = None;
                    if let Some(shown) = self.shown.take() {
                        self.tell(&shown.notice, NoticeReply::Lost);
                    }
                }
                Turn::End => return self.close(),
            }
        }
    }

    /// Shows a notice in place of the last one, or writes it to the terminal.
    fn show(&mut self, notice: Notice) {
        if self.settings.respect_do_not_disturb && zbus::block_on(wants_quiet()) {
            self.close();
            return self.tell(&notice, NoticeReply::Silenced);
        }
        if self.watch.is_none() {
            self.watch = zbus::block_on(ServiceWatch::start());
        }
        let notification = build(&notice, &self.settings);
        // The same connection replaces it, or some desktops would drop the notice with the old connection.
        let replaced = self.shown.take().and_then(|mut shown| {
            *shown.handle = notification.clone();
            shown.handle.update().ok().map(|()| shown.handle)
        });
        match replaced.map_or_else(|| notification.show(), Ok) {
            Ok(handle) => self.shown = Some(Shown { notice, handle }),
            Err(error) => self.fall_back(&notice, &error),
        }
    }

    /// Writes a notice to the terminal, the first time with the reason.
    fn fall_back(&mut self, notice: &Notice, error: &notify_rust::error::Error) {
        if !self.said {
            self.said = true;
            tracing::debug!(%error, "the desktop shows no notification");
            // If the terminal fails too, the channel below still tells.
            let _ = self
                .terminal
                .say("No notification service answers on this desktop; you are told here instead.");
        }
        let reply = if self.terminal.show(notice).is_ok() {
            NoticeReply::InTerminal
        } else {
            NoticeReply::Lost
        };
        self.tell(notice, reply);
    }

    /// Takes back what is on the screen.
    fn close(&mut self) {
        if let Some(shown) = self.shown.take() {
            shown.handle.close();
        }
    }

    /// Passes on what became of a notice.
    fn tell(&self, notice: &Notice, reply: NoticeReply) {
        // Where nobody listens any more, the program is ending.
        let _ = self.heard.send(NoticeEvent {
            at: notice.at,
            reply,
        });
    }
}

/// Waits for an order, an answer or the service's end, whichever comes first.
async fn next_turn(
    orders: &flume::Receiver<Order>,
    shown: Option<&Shown>,
    watch: Option<&mut ServiceWatch>,
) -> Turn {
    let order = async { orders.recv_async().await.map_or(Turn::End, Turn::Order) };
    let Some(shown) = shown else {
        return order.await;
    };
    let response = async {
        let mut heard = None;
        shown
            .handle
            .wait_for_action_async(|response| heard = Some(response.clone()))
            .await;
        // It returns without an answer where the connection broke.
        heard.map_or(Turn::Gone, Turn::Response)
    };
    let gone = async {
        match watch {
            Some(watch) => watch.gone().await,
            None => future::pending().await,
        }
        Turn::Gone
    };
    order.or(response).or(gone).await
}

/// A notice in the desktop's terms.
fn build(notice: &Notice, settings: &Notify) -> Notification {
    let mut built = Notification::new();
    built
        .appname("Sitwell")
        .icon("appointment-soon")
        .summary(&notice.title);
    built.body(&escape(&notice.body));
    if notice.offers(Action::Start) {
        built.action(CLICK, "Open the guide");
    }
    for (action, label) in &notice.actions {
        built.action(action.key(), label);
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

/// A body made safe where the service reads markup in it.
fn escape(text: &str) -> String {
    let reads_markup = || {
        notify_rust::get_capabilities().is_ok_and(|can| can.iter().any(|one| one == "body-markup"))
    };
    if text.contains(['&', '<', '>']) && reads_markup() {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}
