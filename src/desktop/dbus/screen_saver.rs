//! Screen savers: one that covers the screen counts as a lock.

use zbus::{MatchRule, Message};

use super::link::{Link, signals_of};
use crate::desktop::ReasonSource;
use crate::record::NotWatching;

/// The names of the services. All copy the first one's interface, under their own name. The first is
/// used by KDE and many others.
pub(super) const SERVICES: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];

const CHANGED: &str = "ActiveChanged";

#[zbus::proxy(interface = "org.freedesktop.ScreenSaver")]
trait ScreenSaver {
    fn get_active(&self) -> zbus::Result<bool>;
}

/// They send the signal from different paths.
pub(super) fn rule(service: &'static str) -> zbus::Result<MatchRule<'static>> {
    signals_of(service)
        .interface(service)
        .member(CHANGED)
        .build()
}

pub(super) async fn read_state(link: &Link<'_>, service: &'static str) -> zbus::Result<()> {
    let saver = ScreenSaverProxy::builder(link.connection)
        .destination(service)
        .path(format!("/{}", service.replace('.', "/")))
        .interface(service)
        .build()
        .await?;
    report(link, service, saver.get_active().await?);
    Ok(())
}

pub(super) fn on_signal(link: &Link<'_>, service: &'static str, signal: &Message) {
    let header = signal.header();
    if header.interface().is_some_and(|own| own == service)
        && header.member().is_some_and(|own| own == CHANGED)
        && let Ok(is_active) = signal.body().deserialize()
    {
        report(link, service, is_active);
    }
}

fn report(link: &Link<'_>, service: &'static str, is_active: bool) {
    link.report(
        ReasonSource::ScreenSaver(service),
        NotWatching::Locked,
        is_active,
    );
}
