//! The section `[pose]`: which model finds the joints.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The section `[pose]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoseSettings {
    /// `lite`, `full` or `heavy`.
    pub model: ModelVariant,
}

/// A landmark model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelVariant {
    /// The smallest: 1.5 times as fast as `full`, a sixth less exact, and four times as many false alarms.
    Lite,
    /// The default.
    #[default]
    Full,
    /// The most exact, about four times as slow as `full`. It is not inside the
    /// program: it is read from a file.
    Heavy,
}

impl ModelVariant {
    /// Every variant, the smallest first.
    pub const ALL: [ModelVariant; 3] =
        [ModelVariant::Lite, ModelVariant::Full, ModelVariant::Heavy];

    /// The name in settings and on the command line.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ModelVariant::Lite => "lite",
            ModelVariant::Full => "full",
            ModelVariant::Heavy => "heavy",
        }
    }
}

impl FromStr for ModelVariant {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = ModelVariant::ALL
            .into_iter()
            .find(|model| model.id() == text);
        named.ok_or("expected lite, full or heavy")
    }
}
