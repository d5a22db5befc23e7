//! From records to numbers, and from numbers to text, pages and drawings.
//!
//! Everything here is pure: records, a period and the reader's time zone come
//! in; text goes out to whatever can be written to. Reading the history and
//! the clock happens elsewhere, and so does drawing the stretches.
//!
//! Every percentage is of the time *observed*: somebody was there and how they
//! sat could be told. Time that was not observed is listed beside it.

mod days;
mod summary;
mod times;
mod trend;
mod words;

pub use days::{Days, DaysError};
pub use summary::{Angle, Corrected, Day, Hour, Point, Slouches, Summary, Uptake, summary};
pub use times::{Kind, Run, Times, percentages};
pub use trend::{Trend, Verdict};
pub use words::weekly_notice;
