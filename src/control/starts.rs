//! Waiting until a monitor may have started.

use std::path::Path;
use std::thread;
use std::time::Duration;

use super::follow::RETRY_AFTER;

/// Tells that a file has come into a data folder, as the socket of a monitor that starts.
///
/// Only Linux tells. Elsewhere, and where the folder cannot be watched, waiting ends early.
pub(super) struct MonitorStarts {
    #[cfg(target_os = "linux")]
    files: rustix::io::Result<std::os::fd::OwnedFd>,
}

/// How long a socket may be there before its monitor listens. Our choice: a hundred times what it takes.
#[cfg(target_os = "linux")]
const LISTENS_AFTER: Duration = Duration::from_millis(100);

#[cfg(target_os = "linux")]
impl MonitorStarts {
    /// Notices what comes from now on.
    pub(super) fn watch(folder: &Path) -> MonitorStarts {
        use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
        let watch = || {
            let files = init(CreateFlags::CLOEXEC)?;
            add_watch(&files, folder, WatchFlags::CREATE)?;
            Ok(files)
        };
        MonitorStarts { files: watch() }
    }

    /// Waits until a monitor may have started, at most for this long.
    pub(super) fn wait(&self, limit: Duration) {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let limit = Timespec::try_from(limit);
        if let (Ok(files), Ok(limit)) = (&self.files, limit)
            && let Ok(files) = poll(&mut [PollFd::new(files, PollFlags::IN)], Some(&limit))
        {
            if files > 0 {
                thread::sleep(LISTENS_AFTER);
            }
        } else {
            thread::sleep(RETRY_AFTER);
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl MonitorStarts {
    /// Only the time is waited for.
    pub(super) fn watch(_: &Path) -> MonitorStarts {
        MonitorStarts {}
    }

    /// Waits.
    pub(super) fn wait(&self, limit: Duration) {
        thread::sleep(limit.min(RETRY_AFTER));
    }
}
