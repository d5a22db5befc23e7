//! A guided session: where somebody is in a stretch after some time.

use std::fmt;

use jiff::SignedDuration;

use super::entry::Stretch;
use crate::record::Answer;

/// How a guided session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// To the end.
    Done,
    /// At least one repetition, not all.
    Part,
    /// Left before the first repetition was over.
    Skipped,
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Answer {
        match outcome {
            Outcome::Done => Answer::Done,
            Outcome::Part => Answer::Part,
            Outcome::Skipped => Answer::Skipped,
        }
    }
}

/// One stretch after another, each with its repetitions.
#[derive(Debug, Clone)]
pub struct GuidedSession<'a> {
    stretches: Vec<&'a Stretch>,
}

/// Where somebody is in a session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress<'a> {
    /// Getting into place and reading the steps.
    Ready {
        /// What comes.
        stretch: &'a Stretch,
        /// The time left to get ready.
        left: SignedDuration,
    },
    /// In a repetition.
    Moving {
        /// The stretch.
        stretch: &'a Stretch,
        /// Which side, counted from 1.
        side: u32,
        /// Which repetition, counted from 1.
        repetition: u32,
        /// The time gone in this repetition.
        gone: SignedDuration,
        /// The time left in this repetition.
        left: SignedDuration,
    },
    /// All done.
    Over,
}

/// What a guide has as its title.
impl fmt::Display for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Progress::Ready { stretch, .. } => write!(f, "{} - get ready", stretch.name),
            Progress::Moving {
                stretch,
                side,
                repetition,
                ..
            } => {
                write!(
                    f,
                    "{} - {repetition} of {}",
                    stretch.name, stretch.repetitions
                )?;
                match stretch.sides {
                    1 => Ok(()),
                    sides => write!(f, ", side {side} of {sides}"),
                }
            }
            Progress::Over => f.write_str("Well done."),
        }
    }
}

impl<'a> GuidedSession<'a> {
    /// The time to get into place and to read the steps, before the first repetition.
    pub const GET_READY: SignedDuration = SignedDuration::from_secs(12);

    /// A session of these stretches, in this order.
    #[must_use]
    pub fn new(stretches: Vec<&'a Stretch>) -> GuidedSession<'a> {
        GuidedSession { stretches }
    }

    /// The stretches, in order.
    #[must_use]
    pub fn stretches(&self) -> &[&'a Stretch] {
        &self.stretches
    }

    /// How long it takes, with the time to get ready for each stretch.
    #[must_use]
    pub fn total(&self) -> SignedDuration {
        self.stretches
            .iter()
            .map(|stretch| Self::GET_READY + stretch.total())
            .fold(SignedDuration::ZERO, |sum, one| sum + one)
    }

    /// Where somebody is who has spent this time in the session, pauses left out.
    #[must_use]
    pub fn at(&self, elapsed: SignedDuration) -> Progress<'a> {
        let mut rest = elapsed.max(SignedDuration::ZERO);
        for stretch in &self.stretches {
            if rest < Self::GET_READY {
                return Progress::Ready {
                    stretch,
                    left: Self::GET_READY - rest,
                };
            }
            rest -= Self::GET_READY;
            let each = SignedDuration::from_secs(stretch.seconds_each.into());
            for side in 1..=stretch.sides {
                for repetition in 1..=stretch.repetitions {
                    if rest < each {
                        return Progress::Moving {
                            stretch,
                            side,
                            repetition,
                            gone: rest,
                            left: each - rest,
                        };
                    }
                    rest -= each;
                }
            }
        }
        Progress::Over
    }

    /// The time at which the present stage is over, so that a key can skip to the next.
    #[must_use]
    pub fn next(&self, elapsed: SignedDuration) -> SignedDuration {
        match self.at(elapsed) {
            Progress::Ready { left, .. } | Progress::Moving { left, .. } => elapsed + left,
            Progress::Over => elapsed,
        }
    }

    /// What a session is worth that was left after moving for this time, stages that were skipped not counted.
    #[must_use]
    pub fn outcome(&self, moved: SignedDuration, over: bool) -> Outcome {
        let first = self
            .stretches
            .first()
            .map_or(SignedDuration::ZERO, |stretch| {
                SignedDuration::from_secs(stretch.seconds_each.into())
            });
        let needed: SignedDuration = self
            .stretches
            .iter()
            .map(|stretch| stretch.total())
            .fold(SignedDuration::ZERO, |sum, one| sum + one);
        // Somebody quicker than the clock has still done it: nine tenths count as the whole.
        if over && moved * 10 >= needed * 9 {
            Outcome::Done
        } else if moved >= first {
            Outcome::Part
        } else {
            Outcome::Skipped
        }
    }
}
