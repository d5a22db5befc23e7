//! How times, durations, angles and observations read, wherever they are shown.

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::monitor::Observation;
use crate::posture::{AngleKind, Calibration, Estimate, Moment, Posture, UnclearReason, View};
use crate::record::{Episode, EpisodeOutcome};

/// A duration, as exact as is useful: `45 s`, `3 min 20 s`, `52 min`, `6 h 12 min`.
pub(crate) fn duration(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0) + i64::from(time.subsec_millis() >= 500);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..600 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        60..600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => {
            let minutes = (seconds + 30) / 60;
            match (minutes / 60, minutes % 60) {
                (0, minutes) => format!("{minutes} min"),
                (hours, 0) => format!("{hours} h"),
                (hours, minutes) => format!("{hours} h {minutes} min"),
            }
        }
    }
}

/// A share of 0 to 1 in whole percent.
pub(crate) fn whole_percent(share: f64) -> u32 {
    (share * 100.0).round() as u32
}

/// A share as a whole percentage.
pub(crate) fn percent(share: f64) -> String {
    rounded_percent(share, whole_percent(share))
}

/// A share that was rounded to `whole` percent. What is neither nothing nor all never reads as it.
pub(crate) fn rounded_percent(share: f64, whole: u32) -> String {
    match whole {
        0 if share > 0.0 => "<1%".to_owned(),
        100 if share < 1.0 => ">99%".to_owned(),
        whole => format!("{whole}%"),
    }
}

/// A number with its noun, such as `3 days`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

/// Degrees with their sign: `+4.2°`.
pub(crate) fn degrees(degrees: f64) -> String {
/// From this many days on, a weekday alone may be taken for that of this week.
const WEEKDAY_IS_UNCLEAR: i32 = 6;

    // Adding zero turns -0 into 0.
    let rounded = (degrees * 10.0).round() / 10.0 + 0.0;
    format!("{rounded:+.1}°")
}

/// An observation in one line.
pub(crate) fn observation(observation: &Observation) -> String {
    let angles = angles(observation.posture.as_ref());
    match observation.moment {
        Moment::Slouched(fault) => format!("beyond the limit: {fault}, {angles}"),
        Moment::Upright => format!("upright, {angles}"),
        Moment::Unclear(UnclearReason::NotCalibrated) => format!("not calibrated, {angles}"),
        Moment::Unclear(reason @ UnclearReason::CalibrationStale) => {
            format!("{reason}, as after the camera was moved: run sitwell calibrate")
        }
        Moment::Unclear(reason) => format!("unclear: {reason}"),
        Moment::Away => "nobody there".to_owned(),
    }
}

/// The angles, as changes where there is a neutral. With shoulders, each angle is named.
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

/// An angle's name as a heading.
pub(crate) fn angle_name(angle: AngleKind) -> &'static str {
    match angle {
        AngleKind::ForwardHead => "Forward head",
        AngleKind::RoundedShoulders => "Rounded shoulders",
    }
}

/// The change from neutral with its error; `None` without a neutral.
pub(crate) fn change(angle: Estimate) -> Option<String> {
    // Adding zero turns -0 into 0.
    let change = angle.change?.round() + 0.0;
    Some(format!("{change:.0}\u{b0} \u{b1} {:.0}\u{b0}", angle.error))
}

/// The time of day to the second; the weekday too, unless it is today.
pub(crate) fn clock(at: Timestamp, now: &Zoned) -> String {
    on_its_day(at, now, "%H:%M:%S", "%A %H:%M:%S")
}

/// When something ends, such as `until 14:30`.
pub(crate) fn until(end: Timestamp, now: &Zoned) -> String {
    on_its_day(end, now, "until %H:%M", "until %A %H:%M")
}

/// An instant in one format if it is today, else in the other.
pub(crate) fn on_its_day(at: Timestamp, now: &Zoned, today: &str, otherwise: &str) -> String {
    let local = now.time_zone().to_datetime(at);
    let days = local.date() - now.date();
    match days.get_days().abs() {
        0 => local.strftime(today).to_string(),
        WEEKDAY_IS_UNCLEAR.. => {
            let dated = otherwise.replace("%A", "%A %-d %B");
            local.strftime(&dated).to_string()
        }
        _ => local.strftime(otherwise).to_string(),
    }
}

/// A finished slouch.
pub(crate) fn episode(episode: &Episode) -> String {
    let length = duration(episode.to.duration_since(episode.from));
    let ending = match episode.ending {
        EpisodeOutcome::AfterNudge => "ended after the nudge",
        EpisodeOutcome::ByItself => "ended by itself",
        EpisodeOutcome::OutOfSight => "ended out of sight",
    };
    format!(
        "a slouch of {length}, {:.0}\u{b0} \u{b1} {:.0}\u{b0} on average, {ending}",
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

/// How long ago something was, as exact as is useful.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let elapsed = now.duration_since(at);
    match (
        elapsed.as_hours() / 24,
        elapsed.as_hours(),
        elapsed.as_mins(),
    ) {
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
    fn every_measured_angle_is_named() {
        let angle = |change, error| Estimate {
            degrees: 41.0,
            change,
            error,
        };
        let line = |forward_head, rounded_shoulders| {
            observation(&Observation {
                at: Timestamp::UNIX_EPOCH,
                since: Timestamp::UNIX_EPOCH,
                moment: Moment::Slouched(Fault::RoundedShoulders),
                severity: None,
                filter: FilterState::Settled,
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
                line(Some(head), Some(shoulders)),
                "head 0\u{b0} \u{b1} 2\u{b0}, shoulders 14\u{b0} \u{b1} 3\u{b0} from neutral",
            ),
            (
                line(Some(head), None),
                "0\u{b0} \u{b1} 2\u{b0} from neutral",
            ),
            (
                line(None, Some(shoulders)),
                "shoulders 14\u{b0} \u{b1} 3\u{b0} from neutral",
            ),
            (
                line(Some(angle(None, 5.0)), None),
                "head roughly 41\u{b0} \u{b1} 5\u{b0} forward",
            ),
            (line(None, None), "no angle"),
        ];
        for (line, angles) in rows {
            assert_eq!(
                line,
                format!("beyond the limit: rounded shoulders, {angles}")
            );
        }
    }

    #[test]
    fn how_long_ago_reads_as_people_say_it() {
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

    #[test]
    fn durations_are_as_exact_as_is_useful() {
        let rows = [
            (0, "0 s"),
            (45, "45 s"),
            (60, "1 min"),
            (200, "3 min 20 s"),
            (3120, "52 min"),
            (3600, "1 h"),
            (22_320, "6 h 12 min"),
            (86_400, "24 h"),
        ];
        for (seconds, words) in rows {
            assert_eq!(duration(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn a_little_is_not_rounded_to_nothing() {
        assert_eq!(
            [0.0, 0.004, 0.5, 0.996, 1.0].map(percent),
            ["0%", "<1%", "50%", ">99%", "100%"]
        );
        assert_eq!(degrees(-0.04), "+0.0°");
    }
}
