//! The clock: the only place that reads it.
//!
//! Everything below the edges takes the time as an argument.
#![expect(
    clippy::disallowed_methods,
    reason = "the one door to the clock: commands and edges read it here and pass it on"
)]

use std::time::Instant;

/// The current time in this computer's time zone.
#[must_use]
pub fn now() -> jiff::Zoned {
    jiff::Zoned::now()
}

/// The current reading of a clock that is never set back, for timeouts and durations.
#[must_use]
pub fn instant() -> Instant {
    Instant::now()
}
