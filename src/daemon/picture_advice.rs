//! What the user can do when pictures show nothing, and when to say so.

use jiff::{SignedDuration, Timestamp};

use crate::posture::UnclearReason;

/// Trouble that lasts so long is told: a hand before the lens is gone by then.
const WORTH_TELLING: SignedDuration = SignedDuration::from_secs(10);

/// Pictures have been good for so long: the next trouble is a new one, and told again.
const MENDED: SignedDuration = SignedDuration::from_mins(1);

/// What the user can do about it, as a sentence; `None` for what is not the camera's or the room's.
#[must_use]
pub fn advice(why: UnclearReason) -> Option<&'static str> {
    match why {
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
        UnclearReason::ShouldersOutOfPicture
        | UnclearReason::HeadCutOff
        | UnclearReason::TurnedAway
        | UnclearReason::LeftRightSwapped
        | UnclearReason::TooSmall
        | UnclearReason::NotCalibrated
        | UnclearReason::CalibrationStale => None,
    }
}

/// Tells each trouble once, however often a picture at the edge of it comes and goes.
#[derive(Debug, Default)]
pub struct PictureAdvice {
    now: Option<(Option<UnclearReason>, Timestamp)>,
    told: Vec<UnclearReason>,
}

impl PictureAdvice {
    /// Takes in what is wrong with the picture of a look, if anything is; the advice that is due.
    pub fn look(&mut self, trouble: Option<UnclearReason>, at: Timestamp) -> Option<&'static str> {
        let since = match self.now {
            Some((same, since)) if same == trouble => since,
            _ => at,
        };
        self.now = Some((trouble, since));
        let lasted = at.duration_since(since);
        match trouble {
            None => {
                if lasted >= MENDED {
                    self.told.clear();
                }
                None
            }
            Some(why) if lasted >= WORTH_TELLING && !self.told.contains(&why) => {
                self.told.push(why);
                advice(why)
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One look every 5 s: covered, dark, blurred, good; a capital where it is told.
    fn told(looks: &str) -> String {
        let mut telling = PictureAdvice::default();
        let tell = |(n, letter): (usize, char)| {
            let trouble = match letter {
                'c' => Some(UnclearReason::Covered),
                'd' => Some(UnclearReason::TooDark),
                'b' => Some(UnclearReason::Blurred),
                'f' => Some(UnclearReason::Frozen),
                _ => None,
            };
            let at = Timestamp::from_second(5 * n as i64).unwrap();
            match telling.look(trouble, at) {
                Some(words) => {
                    assert_eq!(Some(words), trouble.and_then(advice));
                    letter.to_ascii_uppercase()
                }
                None => letter,
            }
        };
        looks.chars().enumerate().map(tell).collect()
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
        for (looks, wanted) in rows {
            assert_eq!(told(looks), wanted);
        }
    }
}
