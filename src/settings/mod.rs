//! The settings: one TOML file, every key with a default that suits most people.
//!

mod camera;
mod changes;
mod error;
mod file;
mod model;
mod own_stretches;
mod shown;
mod watch;
mod watched_file;

use serde::{Deserialize, Serialize};

use crate::monitor;
use crate::posture::{Limits, SlouchLimit};

pub use camera::{Camera, CameraChoice, CameraMode};
pub use error::ConfigError;
pub use file::{Loaded, load, place};
pub use model::{ModelVariant, PoseSettings};
pub use own_stretches::with_own;
pub use watch::{Hours, Watch, time_of_day};
pub use watched_file::WatchedSettings;

/// Every setting with its default, to read and to begin a file with.
pub const EXAMPLE: &str = include_str!("example.toml");

/// All settings. A section that is missing, or a key in it, has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which camera, and how it is kept.
    pub camera: Camera,
    /// When to watch at all.
    pub watch: Watch,
    /// Which model finds the joints.
    pub pose: PoseSettings,
    /// How far from neutral is too far.
    pub posture: PostureSettings,
    /// When a slouch counts, when to speak and when to look.
    pub monitor: monitor::MonitorSettings,
    /// Where, with what and which stretches.
    pub stretch: crate::stretch::StretchSettings,
    /// How you are told.
    pub notify: Notify,
    /// What is kept, and for how long.
    pub history: HistorySettings,
    /// How days are put together in reports.
    pub report: ReportSettings,
}

impl Config {
    /// Reads settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the line, the key and, for a key that is nearly right, the right one.
    pub fn parse(text: &str) -> Result<Config, ConfigError> {
        let config: Config = toml::from_str(text).map_err(|error| ConfigError::of(text, &error))?;
        match config.unfit() {
            None => Ok(config),
            Some((key, why)) => Err(ConfigError::unfit(text, key, why)),
        }
    }

    /// The first value that cannot be meant, and why.
    fn unfit(&self) -> Option<(&'static str, &'static str)> {
        let (limits, patience) = (self.posture.limits, self.monitor.patience);
        let (nudges, looks) = (self.monitor.nudges, self.monitor.looks);
        let degrees = |degrees: f64| (1.0..=90.0).contains(&degrees);
        let second = jiff::SignedDuration::from_secs(1);
        let longest = looks.steady.max(looks.quick).max(looks.away);
        let positive = "must be at least a second";
        let angle = "must be from 1 to 90 degrees";
        let often = "must be from 1 second to 1 minute";
        let look = |every: jiff::SignedDuration| {
            (second..=jiff::SignedDuration::from_mins(1)).contains(&every)
        };
        let rows = [
            (
                degrees(limits.forward_head.0),
                "posture.limits.forward_head",
                angle,
            ),
            (
                degrees(limits.rounded_shoulders.0),
                "posture.limits.rounded_shoulders",
                angle,
            ),
            (patience.onset >= second, "monitor.patience.onset", positive),
            (
                !patience.forgiven.is_negative(),
                "monitor.patience.forgiven",
                "must not be negative",
            ),
            (
                patience.recovery >= second,
                "monitor.patience.recovery",
                positive,
            ),
            (
                !nudges.cooldown.is_negative(),
                "monitor.nudges.cooldown",
                "must not be negative",
            ),
            (
                !nudges.snooze.is_negative(),
                "monitor.nudges.snooze",
                "must not be negative",
            ),
            (nudges.expires >= second, "monitor.nudges.expires", positive),
            (look(looks.steady), "monitor.looks.steady", often),
            (look(looks.quick), "monitor.looks.quick", often),
            (look(looks.doubtful), "monitor.looks.doubtful", often),
            (look(looks.away), "monitor.looks.away", often),
            (
                (0.0..=1.0).contains(&looks.near),
                "monitor.looks.near",
                "must be from 0 to 1",
            ),
            (
                patience.max_gap > longest,
                "monitor.patience.max_gap",
                "must be longer than every wait between looks, or all time would be unknown",
            ),
        ];
        rows.into_iter()
            .find(|(fits, ..)| !fits)
            .map(|(_, key, why)| (key, why))
    }
}

/// How far from neutral is too far: the section `[posture]`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostureSettings {
    /// `low` allows half as much again, `high` a quarter less.
    pub sensitivity: Sensitivity,
    /// In degrees of change from your own neutral.
    pub limits: Limits,
}

impl PostureSettings {
    /// The limits at this sensitivity.
    #[must_use]
    pub fn limits(&self) -> Limits {
        // Our choice: high is still beyond the 7 degrees that a chair alone makes.
        let scale = match self.sensitivity {
            Sensitivity::Low => 1.5,
            Sensitivity::Normal => 1.0,
            Sensitivity::High => 0.75,
        };
        self.limits.map(|limit| SlouchLimit(limit.0 * scale))
    }
}

/// How soon a change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Only what is plain.
    Low,
    /// At the limits.
    #[default]
    Normal,
    /// Early.
    High,
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

#[cfg(test)]
mod tests;
