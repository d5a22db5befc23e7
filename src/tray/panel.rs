//! Keeps the item in the panel's tray: it is offered to whichever panel is there, and again to each
//! that comes later.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use futures_lite::{FutureExt, StreamExt};
use thiserror::Error;
use zbus::Connection;
use zbus::connection::Builder;
use zbus::fdo::{DBusProxy, RequestNameFlags};
use zbus::object_server::SignalEmitter;

use super::menu::TrayAction;
use super::service::{ITEM_PATH, Item, MENU_PATH, Menu, SharedState, announce};
use super::state::TrayState;

/// The item's name on the bus. It has no process number, so that there is only one of them.
const NAME: &str = "org.kde.StatusNotifierItem-sitwell-1";

/// The service that knows all items, mostly a part of the panel.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// A bus or a panel that takes longer to answer counts as silent. Our choice.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

#[zbus::proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher"
)]
trait StatusNotifierWatcher {
    fn register_status_notifier_item(&self, service: &str) -> zbus::Result<()>;
}

/// What is new for the tray.
#[derive(Debug)]
pub(crate) enum TrayUpdate {
    State(TrayState),
    /// The user has quit.
    Quit,
}

/// Why the tray's item is no longer shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrayEnd {
    Quit,
    /// Another process of Sitwell shows it.
    ShownByAnother,
    /// The session has ended.
    BusLost,
}

/// Whether this desktop has a tray, and whether Sitwell is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrayPresence {
    None,
    Empty,
    Shown,
}

#[derive(Debug, Error)]
pub(crate) enum TrayError {
    #[error("cannot find the session bus, through which panels show icons")]
    Bus(#[from] zbus::Error),
    #[error("the session bus does not answer")]
    Silent,
    #[error("cannot start a thread")]
    Thread(#[from] std::io::Error),
}

/// Shows the item until the user quits or the session ends. Without a panel it waits for one.
/// What the user clicks is sent to `clicks`.
pub(crate) fn show(
    updates: &flume::Receiver<TrayUpdate>,
    clicks: flume::Sender<TrayAction>,
) -> Result<TrayEnd, TrayError> {
    let shown = SharedState::new(clicks);
    let (item, menu) = (Item(shown.clone()), Menu(shown.clone()));
    let bus = connect(|bus| bus.serve_at(ITEM_PATH, item).serve_at(MENU_PATH, menu))?;
    Ok(zbus::block_on(keep_shown(&bus, &shown, updates))?)
}

/// Looks for a tray.
pub(crate) fn presence() -> Result<TrayPresence, TrayError> {
    let connection = connect(|bus| bus)?;
    Ok(zbus::block_on(find(&connection))?)
}

async fn find(connection: &Connection) -> zbus::Result<TrayPresence> {
    let bus = DBusProxy::new(connection).await?;
    if !bus.name_has_owner(WATCHER.try_into()?).await? {
        return Ok(TrayPresence::None);
    }
    Ok(match bus.name_has_owner(NAME.try_into()?).await? {
        true => TrayPresence::Shown,
        false => TrayPresence::Empty,
    })
}

/// Connects to the session's bus in a thread of its own, because connecting has no limit.
fn connect(
    prepare: impl FnOnce(Builder<'static>) -> Builder<'static> + Send + 'static,
) -> Result<Connection, TrayError> {
    let (result, connected) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("session-bus".to_owned())
        .spawn(move || {
            let bus = prepare(Builder::session().method_timeout(ANSWER_TIMEOUT));
            // Nobody waits for a late one.
            let _ = result.send(zbus::block_on(bus.build()));
        })?;
    let connected = connected.recv_timeout(ANSWER_TIMEOUT);
    Ok(connected.map_err(|_| TrayError::Silent)??)
}

async fn keep_shown(
    connection: &Connection,
    shown: &SharedState,
    updates: &flume::Receiver<TrayUpdate>,
) -> zbus::Result<TrayEnd> {
    enum Event {
        Panel(Option<bool>),
        Update(Option<TrayUpdate>),
    }
    let name = connection.request_name_with_flags(NAME, RequestNameFlags::DO_NOT_QUEUE);
    match name.await {
        Ok(_) => {}
        Err(zbus::Error::NameTaken) => return Ok(TrayEnd::ShownByAnother),
        Err(error) => return Err(error),
    }
    let item = SignalEmitter::new(connection, ITEM_PATH)?;
    let menu = SignalEmitter::new(connection, MENU_PATH)?;
    let bus = DBusProxy::new(connection).await?;
    let mut owners = bus
        .receive_name_owner_changed_with_args(&[(0, WATCHER)])
        .await?;
    if bus.name_has_owner(WATCHER.try_into()?).await? {
        register(connection).await;
    }
    loop {
        let panel = async {
            let change = owners.next().await;
            let has_come = |args: zbus::fdo::NameOwnerChangedArgs<'_>| args.new_owner().is_some();
            Event::Panel(change.map(|change| change.args().is_ok_and(has_come)))
        };
        let update = async { Event::Update(updates.recv_async().await.ok()) };
        match panel.or(update).await {
            Event::Panel(None) => return Ok(TrayEnd::BusLost),
            Event::Panel(Some(true)) => register(connection).await,
            // The panel has gone, and another may come.
            Event::Panel(Some(false)) => {}
            Event::Update(Some(TrayUpdate::State(state))) => {
                let changes = shown.set(state);
                announce(shown, &changes, &item, &menu).await?;
            }
            Event::Update(Some(TrayUpdate::Quit) | None) => return Ok(TrayEnd::Quit),
        }
    }
}

/// Offers the item to the panel. One that does not take it is asked again when it starts anew.
async fn register(connection: &Connection) {
    let registered = async {
        let watcher = StatusNotifierWatcherProxy::new(connection).await?;
        watcher.register_status_notifier_item(NAME).await
    };
    if let Err(error) = registered.await {
        tracing::debug!(%error, "the panel does not take the icon");
    }
}
