//! The fact in words, as the title of a notification.

use jiff::SignedDuration;

use crate::posture::Fault;

/// What is wrong, by how much and for how long, such as `Head 14 degrees forward for 6 minutes`.
///
/// `degrees` is the leading angle's change from the person's own neutral, and
/// is left out where nothing exact can be said.
#[must_use]
pub fn headline(fault: Fault, degrees: Option<f64>, lasted: SignedDuration) -> String {
    let degrees = degrees
        .map(f64::abs)
        .map(f64::round)
        .filter(|degrees| *degrees >= 1.0)
        .map(|degrees| {
            let unit = if degrees < 2.0 { "degree" } else { "degrees" };
            format!("{degrees} {unit}")
        });
    let fact = match (fault, degrees) {
        (Fault::ForwardHead, Some(by)) => format!("Head {by} forward"),
        (Fault::ForwardHead, None) => "Head forward".to_owned(),
        (Fault::RoundedShoulders, Some(by)) => format!("Shoulders {by} forward"),
        (Fault::RoundedShoulders, None) => "Shoulders rounded".to_owned(),
        (Fault::HeadAndShoulders, Some(by)) => format!("Head and shoulders {by} forward"),
        (Fault::HeadAndShoulders, None) => "Head and shoulders forward".to_owned(),
    };
    format!("{fact} for {}", spell(lasted))
}

/// A time in words, in the largest unit that fits.
fn spell(time: SignedDuration) -> String {
    let count =
        |number: i64, unit: &str| format!("{number} {unit}{}", if number == 1 { "" } else { "s" });
    // To the nearest minute, but 59 seconds are not yet a minute.
    match time.as_secs() {
        seconds @ ..60 => count(seconds.max(1), "second"),
        seconds @ 60..5400 => count((seconds + 30) / 60, "minute"),
        seconds => count((seconds + 1800) / 3600, "hour"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_what_by_how_much_and_for_how_long() {
        let rows = [
            (
                Fault::ForwardHead,
                Some(14.2),
                360,
                "Head 14 degrees forward for 6 minutes",
            ),
            (
                Fault::ForwardHead,
                Some(1.4),
                60,
                "Head 1 degree forward for 1 minute",
            ),
            (
                Fault::ForwardHead,
                Some(0.3),
                45,
                "Head forward for 45 seconds",
            ),
            (
                Fault::RoundedShoulders,
                Some(12.0),
                359,
                "Shoulders 12 degrees forward for 6 minutes",
            ),
            (
                Fault::HeadAndShoulders,
                None,
                7200,
                "Head and shoulders forward for 2 hours",
            ),
            (
                Fault::HeadAndShoulders,
                Some(11.0),
                600,
                "Head and shoulders 11 degrees forward for 10 minutes",
            ),
        ];
        for (fault, degrees, seconds, title) in rows {
            assert_eq!(
                headline(fault, degrees, SignedDuration::from_secs(seconds)),
                title
            );
        }
    }
}
