//! What the watchers of all services share: the connection, where events go, and reading properties.

use std::collections::HashMap;

use crossbeam_channel::Sender;
use zbus::fdo::PropertiesProxy;
use zbus::{Connection, MatchRule, match_rule, message};

use crate::desktop::{DesktopEvent, ReasonSource};
use crate::record::NotWatching;

/// A connection to a bus, and where events go.
pub(super) struct Link<'a> {
    pub(super) connection: &'a Connection,
    pub(super) events: &'a Sender<DesktopEvent>,
}

impl Link<'_> {
    /// Reports that a reason holds or has ended.
    pub(super) fn report(&self, source: ReasonSource, reason: NotWatching, holds: bool) {
        self.send(DesktopEvent::Reason {
            source,
            reason,
            holds,
        });
    }

    /// Sends an event. Without a receiver the program is ending.
    pub(super) fn send(&self, event: DesktopEvent) {
        let _ = self.events.send(event);
    }

    /// The boolean properties of an object's interface.
    pub(super) async fn flags(
        &self,
        service: &'static str,
        path: &str,
        interface: &'static str,
    ) -> zbus::Result<HashMap<String, bool>> {
        let properties = PropertiesProxy::new(self.connection, service, path).await?;
        let values = properties.get_all(interface.try_into()?).await?;
        Ok(values
            .into_iter()
            .filter_map(|(name, value)| Some((name, bool::try_from(value).ok()?)))
            .collect())
    }
}

/// Starts a rule for the signals that a service sends.
pub(super) fn signals_of(service: &'static str) -> match_rule::Builder<'static> {
    MatchRule::builder()
        .msg_type(message::Type::Signal)
        .sender(service)
}
