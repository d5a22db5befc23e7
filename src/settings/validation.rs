//! Values that can be read but would silently turn something off.

use std::ops::RangeInclusive;

use jiff::SignedDuration;

use super::Settings;
use crate::posture::AngleKind;

/// The first key with such a value, and what the value must be.
pub(super) fn first_problem(settings: &Settings) -> Option<(String, &'static str)> {
    let limits = settings.posture.limits;
    let (episodes, nudges) = (settings.monitor.episodes, settings.monitor.nudges);
    let (sampling, stretch) = (settings.monitor.sampling, &settings.stretch);
    let (second, minute) = (SignedDuration::from_secs(1), SignedDuration::from_mins(1));
    let (none, hour) = (SignedDuration::ZERO, SignedDuration::from_hours(1));
    let (minutes, day) = (minute * 10, hour * 24);
    let degrees = AngleKind::ALL.map(|angle| {
        let key = format!("posture.limits.{}", angle.id());
        (key, limits[angle].0)
    });
    let intervals = [
        ("monitor.looks.steady", sampling.steady),
        ("monitor.looks.quick", sampling.quick),
        ("monitor.looks.doubtful", sampling.doubtful),
        ("monitor.looks.away", sampling.away),
    ];
    let longest = intervals.map(|(_, interval)| interval).into_iter().max()?;
    let forgiven = [("monitor.patience.forgiven", episodes.forgiven)];
    let onset = [("monitor.patience.onset", episodes.onset)];
    let recovery = [("monitor.patience.recovery", episodes.recovery)];
    let max_gap = [("monitor.patience.max_gap", episodes.max_gap)];
    let cooldown = [("monitor.nudges.cooldown", nudges.cooldown)];
    let snooze = [("monitor.nudges.snooze", nudges.snooze)];
    let expires = [("monitor.nudges.expires", nudges.expires)];
    let stillness = [("monitor.nudges.stillness", nudges.stillness)];
    let near = [("monitor.looks.near", sampling.near)];
    let starts = settings.report.day_starts.0;
    let day_starts = [("report.day_starts", starts.hour())];
    let past_the_hour = [("report.day_starts", starts.minute())];
    let relief = [("stretch.same_relief_a_day", stretch.same_relief_a_day)];
    let places = [("stretch.places", stretch.places.len())];
    let shortest = settings.notify.quiet_programs.iter();
    let shortest = shortest.map(|name| name.trim().len()).min().unwrap_or(1);
    let programs = [("notify.quiet_programs", shortest)];
    let compares_edges = !nudges.trial_edges || (nudges.trial && settings.notify.dim_edges);
    let trial_edges = [("monitor.nudges.trial_edges", compares_edges)];
    let rows = [
        // Below one degree everything is a slouch, and above 90 nothing can be.
        (
            outside(&degrees, 1.0..=90.0),
            "must be from 1 to 90 degrees",
        ),
        (
            outside(&intervals, second..=minute),
            "must be from 1 second to 1 minute",
        ),
        (
            outside(&onset, second..=hour),
            "must be from 1 second to 1 hour",
        ),
        (
            outside(&forgiven, none..=minutes),
            "must be from 0 to 10 minutes",
        ),
        (
            outside(&recovery, second..=minutes),
            "must be from 1 second to 10 minutes",
        ),
        (
            outside(&max_gap, longest + SignedDuration::from_nanos(1)..=minutes),
            "must be longer than every interval under [monitor.looks], and at most 10 minutes",
        ),
        (outside(&cooldown, none..=day), "must be from 0 to 24 hours"),
        (
            outside(&stillness, none..=day),
            "must be from 0 to 24 hours",
        ),
        (
            outside(&snooze, second..=day),
            "must be from 1 second to 24 hours",
        ),
        (
            outside(&expires, second..=hour),
            "must be from 1 second to 1 hour",
        ),
        (
            outside(&trial_edges, true..=true),
            "needs trial = true beside it and dim_edges = true under [notify]",
        ),
        (outside(&near, 0.0..=1.0), "must be from 0 to 1"),
        // Reports have whole hours, and a day that begins after noon has another name.
        (
            outside(&day_starts, 0..=12).or(outside(&past_the_hour, 0..=0)),
            "must be a whole hour from 00:00 to 12:00",
        ),
        (outside(&relief, 1..=u32::MAX), "must be at least 1"),
        (outside(&places, 1..=usize::MAX), "name at least one place"),
        // Nothing is a part of every name.
        (
            outside(&programs, 1..=usize::MAX),
            "must be names of programs, none of them empty",
        ),
    ];
    rows.into_iter()
        .find_map(|(key, problem)| Some((key?, problem)))
}

/// The first key whose value is outside a range.
fn outside<T: PartialOrd>(rows: &[(impl ToString, T)], range: RangeInclusive<T>) -> Option<String> {
    let found = rows.iter().find(|(_, value)| !range.contains(value))?;
    Some(found.0.to_string())
}
