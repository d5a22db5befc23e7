//! UPower: whether the machine runs on battery.

use std::collections::HashMap;

use zbus::Message;

use super::ReasonSource;
use super::listener::{Changed, Line, PROPERTIES, changed, is_about};
use crate::record::NotWatching;

/// Its name.
pub(super) const SERVICE: &str = "org.freedesktop.UPower";

const OBJECT: &str = "/org/freedesktop/UPower";

/// What to be told of.
pub(super) fn rule() -> String {
    format!("type='signal',sender='{SERVICE}',path='{OBJECT}',interface='{PROPERTIES}'")
}

pub(super) async fn begin(line: &Line<'_>) -> zbus::Result<()> {
    tell(line, &line.flags((SERVICE, OBJECT, SERVICE)).await?);
    Ok(())
}

pub(super) async fn hear(line: &Line<'_>, signal: &Message) -> zbus::Result<()> {
    if !is_about(signal, OBJECT) {
        return Ok(());
    }
    match changed(signal, SERVICE) {
        Some(Changed::To(flags)) => tell(line, &flags),
        Some(Changed::Somehow) => begin(line).await?,
        None => {}
    }
    Ok(())
}

fn tell(line: &Line<'_>, flags: &HashMap<String, bool>) {
    if let Some(is_on_battery) = flags.get("OnBattery") {
        line.says(ReasonSource::Power, NotWatching::OnBattery, *is_on_battery);
    }
}
