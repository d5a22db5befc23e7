//! A compositor of the test's own, which says what the test wants.

use std::sync::Arc;

use crossbeam_channel::{Receiver, unbounded};
use wayland_protocols::ext::idle_notify::v1::server::ext_idle_notification_v1::{
    self, ExtIdleNotificationV1,
};
use wayland_protocols::ext::idle_notify::v1::server::ext_idle_notifier_v1::{
    self, ExtIdleNotifierV1,
};
use wayland_server::backend::ClientData;
use wayland_server::protocol::wl_seat::{self, WlSeat};
use wayland_server::{Client, DataInit, Dispatch, Display, DisplayHandle, GlobalDispatch, New};

use super::*;

/// How long anything is waited for.
const LIMIT: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Screen {
    /// The time that was asked for, and the notice.
    asked: Option<(u32, ExtIdleNotificationV1)>,
}

struct Guest;

impl ClientData for Guest {}

impl GlobalDispatch<WlSeat, ()> for Screen {
    fn bind(
        _: &mut Screen,
        _: &DisplayHandle,
        _: &Client,
        seat: New<WlSeat>,
        (): &(),
        made: &mut DataInit<'_, Screen>,
    ) {
        made.init(seat, ());
    }
}

impl Dispatch<WlSeat, ()> for Screen {
    fn request(
        _: &mut Screen,
        _: &Client,
        _: &WlSeat,
        _: wl_seat::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Screen>,
    ) {
    }
}

impl GlobalDispatch<ExtIdleNotifierV1, ()> for Screen {
    fn bind(
        _: &mut Screen,
        _: &DisplayHandle,
        _: &Client,
        notifier: New<ExtIdleNotifierV1>,
        (): &(),
        made: &mut DataInit<'_, Screen>,
    ) {
        made.init(notifier, ());
    }
}

impl Dispatch<ExtIdleNotifierV1, ()> for Screen {
    fn request(
        screen: &mut Screen,
        _: &Client,
        _: &ExtIdleNotifierV1,
        request: ext_idle_notifier_v1::Request,
        (): &(),
        _: &DisplayHandle,
        made: &mut DataInit<'_, Screen>,
    ) {
        if let ext_idle_notifier_v1::Request::GetIdleNotification { id, timeout, .. } = request {
            screen.asked = Some((timeout, made.init(id, ())));
        }
    }
}

impl Dispatch<ExtIdleNotificationV1, ()> for Screen {
    fn request(
        _: &mut Screen,
        _: &Client,
        _: &ExtIdleNotificationV1,
        _: ext_idle_notification_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Screen>,
    ) {
    }
}

/// A compositor with a seat, with one client: what is tested.
struct Session {
    display: Display<Screen>,
    screen: Screen,
    events: Receiver<DesktopEvent>,
    compositor: Compositor,
}

impl Session {
    fn new(tells_idleness: bool) -> Session {
        let display = Display::<Screen>::new().unwrap();
        let mut handle = display.handle();
        handle.create_global::<Screen, WlSeat, ()>(7, ());
        if tells_idleness {
            handle.create_global::<Screen, ExtIdleNotifierV1, ()>(1, ());
        }
        let (ours, theirs) = UnixStream::pair().unwrap();
        handle.insert_client(ours, Arc::new(Guest)).unwrap();
        let (sender, events) = unbounded();
        let compositor = listen_on(theirs, sender, Duration::from_secs(90)).unwrap();
        Session {
            display,
            screen: Screen::default(),
            events,
            compositor,
        }
    }

    /// Answers the client until something is there.
    fn until<T>(&mut self, mut found: impl FnMut(&mut Session) -> Option<T>) -> T {
        let began = crate::clock::instant();
        loop {
            self.display.dispatch_clients(&mut self.screen).unwrap();
            self.display.flush_clients().unwrap();
            if let Some(found) = found(self) {
                return found;
            }
            assert!(began.elapsed() < LIMIT, "nothing came");
            thread::yield_now();
        }
    }

    fn event(&mut self) -> DesktopEvent {
        self.until(|session| session.events.try_recv().ok())
    }
}

fn is_idle(event: &DesktopEvent) -> Option<bool> {
    match event {
        DesktopEvent::Reason {
            source: ReasonSource::Compositor,
            reason: NotWatching::Idle,
            holds,
        } => Some(*holds),
        _ => None,
    }
}

#[test]
fn idleness_and_its_end_are_reported() {
    let mut session = Session::new(true);
    let (timeout, notice) = session.until(|session| session.screen.asked.take());
    assert_eq!(timeout, 90_000);
    for (tell, wanted) in [(true, true), (false, false), (true, true)] {
        match tell {
            true => notice.idled(),
            false => notice.resumed(),
        }
        assert_eq!(is_idle(&session.event()), Some(wanted));
    }
}

#[test]
fn a_compositor_that_goes_or_tells_nothing_leaves_no_reason() {
    let mut silent = Session::new(false);
    let lost = |event| matches!(event, DesktopEvent::SourceLost(ReasonSource::Compositor));
    assert!(lost(silent.event()));

    let mut gone = Session::new(true);
    gone.until(|session| session.screen.asked.take());
    let Session {
        display, events, ..
    } = gone;
    drop(display);
    assert!(lost(events.recv_timeout(LIMIT).unwrap()));
}

#[test]
fn the_thread_ends_when_nobody_listens_any_more() {
    let mut session = Session::new(true);
    session.until(|session| session.screen.asked.take());
    let Session {
        display,
        events,
        compositor,
        ..
    } = session;
    drop(compositor);
    assert!(matches!(
        events.recv_timeout(LIMIT).unwrap(),
        DesktopEvent::SourceLost(ReasonSource::Compositor)
    ));
    // The sender went with the thread.
    assert!(events.recv_timeout(LIMIT).is_err());
    drop(display);
}
