//! The active window on Wayland (`wlr-foreign-toplevel-management-unstable-v1`).

use wayland_client::backend::ObjectId;
use wayland_client::globals::{BindError, GlobalError, GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::{
    ConnectError, Connection, Dispatch, DispatchError, Proxy, QueueHandle, event_created_child,
};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1::{
    self, ZwlrForeignToplevelHandleV1,
};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::{
    self, ZwlrForeignToplevelManagerV1,
};

#[derive(Debug, thiserror::Error)]
pub(super) enum ForegroundError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Global(#[from] GlobalError),
    #[error(transparent)]
    Missing(#[from] BindError),
    #[error(transparent)]
    Lost(#[from] DispatchError),
}

/// The application id of the window that the compositor calls activated.
pub(super) fn program_in_front() -> Result<Option<String>, ForegroundError> {
    in_front_on(&Connection::connect_to_env()?)
}

fn in_front_on(connection: &Connection) -> Result<Option<String>, ForegroundError> {
    let (globals, mut queue) = registry_queue_init::<Windows>(connection)?;
    let handle = queue.handle();
    let _manager: ZwlrForeignToplevelManagerV1 = globals.bind(&handle, 1..=3, ())?;
    let mut windows = Windows::default();
    // The compositor lists the windows, then says what each is.
    for _ in 0..2 {
        queue.roundtrip(&mut windows)?;
    }
    let in_front = windows.0.into_iter().find(|window| window.is_active);
    Ok(in_front.map(|window| window.program))
}

#[derive(Default)]
struct Windows(Vec<ListedWindow>);

/// What the compositor has said of a window.
struct ListedWindow {
    id: ObjectId,
    program: String,
    is_active: bool,
}

impl Dispatch<ZwlrForeignToplevelHandleV1, ()> for Windows {
    fn event(
        windows: &mut Windows,
        handle: &ZwlrForeignToplevelHandleV1,
        event: zwlr_foreign_toplevel_handle_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Windows>,
    ) {
        let Some(window) = windows.0.iter_mut().find(|other| other.id == handle.id()) else {
            return;
        };
        match event {
            zwlr_foreign_toplevel_handle_v1::Event::AppId { app_id } => window.program = app_id,
            zwlr_foreign_toplevel_handle_v1::Event::State { state } => {
                let activated = zwlr_foreign_toplevel_handle_v1::State::Activated as u32;
                // An array of 32-bit numbers in the machine's order.
                let mut states = state.chunks_exact(4);
                window.is_active = states.any(|state| state == activated.to_ne_bytes());
            }
            _ => {}
        }
    }
}

impl Dispatch<ZwlrForeignToplevelManagerV1, ()> for Windows {
    fn event(
        windows: &mut Windows,
        _: &ZwlrForeignToplevelManagerV1,
        event: zwlr_foreign_toplevel_manager_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Windows>,
    ) {
        if let zwlr_foreign_toplevel_manager_v1::Event::Toplevel { toplevel } = event {
            windows.0.push(ListedWindow {
                id: toplevel.id(),
                program: String::new(),
                is_active: false,
            });
        }
    }

    event_created_child!(Windows, ZwlrForeignToplevelManagerV1, [
        zwlr_foreign_toplevel_manager_v1::EVT_TOPLEVEL_OPCODE => (ZwlrForeignToplevelHandleV1, ()),
    ]);
}

impl Dispatch<WlRegistry, GlobalListContents> for Windows {
    fn event(
        _: &mut Windows,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Windows>,
    ) {
    }
}

#[cfg(test)]
mod tests;
