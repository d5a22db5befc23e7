//! The hours in the settings as periods of time.
//!
//! Each day's civil times become instants, so that hours begin and end once even when the clocks
//! change: a time that comes twice means the first one, and a skipped time moves later by the skip.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::record::Period;
use crate::settings::Hours;

/// Whether an instant lies within the hours. An empty schedule is always open.
pub(super) fn is_open(schedule: &[Hours], at: Timestamp, zone: &TimeZone) -> bool {
    schedule.is_empty() || hours_around(schedule, at, zone).any(|hours| hours.holds(at))
}

/// When [`is_open`] changes next.
pub(super) fn next_change(schedule: &[Hours], at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let is_open_now = is_open(schedule, at, zone);
    hours_around(schedule, at, zone)
        .flat_map(|hours| [hours.from, hours.to])
        .filter(|change| *change > at && is_open(schedule, *change, zone) != is_open_now)
        .min()
}

/// The hours that begin between the day before and seven days after.
fn hours_around<'a>(
    schedule: &'a [Hours],
    at: Timestamp,
    zone: &'a TimeZone,
) -> impl Iterator<Item = Period> + 'a {
    let today = zone.to_datetime(at).date();
    (-1..=7)
        .filter_map(move |days| today.checked_add(days.days()).ok())
        .flat_map(move |day| {
            schedule
                .iter()
                .filter(move |hours| hours.begin_on(day.weekday()))
                .filter_map(move |hours| hours_on(day, hours, zone))
        })
}

/// The hours that begin on a day.
fn hours_on(day: Date, hours: &Hours, zone: &TimeZone) -> Option<Period> {
    let last = if hours.end_on_the_next_day() {
        day.tomorrow().ok()?
    } else {
        day
    };
    let instant = |date: Date, time| zone.to_timestamp(date.to_datetime(time)).ok();
    Some(Period {
        from: instant(day, hours.from())?,
        to: instant(last, hours.to())?,
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use jiff::{SignedDuration, Zoned};
    use proptest::prelude::*;

    use super::*;

    fn hours(lines: &[&str]) -> Vec<Hours> {
        lines.iter().map(|line| line.parse().unwrap()).collect()
    }

    /// Whether the schedule is open at a civil time, and its next changes.
    fn play(lines: &[&str], from: &str) -> String {
        let schedule = hours(lines);
        let from: Zoned = from.parse().unwrap();
        let mut at = from.timestamp();
        let mut story = word(&schedule, at, from.time_zone()).to_owned();
        for _ in 0..4 {
            let Some(change) = next_change(&schedule, at, from.time_zone()) else {
                return story + "; for ever";
            };
            at = change;
            let local = at.to_zoned(from.time_zone().clone());
            let word = word(&schedule, at, from.time_zone());
            story += &format!("; {} {word}", local.strftime("%a %H:%M %Z"));
        }
        story
    }

    fn word(schedule: &[Hours], at: Timestamp, zone: &TimeZone) -> &'static str {
        if is_open(schedule, at, zone) {
            "open"
        } else {
            "closed"
        }
    }

    #[test]
    fn hours_open_and_close_on_their_days() {
        // A Friday.
        let noon = "2026-11-20T12:00[Europe/Berlin]";
        assert_snapshot!(play(&[], noon), @"open; for ever");
        assert_snapshot!(play(&["mon-fri 09:00-17:30"], noon), @"open; Fri 17:30 CET closed; Mon 09:00 CET open; Mon 17:30 CET closed; Tue 09:00 CET open");
        assert_snapshot!(play(&["mon-fri 09:00-12:00", "mon-thu 12:00-17:00"], noon), @"closed; Mon 09:00 CET open; Mon 17:00 CET closed; Tue 09:00 CET open; Tue 17:00 CET closed");
        assert_snapshot!(play(&["fri 22:00-06:00"], "2026-11-21T01:00[Europe/Berlin]"), @"open; Sat 06:00 CET closed; Fri 22:00 CET open; Sat 06:00 CET closed; Fri 22:00 CET open");
        assert_snapshot!(play(&["00:00-24:00"], noon), @"open; for ever");
        assert_snapshot!(play(&["thu 00:00-24:00"], noon), @"closed; Thu 00:00 CET open; Fri 00:00 CET closed; Thu 00:00 CET open; Fri 00:00 CET closed");
    }

    #[test]
    fn hours_are_entered_and_left_once_when_the_clocks_change() {
        // In Berlin 02:00 to 03:00 is skipped on 29 March 2026, and comes twice on 25 October.
        assert_snapshot!(play(&["sun 02:30-09:00"], "2026-03-29T00:00[Europe/Berlin]"), @"closed; Sun 03:30 CEST open; Sun 09:00 CEST closed; Sun 02:30 CEST open; Sun 09:00 CEST closed");
        assert_snapshot!(play(&["sat 22:00-02:30"], "2026-03-28T23:00[Europe/Berlin]"), @"open; Sun 03:30 CEST closed; Sat 22:00 CEST open; Sun 02:30 CEST closed; Sat 22:00 CEST open");
        assert_snapshot!(play(&["sun 02:10-02:50"], "2026-03-29T00:00[Europe/Berlin]"), @"closed; Sun 03:10 CEST open; Sun 03:50 CEST closed; Sun 02:10 CEST open; Sun 02:50 CEST closed");
        assert_snapshot!(play(&["sun 01:00-02:30"], "2026-10-25T00:00[Europe/Berlin]"), @"closed; Sun 01:00 CEST open; Sun 02:30 CEST closed; Sun 01:00 CET open; Sun 02:30 CET closed");
        assert_snapshot!(play(&["sat 09:00-09:00"], "2026-10-24T12:00[Europe/Berlin]"), @"open; Sun 09:00 CET closed; Sat 09:00 CET open; Sun 09:00 CET closed; Sat 09:00 CET open");
    }

    proptest! {
        #[test]
        fn nothing_changes_before_the_next_change(
            second in 1_760_000_000..1_800_000_000_i64,
            share in 0.0..1.0_f64,
            lines in proptest::collection::vec(
                (0..7_usize, 0..7_usize, 0..24_u32, 0..60_u32, 0..24_u32, 0..60_u32), 1..4),
            zone in 0..3_usize,
        ) {
            let zone = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"][zone];
            let zone = TimeZone::get(zone).unwrap();
            let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
            let lines: Vec<String> = lines
                .into_iter()
                .map(|(first, last, h, m, hh, mm)| {
                    format!("{}-{} {h}:{m:02}-{hh}:{mm:02}", days[first], days[last])
                })
                .collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let schedule = hours(&lines);
            let at = Timestamp::from_second(second).unwrap();
            let now = is_open(&schedule, at, &zone);
            let change = next_change(&schedule, at, &zone);
            // The week repeats, so what does not change within eight days never does.
            let end = change.unwrap_or(at + SignedDuration::from_hours(8 * 24));
            let between = at + end.duration_since(at).mul_f64(share);
            if between < end {
                prop_assert_eq!(is_open(&schedule, between, &zone), now);
            }
            if let Some(change) = change {
                prop_assert!(change > at);
                prop_assert_ne!(is_open(&schedule, change, &zone), now);
            }
        }
    }
}
