//! GNOME's idle monitor: whether mouse and keyboard were used recently.
//!
//! GNOME reports idleness to logind as well, but only where the screen is set to turn off.

use zbus::{MatchRule, Message};

use super::link::{Link, signals_of};
use crate::desktop::{ReasonSource, UNUSED_FOR};
use crate::record::NotWatching;

/// The name of the service and of its interface.
pub(super) const SERVICE: &str = "org.gnome.Mutter.IdleMonitor";

const IDLE_MS: u64 = UNUSED_FOR.as_secs() * 1000;

#[zbus::proxy(
    interface = "org.gnome.Mutter.IdleMonitor",
    default_service = "org.gnome.Mutter.IdleMonitor",
    default_path = "/org/gnome/Mutter/IdleMonitor/Core"
)]
trait Mutter {
    fn add_idle_watch(&self, milliseconds: u64) -> zbus::Result<u32>;
    fn add_user_active_watch(&self) -> zbus::Result<u32>;
    fn get_idletime(&self) -> zbus::Result<u64>;
    #[zbus(signal)]
    fn watch_fired(&self, id: u32) -> zbus::Result<()>;
}

pub(super) fn rule() -> zbus::Result<MatchRule<'static>> {
    signals_of(SERVICE).interface(SERVICE).build()
}

/// The numbers of our watches.
#[derive(Default)]
pub(super) struct IdleMonitor {
    idle: Option<u32>,
    active: Option<u32>,
}

impl IdleMonitor {
    pub(super) async fn read_state(&mut self, link: &Link<'_>) -> zbus::Result<()> {
        let mutter = MutterProxy::new(link.connection).await?;
        // Numbers of a service that has ended may be those of others now.
        *self = IdleMonitor {
            idle: Some(mutter.add_idle_watch(IDLE_MS).await?),
            active: None,
        };
        if mutter.get_idletime().await? >= IDLE_MS {
            self.on_idle(link).await?;
        } else {
            link.report(ReasonSource::IdleMonitor, NotWatching::Idle, false);
        }
        Ok(())
    }

    pub(super) async fn on_signal(
        &mut self,
        link: &Link<'_>,
        signal: &Message,
    ) -> zbus::Result<()> {
        let Some(fired) = WatchFired::from_message(signal.clone()) else {
            return Ok(());
        };
        let id = fired.args().ok().map(|fired| fired.id);
        if id.is_some() && id == self.idle {
            self.on_idle(link).await?;
        } else if id.is_some() && id == self.active {
            self.active = None;
            link.report(ReasonSource::IdleMonitor, NotWatching::Idle, false);
        }
        Ok(())
    }

    /// Reports idleness and asks for a watch on the next use. That watch fires once.
    async fn on_idle(&mut self, link: &Link<'_>) -> zbus::Result<()> {
        link.report(ReasonSource::IdleMonitor, NotWatching::Idle, true);
        let mutter = MutterProxy::new(link.connection).await?;
        self.active = Some(mutter.add_user_active_watch().await?);
        Ok(())
    }
}
