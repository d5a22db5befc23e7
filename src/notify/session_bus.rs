//! What notify-rust does not tell: whether the desktop wants quiet, and whether the service is still there.

use futures_lite::StreamExt;
use zbus::fdo::{DBusProxy, NameOwnerChangedStream, PropertiesProxy};
use zbus::names::InterfaceName;

/// The service, by its well-known name.
const SERVICE: &str = "org.freedesktop.Notifications";

/// Its only object.
const OBJECT: &str = "/org/freedesktop/Notifications";

/// The properties that say that the desktop wants quiet: the one of KDE and others, and dunst's own.
const QUIET: [(&str, &str); 2] = [
    ("org.freedesktop.Notifications", "Inhibited"),
    ("org.dunstproject.cmd0", "paused"),
];

/// Whether the desktop says "do not disturb". A desktop that says nothing is taken to want no quiet.
///
/// GNOME is silent here and keeps banners away by itself.
pub(super) async fn wants_quiet() -> bool {
    let Ok(bus) = zbus::Connection::session().await else {
        return false;
    };
    let Ok(properties) = PropertiesProxy::new(&bus, SERVICE, OBJECT).await else {
        return false;
    };
    for (interface, property) in QUIET {
        let Ok(interface) = InterfaceName::try_from(interface) else {
            continue;
        };
        let value = properties.get(interface, property).await;
        if value.is_ok_and(|value| bool::try_from(value).unwrap_or(false)) {
            return true;
        }
    }
    false
}

/// Sees the notification service go.
#[derive(Debug)]
pub(super) struct ServiceWatch {
    changes: NameOwnerChangedStream,
}

impl ServiceWatch {
    /// Starts to watch; none where there is no session bus.
    pub(super) async fn start() -> Option<ServiceWatch> {
        let bus = zbus::Connection::session().await.ok()?;
        let proxy = DBusProxy::new(&bus).await.ok()?;
        let changes = proxy
            .receive_name_owner_changed_with_args(&[(0, SERVICE)])
            .await
            .ok()?;
        Some(ServiceWatch { changes })
    }

    /// Waits until the service, or the whole bus, is gone.
    pub(super) async fn gone(&mut self) {
        while let Some(change) = self.changes.next().await {
            if change.args().is_ok_and(|args| args.old_owner().is_some()) {
                return;
            }
        }
    }
}
