//! What notify-rust does not offer: whether the desktop wants quiet, what its notification service can
//! do, and whether that service is still there.

use std::time::Duration;

use futures_lite::StreamExt;
use zbus::connection::Builder;
use zbus::fdo::{DBusProxy, NameOwnerChangedStream};
use zbus::proxy::CacheProperties;
use zbus::{Connection, OwnedVariant, Variant};

const SERVICE: &str = "org.freedesktop.Notifications";

/// A call that is not answered within this time is given up. Our choice: longer than anybody here
/// waits for it, so that it only ends the thread that makes the call.
const CALL_LIMIT: Duration = Duration::from_secs(30);

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    /// "Do not disturb" on KDE and others.
    #[zbus(property(emits_changed_signal = "false"))]
    fn inhibited(&self) -> zbus::Result<bool>;
}

#[zbus::proxy(
    interface = "org.dunstproject.cmd0",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Dunst {
    /// "Do not disturb" on dunst.
    #[zbus(property(emits_changed_signal = "false"), name = "paused")]
    fn paused(&self) -> zbus::Result<bool>;
}

/// What a notification service can do, and whether it wants quiet now.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotificationService {
    /// GNOME does not say so, and hides banners by itself.
    pub(super) wants_quiet: bool,
    pub(super) has_buttons: bool,
    pub(super) reads_markup: bool,
}

impl NotificationService {
    /// Asks the service.
    ///
    /// # Errors
    ///
    /// No service answers on the bus.
    pub(super) async fn ask(bus: &Connection) -> zbus::Result<NotificationService> {
        // A cache would read all properties and follow their changes.
        let service = NotificationsProxy::builder(bus).cache_properties(CacheProperties::No);
        let service = service.build().await?;
        let dunst = DunstProxy::builder(bus).cache_properties(CacheProperties::No);
        let capabilities = service.get_capabilities().await?;
        let can = |what: &str| capabilities.iter().any(|one| one == what);
        let is_paused = async { dunst.build().await?.paused().await };
        // A service without such a property wants no quiet.
        let wants_quiet =
            service.inhibited().await.unwrap_or(false) || is_paused.await.unwrap_or(false);
        Ok(NotificationService {
            wants_quiet,
            has_buttons: can("actions"),
            reads_markup: can("body-markup"),
        })
    }
}

#[zbus::proxy(
    interface = "org.freedesktop.portal.Settings",
    default_service = "org.freedesktop.portal.Desktop",
    default_path = "/org/freedesktop/portal/desktop"
)]
trait PortalSettings {
    /// A setting of the desktop, in a variant of its own.
    fn read(&self, namespace: &str, key: &str) -> zbus::Result<OwnedVariant>;
}

/// What the desktop's user wants of whatever draws attention.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DesktopWishes {
    /// "Do not disturb" is on.
    pub(crate) quiet: bool,
    /// Nothing should move.
    pub(crate) no_motion: bool,
}

impl DesktopWishes {
    /// Asks the desktop. What it does not answer is not wished.
    pub(super) async fn ask(bus: &Connection) -> DesktopWishes {
        let animations = async {
            let settings = PortalSettingsProxy::new(bus).await?;
            let read = settings.read("org.gnome.desktop.interface", "enable-animations");
            let value = Variant::from(read.await?);
            zbus::Result::Ok(match value {
                Variant::Variant(inner) => *inner == Variant::Bool(true),
                value => value == Variant::Bool(true),
            })
        };
        DesktopWishes {
            quiet: NotificationService::ask(bus)
                .await
                .is_ok_and(|service| service.wants_quiet),
            no_motion: animations.await.is_ok_and(|animations| !animations),
        }
    }
}

/// A connection to the session bus that notices when the notification service goes away.
#[derive(Debug)]
pub(super) struct ServiceWatch {
    pub(super) bus: Connection,
    changes: NameOwnerChangedStream,
}

impl ServiceWatch {
    /// Connects and starts to watch.
    ///
    /// # Errors
    ///
    /// There is no session bus.
    pub(super) async fn start() -> zbus::Result<ServiceWatch> {
        let bus = Builder::session()
            .method_timeout(CALL_LIMIT)
            .build()
            .await?;
        let changes = DBusProxy::new(&bus)
            .await?
            .receive_name_owner_changed_with_args(&[(0, SERVICE)])
            .await?;
        Ok(ServiceWatch { bus, changes })
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
