//! The settings: one TOML file, every key with a default that suits most people.
//!
//! Reading the file from disk is the commands' work; here it is only parsed.

use serde::{Deserialize, Serialize};

/// All settings. A section that is missing, or a key in it, has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What is kept, and for how long.
    pub history: HistorySettings,
    /// How days are put together in reports.
    pub report: ReportSettings,
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
