//! The clock: the one door to the time of day.
//!
//! Everything below the edges takes time as an argument.

/// Now, in the zone of this computer.
#[expect(
    clippy::disallowed_methods,
    reason = "the one door: whoever asks reads the clock once and passes it on"
)]
#[must_use]
pub fn now() -> jiff::Zoned {
    jiff::Zoned::now()
}
