//! Values that can be read but make no sense.

use std::ops::RangeInclusive;

use jiff::SignedDuration;

use super::Settings;

/// The first key with such a value, and what the value must be.
pub(super) fn first_problem(settings: &Settings) -> Option<(&'static str, &'static str)> {
    let limits = settings.posture.limits;
    let (patience, nudges) = (settings.monitor.patience, settings.monitor.nudges);
    let looks = settings.monitor.looks;
    let second = SignedDuration::from_secs(1);
    let degrees = [
        ("posture.limits.forward_head", limits.forward_head.0),
        (
            "posture.limits.rounded_shoulders",
            limits.rounded_shoulders.0,
        ),
    ];
    let intervals = [
        ("monitor.looks.steady", looks.steady),
        ("monitor.looks.quick", looks.quick),
        ("monitor.looks.doubtful", looks.doubtful),
        ("monitor.looks.away", looks.away),
    ];
    let longest = intervals.map(|(_, interval)| interval).into_iter().max()?;
    let positive = [
        ("monitor.patience.onset", patience.onset),
        ("monitor.patience.recovery", patience.recovery),
        ("monitor.nudges.expires", nudges.expires),
    ];
    let not_negative = [
        ("monitor.patience.forgiven", patience.forgiven),
        ("monitor.nudges.cooldown", nudges.cooldown),
        ("monitor.nudges.snooze", nudges.snooze),
    ];
    let near = [("monitor.looks.near", looks.near)];
    let max_gap = [("monitor.patience.max_gap", patience.max_gap)];
    let forever = SignedDuration::MAX;
    let rows = [
        (
            outside(&degrees, 1.0..=90.0),
            "must be from 1 to 90 degrees",
        ),
        (
            outside(&intervals, second..=SignedDuration::from_mins(1)),
            "must be from 1 second to 1 minute",
        ),
        (
            outside(&positive, second..=forever),
            "must be at least a second",
        ),
        (
            outside(&not_negative, SignedDuration::ZERO..=forever),
            "must not be negative",
        ),
        (outside(&near, 0.0..=1.0), "must be from 0 to 1"),
        (
            outside(&max_gap, longest + SignedDuration::from_nanos(1)..=forever),
            "must be longer than every interval under [monitor.looks], or nothing would be counted",
        ),
    ];
    rows.into_iter()
        .find_map(|(key, problem)| Some((key?, problem)))
}

/// The first key whose value is outside a range.
fn outside<T: PartialOrd>(
    rows: &[(&'static str, T)],
    range: RangeInclusive<T>,
) -> Option<&'static str> {
    let found = rows.iter().find(|(_, value)| !range.contains(value))?;
    Some(found.0)
}
