//! The buses on Linux and the BSDs: one thread for each, which connects, listens and reconnects.
//!
//! D-Bus is asynchronous; async stays inside this folder.

mod idle_monitor;
mod link;
mod logind;
mod screen_saver;
mod service;
mod upower;

use std::io;
use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use futures_lite::{FutureExt, StreamExt};
use zbus::MessageStream;
use zbus::connection::Builder;
use zbus::fdo::{DBusProxy, NameOwnerChanged};

use self::link::Link;
use self::service::Service;
use super::{Bus, DesktopEvent};
use crate::clock;
use crate::settings::WatchSettings;

/// The wait before connecting again. It doubles each time, up to `LONGEST_RETRY`, and starts again
/// from here after a connection that lasted longer than that. Our choice.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// A service that takes longer to answer counts as silent. Our choice.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Both threads end when this is dropped: they wait for the channel to disconnect.
pub(super) type Listening = flume::Sender<()>;

/// Starts a thread for each bus.
pub(super) fn listen(watch: &WatchSettings, events: Sender<DesktopEvent>) -> io::Result<Listening> {
    let (listening, stop) = flume::bounded(0);
    for (bus, name) in [(Bus::System, "system-bus"), (Bus::Session, "session-bus")] {
        let listener = Listener {
            bus,
            with_battery: !watch.on_battery,
            events: events.clone(),
            stop: stop.clone(),
        };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || listener.run())?;
    }
    Ok(listening)
}

struct Listener {
    bus: Bus,
    /// Whether a change between battery and mains matters.
    with_battery: bool,
    events: Sender<DesktopEvent>,
    stop: flume::Receiver<()>,
}

/// Why a connection ended.
enum Disconnect {
    NotFound(zbus::Error),
    Lost(zbus::Result<()>),
    Stopped,
}

impl Listener {
    fn run(self) {
        let mut retry = FIRST_RETRY;
        let mut was_lost = false;
        loop {
            let started = clock::instant();
            let stopped = async {
                let _ = self.stop.recv_async().await;
                Disconnect::Stopped
            };
            let event = match zbus::block_on(self.connect(was_lost).or(stopped)) {
                Disconnect::Stopped => return,
                Disconnect::NotFound(error) => {
                    tracing::debug!(%error, "cannot find {}", self.bus);
                    DesktopEvent::InitialStateKnown(self.bus)
                }
                Disconnect::Lost(reason) => {
                    tracing::debug!(?reason, "lost {}", self.bus);
                    was_lost = true;
                    DesktopEvent::BusLost(self.bus)
                }
            };
            if self.events.send(event).is_err() {
                return;
            }
            if started.elapsed() > LONGEST_RETRY {
                retry = FIRST_RETRY;
            }
            if self.stop.recv_timeout(retry) != Err(flume::RecvTimeoutError::Timeout) {
                return;
            }
            retry = LONGEST_RETRY.min(retry * 2);
        }
    }

    async fn connect(&self, was_lost: bool) -> Disconnect {
        let builder = match self.bus {
            Bus::System => Builder::system(),
            Bus::Session => Builder::session(),
        };
        let connection = match builder.method_timeout(ANSWER_TIMEOUT).build().await {
            Ok(connection) => connection,
            Err(error) => return Disconnect::NotFound(error),
        };
        let link = Link {
            connection: &connection,
            events: &self.events,
        };
        if was_lost {
            link.send(DesktopEvent::BusRestored(self.bus));
        }
        Disconnect::Lost(self.follow_services(&link).await)
    }

    /// Reports what the services say until the bus is gone.
    ///
    /// One stream carries all signals, so that they are handled in the order in which they were sent.
    async fn follow_services(&self, link: &Link<'_>) -> zbus::Result<()> {
        let mut services = Service::all_on(self.bus, self.with_battery);
        let mut messages = MessageStream::from(link.connection);
        let bus = DBusProxy::new(link.connection).await?;
        for service in &services {
            for rule in service.rules()? {
                bus.add_match_rule(rule).await?;
            }
        }
        for service in &mut services {
            if service.starts_on_demand() || bus.name_has_owner(service.name().try_into()?).await? {
                let read = service.read_state(link).await;
                forget_if_failed(read, service, link);
            }
        }
        link.send(DesktopEvent::InitialStateKnown(self.bus));
        while let Some(message) = messages.next().await {
            let message = message?;
            let owner_change = NameOwnerChanged::from_message(message.clone());
            let owner_change = owner_change.as_ref().map(NameOwnerChanged::args);
            for service in &mut services {
                let handled = match &owner_change {
                    Some(Ok(change)) if change.name.as_str() == service.name() => {
                        link.send(DesktopEvent::SourceLost(service.source()));
                        match change.new_owner.as_ref() {
                            Some(_) => service.read_state(link).await,
                            None => Ok(()),
                        }
                    }
                    Some(_) => continue,
                    None => service.on_signal(link, &message).await,
                };
                forget_if_failed(handled, service, link);
            }
        }
        Ok(())
    }
}

/// A service that is missing, refuses or sends nonsense counts as silent. If the bus itself failed,
/// its message stream ends.
fn forget_if_failed(result: zbus::Result<()>, service: &Service, link: &Link<'_>) {
    if let Err(error) = result {
        tracing::debug!(%error, "no answer from {}", service.name());
        link.send(DesktopEvent::SourceLost(service.source()));
    }
}
