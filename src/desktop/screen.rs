//! Screen savers: whether one covers the screen, which is taken for locked.
//!
//! They are as many as desktops, and all offer what the first of them did under names of their own.

use zbus::Message;

use super::ReasonSource;
use super::listener::{Line, is};
use crate::record::NotWatching;

/// Their names, each also that of its interface. The first is KDE's and many others'.
pub(super) const SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];

/// What to be told of.
pub(super) fn rule(service: &str) -> String {
    format!("type='signal',sender='{service}',interface='{service}',member='ActiveChanged'")
}

pub(super) async fn begin(line: &Line<'_>, service: &'static str) -> zbus::Result<()> {
    let object = format!("/{}", service.replace('.', "/"));
    let answer = line
        .call((service, &object, service), "GetActive", &())
        .await?;
    tell(line, service, &answer);
    Ok(())
}

pub(super) fn hear(line: &Line<'_>, service: &'static str, signal: &Message) {
    if is(signal, service, "ActiveChanged") {
        tell(line, service, signal);
    }
}

fn tell(line: &Line<'_>, service: &'static str, message: &Message) {
    if let Ok(is_active) = message.body().deserialize::<bool>() {
        line.says(
            ReasonSource::ScreenSaver(service),
            NotWatching::Locked,
            is_active,
        );
    }
}
