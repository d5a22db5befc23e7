//! The section `[pose]`.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantNames};

/// The section `[pose]`: which model finds the joints.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoseSettings {
    /// The model.
    pub model: ModelVariant,
}

/// A landmark model.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ModelVariant {
    /// The smallest: 1.5 times as fast as `full`, a sixth less exact, and four times as many false alarms.
    Lite,
    /// The default.
    #[default]
    Full,
    /// The largest, four times as slow as `full`. Whether its angles are better was not measured. It is
    /// read from a file, as it is not part of the program.
    Heavy,
}
