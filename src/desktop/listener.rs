//! One who listens to one service on a bus, and what all who do have in common.

use std::collections::HashMap;

use crossbeam_channel::Sender;
use zbus::{Connection, Message, OwnedVariant};

use super::idle::IdleMonitor;
use super::logind::Logind;
use super::{Bus, DesktopEvent, ReasonSource, idle, logind, screen, upower};
use crate::record::NotWatching;

/// The interface through which every service tells its properties.
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Listens to one service.
pub(super) struct Listener {
    /// Its name on the bus.
    pub(super) service: &'static str,
    pub(super) source: ReasonSource,
    /// What to be told of, as the bus wants it written.
    pub(super) rules: Vec<String>,
    /// Whether asking may start it; the others are listened to once they are there.
    pub(super) may_be_started: bool,
    kind: Kind,
}

enum Kind {
    Logind(Logind),
    Power,
    ScreenSaver,
    IdleMonitor(IdleMonitor),
}

/// All who listen on a bus. Nobody asks for the battery where it does not matter.
pub(super) fn on(bus: Bus, minds_battery: bool) -> Vec<Listener> {
    match bus {
        Bus::System => {
            let mut listeners = vec![Listener {
                service: logind::SERVICE,
                source: ReasonSource::Logind,
                rules: logind::rules(),
                may_be_started: true,
                kind: Kind::Logind(Logind::default()),
            }];
            if minds_battery {
                listeners.push(Listener {
                    service: upower::SERVICE,
                    source: ReasonSource::Power,
                    rules: vec![upower::rule()],
                    may_be_started: true,
                    kind: Kind::Power,
                });
            }
            listeners
        }
        Bus::Session => {
            let savers = screen::SAVERS.into_iter().map(|service| Listener {
                service,
                source: ReasonSource::ScreenSaver(service),
                rules: vec![screen::rule(service)],
                may_be_started: false,
                kind: Kind::ScreenSaver,
            });
            savers
                .chain([Listener {
                    service: idle::SERVICE,
                    source: ReasonSource::IdleMonitor,
                    rules: vec![idle::rule()],
                    may_be_started: false,
                    kind: Kind::IdleMonitor(IdleMonitor::default()),
                }])
                .collect()
        }
    }
}

impl Listener {
    /// The service is there: asks how things stand.
    pub(super) async fn begin(&mut self, line: &Line<'_>) -> zbus::Result<()> {
        match &mut self.kind {
            Kind::Logind(logind) => logind.begin(line).await,
            Kind::Power => upower::begin(line).await,
            Kind::ScreenSaver => screen::begin(line, self.service).await,
            Kind::IdleMonitor(monitor) => monitor.begin(line).await,
        }
    }

    /// Takes in a signal, of whichever service it is.
    pub(super) async fn hear(&mut self, line: &Line<'_>, signal: &Message) -> zbus::Result<()> {
        match &mut self.kind {
            Kind::Logind(logind) => logind.hear(line, signal).await,
            Kind::Power => upower::hear(line, signal).await,
            Kind::ScreenSaver => {
                screen::hear(line, self.service, signal);
                Ok(())
            }
            Kind::IdleMonitor(monitor) => monitor.hear(line, signal).await,
        }
    }
}

/// The line to a bus, and to whoever is told what it says.
pub(super) struct Line<'a> {
    pub(super) bus: &'a Connection,
    pub(super) tell: &'a Sender<DesktopEvent>,
}

impl Line<'_> {
    /// Calls a method.
    pub(super) async fn call<B>(
        &self,
        (service, path, interface): (&str, &str, &str),
        method: &str,
        arguments: &B,
    ) -> zbus::Result<Message>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        self.bus
            .call_method(Some(service), path, Some(interface), method, arguments)
            .await
    }

    /// The properties of an interface that are true or false.
    pub(super) async fn flags(
        &self,
        (service, path, interface): (&str, &str, &str),
    ) -> zbus::Result<HashMap<String, bool>> {
        let place = (service, path, PROPERTIES);
        let answer = self.call(place, "GetAll", &interface).await?;
        Ok(flags(answer.body().deserialize()?))
    }

    /// Tells that a reason holds or not.
    pub(super) fn says(&self, source: ReasonSource, why: NotWatching, holds: bool) {
        self.tell(DesktopEvent::Says { source, why, holds });
    }

    /// Tells; with nobody to hear it, the program is ending.
    pub(super) fn tell(&self, word: DesktopEvent) {
        let _ = self.tell.send(word);
    }
}

/// Whether a message is this signal.
pub(super) fn is(message: &Message, interface: &str, member: &str) -> bool {
    let header = message.header();
    header.interface().is_some_and(|own| own == interface)
        && header.member().is_some_and(|own| own == member)
}

/// Whether a message is about this object.
pub(super) fn is_about(message: &Message, path: &str) -> bool {
    let header = message.header();
    header.path().is_some_and(|own| own.as_str() == path)
}

/// What changed, where a message says so of this interface.
pub(super) enum Changed {
    To(HashMap<String, bool>),
    /// The new values must be asked for.
    Somehow,
}

/// Reads what changed of an interface.
pub(super) fn changed(message: &Message, interface: &str) -> Option<Changed> {
    if !is(message, PROPERTIES, "PropertiesChanged") {
        return None;
    }
    let body = message.body();
    let (of, values, invalidated): (String, HashMap<String, OwnedVariant>, Vec<String>) =
        body.deserialize().ok()?;
    match (of == interface, invalidated.is_empty()) {
        (false, _) => None,
        (true, true) => Some(Changed::To(flags(values))),
        (true, false) => Some(Changed::Somehow),
    }
}

fn flags(values: HashMap<String, OwnedVariant>) -> HashMap<String, bool> {
    values
        .into_iter()
        .filter_map(|(name, value)| Some((name, bool::try_from(value).ok()?)))
        .collect()
}
