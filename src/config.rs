//! The settings: one TOML file, every key with a default that suits most people.
//!
//! Reading the file from disk is the commands' work; here it is only parsed.

mod camera;

use serde::{Deserialize, Serialize};

pub use camera::{Camera, CameraChoice, Mode};

/// All settings. A section that is missing, or a key in it, has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which camera, and how it is kept.
    pub camera: Camera,
    /// Where, with what and which stretches.
    pub stretch: crate::stretch::Settings,
    /// How you are told.
    pub notify: Notify,
    /// What is kept, and for how long.
    pub history: HistorySettings,
    /// How days are put together in reports.
    pub report: ReportSettings,
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

/// Section `[history]`: what is kept, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistorySettings {
    /// How many days single minutes are kept; 0 keeps them for ever. Slouches,
    /// stretches and sessions are always kept.
    pub keep_minutes_days: u32,
}

impl Default for HistorySettings {
    fn default() -> HistorySettings {
        HistorySettings {
            keep_minutes_days: 365,
        }
    }
}

/// Section `[report]`: how days are put together, and whether a week is told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportSettings {
    /// The day on which weeks begin.
    pub week_starts: WeekStart,
    /// Whether a notification sums the week up when it is over.
    pub weekly_notice: bool,
}

/// The day on which weeks begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// As ISO 8601 has it.
    #[default]
    Monday,
    /// As in much of the Middle East.
    Saturday,
    /// As in the Americas.
    Sunday,
}

impl WeekStart {
    /// The day itself.
    #[must_use]
    pub fn weekday(self) -> jiff::civil::Weekday {
        match self {
            WeekStart::Monday => jiff::civil::Weekday::Monday,
            WeekStart::Saturday => jiff::civil::Weekday::Saturday,
            WeekStart::Sunday => jiff::civil::Weekday::Sunday,
        }
    }
}
