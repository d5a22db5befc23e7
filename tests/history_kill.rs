//! A monitor is killed at a random moment, again and again: each record that it
//! saved stays saved, once, and the file stays sound.
//!
//! `SITWELL_KILLS=200 cargo test --test history_kill` runs the full number.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sitwell::history::{FILE_NAME, History};
use sitwell::posture::{Fault, PerAngle};
use sitwell::record::{
    AngleSpan, Answer, Episode, EpisodeOutcome, Minute, MinuteTally, Nudge, Period, Record,
    TimeSpan, TimeUse, WatchSession,
};

const WRITER: &str = "SITWELL_TEST_WRITER";
const BEGIN: i64 = 1_795_392_000;
const GAP: SignedDuration = SignedDuration::from_secs(30);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(BEGIN + seconds).unwrap()
}

/// How the replayed person sits in the n-th span of five seconds.
fn span(number: i64) -> TimeSpan {
    let spent = match (number * 7919) % 13 {
        0..=7 => TimeUse::Upright,
        8..=10 => TimeUse::Slouched(Fault::ForwardHead),
        11 => TimeUse::Slouched(Fault::RoundedShoulders),
        _ => TimeUse::Away,
    };
    TimeSpan {
        spent,
        from: at(number * 5),
        to: at(number * 5 + 5),
        placement: None,
        angles: PerAngle::default(),
    }
}

/// The minute as it must be once it is whole.
fn expected(start: Timestamp) -> Minute {
    let first = (start.as_second() - BEGIN) / 5;
    let mut tally = MinuteTally::new(GAP);
    let minutes: Vec<Minute> = (first..first + 12)
        .flat_map(|number| tally.add(&span(number)))
        .collect();
    minutes.into_iter().next().unwrap()
}

/// Not a test by itself: the process that is killed. It replays spans as fast
/// as they can be saved and says which minutes are saved.
#[test]
fn writer_process() {
    let Some(path) = std::env::var_os(WRITER) else {
        return;
    };
    let mut history = History::open(Path::new(&path)).unwrap();
    let mut out = std::io::stdout();
    let last = history.last_minute().unwrap();
    let (mut tally, mut number) = match &last {
        None => (MinuteTally::new(GAP), 0),
        Some(last) => {
            let counted: i64 = last.spent.values().map(SignedDuration::as_secs).sum();
            (
                MinuteTally::resume(GAP, last),
                (last.start.as_second() - BEGIN + counted) / 5,
            )
        }
    };
    loop {
        let span = span(number);
        number += 1;
        let mut records: Vec<Record> = tally.add(&span).into_iter().map(Record::Minute).collect();
        let whole: Vec<i64> = records
            .iter()
            .filter_map(|record| {
                if let Record::Minute(minute) = record {
                    Some(minute.start.as_second())
                } else {
                    None
                }
            })
            .collect();
        // As when a monitor is paused: an unfinished minute is saved and grows later.
        if number % 5 == 0 {
            records.extend(tally.flush().map(Record::Minute));
        }
        if number % 20 == 0 {
            records.push(Record::Episode(Episode {
                fault: Fault::RoundedShoulders,
                from: span.from,
                to: span.to,
                observed: SignedDuration::from_secs(5),
                angle: AngleSpan {
                    mean: 9.0,
                    worst: 14.0,
                    error: 2.0,
                },
                ending: EpisodeOutcome::AfterNudge,
            }));
            records.push(Record::Nudge(Nudge {
                at: span.from,
                fault: Fault::RoundedShoulders,
                stretch: "seated-extension".to_owned(),
                answer: Answer::Unanswered,
                answered: None,
            }));
            records.push(Record::Session(WatchSession {
                from: at(0),
                to: span.to,
            }));
        }
        if records.is_empty() {
            continue;
        }
        history.save_all(&records).unwrap();
        for start in whole {
            writeln!(out, "saved {start}").unwrap();
        }
        out.flush().unwrap();
    }
}

#[test]
fn a_killed_monitor_loses_nothing_that_was_kept_and_counts_nothing_twice() {
    if std::env::var_os(WRITER).is_some() {
        return;
    }
    let kills: u64 = std::env::var("SITWELL_KILLS").map_or(25, |number| number.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE_NAME);
    let mut saved: BTreeMap<i64, ()> = BTreeMap::new();
    let mut random: u64 = 0x5eed;
    let mut killed_while_writing = 0;
    for _ in 0..kills {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer_process", "--nocapture"])
            .env(WRITER, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(writer.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let lines = stdout.lines().map_while(Result::ok);
            lines
                .filter_map(|line| line.strip_prefix("saved ")?.parse::<i64>().ok())
                .collect::<Vec<i64>>()
        });
        // From before the file is open to deep in the writing.
        std::thread::sleep(Duration::from_micros((random >> 33) % 120_000));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let acknowledged = reader.join().unwrap();
        killed_while_writing += usize::from(!acknowledged.is_empty());
        saved.extend(acknowledged.into_iter().map(|start| (start, ())));

        let history = History::open(&path).unwrap();
        history.check().unwrap();
        let minutes = history.read(Period::ALWAYS).unwrap().minutes;
        assert!(minutes.windows(2).all(|pair| pair[0].start < pair[1].start));
        let stored: BTreeMap<i64, &Minute> = minutes
            .iter()
            .map(|minute| (minute.start.as_second(), minute))
            .collect();
        for start in saved.keys() {
            assert!(
                stored.contains_key(start),
                "a saved minute is gone: {start}"
            );
        }
        // All but the last, perhaps unfinished one, are whole and right.
        for minute in minutes.iter().rev().skip(1) {
            assert_eq!(*minute, expected(minute.start));
        }
    }
    let total = History::open(&path)
        .unwrap()
        .read(Period::ALWAYS)
        .unwrap()
        .minutes
        .len();
    println!(
        "{kills} kills, {killed_while_writing} of them while minutes were being saved; {total} minutes, none lost, none twice"
    );
    assert!(killed_while_writing > 0);
}
