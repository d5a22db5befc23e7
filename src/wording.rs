//! How observations, slouches, calibrations and instants read, wherever they are shown, also in ASCII.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::monitor::Observation;
use crate::posture::{
    AngleKind, Basis, Calibration, CalibrationDoubt, Estimate, Moment, Posture, TrunkLean,
    UnclearReason, View,
};
use crate::quantities::{count, duration};
use crate::record::{AngleReading, Episode, EpisodeOutcome, NudgeEvidence};
use crate::statistics::mean;

/// An observation in one line.
pub(crate) fn observation(observation: &Observation) -> String {
    let mut angles = angles(observation.posture.as_ref());
    let basis = observation.posture.as_ref().map(|posture| posture.basis);
    angles += match basis {
        Some(Basis::MovedCamera) => "; the camera may stand elsewhere",
        Some(Basis::DifferentHead) => "; the head looks different than calibrated",
        Some(Basis::Joints | Basis::FaceMesh | Basis::ShoulderGirdle) | None => "",
    };
    angles += &lean(observation.posture.as_ref());
    match observation.moment {
        Moment::Slouched(fault) => format!("beyond the limit: {fault}, {angles}"),
        Moment::Upright => format!("upright, {angles}"),
        Moment::Unclear(UnclearReason::NotCalibrated) => format!("not calibrated, {angles}"),
        Moment::Unclear(reason @ UnclearReason::CalibrationStale) => {
            format!(
                "{reason}, as after the camera or the shape of its picture was changed: run sitwell calibrate"
            )
        }
        Moment::Unclear(reason @ UnclearReason::LeaningIn) => {
            format!("{reason}: sit back until your shoulders are in the picture")
        }
        Moment::Unclear(reason @ UnclearReason::AnotherSeat) => {
            format!("{reason}; if that is you, run sitwell calibrate")
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

/// The trunk's lean if it leans forward, else nothing.
pub(crate) fn lean(posture: Option<&Posture>) -> String {
    let leans = posture.and_then(Posture::leans_forward);
    leans.map_or_else(String::new, |TrunkLean { change, error }| {
        format!("; leaning forward by {change:.0}\u{b0} \u{b1} {error:.0}\u{b0}")
    })
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

/// From this many days on, a weekday alone may be taken for that of this week.
const WEEKDAY_IS_UNCLEAR: i32 = 6;

/// The time of day to the second; the weekday too, unless it is today.
pub(crate) fn clock(at: Timestamp, now: &Zoned) -> String {
    on_its_day(at, now, "%H:%M:%S", "%A %H:%M:%S")
}

/// When something ends, such as `until 14:30`.
pub(crate) fn until(end: Timestamp, now: &Zoned) -> String {
    on_its_day(end, now, "until %H:%M", "until %A %H:%M")
}

/// An instant in one format if it is today, else in the other. The date follows the weekday where
/// that alone is unclear.
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

/// What a nudge was based on, a sentence each.
pub(crate) fn evidence(evidence: &NudgeEvidence, zone: &TimeZone) -> Vec<String> {
    let mut sentences = Vec::new();
    for angle in AngleKind::ALL {
        let readings = evidence.readings.iter();
        let readings: Vec<AngleReading> = readings.filter_map(|one| one.angles[angle]).collect();
        let changes: Vec<f64> = readings.iter().map(|one| one.change).collect();
        let Some(error) = readings.iter().map(|one| one.error).reduce(f64::max) else {
            continue;
        };
        let limit = evidence.limits[angle].map_or(String::new(), |limit| {
            format!(" The limit was {limit:.0}\u{b0}.")
        });
        let low = changes.iter().copied().fold(f64::MAX, f64::min);
        let high = changes.iter().copied().fold(f64::MIN, f64::max);
        sentences.push(format!(
            "{}: {:.0}\u{b0} from neutral on average, {low:.0}\u{b0} to {high:.0}\u{b0} in {}, each good to \u{b1}{error:.0}\u{b0}.{limit}",
            angle_name(angle),
            mean(&changes),
            count(readings.len(), "reading", "readings"),
        ));
    }
    let calibration = evidence
        .calibration
        .as_ref()
        .map_or(String::new(), |taken| {
            let day = zone.to_datetime(taken.at).strftime("%-d %B, %H:%M");
            format!(", calibrated on {day} ({})", taken.profile)
        });
    sentences.push(format!(
        "The camera stood {}{calibration}. The model was {}, and slouching counted after {}.",
        view(evidence.view),
        evidence.model,
        duration(evidence.onset)
    ));
    sentences.extend(evidence.doubt.map(|doubt| {
        let doubt = match doubt {
            CalibrationDoubt::CameraElsewhere => "The camera seemed to stand elsewhere than",
            CalibrationDoubt::Stale => "The picture had another shape than",
            CalibrationDoubt::HeadLooksDifferent => "Your head looked different from",
            CalibrationDoubt::AnotherSeat => "Somebody sat on another seat than",
        };
        format!("{doubt} when you calibrated.")
    }));
    sentences
}

/// What a calibration found.
pub(crate) fn calibration(calibration: &Calibration) -> String {
    let spread = calibration.spread().forward_head;
    format!(
        "camera {}, head still within {spread:.1}\u{b0}{}",
        view(calibration.view()),
        if calibration.lacks_face() {
            "; it holds no face mesh, and a new calibration makes angles more exact"
        } else if calibration.lacks_shoulders() {
            "; it does not hold your shoulders, and with a new calibration they are watched too"
        } else {
            ""
        }
    )
}

/// Where the camera stands.
pub(crate) fn view(view: View) -> &'static str {
    match view {
        View::Front => "in front",
        View::Oblique => "in front and to one side",
        View::Side => "beside you",
    }
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

/// The nearest text in ASCII.
pub(crate) fn ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{b1}' => ascii.push_str("+-"),
            '\u{b0}' => ascii.push_str(" deg"),
            '\u{2582}' => ascii.push('_'),
            '\u{2591}' => ascii.push('.'),
            '\u{2800}'..='\u{28ff}' => ascii.push(braille(character)),
            '\u{2588}' => ascii.push('#'),
            '\u{2592}' => ascii.push('='),
            '\u{b7}' => ascii.push('.'),
            '\u{2013}' => ascii.push('-'),
            // The space that no line breaks at is still to be replaced.
            other if other.is_ascii() || other == '\u{a0}' => ascii.push(other),
            _ => ascii.push('?'),
        }
    }
    ascii
}

/// A Braille pattern by how much ink it has; its lowest eight bits are its dots.
fn braille(pattern: char) -> char {
    match (u32::from(pattern) & 0xff).count_ones() {
        0 => ' ',
        1..=2 => '.',
        3..=5 => 'o',
        _ => '#',
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::posture::{Fault, FilterState, PerAngle};

    #[test]
    fn every_measured_angle_is_named() {
        let angle = |change, error| Estimate {
            degrees: 41.0,
            change,
            error,
        };
        let by = |basis, forward_head, rounded_shoulders| {
            observation(&Observation {
                at: Timestamp::UNIX_EPOCH,
                since: Timestamp::UNIX_EPOCH,
                moment: Moment::Slouched(Fault::RoundedShoulders),
                severity: None,
                filter: FilterState::Settled,
                posture: Some(Posture {
                    view: View::Oblique,
                    basis,
                    placement: None,
                    angles: PerAngle {
                        forward_head,
                        rounded_shoulders,
                    },
                    trunk_lean: None,
                }),
            })
        };
        let line = |head, shoulders| by(Basis::Joints, head, shoulders);
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
            (
                by(Basis::MovedCamera, Some(head), None),
                "0\u{b0} \u{b1} 2\u{b0} from neutral; the camera may stand elsewhere",
            ),
            (
                by(Basis::DifferentHead, Some(head), None),
                "0\u{b0} \u{b1} 2\u{b0} from neutral; the head looks different than calibrated",
            ),
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
}
