//! Smoothing of one angle over looks that come 0.1 to 15 s apart.
//!
//! The level is a mean over the last looks whose weights fade with time. A look
//! far from it is held back: it moves nothing until looks that agree with it have gone on for a
//! second, and then the mean starts anew from those. So a wild look or a
//! brief swap of left and right never reaches the angle, and a real slouch is followed at once
//! where a plain filter would creep.
//!
//! Measured on synthetic looks with an error of 2.5 degrees each (`smooth/figures.rs` holds the
//! table and fails when it is no longer true), against the two usual choices,
//! each tuned to about the same jitter at looks 5 s apart:
//!
//! | way | jitter at 2.5 / 5 / 10 s | a slouch of 12 at 2.5 / 5 s | of 6 | a wild look |
//! |---|---|---|---|---|
//! | one-euro | 0.7 / 0.9 / 1.2 | 17 s / 19 s | 19 s / 20 s | 11.3 |
//! | median | 0.7 / 0.9 / 1.3 | 26 s / 26 s | 31 s / 30 s | 0.0 |
//! | this | 0.6 / 0.9 / 1.2 | 3 s / 7 s | 23 s / 24 s | 0.0 |
//!
//! The columns: standard deviation for a still sitter, in degrees, with looks so far apart; the time until
//! 70 % of a change of 12 and of 6 degrees shows; how far one look of 40 degrees moves the output.
//! One-euro with a cut-off of 0.009 Hz and a beta of 0.002, the median over 50 s.
//! This keeps the jitter below 1 degree at the monitor's steady interval and follows
//! a slouch with the second look. A change too small to be told from one
//! look's error takes about 20 s, as with any filter as calm.
//!
//! What it leaves out: which angle it is, and what follows from it.

use jiff::{SignedDuration, Timestamp};

/// One standard error of one look, in degrees: the noise that the gate expects.
/// About what the pose model leaves on single pictures of the posture set.
const LOOK_ERROR: f64 = 2.5;
/// A look so many standard errors off is held back: 3 looks in 1000 by chance.
const GATE: f64 = 3.0;
/// Looks held back are believed once they have agreed for so long; a swap of
/// left and right in a run of quick looks is over sooner.
const CONFIRMED: SignedDuration = SignedDuration::from_secs(1);
/// A look's weight falls to 37 % in so many seconds: the least at which the jitter of a
/// still sitter stays below 1 degree with looks 5 s apart (see the table).
const FADES: f64 = 20.0;
/// Looks closer together than this many seconds share their error and count as one.
const APART: f64 = 1.0;
/// The part of a look's variance that stays while the person sits still, since
/// the model errs alike on like pictures: averaging does not lower it. Assumed, not
/// measured: between none, as if looks were independent, and all.
const SHARED: f64 = 0.5;
/// After so long without a look the smoothing starts anew, as the slouch detector does.
const MAX_GAP: SignedDuration = SignedDuration::from_secs(30);

/// Whether the last look agreed with those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It did, or there was none.
    Settled,
    /// It was far off and is held back: the next look, soon, decides.
    Doubtful,
}

/// A smoothed angle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Smooth {
    /// No look yet.
    #[default]
    Empty,
    /// The last look agreed with the level.
    Settled(Level),
    /// The last look did not; it is held back with those that agree with it.
    Doubtful {
        /// What is believed.
        level: Level,
        /// What may replace it.
        held: Level,
    },
}

impl Smooth {
    /// Takes in an angle in degrees and gives the smoothed one.
    ///
    /// A value that is not a number counts as no look, and so does one from before the last look.
    pub fn push(&mut self, value: f64, at: Timestamp) -> f64 {
        *self = self.pushed(value, at);
        self.level().map_or(value, Level::degrees)
    }

    /// One standard error of the smoothed angle, from that of a single look.
    ///
    /// Half of a look's variance is taken to stay the same while the person sits still, and
    /// the rest to average out over looks at least a second apart: with `n` such looks the
    /// error is `single * sqrt(1/2 + 1/(2 n))`, never less than 71 % of the single one.
    #[must_use]
    pub fn error(&self, single: f64) -> f64 {
        let looks = self.level().map_or(1.0, Level::looks);
        single * (SHARED + (1.0 - SHARED) / looks.max(1.0)).sqrt()
    }

    /// Whether a look is held back just now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self {
            Smooth::Empty | Smooth::Settled(_) => Standing::Settled,
            Smooth::Doubtful { .. } => Standing::Doubtful,
        }
    }

    /// How many looks the angle rests on, as if they all weighed the same.
    #[must_use]
    pub fn looks(&self) -> f64 {
        self.level().map_or(0.0, Level::looks)
    }

    fn level(&self) -> Option<&Level> {
        match self {
            Smooth::Empty => None,
            Smooth::Settled(level) | Smooth::Doubtful { level, .. } => Some(level),
        }
    }

    fn last(&self) -> Option<Timestamp> {
        match self {
            Smooth::Empty => None,
            Smooth::Settled(level) => Some(level.last),
            Smooth::Doubtful { level, held } => Some(level.last.max(held.last)),
        }
    }

    fn pushed(self, value: f64, at: Timestamp) -> Smooth {
        if !value.is_finite() {
            return self;
        }
        let fresh = self
            .last()
            .is_none_or(|last| at.duration_since(last).abs() > MAX_GAP);
        match self {
            _ if fresh => Smooth::Settled(Level::new(value, at)),
            Smooth::Empty => Smooth::Settled(Level::new(value, at)),
            Smooth::Settled(level) | Smooth::Doubtful { level, .. } if level.agrees(value) => {
                Smooth::Settled(level.with(value, at))
            }
            Smooth::Doubtful { level, held } if held.agrees(value) => {
                let held = held.with(value, at);
                if held.last.duration_since(held.first) >= CONFIRMED {
                    Smooth::Settled(held)
                } else {
                    Smooth::Doubtful { level, held }
                }
            }
            Smooth::Settled(level) | Smooth::Doubtful { level, .. } => Smooth::Doubtful {
                level,
                held: Level::new(value, at),
            },
        }
    }
}

/// A mean of looks whose weights fade with time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    first: Timestamp,
    last: Timestamp,
    /// Sums over the looks of weight, weight squared, and weight times degrees.
    weight: f64,
    squares: f64,
    weighted: f64,
}

impl Level {
    fn new(degrees: f64, at: Timestamp) -> Level {
        Level {
            first: at,
            last: at,
            weight: 1.0,
            squares: 1.0,
            weighted: degrees,
        }
    }

    fn with(self, degrees: f64, at: Timestamp) -> Level {
        let since = at.duration_since(self.last).as_secs_f64().max(0.0);
        let kept = (-since / FADES).exp();
        let weight = (since / APART).min(1.0);
        Level {
            first: self.first,
            last: self.last.max(at),
            weight: self.weight * kept + weight,
            squares: self.squares * kept * kept + weight * weight,
            weighted: self.weighted * kept + weight * degrees,
        }
    }

    fn degrees(&self) -> f64 {
        self.weighted / self.weight
    }

    /// The number of equal looks with the same error.
    fn looks(&self) -> f64 {
        self.weight * self.weight / self.squares
    }

    fn agrees(&self, degrees: f64) -> bool {
        let expected = LOOK_ERROR * (1.0 + 1.0 / self.looks().max(1.0)).sqrt();
        (degrees - self.degrees()).abs() <= GATE * expected
    }
}

#[cfg(test)]
mod figures;
#[cfg(test)]
mod tests;
