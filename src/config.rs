//! The settings: one TOML file, every key with a default that suits most people.
//!
//! Reading the file from disk is the commands' work; here it is only parsed.

use serde::{Deserialize, Serialize};

/// All settings. A section that is missing, or a key in it, has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where, with what and which stretches.
    pub stretch: crate::stretch::Settings,
    /// How you are told.
    pub notify: Notify,
}

/// How you are told: the section `[notify]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notify {
    /// Through what: `desktop` falls back to the terminal where there is no notification service.
    pub channel: Channel,
    /// How urgent a notification is to the desktop: `low`, `normal` or `critical`.
    pub urgency: Urgency,
    /// Whether it makes a sound, where the desktop can.
    pub sound: bool,
    /// Whether to stay silent while the desktop says "do not disturb".
    pub respect_do_not_disturb: bool,
    /// How long it stays on the screen, in seconds; 0 leaves that to the desktop.
    pub seconds: u32,
}

impl Default for Notify {
    fn default() -> Notify {
        Notify {
            channel: Channel::Desktop,
            urgency: Urgency::Normal,
            sound: false,
            respect_do_not_disturb: true,
            // Long enough to finish a sentence and look up; ours.
            seconds: 30,
        }
    }
}

/// Through what you are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The desktop's notifications.
    Desktop,
    /// Lines in the terminal.
    Terminal,
    /// Nothing; slouches are only recorded.
    Off,
}

/// How urgent a notification is to the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Many desktops show these without a banner.
    Low,
    /// Shown for a while.
    Normal,
    /// Stays until it is answered, also over full-screen programs.
    Critical,
}
