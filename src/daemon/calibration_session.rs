//! Learning a neutral posture, look by look: what is still missing, and what to change.
//!
//! Only time in which the person is seen well counts, so a passing shadow
//! lengthens a calibration and does not spoil it.

use jiff::{SignedDuration, Timestamp};

use super::picture_advice;
use crate::landmarks::Sighting;
use crate::posture::{Calibration, CalibrationBuilder, CalibrationRefusal, UnclearReason};

/// Between two looks at most so much time counts. Ours: twice the time that a camera needs to open.
const LONGEST_STEP: SignedDuration = SignedDuration::from_secs(3);

/// So few looks say nothing about how still somebody sits. Ours.
const FEWEST: usize = 3;

/// Somebody who shows at least this large beside the largest could be the one who sits there. At
/// twice the distance one shows half as large: who passes behind a desk is farther away. Ours.
const COMPARABLE: f32 = 0.5;

/// Whether somebody else shows nearly as large as the largest, given how large all show, the largest first.
pub(crate) fn is_in_company(sizes: &[f32]) -> bool {
    match sizes {
        [largest, next, ..] => *next >= COMPARABLE * largest,
        [_] | [] => false,
    }
}

/// What a look at the person shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CalibrationHint {
    /// All is well.
    HoldStill,
    /// Nobody is there.
    Nobody,
    /// Somebody else is there too, and it cannot be told who is to be learnt.
    Company,
    /// Somebody is there, but cannot be measured.
    Unclear(UnclearReason),
}

impl CalibrationHint {
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
                why @ (UnclearReason::TooDark
                | UnclearReason::Covered
                | UnclearReason::Blurred
                | UnclearReason::Frozen
                | UnclearReason::NotCalibrated
                | UnclearReason::CalibrationStale),
            ) => picture_advice::advice(why).unwrap_or("Sit so that the camera sees you well."),
        }
    }
}

/// A calibration under way.
#[derive(Debug)]
pub(crate) struct CalibrationSession {
    wanted: SignedDuration,
    seen: SignedDuration,
    neutral: CalibrationBuilder,
    last: Option<Timestamp>,
    hint: CalibrationHint,
}

/// What a calibration has learnt.
#[derive(Debug)]
pub(crate) struct LearntCalibration {
    pub(crate) calibration: Calibration,
    pub(crate) looks: usize,
}

/// Why nothing was learnt.
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
    #[error("only {looks} pictures show you well, which is too few; give at least {FEWEST}")]
    TooFew { looks: usize },
    #[error(transparent)]
    Refused(#[from] CalibrationRefusal),
}

impl CalibrationSession {
    pub(crate) fn new(wanted: SignedDuration) -> CalibrationSession {
        CalibrationSession {
            wanted,
            seen: SignedDuration::ZERO,
            neutral: CalibrationBuilder::default(),
            last: None,
            hint: CalibrationHint::Nobody,
        }
    }

    /// Takes in a look at somebody.
    pub(crate) fn look(&mut self, sighting: &Sighting, at: Timestamp) -> CalibrationHint {
        let person = match sighting {
            Sighting::Nobody => return self.nothing(CalibrationHint::Nobody),
            Sighting::Person(person) => person,
        };
        if let Err(why) = self.neutral.add(person) {
            return self.nothing(CalibrationHint::Unclear(why));
        }
        if let Some(last) = self.last.replace(at) {
            self.seen += at
                .duration_since(last)
                .clamp(SignedDuration::ZERO, LONGEST_STEP);
        }
        self.hint = CalibrationHint::HoldStill;
        self.hint
    }

    /// Takes in a picture that shows nothing.
    pub(crate) fn nothing(&mut self, hint: CalibrationHint) -> CalibrationHint {
        self.last = None;
        self.hint = hint;
        hint
    }

    /// For how long the person must still be seen.
    pub(crate) fn left(&self) -> SignedDuration {
        (self.wanted - self.seen).max(SignedDuration::ZERO)
    }

    /// Makes a calibration of what was seen.
    ///
    /// # Errors
    ///
    /// Why it would be none, with what to do about it.
    pub(crate) fn learn(self) -> Result<LearntCalibration, CalibrationSessionError> {
        if self.left() > SignedDuration::ZERO {
            let (seen, wanted) = (self.seen.as_secs(), self.wanted.as_secs());
            return Err(match self.hint {
                // All was well when it ended, and only a recording ends then.
                CalibrationHint::HoldStill => CalibrationSessionError::TooShort { seen, wanted },
                hint @ (CalibrationHint::Nobody
                | CalibrationHint::Company
                | CalibrationHint::Unclear(_)) => {
                    CalibrationSessionError::TooLittle { seen, wanted, hint }
                }
            });
        }
        let looks = self.neutral.looks();
        if looks < FEWEST {
            return Err(CalibrationSessionError::TooFew { looks });
        }
        Ok(LearntCalibration {
            calibration: self.neutral.calibration()?,
            looks,
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
