//! Whether nudges, or dimmed edges, help, as JSON.

use serde::Serialize;

use crate::report::{TrialResult, TrialVerdict};

/// How long slouches last in the ten minutes after a nudge was due.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonTrial {
    /// `too_few`, `helps`, `not_shown` or `does_not_help`.
    pub verdict: &'static str,
    /// Slouches with a nudge, or with dimmed edges where these are compared.
    pub nudged: usize,
    /// Slouches without one.
    pub withheld: usize,
    /// Their restricted mean in minutes; null with too few.
    pub nudged_minutes: Option<f64>,
    /// The same without.
    pub withheld_minutes: Option<f64>,
    /// By how many minutes slouches with are shorter.
    pub saved_minutes: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl From<TrialResult> for JsonTrial {
    fn from(trial: TrialResult) -> JsonTrial {
        match trial {
            TrialResult::TooFew { treated, untreated } => JsonTrial {
                verdict: "too_few",
                nudged: treated,
                withheld: untreated,
                nudged_minutes: None,
                withheld_minutes: None,
                saved_minutes: None,
                low: None,
                high: None,
            },
            TrialResult::Compared {
                treated,
                untreated,
                saved,
                interval,
            } => JsonTrial {
                verdict: match TrialVerdict::of(interval) {
                    TrialVerdict::Helps => "helps",
                    TrialVerdict::NotShown => "not_shown",
                    TrialVerdict::DoesNotHelp => "does_not_help",
                },
                nudged: treated.slouches,
                withheld: untreated.slouches,
                nudged_minutes: Some(treated.minutes),
                withheld_minutes: Some(untreated.minutes),
                saved_minutes: Some(saved),
                low: Some(interval.0),
                high: Some(interval.1),
            },
        }
    }
}
