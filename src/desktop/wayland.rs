//! The compositor's notice of idleness (`ext-idle-notify-v1`). KDE and the compositors of wlroots give
//! it, while they report nothing to logind or as GNOME's idle monitor.

use std::env;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use wayland_client::globals::{BindError, GlobalError, GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_client::{
    ConnectError, Connection, Dispatch, DispatchError, QueueHandle, backend::WaylandError,
};
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notification_v1::{
    self, ExtIdleNotificationV1,
};
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notifier_v1::ExtIdleNotifierV1;

use super::{DesktopEvent, ReasonSource};
use crate::record::NotWatching;

/// The connection to a compositor. Dropping it ends the thread that listens.
#[derive(Debug)]
pub(super) struct Compositor(UnixStream);

impl Drop for Compositor {
    fn drop(&mut self) {
        // The thread's next read, or the one in which it waits, fails.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Why the compositor says nothing, or nothing any more.
#[derive(Debug, thiserror::Error)]
enum CompositorError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("no answer")]
    Global(#[from] GlobalError),
    #[error("it does not tell idleness")]
    Missing(#[from] BindError),
    #[error(transparent)]
    Lost(#[from] DispatchError),
    #[error(transparent)]
    Socket(#[from] WaylandError),
}

/// Listens to the compositor of this session; none where there is none. It ends with the session, so
/// it is not looked for again.
pub(super) fn listen(
    events: &Sender<DesktopEvent>,
    unused_for: Duration,
) -> io::Result<Option<Compositor>> {
    let Some(socket) = connect() else {
        return Ok(None);
    };
    listen_on(socket, events.clone(), unused_for).map(Some)
}

fn listen_on(
    socket: UnixStream,
    events: Sender<DesktopEvent>,
    unused_for: Duration,
) -> io::Result<Compositor> {
    let compositor = Compositor(socket.try_clone()?);
    thread::Builder::new()
        .name("wayland".to_owned())
        .spawn(move || {
            let Err(error) = follow(socket, &events, unused_for);
            tracing::debug!(%error, "the compositor tells no idleness");
            // Without a receiver the program is ending.
            let _ = events.send(DesktopEvent::SourceLost(ReasonSource::Compositor));
        })?;
    Ok(compositor)
}

/// The socket that `WAYLAND_DISPLAY` names: a path, or a name in the runtime folder.
fn connect() -> Option<UnixStream> {
    let display = env::var_os("WAYLAND_DISPLAY").filter(|display| !display.is_empty())?;
    let folder = env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
    // A whole path replaces the folder.
    UnixStream::connect(Path::new(&folder).join(display)).ok()
}

enum Never {}

/// Reports idleness and its end until the compositor has gone.
fn follow(
    socket: UnixStream,
    events: &Sender<DesktopEvent>,
    unused_for: Duration,
) -> Result<Never, CompositorError> {
    let connection = Connection::from_socket(socket)?;
    let (globals, mut queue) = registry_queue_init::<Listener>(&connection)?;
    let handle = queue.handle();
    let seat: WlSeat = globals.bind(&handle, 1..=1, ())?;
    let notifier: ExtIdleNotifierV1 = globals.bind(&handle, 1..=1, ())?;
    let milliseconds = u32::try_from(unused_for.as_millis()).unwrap_or(u32::MAX);
    let _notification = notifier.get_idle_notification(milliseconds, &seat, &handle, ());
    let mut listener = Listener(events.clone());
    loop {
        queue.blocking_dispatch(&mut listener)?;
    }
}

struct Listener(Sender<DesktopEvent>);

impl Dispatch<ExtIdleNotificationV1, ()> for Listener {
    fn event(
        listener: &mut Listener,
        _: &ExtIdleNotificationV1,
        event: ext_idle_notification_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Listener>,
    ) {
        let holds = match event {
            ext_idle_notification_v1::Event::Idled => true,
            ext_idle_notification_v1::Event::Resumed => false,
            _ => return,
        };
        // Without a receiver the program is ending.
        let _ = listener.0.send(DesktopEvent::Reason {
            source: ReasonSource::Compositor,
            reason: NotWatching::Idle,
            holds,
        });
    }
}

wayland_client::delegate_noop!(Listener: ignore WlSeat);
wayland_client::delegate_noop!(Listener: ExtIdleNotifierV1);

impl Dispatch<WlRegistry, GlobalListContents> for Listener {
    fn event(
        _: &mut Listener,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Listener>,
    ) {
        // A seat that comes later is another's: the first is asked.
    }
}

#[cfg(test)]
mod tests;
