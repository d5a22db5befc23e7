//! What the angles depend on, and how well they agree with photographs, as JSON.

use serde::Serialize;

use crate::report::{Agreement, DeskCheck, DeskDifference, DeskFactor, DeskFinding, DeskReport};

/// How well the webcam agrees with photographs from the side, after Bland and Altman. Craniovertebral angles: smaller is
/// further forward.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonAgreement {
    /// The photographs, all up to now.
    pub photos: usize,
    /// By how much the webcam's angle is larger on average.
    pub bias_degrees: f64,
    /// The lower limit of agreement.
    pub low_degrees: f64,
    /// The upper limit.
    pub high_degrees: f64,
    /// One standard error of a photograph's angle by its clicks.
    pub click_error_degrees: f64,
}

/// What the angles of the last weeks depend on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonDesk {
    /// The days on which something was measured.
    pub days: usize,
    /// The differences in the report, the largest first.
    pub findings: Vec<JsonDeskFinding>,
    /// The last change at the desk; null without one.
    pub check: Option<JsonDeskCheck>,
    /// One thing to try: a kind of change such as `screen_raised`.
    pub advice: Option<&'static str>,
}

/// A difference between days or parts of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonDeskFinding {
    /// `forward_head` or `rounded_shoulders`.
    pub angle: &'static str,
    /// `profile`, `late_in_the_day`, `weekday`, `near`, `lower_camera` or `higher_camera`.
    pub factor: &'static str,
    /// The profile's name or the weekday's number from Monday, 1.
    pub value: Option<String>,
    /// How much further from neutral.
    #[serde(flatten)]
    pub difference: JsonDeskDifference,
}

/// By how much an angle differs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct JsonDeskDifference {
    /// The difference.
    pub degrees: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What became of a change at the desk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonDeskCheck {
    /// When.
    pub at: jiff::Timestamp,
    /// What.
    pub what: &'static str,
    /// The days since.
    pub days: usize,
    /// How much further from neutral the head is since; null while days are few.
    pub since: Option<JsonDeskDifference>,
    /// Whether the difference is beyond chance.
    pub is_sure: bool,
    /// Whether there was a new calibration at or after the change.
    pub recalibrated: bool,
}

impl From<Agreement> for JsonAgreement {
    fn from(agreement: Agreement) -> JsonAgreement {
        JsonAgreement {
            photos: agreement.photos,
            bias_degrees: agreement.bias,
            low_degrees: agreement.limits.0,
            high_degrees: agreement.limits.1,
            click_error_degrees: agreement.clicks,
        }
    }
}

impl From<&DeskReport> for JsonDesk {
    fn from(desk: &DeskReport) -> JsonDesk {
        JsonDesk {
            days: desk.days,
            findings: desk.findings.iter().map(JsonDeskFinding::from).collect(),
            check: desk.check.as_ref().map(JsonDeskCheck::from),
            advice: desk.advice().map(|(what, _)| what.id()),
        }
    }
}

impl From<&DeskFinding> for JsonDeskFinding {
    fn from(finding: &DeskFinding) -> JsonDeskFinding {
        let (factor, value) = match &finding.factor {
            DeskFactor::Profile(profile) => ("profile", Some(profile.clone())),
            DeskFactor::LateInTheDay => ("late_in_the_day", None),
            DeskFactor::Weekday(weekday) => {
                let number = weekday.to_monday_one_offset();
                ("weekday", Some(number.to_string()))
            }
            DeskFactor::Near => ("near", None),
            DeskFactor::LowerCamera => ("lower_camera", None),
            DeskFactor::HigherCamera => ("higher_camera", None),
        };
        JsonDeskFinding {
            angle: finding.angle.id(),
            factor,
            value,
            difference: finding.difference.into(),
        }
    }
}

impl From<DeskDifference> for JsonDeskDifference {
    fn from(difference: DeskDifference) -> JsonDeskDifference {
        JsonDeskDifference {
            degrees: difference.degrees,
            low: difference.interval.0,
            high: difference.interval.1,
        }
    }
}

impl From<&DeskCheck> for JsonDeskCheck {
    fn from(check: &DeskCheck) -> JsonDeskCheck {
        JsonDeskCheck {
            at: check.change.at,
            what: check.change.what.id(),
            days: check.days,
            since: check.since.map(JsonDeskDifference::from),
            is_sure: check.is_sure,
            recalibrated: check.recalibrated,
        }
    }
}
