//! Whether nudges help, as JSON.

use serde::Serialize;

use crate::report::{TrialResult, TrialVerdict};

/// How long slouches last in the ten minutes after a nudge was due.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonTrial {
    /// `too_few`, `helps`, `not_shown` or `does_not_help`.
    pub verdict: &'static str,
    /// Slouches with a nudge.
    pub nudged: usize,
    /// Slouches without one.
    pub withheld: usize,
    /// Their restricted mean in minutes; null with too few.
    pub nudged_minutes: Option<f64>,
    /// The same without a nudge.
    pub withheld_minutes: Option<f64>,
    /// By how many minutes slouches are shorter with a nudge.
    pub saved_minutes: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl From<TrialResult> for JsonTrial {
    fn from(trial: TrialResult) -> JsonTrial {
        match trial {
            TrialResult::TooFew { nudged, withheld } => JsonTrial {
                verdict: "too_few",
                nudged,
                withheld,
                nudged_minutes: None,
                withheld_minutes: None,
                saved_minutes: None,
                low: None,
                high: None,
            },
            TrialResult::Compared {
                nudged,
                withheld,
                saved,
                interval,
            } => JsonTrial {
                verdict: match TrialVerdict::of(interval) {
                    TrialVerdict::Helps => "helps",
                    TrialVerdict::NotShown => "not_shown",
                    TrialVerdict::DoesNotHelp => "does_not_help",
                },
                nudged: nudged.slouches,
                withheld: withheld.slouches,
                nudged_minutes: Some(nudged.minutes),
                withheld_minutes: Some(withheld.minutes),
                saved_minutes: Some(saved),
                low: Some(interval.0),
                high: Some(interval.1),
            },
        }
    }
}
