//! The running monitor's local socket: status, pause, resume, nudge me, stop.
//!
//! One line of JSON asks, one answers. The socket lies in the data folder and
//! is this user's alone; on Windows it is a named pipe. What comes in is not
//! trusted even so: it is read up to a size and for a time, a few at once, and
//! none of it reaches the monitor before it is understood. Here is the only
//! code that knows interprocess; what a request does is decided elsewhere.

mod client;
mod server;
mod status;

use std::io;
use std::path::{Path, PathBuf};

use interprocess::local_socket::{GenericFilePath, Name, ToFsName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::posture::Posture;
use crate::record::{NotWatching, TimeUse};

pub use client::{ControlError, ask};
pub use server::{PendingRequest, Server};
pub use status::{CpuShare, LastNudge, ResourceUse, Today};

/// The socket's name in the data folder.
#[cfg(not(windows))]
const SOCKET: &str = "monitor.sock";

/// What the monitor is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// How things stand.
    Status,
    /// Not to watch.
    Pause {
        /// The end, or none until [`Request::Resume`].
        until: Option<Timestamp>,
    },
    /// To watch again.
    Resume,
    /// To use the settings file and the calibrations as they are now; how things stand then is the answer.
    Reload,
    /// To show now the stretch that fits.
    NudgeMe,
    /// To end.
    Stop,
}

/// What the monitor answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// How things stand.
    Status(Box<DaemonStatus>),
    /// It is done.
    Done,
    /// A stretch is shown.
    Shown {
        /// Under these words.
        title: String,
    },
    /// It is not.
    Refused {
        /// Why not.
        why: String,
    },
}

/// How things stand with a running monitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DaemonStatus {
    /// The monitor's process.
    pub process: u32,
    /// When this was so.
    pub at: Timestamp,
    /// What is seen, or why nothing is.
    pub words: String,
    /// Since when.
    pub since: Timestamp,
    /// Why nothing is watched; none while Sitwell watches.
    pub not_watching: Option<NotWatching>,
    /// When that ends by itself; none where nobody knows.
    pub until: Option<Timestamp>,
    /// How long the present slouch has lasted.
    pub slouched_for_s: Option<i64>,
    /// When the nudge that waits for an answer was shown.
    pub nudge: Option<Timestamp>,
    /// The camera's id; none before it was opened.
    pub camera: Option<String>,
    /// Whether there is a neutral to measure against.
    pub is_calibrated: bool,
    /// When the next look is due; none while nothing is watched.
    pub next_look: Option<Timestamp>,
    /// What the last look counts as; none without one.
    pub look: Option<TimeUse>,
    /// The angles of the last look; none while nothing is measured.
    pub angles: Option<Posture>,
    /// The settings file in force; none while there is none.
    pub settings_file: Option<PathBuf>,
    /// Why the settings file as it is now is not in force, but what it said before.
    pub settings_trouble: Option<String>,
    /// The day so far; none while the history cannot be read.
    pub today: Option<Today>,
    /// The nudge that came last, answered or not.
    pub last_nudge: Option<LastNudge>,
    /// What Sitwell itself uses; none where the system is not asked for it.
    pub cost: Option<ResourceUse>,
}

/// Where the monitor of a data folder listens.
#[cfg(not(windows))]
fn name(folder: &Path) -> io::Result<Name<'static>> {
    folder.join(SOCKET).to_fs_name::<GenericFilePath>()
}

/// Where the monitor of a data folder listens: pipes have a name space of their own.
#[cfg(windows)]
fn name(folder: &Path) -> io::Result<Name<'static>> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!(r"\\.\pipe\sitwell-{:016x}", hasher.finish()).to_fs_name::<GenericFilePath>()
}
