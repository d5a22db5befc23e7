//! The settings file of a running monitor: noticed when it changes.
//!
//! The file's time, length and number are compared, which costs one call of the
//! system and needs no thread and no wake-up of its own: the monitor does it
//! when it wakes anyway, and at once when `sitwell config edit` asks it to.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Result;

use super::file::{Loaded, load, place};

/// What tells one version of a file from the next without reading it; none where there is no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileVersion(Option<(Option<SystemTime>, u64, u64)>);

impl FileVersion {
    /// No file.
    pub(super) fn none() -> FileVersion {
        FileVersion(None)
    }

    pub(super) fn of(file: &Path) -> FileVersion {
        let mark = |file: fs::Metadata| (file.modified().ok(), file.len(), number(&file));
        FileVersion(fs::metadata(file).ok().map(mark))
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

/// A settings file that is followed.
#[derive(Debug)]
pub struct WatchedSettings {
    asked: Option<PathBuf>,
    seen: FileVersion,
}

impl WatchedSettings {
    /// Follows the file from which settings were loaded, or would have been.
    pub fn new(asked: Option<&Path>, loaded: &Loaded) -> WatchedSettings {
        WatchedSettings {
            asked: asked.map(Path::to_owned),
            seen: loaded.mark.clone(),
        }
    }

    /// What the file says now, if it is another one than it was when last looked at.
    pub fn changed(&mut self) -> Option<Result<Loaded>> {
        let asked = self.asked.as_deref();
        let now = FileVersion::of(&place(asked).ok()?);
        if now == self.seen {
            return None;
        }
        // Taken before reading: what is written meanwhile is read the next time.
        self.seen = now;
        Some(load(asked))
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
        let mut followed = WatchedSettings::new(Some(&file), &loaded);
        assert!(followed.changed().is_none());

        // As an editor does that writes beside it and renames; of the same length.
        let beside = folder.path().join("new");
        fs::write(&beside, "[posture]\nsensitivity = \"low\" \n").unwrap();
        fs::rename(&beside, &file).unwrap();
        let changed = followed.changed().unwrap().unwrap();
        assert_eq!(changed.config.posture.sensitivity, Sensitivity::Low);
        assert!(followed.changed().is_none());

        fs::write(&file, "[posture]\nsensitivty = \"low\"\n").unwrap();
        let error = format!("{:#}", followed.changed().unwrap().err().unwrap());
        assert!(error.contains("line 2: posture.sensitivty"), "{error}");
        assert!(followed.changed().is_none(), "it is said once");

        fs::remove_file(&file).unwrap();
        let error = format!("{:#}", followed.changed().unwrap().err().unwrap());
        assert!(error.contains("cannot read the settings"), "{error}");
    }
}
