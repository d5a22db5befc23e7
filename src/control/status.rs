//! What a status says beside whether Sitwell watches: the day, the last nudge, its own cost.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::Answer;

/// The day so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// For how long it could be told how somebody sat.
    pub observed_s: i64,
    /// What part of it was upright, 0 to 1; none while nothing was observed.
    pub upright_share: Option<f64>,
    /// Slouches that lasted and are over.
    pub slouches: usize,
}

/// The nudge that came last, on whichever day of the last week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastNudge {
    /// When it was shown.
    pub at: Timestamp,
    /// The id of the stretch that it suggested.
    pub stretch: String,
    /// The stretch's name.
    pub name: String,
    /// What became of it.
    pub answer: Answer,
}

/// What the monitor's own processes use: itself and the one that holds the camera.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResourceUse {
    /// Processor time in all.
    pub cpu_s: f64,
    /// Since watching began.
    pub since_start: CpuShare,
    /// Over the last minutes.
    #[serde(rename = "lately")]
    pub recent: CpuShare,
    /// Memory in use.
    pub memory_bytes: u64,
}

/// Processor time as a share of one core.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CpuShare {
    /// Over so long.
    pub over_s: f64,
    /// 1 for one core all the time; none while that was too short to tell.
    pub of_a_core: Option<f64>,
}
