//! The two objects that a panel talks to: the item and its menu.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::object_server::SignalEmitter;
use zbus::{ObjectPath, Variant, fdo, interface};

use super::icon::{self, Pixmap};
use super::menu::{self, MenuEntry, TrayAction};
use super::state::TrayState;

/// Where the item is, as every item is.
pub(super) const ITEM_PATH: &str = "/StatusNotifierItem";

/// Where the menu is, as with most items.
pub(super) const MENU_PATH: &str = "/MenuBar";

/// The whole menu, above its entries.
const ROOT: i32 = 0;

/// What is shown now, and who learns of clicks.
#[derive(Clone)]
pub(super) struct SharedState {
    now: Arc<Mutex<Now>>,
    clicks: flume::Sender<TrayAction>,
}

#[derive(Debug, Default)]
struct Now {
    state: TrayState,
    /// Counts the changes of the menu's entries.
    revision: u32,
}

/// What a panel must be told.
pub(super) struct Changes {
    pub(super) icon: bool,
    pub(super) sentence: bool,
    /// The revision of other entries.
    pub(super) entries: Option<u32>,
}

impl SharedState {
    pub(super) fn new(clicks: flume::Sender<TrayAction>) -> SharedState {
        SharedState {
            now: Arc::default(),
            clicks,
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows another state.
    pub(super) fn set(&self, state: TrayState) -> Changes {
        let mut now = self.now();
        let old = std::mem::replace(&mut now.state, state);
        let entries = (old.phase != now.state.phase).then(|| {
            now.revision += 1;
            now.revision
        });
        Changes {
            icon: old.icon != now.state.icon,
            sentence: old.sentence != now.state.sentence,
            entries,
        }
    }

    /// Clicks that come faster than they can be followed are dropped.
    fn click(&self, action: TrayAction) {
        let _ = self.clicks.try_send(action);
    }
}

/// The icon and its tooltip.
pub(super) struct Item(pub(super) SharedState);

#[interface(name = "org.kde.StatusNotifierItem", introspection_docs = false)]
impl Item {
    /// The main mouse button.
    fn activate(&self, _x: i32, _y: i32) {
        self.0.click(TrayAction::OpenDashboard);
    }

    /// The mouse wheel.
    fn scroll(&self, _delta: i32, _orientation: &str) {}

    #[zbus(property(emits_changed_signal = "const"))]
    fn category(&self) -> String {
        "ApplicationStatus".to_owned()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn id(&self) -> String {
        "sitwell".to_owned()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn title(&self) -> String {
        "Sitwell".to_owned()
    }

    /// A passive item would be hidden, and one that needs attention might blink.
    #[zbus(property(emits_changed_signal = "const"))]
    fn status(&self) -> String {
        "Active".to_owned()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn window_id(&self) -> i32 {
        0
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn item_is_menu(&self) -> bool {
        false
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn menu(&self) -> ObjectPath<'static> {
        ObjectPath::from_static_str_unchecked(MENU_PATH)
    }

    /// With a name, a panel would look for the icon in its theme.
    #[zbus(property(emits_changed_signal = "const"))]
    fn icon_name(&self) -> String {
        String::new()
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn icon_pixmap(&self) -> Vec<Pixmap> {
        let icon = self.0.now().state.icon;
        icon::pixmaps(icon)
    }

    /// The name of an icon, its pixels, the title and the text.
    #[zbus(property(emits_changed_signal = "false"))]
    fn tool_tip(&self) -> (String, Vec<Pixmap>, String, String) {
        let text = self.0.now().state.sentence.clone();
        (String::new(), Vec::new(), "Sitwell".to_owned(), text)
    }

    #[zbus(signal)]
    pub(super) async fn new_icon(item: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn new_tool_tip(item: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// The properties of an entry by their names.
type Properties = HashMap<&'static str, Variant<'static>>;

/// An entry's number, its properties and its children.
type Layout = (i32, Properties, Vec<Variant<'static>>);

fn properties(entry: &MenuEntry) -> Properties {
    let Some(label) = entry.label() else {
        return Properties::from([("type", "separator".into())]);
    };
    let mut properties = Properties::from([("label", label.into())]);
    if matches!(entry, MenuEntry::Sentence(_)) {
        properties.insert("enabled", false.into());
    }
    properties
}

fn root_properties() -> Properties {
    Properties::from([("children-display", "submenu".into())])
}

/// The menu.
pub(super) struct Menu(pub(super) SharedState);

impl Menu {
    fn entries(&self) -> Vec<MenuEntry> {
        menu::entries(&self.0.now().state)
    }

    fn properties(&self, id: i32) -> Option<Properties> {
        if id == ROOT {
            return Some(root_properties());
        }
        let entries = self.entries();
        entries
            .iter()
            .find(|entry| entry.id() == id)
            .map(properties)
    }

    fn on_event(&self, id: i32, kind: &str) {
        if kind == "clicked"
            && let Some(action) = menu::action(id)
        {
            self.0.click(action);
        }
    }
}

#[interface(name = "com.canonical.dbusmenu", introspection_docs = false)]
impl Menu {
    /// Which properties are wanted is only a hint.
    #[zbus(out_args("revision", "layout"))]
    fn get_layout(
        &self,
        parent_id: i32,
        recursion_depth: i32,
        _property_names: Vec<String>,
    ) -> fdo::Result<(u32, Layout)> {
        let properties_of_parent = self
            .properties(parent_id)
            .ok_or_else(|| no_entry(parent_id))?;
        let mut children = Vec::new();
        if parent_id == ROOT && recursion_depth != 0 {
            let child = |entry: &MenuEntry| {
                let no_children: Vec<Variant<'static>> = Vec::new();
                Variant::from((entry.id(), properties(entry), no_children))
            };
            children.extend(self.entries().iter().map(child));
        }
        let revision = self.0.now().revision;
        Ok((revision, (parent_id, properties_of_parent, children)))
    }

    /// Without numbers, all entries are meant.
    fn get_group_properties(
        &self,
        ids: Vec<i32>,
        _property_names: Vec<String>,
    ) -> Vec<(i32, Properties)> {
        let ids = match ids.is_empty() {
            true => self.entries().iter().map(MenuEntry::id).collect(),
            false => ids,
        };
        ids.into_iter()
            .filter_map(|id| Some((id, self.properties(id)?)))
            .collect()
    }

    fn get_property(&self, id: i32, name: &str) -> fdo::Result<Variant<'static>> {
        let mut properties = self.properties(id).ok_or_else(|| no_entry(id))?;
        properties
            .remove(name)
            .ok_or_else(|| fdo::Error::InvalidArgs(format!("entry {id} has no {name}")))
    }

    fn event(&self, id: i32, event_id: &str, _data: Variant<'_>, _timestamp: u32) {
        self.on_event(id, event_id);
    }

    /// Returns the numbers that no entry has.
    fn event_group(&self, events: Vec<(i32, String, Variant<'_>, u32)>) -> Vec<i32> {
        let mut unknown = Vec::new();
        for (id, kind, ..) in events {
            match self.properties(id) {
                Some(_) => self.on_event(id, &kind),
                None => unknown.push(id),
            }
        }
        unknown
    }

    /// Whether the menu must be read again: changes have been reported already.
    fn about_to_show(&self, _id: i32) -> bool {
        false
    }

    #[zbus(out_args("updates_needed", "id_errors"))]
    fn about_to_show_group(&self, _ids: Vec<i32>) -> (Vec<i32>, Vec<i32>) {
        (Vec::new(), Vec::new())
    }

    /// The newest version of the interface.
    #[zbus(property(emits_changed_signal = "const"))]
    fn version(&self) -> u32 {
        3
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn text_direction(&self) -> String {
        "ltr".to_owned()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn status(&self) -> String {
        "normal".to_owned()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn icon_theme_path(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(signal)]
    pub(super) async fn layout_updated(
        menu: &SignalEmitter<'_>,
        revision: u32,
        parent: i32,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn items_properties_updated(
        menu: &SignalEmitter<'_>,
        updated: Vec<(i32, Properties)>,
        removed: Vec<(i32, Vec<String>)>,
    ) -> zbus::Result<()>;
}

fn no_entry(id: i32) -> fdo::Error {
    fdo::Error::InvalidArgs(format!("there is no entry {id}"))
}

/// Tells the panel what has changed.
pub(super) async fn announce(
    shown: &SharedState,
    changes: &Changes,
    item: &SignalEmitter<'_>,
    menu: &SignalEmitter<'_>,
) -> zbus::Result<()> {
    if changes.icon {
        Item::new_icon(item).await?;
    }
    if changes.sentence {
        Item::new_tool_tip(item).await?;
    }
    if let Some(revision) = changes.entries {
        Menu::layout_updated(menu, revision, ROOT).await?;
    } else if changes.sentence {
        let sentence = MenuEntry::Sentence(shown.now().state.sentence.clone());
        let updated = vec![(menu::SENTENCE, properties(&sentence))];
        Menu::items_properties_updated(menu, updated, Vec::new()).await?;
    }
    Ok(())
}
