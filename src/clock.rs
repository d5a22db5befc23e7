//! The clock, for whoever has no reason to read it in another place.
//!
//! What is pure takes the time as an argument. `clippy.toml` refuses to read the clock elsewhere; each
//! place that does so states its reason.
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
