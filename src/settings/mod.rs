//! The settings: one TOML file. Every key has a default that suits most people.

mod camera;
mod watch;
mod model;
mod validation;
mod error;
mod spans;
mod file;
mod watched_settings;
mod changes;
mod edit;
mod shown;
mod catalogue;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::monitor;
use crate::posture::{Limits, SlouchLimit};

use crate::time_of_day::TimeOfDay;

pub use crate::time_of_day::time_of_day;
pub use camera::{CameraChoice, CameraMode, CameraSettings, PictureRotation};
pub(crate) use catalogue::{load_catalogue, own_stretches, own_stretches_in_use};
pub(crate) use edit::{
    DescribedSetting, SettingChange, SettingGroup, SettingKind, changed, described, value_in,
};
pub use error::InvalidSetting;
pub(crate) use error::SettingsError;
pub use file::LoadedSettings;
pub(crate) use file::{load, path};
pub use model::{ModelVariant, PoseSettings};
pub(crate) use spans::with_lines;
pub use watch::{Hours, WatchSettings, weekday};
pub use watched_settings::WatchedSettings;

/// Every setting with its default and explanation; a new settings file begins with it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// All settings. A missing section or key has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Which camera, and how it is used.
    pub camera: CameraSettings,
    /// When Sitwell may watch.
    pub watch: WatchSettings,
    /// Which model finds the joints.
    pub pose: PoseSettings,
    /// Which change from neutral is too much.
    pub posture: PostureSettings,
    /// When a slouch counts, how often to nudge and how often to observe.
    pub monitor: monitor::MonitorSettings,
    /// Which stretches are possible.
    pub stretch: crate::stretch::StretchSettings,
    /// How nudges are shown.
    pub notify: NotifySettings,
    /// What is kept, and for how long.
    pub history: HistorySettings,
    /// How reports group days.
    pub report: ReportSettings,
}

impl Settings {
    /// Reads settings.
    ///
    /// # Errors
    ///
    /// [`InvalidSetting`] names the line and the key. For an unknown key it suggests a similar one.
    pub fn parse(text: &str) -> Result<Settings, InvalidSetting> {
        let settings: Settings =
            toml::from_str(text).map_err(|error| InvalidSetting::from_parser(text, &error))?;
        match validation::first_problem(&settings) {
            None => Ok(settings),
            Some((key, problem)) => Err(InvalidSetting::value(text, &key, problem)),
        }
    }
}

/// The section `[posture]`: which change from neutral is too much.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostureSettings {
    /// Scales the limits: `low` by 1.5, `high` by 0.75.
    pub sensitivity: Sensitivity,
    /// In degrees of change from the user's own neutral.
    pub limits: Limits,
}

impl PostureSettings {
    /// The limits at this sensitivity.
    pub fn limits(&self) -> Limits {
        // Our choice: with `high` a limit is still above the 7 degrees that another chair alone can cause.
        let scale = match self.sensitivity {
            Sensitivity::Low => 1.5,
            Sensitivity::Normal => 1.0,
            Sensitivity::High => 0.75,
        };
        self.limits.map(|limit| SlouchLimit(limit.0 * scale))
    }
}

/// How small a change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Limits times 1.5.
    Low,
    /// The limits themselves.
    #[default]
    Normal,
    /// Limits times 0.75.
    High,
}

/// The section `[notify]`: how nudges are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotifySettings {
    /// Where they are shown. `desktop` falls back to the terminal if there is no notification service.
    pub channel: Channel,
    /// How urgent a notification is for the desktop.
    pub urgency: Urgency,
    /// Whether it makes a sound, if the desktop can.
    pub sound: bool,
    /// Whether to show nothing while the desktop says "do not disturb".
    pub respect_do_not_disturb: bool,
    /// Programs in front of which nothing is shown, each by a part of its name.
    pub quiet_programs: Vec<String>,
    /// How long it stays on the screen, in seconds; 0 leaves that to the desktop.
    pub seconds: u32,
    /// Whether the edges of all screens darken while a nudge is not answered.
    pub dim_edges: bool,
}

impl Default for NotifySettings {
    fn default() -> NotifySettings {
        NotifySettings {
            channel: Channel::Desktop,
            urgency: Urgency::Normal,
            sound: false,
            respect_do_not_disturb: true,
            quiet_programs: Vec::new(),
            // Our choice: long enough to finish a sentence and look up.
            seconds: 30,
            dim_edges: false,
        }
    }
}

/// Where nudges are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The desktop's notifications.
    Desktop,
    /// Lines in the terminal.
    Terminal,
    /// Nowhere; slouches are only recorded.
    Off,
}

/// How urgent a notification is for the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Shown without a banner by many desktops.
    Low,
    /// Shown for a while.
    Normal,
    /// Shown until it is answered, also over full-screen programs.
    Critical,
}

/// The section `[history]`: what is kept, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistorySettings {
    /// For how many days single minutes are kept; 0 keeps them for ever. Slouches,
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

/// The section `[report]`: how reports group days, and whether a week is summed up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportSettings {
    /// The day on which weeks begin.
    pub week_starts: WeekStart,
    /// When days begin, by whole hours; what is earlier belongs to the day before.
    pub day_starts: TimeOfDay,
    /// Whether a notification sums up the week when it is over.
    pub weekly_notice: bool,
}

impl ReportSettings {
    /// The days of somebody in a time zone.
    pub fn calendar(&self, zone: &TimeZone) -> Calendar {
        Calendar {
            zone: zone.clone(),
            day_starts: self.day_starts.0,
        }
    }
}

/// The day on which weeks begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// As in ISO 8601.
    #[default]
    Monday,
    /// As in much of the Middle East.
    Saturday,
    /// As in the Americas.
    Sunday,
}

impl WeekStart {
    /// The day itself.
    pub fn weekday(self) -> jiff::civil::Weekday {
        match self {
            WeekStart::Monday => jiff::civil::Weekday::Monday,
            WeekStart::Saturday => jiff::civil::Weekday::Saturday,
            WeekStart::Sunday => jiff::civil::Weekday::Sunday,
        }
    }
}

/// Reads, shows and changes a settings file of any text.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(settings) = Settings::parse(text) {
        let _ = settings.shown(text);
        let _ = settings.changes_from(&Settings::default());
    }
    let _ = value_in(text, "notify.channel");
    let _ = with_lines(text, "notify", "channel = \"terminal\"");
    let change = SettingChange {
        path: "posture.limits.forward_head".to_owned(),
        value: "8".to_owned(),
    };
    let _ = changed(text, &[change]);
}

#[cfg(test)]
mod tests;
