//! The services on the buses, each of which may report reasons not to watch.

use zbus::{MatchRule, Message};

use super::idle_monitor::{self, IdleMonitor};
use super::link::{Link, signals_of};
use super::logind::{self, Logind};
use super::{screen_saver, upower};
use crate::desktop::{Bus, ReasonSource};

/// A service, with what must be remembered of it.
pub(super) enum Service {
    Logind(Logind),
    Power,
    ScreenSaver(&'static str),
    IdleMonitor(IdleMonitor),
}

impl Service {
    /// All services on a bus. The battery is left out where it does not matter.
    pub(super) fn all_on(bus: Bus, with_battery: bool) -> Vec<Service> {
        match bus {
            Bus::System => [Service::Logind(Logind::default())]
                .into_iter()
                .chain(with_battery.then_some(Service::Power))
                .collect(),
            Bus::Session => screen_saver::SERVICES
                .map(Service::ScreenSaver)
                .into_iter()
                .chain([Service::IdleMonitor(IdleMonitor::default())])
                .collect(),
        }
    }

    /// Its name on the bus.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Service::Logind(_) => logind::SERVICE,
            Service::Power => upower::SERVICE,
            Service::ScreenSaver(name) => name,
            Service::IdleMonitor(_) => idle_monitor::SERVICE,
        }
    }

    /// Its name in events.
    pub(super) fn source(&self) -> ReasonSource {
        match self {
            Service::Logind(_) => ReasonSource::Logind,
            Service::Power => ReasonSource::Power,
            Service::ScreenSaver(name) => ReasonSource::ScreenSaver(name),
            Service::IdleMonitor(_) => ReasonSource::IdleMonitor,
        }
    }

    /// Whether a question may start it. The others are asked once they run.
    pub(super) fn starts_on_demand(&self) -> bool {
        matches!(self, Service::Logind(_) | Service::Power)
    }

    /// The signals to receive: those of the service, and that it comes or goes.
    pub(super) fn rules(&self) -> zbus::Result<Vec<MatchRule<'static>>> {
        let mut rules = match self {
            Service::Logind(_) => logind::rules()?,
            Service::Power => vec![upower::rule()?],
            Service::ScreenSaver(name) => vec![screen_saver::rule(name)?],
            Service::IdleMonitor(_) => vec![idle_monitor::rule()?],
        };
        rules.push(owner_rule(self.name())?);
        Ok(rules)
    }

    /// Asks for the present state and reports it.
    pub(super) async fn read_state(&mut self, link: &Link<'_>) -> zbus::Result<()> {
        match self {
            Service::Logind(logind) => logind.read_state(link).await,
            Service::Power => upower::read_state(link).await,
            Service::ScreenSaver(name) => screen_saver::read_state(link, name).await,
            Service::IdleMonitor(monitor) => monitor.read_state(link).await,
        }
    }

    /// Reports what a signal says. It may come from another service.
    pub(super) async fn on_signal(
        &mut self,
        link: &Link<'_>,
        signal: &Message,
    ) -> zbus::Result<()> {
        match self {
            Service::Logind(logind) => logind.on_signal(link, signal).await,
            Service::Power => upower::on_signal(link, signal).await,
            Service::ScreenSaver(name) => {
                screen_saver::on_signal(link, name, signal);
                Ok(())
            }
            Service::IdleMonitor(monitor) => monitor.on_signal(link, signal).await,
        }
    }
}

fn owner_rule(service: &'static str) -> zbus::Result<MatchRule<'static>> {
    signals_of("org.freedesktop.DBus")
        .member("NameOwnerChanged")
        .add_arg(service)
        .build()
}
