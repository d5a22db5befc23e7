//! The fact in words, as the title of a notification.

use jiff::SignedDuration;

use crate::posture::{Fault, PerAngle};
use crate::quantities::whole_minutes;

/// What is wrong, by how much and for how long, such as `Head 14 degrees forward for 6 min`.
///
/// `changes` holds each angle's change from the person's own neutral, in degrees. An angle that is
/// unknown or below one degree is named without a number.
#[must_use]
pub fn headline(fault: Fault, changes: PerAngle<Option<f64>>, lasted: SignedDuration) -> String {
    let whole = |degrees: f64| degrees.abs().round();
    let changes = changes.map(|change| change.map(whole).filter(|degrees| *degrees >= 1.0));
    let spelled = changes.map(|change| {
        change.map(|degrees| format!("{degrees} degree{}", if degrees < 2.0 { "" } else { "s" }))
    });
    let fact = match (fault, spelled.forward_head, spelled.rounded_shoulders) {
        (Fault::ForwardHead, Some(head), _) => format!("Head {head} forward"),
        (Fault::ForwardHead, None, _) => "Head forward".to_owned(),
        (Fault::RoundedShoulders, _, Some(shoulders)) => format!("Shoulders {shoulders} forward"),
        (Fault::RoundedShoulders, _, None) => "Shoulders rounded".to_owned(),
        (Fault::HeadAndShoulders, Some(head), Some(shoulders)) => {
            format!("Head {head} and shoulders {shoulders} forward")
        }
        (Fault::HeadAndShoulders, _, _) => "Head and shoulders forward".to_owned(),
    };
    format!("{fact} for {}", whole_minutes(lasted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_names_each_angle_with_its_own_number() {
        use Fault::{ForwardHead, HeadAndShoulders, RoundedShoulders};
        let rows = [
            (
                ForwardHead,
                Some(14.2),
                None,
                360,
                "Head 14 degrees forward for 6 min",
            ),
            (
                ForwardHead,
                Some(1.4),
                None,
                60,
                "Head 1 degree forward for 1 min",
            ),
            (
                ForwardHead,
                Some(0.3),
                Some(9.0),
                45,
                "Head forward for 45 s",
            ),
            (
                RoundedShoulders,
                Some(3.0),
                Some(12.0),
                359,
                "Shoulders 12 degrees forward for 6 min",
            ),
            (
                HeadAndShoulders,
                Some(11.0),
                Some(16.4),
                600,
                "Head 11 degrees and shoulders 16 degrees forward for 10 min",
            ),
            (
                HeadAndShoulders,
                Some(11.0),
                None,
                7200,
                "Head and shoulders forward for 2 h",
            ),
        ];
        for (fault, forward_head, rounded_shoulders, seconds, title) in rows {
            let changes = PerAngle {
                forward_head,
                rounded_shoulders,
            };
            let lasted = SignedDuration::from_secs(seconds);
            assert_eq!(headline(fault, changes, lasted), title);
        }
    }
}
