//! The stretches in use: the built-in ones and the user's own, from a file beside the settings.

use std::fs;
use std::path::{Path, PathBuf};

use super::SettingsError;
use crate::stretch::{Catalogue, StretchSettings, catalogue};

/// The file of the user's own stretches, beside the settings.
const OWN: &str = "stretches.toml";

/// The file of the user's own stretches beside a settings file.
pub(crate) fn own_stretches(settings: &Path) -> PathBuf {
    settings.with_file_name(OWN)
}

/// The file of own stretches that the settings name.
fn named_file(own: &Path, folder: Option<&Path>) -> PathBuf {
    folder.map_or_else(|| own.to_owned(), |folder| folder.join(own))
}

/// The file in which own stretches are or would be, given the file of the settings.
pub(crate) fn own_stretches_in_use(settings: &StretchSettings, file: &Path) -> PathBuf {
    match &settings.own {
        Some(own) => named_file(own, file.parent()),
        None => own_stretches(file),
    }
}

/// Loads the built-in stretches and the user's own, from the file in the settings or the one beside them.
pub(crate) fn load_catalogue(
    settings: &StretchSettings,
    folder: Option<&Path>,
) -> Result<Catalogue, SettingsError> {
    let built_in = catalogue().clone();
    let file = match (&settings.own, folder) {
        (Some(own), folder) => named_file(own, folder),
        (None, Some(folder)) if folder.join(OWN).exists() => folder.join(OWN),
        (None, _) => return Ok(built_in),
    };
    match fs::read_to_string(&file) {
        Ok(text) => Ok(built_in.with(&text, &file.display().to_string())?),
        Err(source) => Err(SettingsError::ReadStretches { file, source }),
    }
}
