//! The settings file of a running monitor, which notices its changes.
//!
//! It compares the file's time, length and inode number. That costs one system call, and no thread
//! and no wake-up: the monitor does it when it is awake, and at once when `sitwell config edit` asks.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::SettingsError;
use super::file::{LoadedSettings, load, path};

/// Tells one version of a file from the next without reading it; none if there is no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileVersion(Option<(Option<SystemTime>, u64, u64)>);

impl FileVersion {
    pub(super) const MISSING: FileVersion = FileVersion(None);

    pub(super) fn of(file: &Path) -> FileVersion {
        let version = |file: fs::Metadata| (file.modified().ok(), file.len(), number(&file));
        FileVersion(fs::metadata(file).ok().map(version))
    }
}

/// An editor that writes a new file and renames it gives it a new number.
#[cfg(unix)]
fn number(file: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    file.ino()
}

#[cfg(not(unix))]
fn number(_file: &fs::Metadata) -> u64 {
    0
}

/// A settings file whose changes are noticed.
#[derive(Debug)]
pub struct WatchedSettings {
    requested: Option<PathBuf>,
    version: FileVersion,
}

impl WatchedSettings {
    /// Watches the file from which settings were loaded, or would have been.
    pub(crate) fn new(requested: Option<&Path>, loaded: &LoadedSettings) -> WatchedSettings {
        WatchedSettings {
            requested: requested.map(Path::to_owned),
            version: loaded.version.clone(),
        }
    }

    /// The settings in the file, if it has changed since the last call.
    pub(crate) fn changed(&mut self) -> Option<Result<LoadedSettings, SettingsError>> {
        let requested = self.requested.as_deref();
        let version = FileVersion::of(&path(requested).ok()?);
        if version == self.version {
            return None;
        }
        // Noted before reading: a change while it is read is found by the next call.
        self.version = version;
        Some(load(requested))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Sensitivity;

    #[test]
    fn a_file_is_read_again_when_it_is_another_one_and_only_then() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let high = "[posture]\nsensitivity = \"high\"\n";
        fs::write(&file, high).unwrap();
        let loaded = load(Some(&file)).unwrap();
        let mut watched = WatchedSettings::new(Some(&file), &loaded);
        assert!(watched.changed().is_none());

        // As an editor does that writes beside it and renames; of the same length.
        let beside = folder.path().join("new");
        fs::write(&beside, "[posture]\nsensitivity = \"low\" \n").unwrap();
        fs::rename(&beside, &file).unwrap();
        let changed = watched.changed().unwrap().unwrap();
        assert_eq!(changed.settings.posture.sensitivity, Sensitivity::Low);
        assert!(watched.changed().is_none());

        fs::write(&file, "[posture]\nsensitivty = \"low\"\n").unwrap();
        let error = watched.changed().unwrap().unwrap_err();
        let SettingsError::Invalid { source: error, .. } = error else {
            panic!("{error}");
        };
        let error = error.to_string();
        assert!(error.contains("line 2: posture.sensitivty"), "{error}");
        assert!(watched.changed().is_none(), "it is reported once");

        fs::remove_file(&file).unwrap();
        let error = watched.changed().unwrap().unwrap_err().to_string();
        assert!(error.contains("cannot read the settings"), "{error}");
    }
}
