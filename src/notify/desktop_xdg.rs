//! The desktop's notifications on Linux and the BSDs, over D-Bus.
//!
//! One thread owns the notice on the screen. It waits for a new order, an answer, or the end of the
//! service, whichever comes first.

use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use futures_lite::{FutureExt, future};
use notify_rust::{NotificationHandle, NotificationResponse};

use super::service_calls::{ANSWER_TIMEOUT, ServiceCalls, Shown};
use super::session_bus::ServiceWatch;
use super::words::reply;
use super::{Attempt, Notice, NoticeEvent, NoticeReply, Notifier, NotifyError, Terminal};
use crate::settings::NotifySettings;

/// How long a trial notice is shown. Our choice: long enough to be seen.
const ATTEMPT: Duration = Duration::from_secs(2);

/// How long the end of the program waits until the notice is gone from the screen. Our choice.
const EXIT_LIMIT: Duration = Duration::from_secs(1);

const NO_SERVICE: &str =
    "No notification service answers on this desktop; notifications appear here instead.";

const HUNG_SERVICE: &str = "The notification service hangs: it did not answer for 10 s; notifications appear here instead.";

/// Shows notices on the desktop, or in the terminal if the desktop cannot. Dropping it clears the screen.
#[derive(Debug)]
pub struct DesktopNotifier {
    orders: Option<flume::Sender<Order>>,
    /// Disconnected once the thread has ended.
    ended: flume::Receiver<()>,
}

/// Shows a notice for two seconds, to find out whether the desktop shows any. Waits until it is gone.
#[must_use]
pub fn attempt(settings: &NotifySettings, notice: &Notice) -> Attempt {
    let mut calls = ServiceCalls::default();
    match calls.show(notice, settings, None) {
        Shown::OnScreen(handle) => {
            thread::sleep(ATTEMPT);
            calls.close(*handle);
            Attempt::Shown
        }
        Shown::Silenced(_) => Attempt::Quiet,
        Shown::Failed(error) => Attempt::Failed(error),
        Shown::Hung => Attempt::Failed(format!(
            "the notification service did not answer for {} s",
            ANSWER_TIMEOUT.as_secs()
        )),
    }
}

/// What the thread is asked to do.
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
        settings: NotifySettings,
        events: Sender<NoticeEvent>,
        terminal: Terminal,
    ) -> Result<DesktopNotifier, NotifyError> {
        let (orders, received) = flume::unbounded();
        let worker = Worker {
            settings,
            events,
            terminal,
            explained: None,
            calls: ServiceCalls::default(),
            on_screen: None,
        };
        let (ending, ended) = flume::bounded(0);
        thread::Builder::new()
            .name("notify".to_owned())
            .spawn(move || {
                let _ending: flume::Sender<()> = ending;
                worker.run(&received);
            })
            .map_err(NotifyError::Thread)?;
        Ok(DesktopNotifier {
            orders: Some(orders),
            ended,
        })
    }

    fn order(&self, order: Order) -> Result<(), NotifyError> {
        let sent = self.orders.as_ref().map(|orders| orders.send(order));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err(NotifyError::Thread(std::io::Error::other(
                "the thread that shows notifications has ended",
            ))),
        }
    }
}

impl Drop for DesktopNotifier {
    fn drop(&mut self) {
        self.orders = None;
        // A service that hangs keeps its notice.
        let _ = self.ended.recv_timeout(EXIT_LIMIT);
    }
}

impl Notifier for DesktopNotifier {
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError> {
        self.order(Order::Show(notice.clone()))
    }

    fn withdraw(&mut self) {
        // A thread that has ended shows nothing either.
        let _ = self.order(Order::Withdraw);
    }
}

/// A notice on the screen.
struct OnScreen {
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

/// What the thread owns.
struct Worker {
    settings: NotifySettings,
    events: Sender<NoticeEvent>,
    terminal: Terminal,
    /// Why notices appear in the terminal, as the user was told last.
    explained: Option<&'static str>,
    calls: ServiceCalls,
    on_screen: Option<OnScreen>,
}

impl Worker {
    /// Serves orders and answers until the notifier is dropped; then clears the screen.
    fn run(mut self, orders: &flume::Receiver<Order>) {
        loop {
            let turn = next_turn(orders, self.on_screen.as_ref(), self.calls.watch.as_mut());
            match zbus::block_on(turn) {
                Turn::Order(Order::Show(notice)) => self.show(notice),
                Turn::Order(Order::Withdraw) => self.close(),
                Turn::Response(response) => {
                    let reply = reply(&response);
                    let is_chosen = matches!(reply, NoticeReply::Chosen(_));
                    if let Some(shown) = &self.on_screen {
                        self.send(&shown.notice, reply);
                    }
                    match is_chosen {
                        // Some desktops leave an answered notice on the screen.
                        true => self.close(),
                        false => self.on_screen = None,
                    }
                }
                Turn::Gone => {
                    self.calls.watch = None;
                    if let Some(shown) = self.on_screen.take() {
                        self.send(&shown.notice, NoticeReply::Lost);
                    }
                }
                Turn::End => return self.close(),
            }
        }
    }

    /// Shows a notice in place of the last one, or writes it to the terminal.
    fn show(&mut self, notice: Notice) {
        let earlier = self.on_screen.take().map(|shown| shown.handle);
        match self.calls.show(&notice, &self.settings, earlier) {
            Shown::OnScreen(handle) => {
                self.on_screen = Some(OnScreen {
                    notice,
                    handle: *handle,
                });
            }
            Shown::Silenced(by) => self.send(&notice, NoticeReply::Silenced(by)),
            Shown::Failed(error) => {
                tracing::debug!(%error, "the desktop shows no notification");
                self.fall_back(&notice, NO_SERVICE);
            }
            Shown::Hung => {
                tracing::warn!("the notification service does not answer");
                self.fall_back(&notice, HUNG_SERVICE);
            }
        }
    }

    /// Writes a notice to the terminal, with the reason if that is new.
    fn fall_back(&mut self, notice: &Notice, reason: &'static str) {
        if self.explained.replace(reason) != Some(reason) {
            // If the terminal fails too, the event below still says so.
            let _ = self.terminal.write_line(reason);
        }
        let reply = if self.terminal.show(notice).is_ok() {
            NoticeReply::InTerminal
        } else {
            NoticeReply::Lost
        };
        self.send(notice, reply);
    }

    /// Clears the screen.
    fn close(&mut self) {
        if let Some(shown) = self.on_screen.take() {
            self.calls.close(shown.handle);
        }
    }

    /// Reports what became of a notice.
    fn send(&self, notice: &Notice, reply: NoticeReply) {
        // Without a receiver the program is ending.
        let _ = self.events.send(NoticeEvent {
            at: notice.at,
            reply,
        });
    }
}

/// Waits for an order, an answer or the end of the service, whichever comes first.
async fn next_turn(
    orders: &flume::Receiver<Order>,
    on_screen: Option<&OnScreen>,
    watch: Option<&mut ServiceWatch>,
) -> Turn {
    let order = async { orders.recv_async().await.map_or(Turn::End, Turn::Order) };
    let response = async {
        let Some(on_screen) = on_screen else {
            return future::pending().await;
        };
        let mut answer = None;
        on_screen
            .handle
            .wait_for_action_async(|response| answer = Some(response.clone()))
            .await;
        // It returns without an answer if the connection broke.
        answer.map_or(Turn::Gone, Turn::Response)
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
