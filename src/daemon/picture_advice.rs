//! What the user can do when pictures show nothing, and when to say it.

use jiff::{SignedDuration, Timestamp};

use crate::posture::UnclearReason;

/// A problem that lasts this long is shown: a hand in front of the lens is gone by then.
const WORTH_SHOWING: SignedDuration = SignedDuration::from_secs(10);

/// After good pictures for this long, the next problem is shown again.
const RECOVERED: SignedDuration = SignedDuration::from_mins(1);

/// What the user can do about it, as a sentence; `None` if neither camera nor room is the reason.
#[must_use]
pub fn advice(reason: UnclearReason) -> Option<&'static str> {
    match reason {
        UnclearReason::Covered => {
            Some("Open the camera's shutter, or take off what covers the lens.")
        }
        UnclearReason::TooDark => {
            Some("Switch on a light in front of you, or Sitwell sees nothing.")
        }
        UnclearReason::Blurred => Some("Wipe the camera's lens; if it has a focus ring, turn it."),
        UnclearReason::Frozen => Some(
            "The camera repeats one picture: unplug it and plug it in again, or end the program that feeds it.",
        ),
        UnclearReason::UpsideDown => {
            Some("Turn the camera, or set `rotate = 180` under [camera] in the settings.")
        }
        UnclearReason::HeadToTheLeft => {
            Some("Turn the camera, or set `rotate = 90` under [camera] in the settings.")
        }
        UnclearReason::HeadToTheRight => {
            Some("Turn the camera, or set `rotate = 270` under [camera] in the settings.")
        }
        UnclearReason::ShouldersOutOfPicture
        | UnclearReason::HeadCutOff
        | UnclearReason::LeaningIn
        | UnclearReason::AnotherSeat
        | UnclearReason::TurnedAway
        | UnclearReason::LookingDown
        | UnclearReason::LeftRightSwapped
        | UnclearReason::TooSmall
        | UnclearReason::NotCalibrated
        | UnclearReason::CalibrationStale => None,
    }
}

/// Shows each problem once, even if it comes and goes.
#[derive(Debug, Default)]
pub struct PictureAdvice {
    now: Option<(Option<UnclearReason>, Timestamp)>,
    shown: Vec<UnclearReason>,
}

impl PictureAdvice {
    /// Notes what is wrong with a picture, if anything, and returns the advice that is due.
    pub fn observe(
        &mut self,
        trouble: Option<UnclearReason>,
        at: Timestamp,
    ) -> Option<&'static str> {
        let since = match self.now {
            Some((same, since)) if same == trouble => since,
            _ => at,
        };
        self.now = Some((trouble, since));
        let lasted = at.duration_since(since);
        match trouble {
            None => {
                if lasted >= RECOVERED {
                    self.shown.clear();
                }
                None
            }
            Some(reason) if lasted >= WORTH_SHOWING && !self.shown.contains(&reason) => {
                self.shown.push(reason);
                advice(reason)
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One observation every 5 s: covered, dark, blurred, good; a capital where advice is shown.
    fn told(observations: &str) -> String {
        let mut advice_state = PictureAdvice::default();
        let tell = |(n, letter): (usize, char)| {
            let trouble = match letter {
                'c' => Some(UnclearReason::Covered),
                'd' => Some(UnclearReason::TooDark),
                'b' => Some(UnclearReason::Blurred),
                'f' => Some(UnclearReason::Frozen),
                _ => None,
            };
            let at = Timestamp::from_second(5 * n as i64).unwrap();
            match advice_state.observe(trouble, at) {
                Some(words) => {
                    assert_eq!(Some(words), trouble.and_then(advice));
                    letter.to_ascii_uppercase()
                }
                None => letter,
            }
        };
        observations.chars().enumerate().map(tell).collect()
    }

    #[test]
    fn trouble_that_lasts_is_told_once_until_the_pictures_were_good_for_a_minute() {
        let rows = [
            ("..cc..cc..", "..cc..cc.."),
            ("..cccccccc", "..ccCccccc"),
            ("ddddd...ddddd", "ddDdd...ddddd"),
            ("ddddcccccddddd", "ddDdccCccddddd"),
            ("bbbb.............bbbb", "bbBb.............bbBb"),
            ("bbbb............bbbb", "bbBb............bbbb"),
            ("ffff", "ffFf"),
        ];
        for (observations, wanted) in rows {
            assert_eq!(told(observations), wanted);
        }
    }
}
