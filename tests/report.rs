//! Reports through the library: what they say of a made-up fortnight.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

use jiff::civil::{Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use sitwell::calendar::Calendar;
use sitwell::history::{FILE_NAME, History, summarize};
use sitwell::posture::{AngleKind, Fault, PerAngle, UnclearReason};
use sitwell::record::{
    AngleSpan, Answer, DeskChange, DeskChangeKind, Episode, EpisodeOutcome, Minute, MinuteTally,
    Nudge, Period, Record, Records, Routine, TimeSpan, TimeUse,
};
use sitwell::report::{
    self, Agreement, Colour, Days, DeskCheck, DeskDifference, DeskFactor, DeskFinding, DeskReport,
    ReportCharset, Style, Summary, TimeCategory, percentages,
};

#[allow(dead_code, reason = "each user takes what it needs")]
mod made_up;

fn berlin() -> Calendar {
    TimeZone::get("Europe/Berlin").unwrap().into()
}

fn sorted(list: Vec<Record>) -> Records {
    let mut records = Records::default();
    for record in list {
        match record {
            Record::Minute(minute) => records.minutes.push(minute),
            Record::Episode(episode) => records.episodes.push(episode),
            Record::Nudge(nudge) => records.nudges.push(nudge),
            Record::Evidence(evidence) => records.evidence.push(evidence),
            Record::Trial(due) => records.trial.push(due),
            Record::Routine(routine) => records.routines.push(routine),
            Record::Session(session) => records.sessions.push(session),
            Record::Calibration(taken) => records.calibrations.push(taken),
            Record::CalibrationUse(used) => records.calibration_uses.push(used),
            Record::DeskChange(change) => records.desk_changes.push(change),
            Record::PhotoCheck(check) => records.photo_checks.push(check),
            Record::SettledProposal(settled) => records.settled_proposals.push(settled),
        }
    }
    records
}

fn fortnight() -> Records {
    sorted(made_up::days(date(2026, 11, 9), 14, &berlin().zone, 1))
}

fn summary(days: Days) -> Summary {
    let of = |days: Days| report::summary(&fortnight(), days.period(&berlin()).unwrap(), &berlin());
    of(days).against(&of(days.before()))
}

fn plain(summary: &Summary) -> String {
    in_style(summary, Style::PLAIN)
}

fn page_of(summary: &Summary) -> String {
    let mut page = Vec::new();
    report::html(summary, &mut page, &|_| None).unwrap();
    String::from_utf8(page).unwrap()
}

fn in_style(summary: &Summary, style: Style) -> String {
    let mut out = Vec::new();
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
        for width in [40, 60, 80] {
            let text = in_style(
                &summary(days),
                Style {
                    width,
                    ..Style::PLAIN
                },
            );
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
                assert!(!line.contains('\u{1b}'));
            }
        }
    }
    let day = summary(Days::from(date(2026, 11, 18)));
    let colour = Colour::Ansi;
    let coloured = in_style(
        &day,
        Style {
            colour,
            ..Style::PLAIN
        },
    );
    assert!(coloured.contains("\u{1b}[33m"));
    let charset = ReportCharset::Ascii;
    let ascii = in_style(
        &day,
        Style {
            charset,
            ..Style::PLAIN
        },
    );
    assert!(ascii.is_ascii() && ascii.contains("+-"), "{ascii}");
}

