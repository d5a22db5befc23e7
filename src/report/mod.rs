//! From records to numbers, and from numbers to text, pages and drawings.
//!
//! Everything here is pure: records, a period and the reader's time zone come
//! in; text goes out to whatever can be written to. Reading the history and
//! the clock happens elsewhere, and so does drawing the stretches.
//!
//! Every percentage is of the time *observed*: somebody was there and how they
//! sat is known. Other time is listed beside it.

mod agreement;
pub mod csv;
mod day;
mod days;
mod desk;
pub mod export;
mod false_alarms;
pub mod html;
pub mod json;
mod proposal;
mod sentences;
mod summary;
mod svg;
mod text;
mod times;
mod trend;
mod trial;
mod what_if;

pub use agreement::{Agreement, click_error, photo_checks_csv};
pub use csv::csv;
pub use day::{ChartPoint, Day, Hour};
pub use days::{Days, DaysError};
pub use desk::{DeskCheck, DeskDifference, DeskFactor, DeskFinding, DeskReport};
pub use false_alarms::FalseAlarms;
pub use html::html;
pub use json::json;
pub use proposal::{LimitInForce, Proposal, Remedy, RemedyEffect};
pub use sentences::weekly_notice;
pub use summary::{
    Angle, CorrectedSlouches, RoutineDays, SlouchPart, Slouches, StretchUptake, Summary, summary,
};
pub use text::{Colour, ReportCharset, Style, text};
pub use times::{Run, TimeCategory, Times, percentages};
pub use trend::{Trend, TrendVerdict};
pub use trial::{TrialGroup, TrialResult, TrialTreatment, TrialVerdict};
pub use what_if::slouches_beyond;

/// A stretch as reports show it. The caller looks it up by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The stretch's name.
    pub name: String,
    /// Its drawing, an `<svg>` element; empty where there is none.
    pub svg: String,
}
