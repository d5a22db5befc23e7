//! The active window on X11.

use x11rb::connection::Connection;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError};
use x11rb::properties::WmClass;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

#[derive(Debug, thiserror::Error)]
pub(super) enum X11Error {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error(transparent)]
    Reply(#[from] ReplyError),
}

/// Instance and class of the window that the window manager calls active (the Extended Window
/// Manager Hints' `_NET_ACTIVE_WINDOW`, and `WM_CLASS` of the ICCCM).
pub(super) fn program_in_front() -> Result<Option<String>, X11Error> {
    let (connection, number) = RustConnection::connect(None)?;
    let root = connection.setup().roots[number].root;
    let atom = connection
        .intern_atom(false, b"_NET_ACTIVE_WINDOW")?
        .reply()?;
    let active = connection.get_property(false, root, atom.atom, AtomEnum::WINDOW, 0, 1)?;
    let active = active.reply()?;
    // The window may just have closed.
    let Some(window) = active
        .value32()
        .and_then(|mut windows| windows.next())
        .filter(|window| *window != 0)
    else {
        return Ok(None);
    };
    let class = WmClass::get(&connection, window)?.reply()?;
    let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(class.map(|class| format!("{} {}", name(class.instance()), name(class.class()))))
}
