//! The running monitor's local socket: status, follow, pause, resume, nudge me, stop.
//!
//! A request is one line of JSON, and so is the response; `follow` has a response for each change. The socket is in the data folder and only
//! this user may use it; on Windows it is a named pipe. Requests are not trusted even so: size, time
//! and number of clients are limited, and the monitor gets only what was parsed. Only this module
//! uses interprocess. What a request does is decided elsewhere.

mod client;
mod follow;
mod sentences;
mod server;
mod starts;
mod status;

use std::io;
use std::path::{Path, PathBuf};

use interprocess::local_socket::{GenericFilePath, Name, ToFsName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::landmarks::Skeleton;
use crate::posture::{PerAngle, Posture};
use crate::record::{NotWatching, TimeUse};

pub(crate) use client::{ControlError, ask, read_status, reload};
pub(crate) use follow::{FollowedPicture, follow_status};
#[cfg(any(test, fuzzing))]
pub(crate) use server::fuzz;
pub(crate) use server::{PendingRequest, Server};
pub(crate) use status::{CpuShare, LastNudge, Preview, ResourceUse, Today};

/// The socket's name in the data folder.
const SOCKET: &str = "monitor.sock";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    Status,
    /// Send the status now and whenever it changes, until the client closes the connection.
    Follow,
    /// Send the camera's picture, at most five times a second, until the client closes the connection.
    Preview,
    Pause {
        /// The end; none until [`Request::Resume`].
        until: Option<Timestamp>,
    },
    Resume,
    /// Read the settings file and the calibrations again, then send the status.
    Reload,
    /// Show the stretch that fits now.
    NudgeMe,
    /// A nudge, by its instant to the millisecond, was a false alarm.
    NotASlouch {
        nudge: Timestamp,
    },
    Stop,
}

/// The pauses that have a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PauseLength {
    QuarterOfAnHour,
    Hour,
    UntilTomorrow,
}

impl PauseLength {
    /// The argument of `sitwell pause`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            PauseLength::QuarterOfAnHour => "15m",
            PauseLength::Hour => "1h",
            PauseLength::UntilTomorrow => "tomorrow",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Response {
    Status(Box<DaemonStatus>),
    Preview(Box<Preview>),
    Done,
    /// A stretch is shown.
    Shown {
        /// The title of its notification.
        title: String,
    },
    Refused {
        #[serde(rename = "why")]
        reason: String,
    },
}

/// The status of a running monitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DaemonStatus {
    pub(crate) process: u32,
    /// The time of this status.
    pub(crate) at: Timestamp,
    /// How the person sits, or why nothing is watched.
    pub(crate) words: String,
    pub(crate) since: Timestamp,
    /// Why nothing is watched; none while Sitwell watches.
    pub(crate) not_watching: Option<NotWatching>,
    /// When watching starts again; none if that is not known.
    pub(crate) until: Option<Timestamp>,
    /// How long the present slouch has lasted.
    pub(crate) slouched_for_s: Option<i64>,
    /// When the nudge that waits for an answer was shown.
    pub(crate) nudge: Option<Timestamp>,
    /// Whether the screens' edges stay bright for it, because the trial compares.
    #[serde(default)]
    pub(crate) leaves_out_edges: bool,
    /// The camera's id; none before it was opened.
    pub(crate) camera: Option<String>,
    /// Whether there is a calibration for the camera.
    pub(crate) is_calibrated: bool,
    /// When the next observation is due; none while nothing is watched.
    pub(crate) next_observation: Option<Timestamp>,
    /// The result of the last observation, if there was one.
    pub(crate) observation: Option<TimeUse>,
    /// The angles of the last observation; none while nothing is measured.
    pub(crate) angles: Option<Posture>,
    /// The changes from neutral at which these angles are beyond their limits, in degrees.
    pub(crate) limits: Option<PerAngle<Option<f64>>>,
    /// Head and shoulders in the last observation; none while nobody is seen.
    pub(crate) skeleton: Option<Skeleton>,
    /// Whether somebody is shown the camera's picture.
    pub(crate) is_previewed: bool,
    /// The settings file in force, if there is one.
    pub(crate) settings_file: Option<PathBuf>,
    /// What is wrong with the settings file; the settings from before its change stay in force.
    pub(crate) settings_trouble: Option<String>,
    /// The day so far; none while the history cannot be read.
    pub(crate) today: Option<Today>,
    /// The last nudge, answered or not.
    pub(crate) last_nudge: Option<LastNudge>,
    /// The processor time and memory of Sitwell itself, on systems where they are measured.
    pub(crate) cost: Option<ResourceUse>,
}

/// The longest path of a socket: `sun_path` has 108 bytes with the final zero (man 7 unix).
#[cfg(target_os = "linux")]
const MAX_PATH_BYTES: usize = 107;

/// Calls a function with the address of the monitor of a data folder.
///
/// On Linux a longer path goes through an open descriptor of the folder. So the socket is always
/// beside the lock, and every client finds it, whatever its environment.
#[cfg(not(windows))]
fn at_address<T>(folder: &Path, act: impl FnOnce(Name<'static>) -> io::Result<T>) -> io::Result<T> {
    let socket = folder.join(SOCKET);
    #[cfg(target_os = "linux")]
    if socket.as_os_str().len() > MAX_PATH_BYTES {
        use std::os::fd::AsRawFd;
        let folder = std::fs::File::open(folder)?;
        let socket = format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd());
        return act(PathBuf::from(socket).to_fs_name::<GenericFilePath>()?);
    }
    act(socket.to_fs_name::<GenericFilePath>()?)
}

/// Calls a function with the address of the monitor of a data folder. Named pipes are not in folders.
#[cfg(windows)]
fn at_address<T>(folder: &Path, act: impl FnOnce(Name<'static>) -> io::Result<T>) -> io::Result<T> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    let pipe = format!(r"\\.\pipe\sitwell-{:016x}", hasher.finish());
    act(PathBuf::from(pipe).to_fs_name::<GenericFilePath>()?)
}
