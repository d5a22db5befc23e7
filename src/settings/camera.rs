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
    /// How its pictures are turned.
    pub rotate: PictureRotation,
}

/// How far to turn a camera's pictures clockwise, for a camera that hangs or lies on its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum PictureRotation {
    /// Not at all.
    #[default]
    None,
    /// 90 degrees.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    ThreeQuarters,
}

impl TryFrom<u16> for PictureRotation {
    type Error = &'static str;

    fn try_from(degrees: u16) -> Result<PictureRotation, &'static str> {
        match degrees {
            0 => Ok(PictureRotation::None),
            90 => Ok(PictureRotation::Quarter),
            180 => Ok(PictureRotation::Half),
            270 => Ok(PictureRotation::ThreeQuarters),
            _ => Err("`rotate` must be 0, 90, 180 or 270"),
        }
    }
}

impl From<PictureRotation> for u16 {
    fn from(rotation: PictureRotation) -> u16 {
        match rotation {
            PictureRotation::None => 0,
            PictureRotation::Quarter => 90,
            PictureRotation::Half => 180,
            PictureRotation::ThreeQuarters => 270,
        }
    }
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
            rotate: PictureRotation::Half,
        };
        assert_eq!(
            read("device = \"c920\"\nmode = \"continuous\"\nrotate = 180"),
            Ok(c920)
        );
        let refused = read("rotate = 45").unwrap_err();
        assert!(refused.contains("0, 90, 180 or 270"), "{refused}");
        assert!(read("mode = \"always\"").is_err());
        assert!(read("camera = 1").is_err());
    }
}
