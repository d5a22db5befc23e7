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
#[serde(rename_all = "snake_case", try_from = "String")]
#[strum(serialize_all = "snake_case")]
pub enum ModelVariant {
    /// The default. Settings that name `lite`, which Sitwell had before, get it too.
    #[default]
    Full,
    /// The largest, four times as slow as `full`. A single crop is better by 0.1 to 0.2 degrees. It is
    /// read from a file, as it is not part of the program.
    Heavy,
}

impl TryFrom<String> for ModelVariant {
    type Error = String;

    fn try_from(name: String) -> Result<ModelVariant, String> {
        match &*name {
            "lite" => Ok(ModelVariant::Full),
            name => name.parse().map_err(|_| {
                let known = ModelVariant::VARIANTS.join(", ");
                format!("there is no model {name}; there are {known}")
            }),
        }
    }
}
