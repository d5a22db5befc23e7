//! Reports through the library: what they say of a made-up fortnight.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use sitwell::posture::Fault;
use sitwell::record::{Look, Minute, Period, Record, Records, Spent, Tally};
use sitwell::report::{self, Colour, Days, Kind, Style, Summary, percentages};

#[allow(dead_code, reason = "each user takes what it needs")]
mod made_up;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn sorted(list: Vec<Record>) -> Records {
    let mut records = Records::default();
    for record in list {
        match record {
            Record::Minute(minute) => records.minutes.push(minute),
            Record::Episode(episode) => records.episodes.push(episode),
            Record::Nudge(nudge) => records.nudges.push(nudge),
            Record::Session(session) => records.sessions.push(session),
            Record::Calibration(taken) => records.calibrations.push(taken),
        }
    }
    records
}

fn fortnight() -> Records {
    sorted(made_up::days(date(2026, 11, 9), 14, &berlin(), 1))
}

fn summary(days: Days) -> Summary {
    let of = |days: Days| report::summary(&fortnight(), days.period(&berlin()).unwrap(), &berlin());
    of(days).against(&of(days.before()))
}

fn plain(summary: &Summary) -> String {
    let mut out = Vec::new();
    let style = Style {
        colour: Colour::Plain,
        width: 80,
    };
    report::text(summary, &mut out, style, &|_| None).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_day_in_text() {
    insta::assert_snapshot!(plain(&summary(Days::from(date(2026, 11, 18)))));
}

#[test]
fn a_week_in_text() {
    insta::assert_snapshot!(plain(&summary(Days {
        first: date(2026, 11, 16),
        last: date(2026, 11, 22)
    })));
}

#[test]
fn text_fits_the_terminal_and_is_coloured_only_when_asked() {
    for days in [
        Days::from(date(2026, 11, 18)),
        Days {
            first: date(2026, 1, 1),
            last: date(2026, 12, 31),
        },
    ] {
        for line in plain(&summary(days)).lines() {
            assert!(line.chars().count() <= 80, "{line}");
            assert!(!line.contains('\u{1b}'));
        }
    }
    let mut out = Vec::new();
    let style = Style {
        colour: Colour::Ansi,
        width: 80,
    };
    report::text(
        &summary(Days::from(date(2026, 11, 18))),
        &mut out,
        style,
        &|_| None,
    )
    .unwrap();
    assert!(String::from_utf8(out).unwrap().contains("\u{1b}[33m"));
}

#[test]
fn nothing_and_little_are_said_to_be_so() {
    let empty = summary(Days {
        first: date(2027, 3, 1),
        last: date(2027, 3, 7),
    });
    insta::assert_snapshot!(plain(&empty), @r"
How you sat: 1 to 7 March 2027

Nothing was recorded. Start Sitwell with `sitwell monitor`, then look again.
");
    insta::assert_snapshot!(report::weekly_notice(&empty), @"Nothing was recorded. Start Sitwell with `sitwell monitor`, then look again.");
    let minute = Minute {
        start: "2026-11-23T09:00:00Z".parse().unwrap(),
        spent: [
            (Spent::Upright, SignedDuration::from_secs(50)),
            (Spent::Away, SignedDuration::from_secs(10)),
        ]
        .into(),
        forward_head: None,
        rounded_shoulders: None,
    };
    let records = Records {
        minutes: vec![minute],
        ..Records::default()
    };
    let period = Days::from(date(2026, 11, 23)).period(&berlin()).unwrap();
    let little = report::summary(&records, period, &berlin());
    insta::assert_snapshot!(plain(&little.clone().against(&empty)), @r"
How you sat: Monday 23 November 2026

You sat upright for 100% of the 50 s observed. That is too little to say much.

  upright                               50 s 100%  ████████████████████████████
  Not observed: away 10 s.

The day, 5 min a column
  10
  ▂
  ▂ upright   · away

By the hour: upright of the time observed
  10:00       ████████████████████████████████████ 100% of 50 s

Slouches
  No sustained slouch.

Stretches
  No stretch was suggested.

Against the time before
Too little to compare with the week before (nothing observed): 0 days with an
hour or more observed now, 0 then. It takes five together, one at least on each
side.
");
    insta::assert_snapshot!(report::weekly_notice(&little), @"You sat upright for 100% of the 50 s observed. That is too little to say much.");
    let week = summary(Days {
        first: date(2026, 11, 16),
        last: date(2026, 11, 22),
    });
    insta::assert_snapshot!(report::weekly_notice(&week), @"You sat upright for 89% of the 34 h 14 min observed. Most of the rest: head forward. 27 stretches suggested: 12 done, 3 partly done, 6 sat up instead, 2 put off, 3 skipped, 1 unanswered. More upright than the week before.");
}

#[test]
fn clock_changes_make_a_day_longer_or_shorter_not_its_time() {
    for (day, hours, clocks) in [((2026, 3, 29), 23, "01 03"), ((2026, 10, 25), 25, "02 02")] {
        let day = Days::from(date(day.0, day.1, day.2));
        let period = day.period(&berlin()).unwrap();
        let mut tally = Tally::new(SignedDuration::from_secs(30));
        let mut records = Records::default();
        let mut now = period.from;
        while now < period.to {
            let to = now + SignedDuration::from_secs(20);
            let look = Look {
                spent: Spent::Upright,
                from: now,
                to,
                forward_head: None,
                rounded_shoulders: None,
            };
            records.minutes.extend(tally.add(&look));
            now = to;
        }
        let summary = report::summary(&records, period, &berlin());
        assert_eq!(summary.times.observed(), SignedDuration::from_hours(hours));
        assert_eq!(summary.days[0].hours.len() as i64, hours);
        assert!(
            summary.days[0]
                .hours
                .iter()
                .all(|hour| hour.times.observed() == SignedDuration::from_hours(1))
        );
        let told: Vec<String> = summary.days[0]
            .hours
            .iter()
            .map(|hour| format!("{:02}", hour.clock))
            .collect();
        assert!(told.join(" ").contains(clocks), "{told:?}");
    }
}

#[test]
fn a_minute_belongs_to_the_readers_day() {
    // 23:30 UTC is the next day in Berlin and the same in New York.
    let minute = Minute {
        start: "2026-11-23T23:30:00Z".parse().unwrap(),
        spent: [(Spent::Upright, SignedDuration::from_mins(1))].into(),
        forward_head: None,
        rounded_shoulders: None,
    };
    let records = Records {
        minutes: vec![minute],
        ..Records::default()
    };
    for (zone, day) in [
        ("Europe/Berlin", 24),
        ("America/New_York", 23),
        ("Asia/Kolkata", 24),
    ] {
        let zone = TimeZone::get(zone).unwrap();
        let days = Days {
            first: date(2026, 11, 22),
            last: date(2026, 11, 25),
        };
        let summary = report::summary(&records, days.period(&zone).unwrap(), &zone);
        let used: Vec<i8> = summary
            .days
            .iter()
            .filter(|day| day.times.recorded().is_positive())
            .map(|day| day.date.day())
            .collect();
        assert_eq!(used, [day]);
    }
}

fn any_records() -> impl Strategy<Value = Records> {
    (0_u64..1000, 1_i64..6)
        .prop_map(|(seed, days)| sorted(made_up::days(date(2026, 10, 22), days, &berlin(), seed)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_exceeds_the_time_observed_and_the_parts_add_up(records in any_records()) {
        let summary = report::summary(&records, Period::ALWAYS, &berlin());
        let times = &summary.times;
        let kinds: SignedDuration = Kind::ALL.iter().map(|&kind| times.of_kind(kind)).fold(SignedDuration::ZERO, |a, b| a + b);
        prop_assert_eq!(kinds, times.recorded());
        prop_assert_eq!(times.faults().iter().fold(SignedDuration::ZERO, |a, b| a + b.1), times.of_kind(Kind::Slouched));
        let lived = records.minutes.len() as i64;
        prop_assert!(times.recorded() <= SignedDuration::from_mins(lived));
        for day in &summary.days {
            prop_assert!(day.times.recorded() <= day.period.to.duration_since(day.period.from));
            prop_assert!(day.hours.iter().all(|hour| hour.times.recorded() <= SignedDuration::from_hours(1)));
            prop_assert!(day.runs.windows(2).all(|pair| pair[0].to <= pair[1].from));
        }
    }

    #[test]
    fn a_history_cut_anywhere_gives_the_same_summary(records in any_records(), cut in 0.0_f64..1.0) {
        let from = records.minutes[0].start.as_second();
        let to = records.minutes[records.minutes.len() - 1].start.as_second() + 60;
        let at = Timestamp::from_second(from + ((to - from) as f64 * cut) as i64 / 60 * 60).unwrap();
        let ends = Period { from: Timestamp::from_second(from).unwrap(), to: Timestamp::from_second(to).unwrap() };
        let whole = report::summary(&records, ends, &berlin());
        let first = report::summary(&records, Period { to: at, ..ends }, &berlin());
        let second = report::summary(&records, Period { from: at, ..ends }, &berlin());
        let mut times = first.times.clone();
        times.add_times(&second.times);
        prop_assert_eq!(&times, &whole.times);
        prop_assert_eq!(first.suggested() + second.suggested(), whole.suggested());
        prop_assert_eq!(first.slouches.episodes.len() + second.slouches.episodes.len(), whole.slouches.episodes.len());
    }

    #[test]
    fn percentages_add_up(parts in prop::collection::vec(0_i64..100_000_000, 1..8)) {
        let times: Vec<SignedDuration> = parts.iter().map(|&ms| SignedDuration::from_millis(ms)).collect();
        let sum: i64 = parts.iter().sum();
        let whole = percentages(&times);
        prop_assert_eq!(whole.iter().sum::<u32>(), if sum == 0 { 0 } else { 100 });
        for (percent, part) in whole.iter().zip(&parts) {
            prop_assert!((f64::from(*percent) - 100.0 * *part as f64 / sum.max(1) as f64).abs() < 1.0);
        }
    }
}

#[test]
fn slouches_are_counted_by_how_they_ended() {
    let week = summary(Days {
        first: date(2026, 11, 16),
        last: date(2026, 11, 22),
    });
    let slouches = &week.slouches;
    assert_eq!(
        slouches.by_itself.count + slouches.after_nudge.count + slouches.out_of_sight,
        slouches.episodes.len()
    );
    assert!(slouches.from_nudge.unwrap() < slouches.after_nudge.median.unwrap());
    assert!(
        slouches
            .episodes
            .iter()
            .any(|episode| episode.fault == Fault::ForwardHead)
    );
}
