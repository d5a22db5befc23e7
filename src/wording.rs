//! What is seen and kept, in the words of every running text.

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::monitor::Observation;
use crate::posture::{Calibration, Estimate, Moment, Posture, UnclearReason, View};
use crate::record::{Episode, EpisodeOutcome};

/// A look in one line.
pub(crate) fn look(look: &Observation) -> String {
    let angles = angles(look.posture.as_ref());
    match look.moment {
        Moment::Slouched(fault) => format!("beyond the limit: {fault}, {angles}"),
        Moment::Upright => format!("upright, {angles}"),
        Moment::Unclear(UnclearReason::NotCalibrated) => format!("not calibrated, {angles}"),
        Moment::Unclear(why @ UnclearReason::CalibrationStale) => {
            format!("{why}, as after the camera was moved: run sitwell calibrate")
        }
        Moment::Unclear(why) => format!("nothing to be said: {why}"),
        Moment::Away => "nobody there".to_owned(),
    }
}

/// The angles, as changes where there is a neutral. Which is which is said where there are shoulders too.
fn angles(posture: Option<&Posture>) -> String {
    let head = posture.and_then(|posture| posture.angles.forward_head);
    let shoulders = posture.and_then(|posture| posture.angles.rounded_shoulders);
    match (head.and_then(change), shoulders.and_then(change), head) {
        (Some(head), Some(shoulders), _) => {
            format!("head {head}, shoulders {shoulders} from neutral")
        }
        (Some(head), None, _) => format!("{head} from neutral"),
        (None, Some(shoulders), _) => format!("shoulders {shoulders} from neutral"),
        (None, None, Some(Estimate { degrees, error, .. })) => {
            format!("head roughly {degrees:.0}\u{b0} \u{b1} {error:.0}\u{b0} forward")
        }
        (None, None, None) => "no angle".to_owned(),
    }
}

/// The change from neutral with its error; none without a neutral.
pub(crate) fn change(angle: Estimate) -> Option<String> {
    // Without the zero, a touch backwards would be -0.
    let change = angle.change?.round() + 0.0;
    Some(format!("{change:.0}\u{b0} \u{b1} {:.0}\u{b0}", angle.error))
}

/// The time of day to the second, with the day where that is not today.
pub(crate) fn clock(at: Timestamp, now: &Zoned) -> String {
    on_its_day(at, now, "%H:%M:%S", "%A %H:%M:%S")
}

/// When something ends by itself.
pub(crate) fn until(end: Timestamp, now: &Zoned) -> String {
    on_its_day(end, now, "until %H:%M", "until %A %H:%M")
}

/// An instant as the one format has it today, and as the other on any other day.
pub(crate) fn on_its_day(at: Timestamp, now: &Zoned, today: &str, otherwise: &str) -> String {
    let local = now.time_zone().to_datetime(at);
    let format = if local.date() == now.date() {
        today
    } else {
        otherwise
    };
    local.strftime(format).to_string()
}

/// A slouch that is over.
pub(crate) fn episode(episode: &Episode) -> String {
    let minutes = episode.to.duration_since(episode.from).as_secs_f64() / 60.0;
    let how = match episode.ending {
        EpisodeOutcome::AfterNudge => "ended after the nudge",
        EpisodeOutcome::ByItself => "ended by itself",
        EpisodeOutcome::OutOfSight => "ended out of sight",
    };
    format!(
        "a slouch of {minutes:.1} minutes, {:.0}\u{b0} \u{b1} {:.0}\u{b0} on average, {how}",
        episode.angle.mean, episode.angle.error
    )
}

/// What a calibration found.
pub(crate) fn calibration(calibration: &Calibration) -> String {
    let spread = calibration.spread().forward_head;
    format!(
        "camera {}, head still within {spread:.1}\u{b0}",
        match calibration.view() {
            View::Front => "in front",
            View::Oblique => "in front and to one side",
            View::Side => "beside you",
        }
    )
}

/// How long ago something was, no more exact than it is of use.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let past: SignedDuration = now.duration_since(at);
    match (past.as_hours() / 24, past.as_hours(), past.as_mins()) {
        (0, 0, minutes) if minutes < 2 => "just now".to_owned(),
        (0, 0, minutes) => format!("{minutes} minutes ago"),
        (0, 1, _) => "an hour ago".to_owned(),
        (0, hours, _) => format!("{hours} hours ago"),
        (1, ..) => "a day ago".to_owned(),
        (days, ..) => format!("{days} days ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posture::{Fault, FilterState, PerAngle};

    #[test]
    fn every_angle_that_is_measured_is_told() {
        let angle = |change, error| Estimate {
            degrees: 41.0,
            change,
            error,
        };
        let told = |forward_head, rounded_shoulders| {
            look(&Observation {
                at: Timestamp::UNIX_EPOCH,
                since: Timestamp::UNIX_EPOCH,
                moment: Moment::Slouched(Fault::RoundedShoulders),
                severity: None,
                standing: FilterState::Settled,
                posture: Some(Posture {
                    view: View::Oblique,
                    angles: PerAngle {
                        forward_head,
                        rounded_shoulders,
                    },
                }),
            })
        };
        let (head, shoulders) = (angle(Some(-0.2), 2.4), angle(Some(13.6), 3.1));
        let rows = [
            (
                told(Some(head), Some(shoulders)),
                "head 0\u{b0} \u{b1} 2\u{b0}, shoulders 14\u{b0} \u{b1} 3\u{b0} from neutral",
            ),
            (
                told(Some(head), None),
                "0\u{b0} \u{b1} 2\u{b0} from neutral",
            ),
            (
                told(None, Some(shoulders)),
                "shoulders 14\u{b0} \u{b1} 3\u{b0} from neutral",
            ),
            (
                told(Some(angle(None, 5.0)), None),
                "head roughly 41\u{b0} \u{b1} 5\u{b0} forward",
            ),
            (told(None, None), "no angle"),
        ];
        for (told, angles) in rows {
            assert_eq!(
                told,
                format!("beyond the limit: rounded shoulders, {angles}")
            );
        }
    }

    #[test]
    fn how_long_ago_is_said_as_people_say_it() {
        let rows = [
            (30, "just now"),
            (600, "10 minutes ago"),
            (4000, "an hour ago"),
            (20_000, "5 hours ago"),
            (100_000, "a day ago"),
            (1_000_000, "11 days ago"),
        ];
        for (seconds, words) in rows {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
            assert_eq!(ago(Timestamp::UNIX_EPOCH, now), words);
        }
    }
}
