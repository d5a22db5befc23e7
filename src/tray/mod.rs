//! The icon in the panel's tray: its shape and colour say how the person sits, and its menu asks for
//! what the subcommands do.
//!
//! It is a process of its own, `sitwell tray`, which knows the monitor only through the control
//! socket. So the monitor keeps its sandbox and never waits for a panel. The item and its menu are
//! those of freedesktop.org's StatusNotifierItem and of com.canonical.dbusmenu. ksni offers both, but
//! stands on zbus 5, which would be a second D-Bus in the program.

mod icon;
mod menu;
mod panel;
mod service;
mod state;

pub(crate) use menu::TrayAction;
pub(crate) use panel::{TrayEnd, TrayPresence, TrayUpdate, presence, show};
pub(crate) use state::TrayState;
