//! A panel of the test's own: it takes icons, reads what they show and clicks on their menus.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_lite::StreamExt;
use zbus::connection::Builder;
use zbus::{Connection, MatchRule, MessageStream, OwnedVariant, Variant, message};

use crate::private::until;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// The part of a panel that knows all icons.
struct Watcher(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.0.lock().unwrap().push(service);
    }
}

/// A panel with a tray.
pub(crate) struct Panel {
    bus: Connection,
    offered: Arc<Mutex<Vec<String>>>,
    signals: Arc<Mutex<Vec<String>>>,
}

/// An image: width, height, and alpha, red, green and blue of each pixel.
pub(crate) type Pixmap = (i32, i32, Vec<u8>);

impl Panel {
    /// Starts on a bus. It ends when it is dropped.
    pub(crate) fn start(address: &str) -> Panel {
        let offered = Arc::default();
        let watcher = Watcher(Arc::clone(&offered));
        let bus = Builder::address(address)
            .serve_at("/StatusNotifierWatcher", watcher)
            .name(WATCHER);
        let bus = zbus::block_on(bus.build()).unwrap();
        let signals = Arc::default();
        note_signals(&bus, Arc::clone(&signals));
        Panel {
            bus,
            offered,
            signals,
        }
    }

    /// Waits until an icon has been offered, once.
    pub(crate) fn waits_for_the_icon(&self) {
        until("an icon", || !self.offered.lock().unwrap().is_empty());
        assert_eq!(self.offered.lock().unwrap().len(), 1);
    }

    fn icon(&self) -> String {
        self.offered.lock().unwrap()[0].clone()
    }

    fn call<B>(&self, path: &str, interface: &str, method: &str, body: &B) -> zbus::Message
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        let icon = self.icon();
        let call = self
            .bus
            .call_method(Some(icon.as_str()), path, Some(interface), method, body);
        zbus::block_on(call).unwrap()
    }

    fn property(&self, name: &str) -> OwnedVariant {
        let path = "/StatusNotifierItem";
        let answer = self.call(
            path,
            "org.freedesktop.DBus.Properties",
            "Get",
            &(ITEM, name),
        );
        answer.body().deserialize().unwrap()
    }

    /// The smallest image of the icon.
    pub(crate) fn image(&self) -> Vec<u8> {
        let all: Vec<Pixmap> = self.property("IconPixmap").try_into().unwrap();
        all[0].2.clone()
    }

    pub(crate) fn tooltip(&self) -> String {
        let (_, _, title, text): (String, Vec<Pixmap>, String, String) =
            self.property("ToolTip").try_into().unwrap();
        assert_eq!(title, "Sitwell");
        text
    }

    /// The menu's entries with their labels, without separators.
    pub(crate) fn menu(&self) -> Vec<(i32, String)> {
        let wanted = (Vec::<i32>::new(), Vec::<String>::new());
        let answer = self.call("/MenuBar", MENU, "GetGroupProperties", &wanted);
        let body = answer.body();
        let entries: Vec<(i32, HashMap<String, OwnedVariant>)> = body.deserialize().unwrap();
        let layout = self.call(
            "/MenuBar",
            MENU,
            "GetLayout",
            &(0, -1, Vec::<String>::new()),
        );
        type Layout = (u32, (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>));
        let (_, (root, _, children)): Layout = layout.body().deserialize().unwrap();
        assert_eq!((root, children.len()), (0, entries.len()));
        entries
            .into_iter()
            .filter_map(|(id, mut properties)| {
                let label = properties.remove("label")?;
                Some((id, label.try_into().unwrap()))
            })
            .collect()
    }

    /// Clicks on the entry with this label.
    pub(crate) fn click(&self, label: &str) {
        let menu = self.menu();
        let entry = menu.iter().find(|(_, own)| own == label);
        let (id, _) = entry.unwrap_or_else(|| panic!("{label} is not in {menu:?}"));
        self.click_number(*id);
    }

    /// Clicks on the entry with this number, whether it is still in the menu or not.
    pub(crate) fn click_number(&self, id: i32) {
        let event = (id, "clicked", Variant::from(0), 0_u32);
        self.call("/MenuBar", MENU, "Event", &event);
    }

    /// Waits until the tooltip begins so.
    pub(crate) fn waits_for(&self, begin: &str) {
        until(begin, || self.tooltip().starts_with(begin));
    }

    /// Whether the icon has sent this signal since the last question.
    pub(crate) fn was_told(&self, signal: &str) -> bool {
        let mut signals = self.signals.lock().unwrap();
        let told = signals.iter().any(|own| own == signal);
        signals.retain(|own| own != signal);
        told
    }
}

/// Notes the names of the signals of icons and menus.
fn note_signals(bus: &Connection, signals: Arc<Mutex<Vec<String>>>) {
    for interface in [ITEM, MENU] {
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .interface(interface)
            .build();
        let stream = MessageStream::for_match_rule(rule.unwrap(), bus, None);
        let mut stream = zbus::block_on(stream).unwrap();
        let signals = Arc::clone(&signals);
        std::thread::spawn(move || {
            while let Some(Ok(message)) = zbus::block_on(stream.next()) {
                let header = message.header();
                let name = header.member().map(ToString::to_string);
                signals.lock().unwrap().extend(name);
            }
        });
    }
}
