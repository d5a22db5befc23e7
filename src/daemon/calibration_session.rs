//! A calibration under way: what is still missing, and what the person can change.
//!
//! Only time in which the person can be measured counts. A passing shadow makes a calibration
//! longer and does not spoil it.

use jiff::{SignedDuration, Timestamp};

use super::picture_advice;
use crate::landmarks::Sighting;
use crate::posture::{Calibration, CalibrationBuilder, CalibrationRefusal, UnclearReason};

/// The most time that counts between two observations. Our choice: twice what a camera needs to open.
const LONGEST_STEP: SignedDuration = SignedDuration::from_secs(3);

/// Fewer observations do not show how still somebody sits. Our choice.
const MIN_OBSERVATIONS: usize = 3;

/// A second person at least this large, as a share of the largest, may be the one who sits there.
/// Somebody who passes behind the desk is more than twice as far away and looks smaller. Our choice.
const COMPARABLE: f32 = 0.5;

/// Whether a second person is nearly as large as the largest. Sizes come with the largest first.
pub(crate) fn is_in_company(sizes: &[f32]) -> bool {
    match sizes {
        [largest, next, ..] => *next >= COMPARABLE * largest,
        [_] | [] => false,
    }
}

/// What an observation shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CalibrationHint {
    /// The person can be measured.
    HoldStill,
    /// Nobody is there.
    Nobody,
    /// Two people are there, and it is unclear whom to calibrate.
    Company,
    /// Somebody is there, but cannot be measured.
    Unclear(UnclearReason),
}

impl CalibrationHint {
    /// What is wrong with the picture, if anything.
    pub(crate) fn problem(self) -> Option<UnclearReason> {
        match self {
            CalibrationHint::Unclear(reason) => Some(reason),
            CalibrationHint::HoldStill | CalibrationHint::Nobody | CalibrationHint::Company => None,
        }
    }

    /// What to do, as a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            CalibrationHint::HoldStill => "Sit upright and hold still.",
            CalibrationHint::Nobody => "Nobody is seen: sit down in front of the camera.",
            CalibrationHint::Company => {
                "Two people are seen: only the one who will sit here may be in the picture."
            }
            CalibrationHint::Unclear(UnclearReason::ShouldersOutOfPicture) => {
                "Move back, or tilt the camera, until both shoulders are in the picture."
            }
            CalibrationHint::Unclear(UnclearReason::HeadCutOff) => {
                "Move back, or tilt the camera up, until your whole head is in the picture."
            }
            CalibrationHint::Unclear(UnclearReason::TurnedAway) => {
                "Face your screen as you do when you work."
            }
            CalibrationHint::Unclear(UnclearReason::LeftRightSwapped) => {
                "Turn so that the camera can tell your left shoulder from your right."
            }
            CalibrationHint::Unclear(UnclearReason::TooSmall) => "Come closer to the camera.",
            CalibrationHint::Unclear(
                reason @ (UnclearReason::TooDark
                | UnclearReason::Covered
                | UnclearReason::Blurred
                | UnclearReason::Frozen
                | UnclearReason::UpsideDown
                | UnclearReason::HeadToTheLeft
                | UnclearReason::HeadToTheRight
                | UnclearReason::LookingDown
                | UnclearReason::LeaningIn
                | UnclearReason::AnotherSeat
                | UnclearReason::NotCalibrated
                | UnclearReason::CalibrationStale),
            ) => picture_advice::advice(reason).unwrap_or("Sit so that the camera sees you well."),
        }
    }
}

/// A calibration under way.
#[derive(Debug)]
pub(crate) struct CalibrationSession {
    wanted: SignedDuration,
    observed: SignedDuration,
    neutral: CalibrationBuilder,
    last: Option<Timestamp>,
    hint: CalibrationHint,
}

/// The result of a calibration.
#[derive(Debug)]
pub(crate) struct LearntCalibration {
    pub(crate) calibration: Calibration,
    pub(crate) observations: usize,
}

/// Why there is no calibration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CalibrationSessionError {
    #[error(
        "the recording shows you for only {seen} of {wanted} seconds; give a longer one, or ask for fewer with --seconds"
    )]
    TooShort { seen: i64, wanted: i64 },
    #[error("you were seen well for only {seen} of {wanted} seconds. {}", hint.words())]
    TooLittle {
        seen: i64,
        wanted: i64,
        hint: CalibrationHint,
    },
    #[error(
        "only {observations} pictures show you well, which is too few; give at least {MIN_OBSERVATIONS}"
    )]
    TooFew { observations: usize },
    #[error(transparent)]
    Refused(#[from] CalibrationRefusal),
}

impl CalibrationSession {
    pub(crate) fn new(wanted: SignedDuration) -> CalibrationSession {
        CalibrationSession {
            wanted,
            observed: SignedDuration::ZERO,
            neutral: CalibrationBuilder::default(),
            last: None,
            hint: CalibrationHint::Nobody,
        }
    }

    /// Adds a sighting.
    pub(crate) fn observe(&mut self, sighting: &Sighting, at: Timestamp) -> CalibrationHint {
        let person = match sighting {
            Sighting::Nobody => return self.observe_nothing(CalibrationHint::Nobody),
            Sighting::Person(person) => person,
        };
        if let Err(reason) = self.neutral.add(person) {
            return self.observe_nothing(CalibrationHint::Unclear(reason));
        }
        if let Some(last) = self.last.replace(at) {
            self.observed += at
                .duration_since(last)
                .clamp(SignedDuration::ZERO, LONGEST_STEP);
        }
        self.hint = CalibrationHint::HoldStill;
        self.hint
    }

    /// Notes a frame in which nobody can be measured.
    pub(crate) fn observe_nothing(&mut self, hint: CalibrationHint) -> CalibrationHint {
        self.last = None;
        self.hint = hint;
        hint
    }

    /// How much longer the person must be observed.
    pub(crate) fn left(&self) -> SignedDuration {
        (self.wanted - self.observed).max(SignedDuration::ZERO)
    }

    /// Makes the calibration.
    ///
    /// # Errors
    ///
    /// Why it cannot be made, with what to do about it.
    pub(crate) fn learn(self) -> Result<LearntCalibration, CalibrationSessionError> {
        if self.left() > SignedDuration::ZERO {
            let (seen, wanted) = (self.observed.as_secs(), self.wanted.as_secs());
            return Err(match self.hint {
                // The person could be measured to the end, and only a recording ends early then.
                CalibrationHint::HoldStill => CalibrationSessionError::TooShort { seen, wanted },
                hint @ (CalibrationHint::Nobody
                | CalibrationHint::Company
                | CalibrationHint::Unclear(_)) => {
                    CalibrationSessionError::TooLittle { seen, wanted, hint }
                }
            });
        }
        let observations = self.neutral.observations();
        if observations < MIN_OBSERVATIONS {
            return Err(CalibrationSessionError::TooFew { observations });
        }
        Ok(LearntCalibration {
            calibration: self.neutral.calibration()?,
            observations,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_beside_is_company_and_somebody_far_behind_is_not() {
        let rows = [
            (&[][..], false),
            (&[1.9], false),
            (&[1.9, 1.7], true),
            (&[1.9, 0.95, 0.3], true),
            (&[1.9, 0.9], false),
            (&[1.9, 0.5, 0.4], false),
        ];
        for (sizes, expected) in rows {
            assert_eq!(is_in_company(sizes), expected, "{sizes:?}");
        }
    }
}
