//! UPower: whether the machine runs on battery.

use zbus::fdo::PropertiesChanged;
use zbus::proxy::CacheProperties;
use zbus::{MatchRule, Message};

use super::link::{Link, signals_of};
use crate::desktop::ReasonSource;
use crate::record::NotWatching;

/// The name of the service and of its interface.
pub(super) const SERVICE: &str = "org.freedesktop.UPower";

#[zbus::proxy(
    interface = "org.freedesktop.UPower",
    default_service = "org.freedesktop.UPower",
    default_path = "/org/freedesktop/UPower"
)]
trait UPower {
    #[zbus(property(emits_changed_signal = "false"))]
    fn on_battery(&self) -> zbus::Result<bool>;
}

/// The devices, whose properties change more often, are other objects.
pub(super) fn rule() -> zbus::Result<MatchRule<'static>> {
    signals_of(SERVICE).path("/org/freedesktop/UPower").build()
}

pub(super) async fn read_state(link: &Link<'_>) -> zbus::Result<()> {
    // A cache would read all properties and follow their changes.
    let power = UPowerProxy::builder(link.connection).cache_properties(CacheProperties::No);
    let on_battery = power.build().await?.on_battery().await?;
    link.report(ReasonSource::Power, NotWatching::OnBattery, on_battery);
    Ok(())
}

pub(super) async fn on_signal(link: &Link<'_>, signal: &Message) -> zbus::Result<()> {
    let Some(change) = PropertiesChanged::from_message(signal.clone()) else {
        return Ok(());
    };
    match change.args() {
        Ok(change) if change.interface_name == SERVICE => read_state(link).await,
        Ok(_) | Err(_) => Ok(()),
    }
}
