//! Using the camera beside a running monitor, which lets go of it meanwhile and measures against a
//! new neutral afterwards.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::control::{Request, ask, read_status};
use crate::record::NotWatching;

/// A monitor that was paused. Dropping it lets the monitor go on.
#[derive(Debug)]
pub(super) struct PauseGuard {
    folder: PathBuf,
}

impl PauseGuard {
    /// Pauses the monitor, if one watches; `until` is for a process that is killed.
    pub(super) fn monitor(folder: &Path, until: Timestamp) -> Option<PauseGuard> {
        let status = read_status(folder).ok()?;
        if status.not_watching == Some(NotWatching::Paused) {
            return None;
        }
        let until = Some(until);
        ask(folder, &Request::Pause { until }).ok()?;
        Some(PauseGuard {
            folder: folder.to_owned(),
        })
    }
}

impl Drop for PauseGuard {
    fn drop(&mut self) {
        // A monitor that has ended meanwhile needs no word.
        let _ = ask(&self.folder, &Request::Resume);
    }
}
