//! The parts of a status: the day, the last nudge, what Sitwell itself uses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::landmarks::Skeleton;
use crate::record::Answer;

/// The camera's picture, for somebody who asked to see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Preview {
    /// A JPEG file in base64.
    pub(crate) jpeg: String,
    /// Its width in units of its height.
    pub(crate) aspect: f32,
    /// Head and shoulders in the same picture.
    pub(crate) skeleton: Option<Skeleton>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Today {
    /// The observed time.
    pub(crate) observed_s: i64,
    /// The upright part of it, 0 to 1; none while nothing was observed.
    pub(crate) upright_share: Option<f64>,
    /// Sustained slouches that are over.
    pub(crate) slouches: usize,
}

/// The last nudge of the last week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastNudge {
    pub(crate) at: Timestamp,
    /// The id of the suggested stretch.
    pub(crate) stretch: String,
    pub(crate) name: String,
    pub(crate) answer: Answer,
    /// Why it was not shown; none if it was.
    #[serde(default)]
    pub(crate) not_shown: Option<String>,
}

/// What the monitor's own processes use: itself and the one that holds the camera.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResourceUse {
    pub(crate) cpu_s: f64,
    /// Since watching began.
    pub(crate) since_start: CpuShare,
    /// Over the last minutes.
    #[serde(rename = "lately")]
    pub(crate) recent: CpuShare,
    pub(crate) memory_bytes: u64,
}

/// Processor time as a share of one core.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct CpuShare {
    /// The time over which it was measured.
    pub(crate) over_s: f64,
    /// 1 is one full core; none if the time was too short to measure.
    pub(crate) of_a_core: Option<f64>,
}