#[test]
fn nothing_and_little_are_said_to_be_so() {
    let empty = summary(Days {
        first: date(2027, 3, 1),
        last: date(2027, 3, 7),
    });
    insta::assert_snapshot!(plain(&empty), @r"
How you sat: 1 to 7 March 2027

Nothing was recorded. Sitwell records while `sitwell monitor` runs.
");
    insta::assert_snapshot!(report::weekly_notice(&empty), @"Nothing was recorded. Sitwell records while `sitwell monitor` runs.");
    let minute = Minute {
        start: "2026-11-23T09:00:00Z".parse().unwrap(),
        spent: [
            (TimeUse::Upright, SignedDuration::from_secs(50)),
            (TimeUse::Away, SignedDuration::from_secs(10)),
        ]
        .into(),
        placement: None,
        angles: PerAngle::default(),
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
        let mut tally = MinuteTally::new(SignedDuration::from_secs(30));
        let mut records = Records::default();
        let mut now = period.from;
        while now < period.to {
            let to = now + SignedDuration::from_secs(20);
            let span = TimeSpan {
                spent: TimeUse::Upright,
                from: now,
                to,
                placement: None,
                angles: PerAngle::default(),
            };
            records.minutes.extend(tally.add(&span));
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
        let shown: Vec<String> = summary.days[0]
            .hours
            .iter()
            .map(|hour| format!("{:02}", hour.clock))
            .collect();
        assert!(shown.join(" ").contains(clocks), "{shown:?}");
    }
}

#[test]
fn a_minute_belongs_to_the_readers_day() {
    // 23:30 UTC is the next day in Berlin and the same in New York.
    let minute = Minute {
        start: "2026-11-23T23:30:00Z".parse().unwrap(),
        spent: [(TimeUse::Upright, SignedDuration::from_mins(1))].into(),
        placement: None,
        angles: PerAngle::default(),
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
        let zone = Calendar::from(TimeZone::get(zone).unwrap());
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

/// A minute upright at this instant, on the whole minute.
fn upright_minute(at: &str) -> Minute {
    Minute {
        start: at.parse().unwrap(),
        spent: [(TimeUse::Upright, SignedDuration::from_mins(1))].into(),
        placement: None,
        angles: PerAngle::default(),
    }
}

#[test]
fn travelling_moves_time_between_days_and_makes_or_loses_none() {
    let records = fortnight();
    let whole = report::summary(&records, Period::ALWAYS, &berlin()).times;
    let rows = [
        ("Pacific/Kiritimati", 14),
        ("Asia/Kathmandu", 12),
        ("Europe/Berlin", 10),
        ("America/St_Johns", 10),
        ("Pacific/Pago_Pago", 14),
    ];
    for (name, used) in rows {
        let zone = Calendar::from(TimeZone::get(name).unwrap());
        let summary = report::summary(&records, Period::ALWAYS, &zone);
        assert_eq!(summary.times, whole, "{name}");
        let days = summary.days.iter();
        let recorded = days.filter(|day| day.times.recorded().is_positive());
        assert!(recorded.clone().count() >= used.min(10), "{name}");
        for day in recorded {
            assert!(day.times.recorded() <= SignedDuration::from_hours(25));
            let hours = day.hours.iter();
            let sum = hours.fold(SignedDuration::ZERO, |sum, hour| {
                sum + hour.times.recorded()
            });
            assert_eq!(sum, day.times.recorded(), "{name} {}", day.date);
        }
    }
}

#[test]
fn drawings_put_nine_oclock_above_nine_oclock_also_when_clocks_change() {
    // Nine and ten in Berlin, before and after the clocks went forward, then back.
    for (before, after) in [
        ("2026-03-28T0", "2026-03-29T0"),
        ("2026-10-24T0", "2026-10-25T0"),
    ] {
        let summer_first = before.contains("10-24");
        let (early, late) = if summer_first { (7, 8) } else { (8, 7) };
        let records = Records {
            minutes: vec![
                upright_minute(&format!("{before}{early}:00:00Z")),
                upright_minute(&format!("{before}{}:00:00Z", early + 1)),
                upright_minute(&format!("{after}{late}:00:00Z")),
                upright_minute(&format!("{after}{}:00:00Z", late + 1)),
            ],
            ..Records::default()
        };
        let days = Days {
            first: before[..10].parse().unwrap(),
            last: after[..10].parse().unwrap(),
        };
        let summary = report::summary(&records, days.period(&berlin()).unwrap(), &berlin());
        let page = page_of(&summary);
        for x in ["x=\"0.00%\"", "x=\"50.00%\""] {
            let rect = format!("<rect class=\"upright\" {x}");
            assert_eq!(page.matches(&rect).count(), 2, "{rect} after {before}");
        }
        assert!(!page.contains("width=\"-"), "a width below nothing");
    }
}

#[test]
fn days_without_minutes_are_not_called_empty() {
    let days = Days {
        first: date(2026, 11, 16),
        last: date(2026, 11, 17),
    };
    let period = days.period(&berlin()).unwrap();
    let all = fortnight();
    let mut events = all.clone();
    events.minutes.clear();
    let forgotten = report::summary(&events, period, &berlin());
    assert_eq!(forgotten.forgotten, 2);
    let text = plain(&forgotten);
    assert!(text.contains("is no longer kept"), "{text}");
    assert!(text.contains("sustained slouches"), "{text}");
    assert!(!text.contains('%') && !text.contains("Nothing was recorded"));

    let from = date(2026, 11, 17)
        .to_zoned(berlin().zone)
        .unwrap()
        .timestamp();
    let mut half = all;
    half.minutes.retain(|minute| minute.start >= from);
    let text = plain(&report::summary(&half, period, &berlin()));
    let sentence = "Of 1 day only slouches and stretches are still kept.";
    assert!(text.replace('\n', " ").contains(sentence), "{text}");
}

#[test]
fn one_share_has_one_percentage_in_a_report() {
    // 5 of 8 minutes are 62.5 percent, which can be rounded both ways.
    let minutes = (0..8).map(|number| Minute {
        spent: [(
            match number {
                0..5 => TimeUse::Upright,
                _ => TimeUse::Slouched(Fault::ForwardHead),
            },
            SignedDuration::from_mins(1),
        )]
        .into(),
        ..upright_minute(&format!("2026-11-23T09:0{number}:00Z"))
    });
    let records = Records {
        minutes: minutes.collect(),
        ..Records::default()
    };
    let period = Days::from(date(2026, 11, 23)).period(&berlin()).unwrap();
    let summary = report::summary(&records, period, &berlin());
    let text = plain(&summary);
    let page = page_of(&summary);
    for report in [&text, &page] {
        assert!(report.contains("63%") && report.contains("37%"), "{report}");
        assert!(
            !report.contains("62%") && !report.contains("38%"),
            "{report}"
        );
    }
}

#[test]
fn a_slouch_across_midnight_has_a_part_in_each_day() {
    let at = |time: &str| -> Timestamp { format!("2026-11-{time}Z").parse().unwrap() };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE_NAME);
    let mut history = History::open(&path).unwrap();
    let minutes = [
        "23T23:56", "23T23:57", "23T23:58", "23T23:59", "24T00:00", "24T00:01",
    ];
    let mut records: Vec<Record> = minutes
        .map(|minute| Record::Minute(upright_minute(&format!("2026-11-{minute}:00Z"))))
        .into();
    records.push(Record::Episode(Episode {
        fault: Fault::ForwardHead,
        from: at("23T23:57:00"),
        to: at("24T00:02:00"),
        observed: SignedDuration::from_mins(5),
        angle: AngleSpan {
            mean: 12.0,
            worst: 15.0,
            error: 2.0,
        },
        ending: EpisodeOutcome::AfterNudge,
    }));
    records.push(Record::Nudge(Nudge {
        at: at("23T23:58:00"),
        fault: Fault::ForwardHead,
        stretch: "chest-lift".to_owned(),
        answer: Answer::Recovered,
        answered: Some(at("24T00:02:00")),
    }));
    history.save_all(&records).unwrap();
    let now = at("24T12:00:00");
    let utc = Calendar::from(TimeZone::UTC);
    let text = |day| plain(&summarize(&path, Days::from(date(2026, 11, day)), now, &utc).unwrap());
    let (monday, tuesday) = (text(23), text(24));
    // Its time is split, its length is not.
    assert!(monday.contains("1 sustained slouch, 5 min."), "{monday}");
    assert!(monday.contains("1 went on into the next day"), "{monday}");
    assert!(tuesday.contains("1 sustained slouch, 5 min."), "{tuesday}");
    assert!(tuesday.contains("1 began the day before"), "{tuesday}");
    let sat_up = "You sat up after a nudge 1 time, typically 5 min after the slouch began, 4 min after the nudge.";
    assert!(tuesday.replace("\n ", "").contains(sat_up), "{tuesday}");
    let both = Days {
        first: date(2026, 11, 23),
        last: date(2026, 11, 24),
    };
    let both = plain(&summarize(&path, both, now, &utc).unwrap());
    assert!(both.contains("1 sustained slouch, 5 min."), "{both}");
    assert!(!both.contains("the next day"), "{both}");

    // For somebody whose days begin at four it is all Monday's.
    let night = Calendar {
        day_starts: time(4, 0, 0, 0),
        ..utc
    };
    let of = |day| summarize(&path, Days::from(date(2026, 11, day)), now, &night).unwrap();
    let (monday, tuesday) = (of(23), of(24));
    assert_eq!(monday.times.observed(), SignedDuration::from_mins(6));
    assert_eq!(monday.slouches.went_on, 0);
    assert!(!tuesday.has_records());
    let text = plain(&monday);
    assert!(text.contains("  23          00\n"), "{text}");
    let week = Days {
        first: date(2026, 11, 23),
        last: date(2026, 11, 29),
    };
    let page = page_of(&summarize(&path, week, now, &night).unwrap());
    // The heat map's row for Monday goes on after midnight.
    assert!(
        page.contains(">23</th>") && page.contains(">00</th>"),
        "{page}"
    );
}

fn any_records() -> impl Strategy<Value = Records> {
    (0_u64..1000, 1_i64..6).prop_map(|(seed, days)| {
        sorted(made_up::days(
            date(2026, 10, 22),
            days,
            &berlin().zone,
            seed,
        ))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_exceeds_the_time_observed_and_the_parts_add_up(records in any_records()) {
        let summary = report::summary(&records, Period::ALWAYS, &berlin());
        let times = &summary.times;
        let kinds: SignedDuration = TimeCategory::ALL.iter().map(|&kind| times.of_kind(kind)).fold(SignedDuration::ZERO, |a, b| a + b);
        prop_assert_eq!(kinds, times.recorded());
        prop_assert_eq!(times.faults().iter().fold(SignedDuration::ZERO, |a, b| a + b.1), times.of_kind(TimeCategory::Slouched));
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
        // A slouch that is cut has a part on each side.
        let is_cut = |slouch: &&report::SlouchPart| slouch.episode.from < at && at < slouch.episode.to;
        let cut = whole.slouches.episodes.iter().filter(is_cut).count();
        prop_assert_eq!(first.slouches.went_on, cut);
        prop_assert_eq!(first.slouches.episodes.len() + second.slouches.episodes.len(), whole.slouches.episodes.len() + cut);
        let observed = |summary: &Summary| summary.slouches.episodes.iter().map(|slouch| slouch.episode.observed).sum::<SignedDuration>();
        let difference = observed(&first) + observed(&second) - observed(&whole);
        prop_assert!(difference.abs() < SignedDuration::from_millis(1));
    }

    #[test]
    fn a_monitor_stopped_anywhere_leaves_the_same_report(
        spans in prop::collection::vec((0_usize..5, 1_i64..30), 2..400),
        mut stops in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let mut now: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        let spans: Vec<TimeSpan> = spans.into_iter().map(|(kind, seconds)| {
            let from = now;
            now += SignedDuration::from_secs(seconds);
            let spent = [TimeUse::Upright, TimeUse::Upright, TimeUse::Slouched(Fault::RoundedShoulders), TimeUse::Away, TimeUse::Unclear(UnclearReason::TooDark)][kind];
            TimeSpan { spent, from, to: now, placement: None, angles: PerAngle::default() }
        }).collect();
        let summary_of = |stops: &[usize]| {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(FILE_NAME);
            let ends = stops.iter().copied().chain([spans.len()]);
            let mut from = 0;
            for end in ends {
                // A new process each time: all that it knows is in the file.
                let mut history = History::open(&path).unwrap();
                let gap = SignedDuration::from_secs(30);
                let mut tally = match history.last_minute().unwrap() {
                    Some(last) => MinuteTally::resume(gap, &last),
                    None => MinuteTally::new(gap),
                };
                let mut minutes: Vec<Minute> = spans[from..end].iter().flat_map(|span| tally.add(span)).collect();
                minutes.extend(tally.flush());
                let records: Vec<Record> = minutes.into_iter().map(Record::Minute).collect();
                history.save_all(&records).unwrap();
                from = end;
            }
            let records = History::open(&path).unwrap().read(Period::ALWAYS).unwrap();
            report::summary(&records, Days::from(date(2026, 11, 23)).period(&berlin()).unwrap(), &berlin())
        };
        stops.sort_by_key(|stop| stop.index(spans.len()));
        let stops: Vec<usize> = stops.iter().map(|stop| stop.index(spans.len())).collect();
        let whole = summary_of(&[]);
        prop_assert_eq!(summary_of(&stops), whole.clone());
        // Every span was within a day and no gap was too long: nothing is lost either.
        prop_assert_eq!(whole.times.recorded(), now.duration_since(spans[0].from));
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
        slouches.by_itself.count
            + slouches.after_nudge.count
            + slouches.out_of_sight
            + slouches.went_on,
        slouches.episodes.len()
    );
    assert!(slouches.from_nudge.unwrap() < slouches.after_nudge.median.unwrap());
    assert!(
        slouches
            .episodes
            .iter()
            .any(|slouch| slouch.episode.fault == Fault::ForwardHead)
    );
}

/// A week of which five days have a routine: done, put off and then done, done, in part, turned down.
fn with_routines() -> Records {
    let routine = |at: &str, answer| Routine {
        at: at.parse().unwrap(),
        stretches: vec!["shoulder-rolls".to_owned(), "chest-lift".to_owned()],
        answer,
        answered: None,
    };
    Records {
        routines: vec![
            routine("2026-11-16T14:00:00Z", Answer::Done),
            routine("2026-11-17T14:00:00Z", Answer::Snoozed),
            routine("2026-11-17T14:15:00Z", Answer::Done),
            // In Berlin this is the 18th.
            routine("2026-11-17T23:30:00Z", Answer::Done),
            routine("2026-11-19T14:00:00Z", Answer::Part),
            routine("2026-11-20T14:00:00Z", Answer::Skipped),
            // Next week.
            routine("2026-11-23T14:00:00Z", Answer::Done),
        ],
        ..fortnight()
    }
}

#[test]
fn the_persons_own_rate_of_false_alarms_is_told_with_its_interval() {
    let week = Days {
        first: date(2026, 11, 16),
        last: date(2026, 11, 22),
    };
    let period = week.period(&berlin()).unwrap();
    let mut records = fortnight();
    assert!(!plain(&report::summary(&records, period, &berlin())).contains("false alarm"));
    let in_week = records
        .nudges
        .iter_mut()
        .filter(|nudge| period.holds(nudge.at));
    for nudge in in_week.take(2) {
        nudge.answer = Answer::NotASlouch;
    }
    let summary = report::summary(&records, period, &berlin());
    let sentence =
        "You called 2 of 27 nudges a false alarm, 7% (95% interval after Wilson: 2% to 23%).";
    for report in [plain(&summary), page_of(&summary)] {
        assert!(report.replace("\n ", "").contains(sentence), "{report}");
    }
    let mut out = Vec::new();
    report::json(&summary, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let alarms = &json["false_alarms"];
    assert_eq!(
        (&alarms["nudges"], &alarms["appealed"]),
        (&27.into(), &2.into())
    );
    // As src/report/false_alarms.rs has it from SciPy.
    assert!((alarms["high"].as_f64().unwrap() - 0.233_696).abs() < 1e-6);
}

#[test]
fn what_angles_depend_on_and_how_well_they_agree_is_in_json() {
    let week = summary(Days {
        first: date(2026, 11, 16),
        last: date(2026, 11, 22),
    });
    let json = |summary: &Summary| {
        let mut out = Vec::new();
        report::json(summary, &mut out).unwrap();
        serde_json::from_slice::<serde_json::Value>(&out).unwrap()
    };
    assert!(json(&week)["agreement"].is_null() && json(&week)["desk"].is_null());
    let difference = |degrees| DeskDifference {
        degrees,
        interval: (degrees - 1.5, degrees + 1.5),
    };
    let finding = |factor, degrees| DeskFinding {
        angle: AngleKind::ForwardHead,
        factor,
        difference: difference(degrees),
    };
    let told = json(&Summary {
        agreement: Some(Agreement {
            photos: 6,
            bias: 2.0,
            limits: (-1.5, 5.5),
            clicks: 0.5,
        }),
        desk: Some(DeskReport {
            findings: vec![
                finding(DeskFactor::Profile("laptop".to_owned()), 8.0),
                finding(DeskFactor::LateInTheDay, 4.0),
                finding(DeskFactor::Weekday(Weekday::Friday), -3.0),
            ],
            check: Some(DeskCheck {
                change: DeskChange {
                    at: Timestamp::UNIX_EPOCH,
                    what: DeskChangeKind::ScreenRaised,
                },
                since: Some(difference(-3.0)),
                is_sure: true,
                days: 6,
                recalibrated: false,
            }),
            days: 30,
        }),
        ..week
    });
    let agreement = serde_json::json!({
        "photos": 6, "bias_degrees": 2.0, "low_degrees": -1.5, "high_degrees": 5.5, "click_error_degrees": 0.5,
    });
    assert_eq!(told["agreement"], agreement);
    let finding = |factor: &str, value, degrees: f64| {
        serde_json::json!({
            "angle": "forward_head", "factor": factor, "value": value,
            "degrees": degrees, "low": degrees - 1.5, "high": degrees + 1.5,
        })
    };
    let desk = serde_json::json!({
        "days": 30,
        "findings": [
            finding("profile", Some("laptop"), 8.0),
            finding("late_in_the_day", None, 4.0),
            finding("weekday", Some("5"), -3.0),
        ],
        "check": {
            "at": "1970-01-01T00:00:00Z", "what": "screen_raised", "days": 6,
            "since": { "degrees": -3.0, "low": -4.5, "high": -1.5 }, "is_sure": true, "recalibrated": false,
        },
        "advice": "screen_raised",
    });
    assert_eq!(told["desk"], desk);
}

#[test]
fn the_daily_routine_is_in_every_format() {
    let week = Days {
        first: date(2026, 11, 16),
        last: date(2026, 11, 22),
    };
    let of =
        |records: &Records| report::summary(records, week.period(&berlin()).unwrap(), &berlin());
    let (summary, without) = (of(&with_routines()), of(&fortnight()));
    let sentence = "Daily routine: done on 3 of 5 days, in part on 1.";
    assert!(plain(&summary).contains(sentence), "{}", plain(&summary));
    assert!(!plain(&without).contains("routine"));
    let json = |summary: &Summary| {
        let mut out = Vec::new();
        report::json(summary, &mut out).unwrap();
        serde_json::from_slice::<serde_json::Value>(&out).unwrap()
    };
    assert_eq!(
        json(&summary)["routine"],
        serde_json::json!({ "days": 5, "done_days": 3, "part_days": 1 })
    );
    assert!(json(&without)["routine"].is_null());
    assert!(page_of(&summary).contains(sentence));

    // Where nothing else was recorded it is there too.
    let mut alone = with_routines();
    let away = [(TimeUse::Away, SignedDuration::from_mins(1))];
    alone.minutes = vec![Minute {
        spent: away.into(),
        ..upright_minute("2026-11-16T14:00:00Z")
    }];
    (alone.episodes, alone.nudges) = (Vec::new(), Vec::new());
    assert!(plain(&of(&alone)).contains(sentence));
    alone.minutes.clear();
    for text in [plain(&of(&alone)), page_of(&of(&alone))] {
        assert!(text.contains(sentence), "{text}");
        assert!(text.contains("How you sat was not recorded."), "{text}");
    }

    let parts = || std::iter::once(Ok::<_, std::io::Error>(with_routines()));
    let mut table = Vec::new();
    report::export::csv(parts(), &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    assert!(
        table.contains("routine,2026-11-20T14:00:00Z,,shoulder-rolls chest-lift,,,,,skipped"),
        "{table}"
    );
    let mut object = Vec::new();
    report::export::json(parts(), &mut object).unwrap();
    let object: serde_json::Value = serde_json::from_slice(&object).unwrap();
    let routines = object["records"].as_array().unwrap().iter();
    let routines: Vec<_> = routines.filter(|one| one["record"] == "routine").collect();
    assert_eq!(routines.len(), 7);
    assert_eq!(routines[4]["answer"], "part");
}
