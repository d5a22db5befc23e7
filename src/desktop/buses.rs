//! The buses on Linux and the BSDs: one thread for each, which connects, listens, and connects again.
//!
//! A bus is asynchronous by nature; it is so here and in the files of the services only.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use futures_lite::{FutureExt, StreamExt};
use zbus::message::Type;
use zbus::{Message, MessageStream};

use super::listener::{Line, Listener, is, on};
use super::{Bus, DesktopEvent};
use crate::settings::Watch;

const BUS: &str = "org.freedesktop.DBus";
const BUS_OBJECT: &str = "/org/freedesktop/DBus";

/// The wait after a bus was lost or not found; it doubles each time ..
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// .. up to this, and starts anew once a bus has stayed for as long.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A service that does not answer by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens to the desktop until it is dropped.
#[derive(Debug)]
pub struct Desktop {
    _end: flume::Sender<()>,
}

impl Desktop {
    /// Starts to listen; what is heard goes to `tell`.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(watch: &Watch, tell: Sender<DesktopEvent>) -> io::Result<Desktop> {
        let (end, ended) = flume::bounded(0);
        for (bus, name) in [(Bus::System, "system-bus"), (Bus::Session, "session-bus")] {
            let keeping = Keeping {
                bus,
                minds_battery: !watch.on_battery,
                tell: tell.clone(),
                ended: ended.clone(),
            };
            thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || keeping.run())?;
        }
        Ok(Desktop { _end: end })
    }
}

/// One thread's own.
struct Keeping {
    bus: Bus,
    minds_battery: bool,
    tell: Sender<DesktopEvent>,
    /// Disconnected at the end; nothing is ever sent.
    ended: flume::Receiver<()>,
}

/// How a connection came to its end.
enum Ending {
    /// There was none.
    NotFound(zbus::Error),
    Lost(zbus::Result<()>),
    /// Nobody listens any more.
    Over,
}

impl Keeping {
    fn run(self) {
        let mut wait = FIRST_WAIT;
        let mut is_lost = false;
        loop {
            let began = clock();
            let over = async {
                // It fails when the other end is dropped, which is what is waited for.
                let _ = self.ended.recv_async().await;
                Ending::Over
            };
            match zbus::block_on(self.connect(is_lost).or(over)) {
                Ending::Over => return,
                Ending::NotFound(error) => {
                    tracing::debug!(%error, "{} is not there", self.bus);
                    // With nobody to hear it, the program is ending.
                    let _ = self.tell.send(DesktopEvent::Complete(self.bus));
                }
                Ending::Lost(why) => {
                    tracing::debug!(?why, "{} is gone", self.bus);
                    is_lost = true;
                    if self.tell.send(DesktopEvent::Lost(self.bus)).is_err() {
                        return;
                    }
                }
            }
            if clock().duration_since(began) > LONGEST_WAIT {
                wait = FIRST_WAIT;
            }
            match self.ended.recv_timeout(wait) {
                Err(flume::RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(flume::RecvTimeoutError::Disconnected) => return,
            }
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }

    async fn connect(&self, was_lost: bool) -> Ending {
        let builder = match self.bus {
            Bus::System => zbus::connection::Builder::system(),
            Bus::Session => zbus::connection::Builder::session(),
        };
        let bus = match builder.method_timeout(PATIENCE).build().await {
            Ok(bus) => bus,
            Err(error) => return Ending::NotFound(error),
        };
        let line = Line {
            bus: &bus,
            tell: &self.tell,
        };
        if was_lost {
            line.tell(DesktopEvent::Found(self.bus));
        }
        Ending::Lost(listen(&line, self.bus, on(self.bus, self.minds_battery)).await)
    }
}

/// Listens until the bus is gone.
async fn listen(line: &Line<'_>, bus: Bus, mut listeners: Vec<Listener>) -> zbus::Result<()> {
    let mut messages = MessageStream::from(line.bus);
    let broker = (BUS, BUS_OBJECT, BUS);
    for listener in &listeners {
        let comes_and_goes = format!(
            "type='signal',sender='{BUS}',interface='{BUS}',member='NameOwnerChanged',arg0='{}'",
            listener.service
        );
        for rule in listener.rules.iter().chain([&comes_and_goes]) {
            line.call(broker, "AddMatch", rule).await?;
        }
    }
    for listener in &mut listeners {
        let answer = line.call(broker, "NameHasOwner", &listener.service).await?;
        if listener.may_be_started || answer.body().deserialize()? {
            let begun = listener.begin(line).await;
            pass_over(begun, listener, line);
        }
    }
    line.tell(DesktopEvent::Complete(bus));
    while let Some(message) = messages.next().await {
        let message = message?;
        if message.message_type() != Type::Signal {
            continue;
        }
        let changed = owner(&message);
        for listener in &mut listeners {
            let heard = match &changed {
                Some((service, _)) if service != listener.service => continue,
                Some((_, is_there)) => {
                    line.tell(DesktopEvent::Silent(listener.source));
                    match is_there {
                        true => listener.begin(line).await,
                        false => Ok(()),
                    }
                }
                None => listener.hear(line, &message).await,
            };
            pass_over(heard, listener, line);
        }
    }
    Ok(())
}

/// A service that is not there, refuses or talks nonsense is passed over. Where it was the bus
/// that failed, its messages end.
fn pass_over(result: zbus::Result<()>, listener: &Listener, line: &Line<'_>) {
    if let Err(error) = result {
        tracing::debug!(%error, "{} says nothing", listener.service);
        line.tell(DesktopEvent::Silent(listener.source));
    }
}

/// Which service came or went, and whether it is there now.
fn owner(message: &Message) -> Option<(String, bool)> {
    if !is(message, BUS, "NameOwnerChanged") {
        return None;
    }
    let body = message.body();
    let (service, _, owner): (String, String, String) = body.deserialize().ok()?;
    Some((service, !owner.is_empty()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a bus has stayed is real time"
)]
fn clock() -> Instant {
    Instant::now()
}
