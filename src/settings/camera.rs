//! The section `[camera]`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

/// The section `[camera]`: which camera, and how it is used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CameraSettings {
    /// Which camera.
    pub device: CameraChoice,
    /// How it is used.
    pub mode: CameraMode,
}

/// How the camera is used between observations.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Display, EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CameraMode {
    /// Opened for each observation and closed after it.
    #[default]
    Glance,
    /// Kept open.
    Continuous,
}

/// Which camera to use.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum CameraChoice {
    /// The best one: real, with large colour pictures.
    #[default]
    Auto,
    /// The system's number.
    Index(u32),
    /// A stable id or a part of the name.
    Named(String),
}

impl From<String> for CameraChoice {
    fn from(text: String) -> Self {
        match text.trim() {
            "" | "auto" => CameraChoice::Auto,
            word => word.parse().map_or_else(
                |_| CameraChoice::Named(word.to_owned()),
                CameraChoice::Index,
            ),
        }
    }
}

impl FromStr for CameraChoice {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(CameraChoice::from(text.to_owned()))
    }
}

impl From<CameraChoice> for String {
    fn from(choice: CameraChoice) -> Self {
        choice.to_string()
    }
}

impl fmt::Display for CameraChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CameraChoice::Auto => f.write_str("auto"),
            CameraChoice::Index(index) => write!(f, "{index}"),
            CameraChoice::Named(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_written_as_it_is_read() {
        for text in ["auto", "3", "c920"] {
            assert_eq!(CameraChoice::from(text.to_owned()).to_string(), text);
        }
    }

    #[test]
    fn the_section_is_read_and_unknown_words_are_refused() {
        let read = |text| {
            toml::from_str::<CameraSettings>(text).map_err(|error| error.message().to_owned())
        };
        assert_eq!(read(""), Ok(CameraSettings::default()));
        let c920 = CameraSettings {
            device: CameraChoice::Named("c920".to_owned()),
            mode: CameraMode::Continuous,
        };
        assert_eq!(read("device = \"c920\"\nmode = \"continuous\""), Ok(c920));
        assert!(read("mode = \"always\"").is_err());
        assert!(read("camera = 1").is_err());
    }
}
