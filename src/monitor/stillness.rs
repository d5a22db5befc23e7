//! How long a person has sat in one posture, upright or not.

use jiff::{SignedDuration, Timestamp};

use super::Observation;
use crate::posture::PerAngle;

/// A change of an angle by this much, in degrees, is another posture. Our choice: half of the default
/// limit. The angles of somebody who sits still stay within about one degree (ACCURACY.md).
const MOVED: f64 = 5.0;

/// A shorter time without a measurement, such as a glance aside, does not end the stillness. Our choice.
const GLANCE: SignedDuration = SignedDuration::from_mins(1);

/// Whether somebody sits still.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Stillness {
    #[default]
    Unknown,
    Still {
        from: Timestamp,
        last: Timestamp,
        /// The changes from neutral in degrees when it began.
        changes: PerAngle<Option<f64>>,
        is_told: bool,
    },
}

impl Stillness {
    /// Follows an observation.
    pub(super) fn observe(&mut self, observation: &Observation) {
        let at = observation.at;
        if let Stillness::Still { last, .. } = self
            && at.duration_since(*last).abs() > GLANCE
        {
            *self = Stillness::Unknown;
        }
        let Some(posture) = &observation.posture else {
            return;
        };
        let now = posture.angles.map(|angle| angle?.change);
        if let Stillness::Still { last, changes, .. } = self
            && !now.zip(*changes).into_iter().any(|(_, angle)| moved(angle))
        {
            *last = at;
        } else if now.into_iter().any(|(_, change)| change.is_some()) {
            *self = Stillness::Still {
                from: observation.since,
                last: at,
                changes: now,
                is_told: false,
            };
        }
    }

    /// How long somebody has sat still, once for each time that it reaches `after`. Zero means never.
    pub(super) fn due(&mut self, after: SignedDuration) -> Option<SignedDuration> {
        match self {
            Stillness::Still {
                from,
                last,
                is_told,
                ..
            } if !*is_told && after.is_positive() && last.duration_since(*from) >= after => {
                *is_told = true;
                Some(last.duration_since(*from))
            }
            Stillness::Still { .. } | Stillness::Unknown => None,
        }
    }
}

/// Whether an angle is elsewhere, or is not measured any more, or only now.
fn moved(change: (Option<f64>, Option<f64>)) -> bool {
    match change {
        (Some(now), Some(before)) => (now - before).abs() >= MOVED,
        (None, None) => false,
        (Some(_), None) | (None, Some(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulator::{Habit, live};
    use super::super::{Effect, MonitorSettings};
    use super::*;

    /// After how many minutes stillness is mentioned, and how many it has lasted then; the letters are in `simulator.rs`.
    fn mentioned(strip: &str, after: SignedDuration) -> String {
        let mut settings = MonitorSettings::default();
        settings.nudges.stillness = after;
        let mut all = String::new();
        for (_, effect) in live(strip, Habit::Ignores, settings).effects {
            if let Effect::MentionStillness { at, lasted } = effect {
                all += &format!("{} min: {}; ", at.as_second() / 60, lasted.as_mins());
            }
        }
        all
    }

    fn minutes(letter: &str, minutes: usize) -> String {
        letter.repeat(minutes)
    }

    #[test]
    fn forty_minutes_in_one_posture_are_mentioned_once() {
        let after = SignedDuration::from_mins(40);
        assert_eq!(mentioned(&minutes(".", 39), after), "");
        assert_eq!(mentioned(&minutes(".", 120), after), "40 min: 40; ");
        assert_eq!(mentioned(&minutes(".", 120), SignedDuration::ZERO), "");
        // Near the limit is a posture too.
        assert_eq!(mentioned(&minutes("n", 41), after), "40 min: 40; ");
    }

    #[test]
    fn another_posture_an_absence_and_a_lock_begin_anew() {
        let after = SignedDuration::from_mins(40);
        let still = |break_: &str| {
            let strip = minutes(".", 30) + break_ + &minutes(".", 41);
            mentioned(&strip, after)
        };
        assert_eq!(still("n"), "71 min: 40; ");
        assert_eq!(still("__"), "72 min: 40; ");
        assert_eq!(still("LL"), "72 min: 40; ");
        assert_eq!(still("  "), "72 min: 40; ");
    }

    #[test]
    fn a_nudge_that_waits_comes_first() {
        // Slouched from the start, and nudged after a minute, 16, 31 and so on; each waits for ten minutes.
        let after = SignedDuration::from_mins(40);
        let story = mentioned(&minutes("x", 60), after);
        assert_eq!(story, "41 min: 41; ");
    }
}
