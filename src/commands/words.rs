//! What is seen and kept, in the words of every running text.

use jiff::{SignedDuration, Timestamp};

use crate::desktop::Bus;
use crate::monitor::Look;
use crate::posture::{Baseline, Estimate, Moment, View, Why};
use crate::record::{Ending, Episode};

/// A look in one line.
pub(super) fn look(look: &Look) -> String {
    let head = look
        .posture
        .as_ref()
        .and_then(|posture| posture.forward_head);
    match look.moment {
        Moment::Slouched(fault) => format!("beyond the limit: {fault}, {}", angle(head)),
        Moment::Upright => format!("upright, {}", angle(head)),
        Moment::Unclear(Why::NotCalibrated) => format!("not calibrated, {}", angle(head)),
        Moment::Unclear(why @ Why::CalibrationStale) => {
            format!("{why}, as after the camera was moved: run sitwell calibrate")
        }
        Moment::Unclear(why) => format!("nothing to be said: {why}"),
        Moment::Away => "nobody there".to_owned(),
    }
}

/// What is not known any more without a bus.
pub(super) fn lost(bus: Bus) -> String {
    match bus {
        Bus::System => format!(
            "{bus} is gone: nothing tells when the screen locks or the computer sleeps, so watching goes on without"
        ),
        Bus::Session => format!(
            "{bus} is gone: the desktop does not tell when the screen locks, so watching goes on without"
        ),
    }
}

/// Forward head, as a change where there is a neutral.
fn angle(head: Option<Estimate>) -> String {
    match head {
        Some(Estimate {
            change: Some(change),
            error,
            ..
        }) => {
            // Without the zero, a touch backwards would be -0.
            let change = change.round() + 0.0;
            format!("{change:.0}\u{b0} \u{b1} {error:.0}\u{b0} from neutral")
        }
        Some(Estimate { degrees, error, .. }) => {
            format!("head roughly {degrees:.0}\u{b0} \u{b1} {error:.0}\u{b0} forward")
        }
        None => "no angle".to_owned(),
    }
}

/// A slouch that is over.
pub(super) fn episode(episode: &Episode) -> String {
    let minutes = episode.to.duration_since(episode.from).as_secs_f64() / 60.0;
    let how = match episode.ending {
        Ending::AfterNudge => "ended after the nudge",
        Ending::ByItself => "ended by itself",
        Ending::OutOfSight => "ended out of sight",
    };
    format!(
        "a slouch of {minutes:.1} minutes, {:.0}\u{b0} \u{b1} {:.0}\u{b0} on average, {how}",
        episode.angle.mean, episode.angle.error
    )
}

/// What a calibration found.
pub(super) fn calibration(baseline: &Baseline) -> String {
    let spread = baseline.spread().forward_head;
    format!(
        "camera {}, head still within {spread:.1}\u{b0}",
        match baseline.view() {
            View::Front => "in front",
            View::Oblique => "in front and to one side",
            View::Side => "beside you",
        }
    )
}

/// How long ago something was, no more exact than it is of use.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> String {
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
