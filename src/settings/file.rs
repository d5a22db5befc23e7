//! The settings file: its path, and reading it.

use std::fs;
use std::path::{Path, PathBuf};

use super::watched_settings::FileVersion;
use super::{Settings, SettingsError};
use crate::folders::{self, FolderError};

/// The settings in force.
#[derive(Debug)]
pub struct LoadedSettings {
    pub(crate) settings: Settings,
    /// Their file; none if there is no file.
    pub(crate) file: Option<PathBuf>,
    /// The version of the file that was read.
    pub(super) version: FileVersion,
}

impl LoadedSettings {
    /// The folder of the settings file.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.file.as_deref().and_then(Path::parent)
    }
}

/// Reads the requested settings file, or the usual one if there is one.
pub(crate) fn load(requested: Option<&Path>) -> Result<LoadedSettings, SettingsError> {
    let usual = || folders::settings_file().ok().filter(|file| file.exists());
    let Some(file) = requested.map(Path::to_owned).or_else(usual) else {
        return Ok(LoadedSettings {
            settings: Settings::default(),
            file: None,
            version: FileVersion::MISSING,
        });
    };
    let version = FileVersion::of(&file);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(source) => return Err(SettingsError::Read { file, source }),
    };
    match Settings::parse(&text) {
        Ok(settings) => Ok(LoadedSettings {
            settings,
            file: Some(file),
            version,
        }),
        Err(source) => Err(SettingsError::Invalid { file, source }),
    }
}

/// The path of the settings file, whether it exists or not.
pub(crate) fn path(requested: Option<&Path>) -> Result<PathBuf, FolderError> {
    requested.map_or_else(folders::settings_file, |file| Ok(file.to_owned()))
}
