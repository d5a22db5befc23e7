//! A compositor of the test's own, with the windows that the test wants.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use wayland_protocols_wlr::foreign_toplevel::v1::server::zwlr_foreign_toplevel_handle_v1::{
    self, ZwlrForeignToplevelHandleV1,
};
use wayland_protocols_wlr::foreign_toplevel::v1::server::zwlr_foreign_toplevel_manager_v1::{
    self, ZwlrForeignToplevelManagerV1,
};
use wayland_server::backend::ClientData;
use wayland_server::{
    Client, DataInit, Dispatch, Display, DisplayHandle, GlobalDispatch, New, Resource,
};

use super::*;

/// Windows by their program, and which is in front.
struct Screen(Vec<(&'static str, bool)>);

struct Guest;

impl ClientData for Guest {}

impl GlobalDispatch<ZwlrForeignToplevelManagerV1, ()> for Screen {
    fn bind(
        screen: &mut Screen,
        display: &DisplayHandle,
        client: &Client,
        manager: New<ZwlrForeignToplevelManagerV1>,
        (): &(),
        made: &mut DataInit<'_, Screen>,
    ) {
        let manager = made.init(manager, ());
        for (program, is_active) in &screen.0 {
            let window = client
                .create_resource::<ZwlrForeignToplevelHandleV1, (), Screen>(
                    display,
                    manager.version(),
                    (),
                )
                .unwrap();
            manager.toplevel(&window);
            window.app_id((*program).to_owned());
            // Maximised is 0, activated is 2.
            let states: &[u32] = if *is_active { &[0, 2] } else { &[0] };
            window.state(
                states
                    .iter()
                    .flat_map(|state| state.to_ne_bytes())
                    .collect(),
            );
            window.done();
        }
    }
}

impl Dispatch<ZwlrForeignToplevelManagerV1, ()> for Screen {
    fn request(
        _: &mut Screen,
        _: &Client,
        _: &ZwlrForeignToplevelManagerV1,
        _: zwlr_foreign_toplevel_manager_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Screen>,
    ) {
    }
}

impl Dispatch<ZwlrForeignToplevelHandleV1, ()> for Screen {
    fn request(
        _: &mut Screen,
        _: &Client,
        _: &ZwlrForeignToplevelHandleV1,
        _: zwlr_foreign_toplevel_handle_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Screen>,
    ) {
    }
}

/// The program in front, as a compositor with these windows tells it.
fn told(
    windows: &[(&'static str, bool)],
    lists_them: bool,
) -> Result<Option<String>, ForegroundError> {
    let mut screen = Screen(windows.to_vec());
    let mut display = Display::<Screen>::new().unwrap();
    let mut handle = display.handle();
    if lists_them {
        handle.create_global::<Screen, ZwlrForeignToplevelManagerV1, ()>(3, ());
    }
    let (ours, theirs) = UnixStream::pair().unwrap();
    handle.insert_client(ours, Arc::new(Guest)).unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                display.dispatch_clients(&mut screen).unwrap();
                display.flush_clients().unwrap();
                thread::yield_now();
            }
        });
        let told = in_front_on(&Connection::from_socket(theirs).unwrap());
        is_over.store(true, Ordering::Relaxed);
        told
    })
}

#[test]
fn the_activated_window_is_the_one_in_front() {
    let windows = [("firefox", false), ("us.zoom.Zoom", true)];
    assert_eq!(
        told(&windows, true).unwrap().as_deref(),
        Some("us.zoom.Zoom")
    );
    assert_eq!(told(&windows[..1], true).unwrap(), None);
    assert_eq!(told(&[], true).unwrap(), None);
}

#[test]
fn a_compositor_that_lists_no_windows_tells_nothing() {
    assert!(matches!(
        told(&[], false),
        Err(ForegroundError::Missing(BindError::NotPresent))
    ));
}
