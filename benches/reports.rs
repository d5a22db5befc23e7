//! The cost of a report on ten years of history, 1,000,000 minutes, with the evidence of the last nudges. A report of
//! a week must take at most 100 ms and one of a year at most 300 ms.
#![allow(clippy::unwrap_used, reason = "a bench may stop where it stands")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use sitwell::calendar::Calendar;
use sitwell::history::{FILE_NAME, History, summarize};
use sitwell::record::Record;
use sitwell::report::{self, Days};

#[path = "../tests/made_up/mod.rs"]
#[allow(dead_code, reason = "each user takes what it needs")]
mod made_up;

fn main() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE_NAME);
    let last = date(2026, 11, 27);
    let minutes = made_up::many_minutes(date(2016, 11, 28), last, &zone);
    let count = minutes.len();
    let mut records: Vec<Record> = minutes.into_iter().map(Record::Minute).collect();
    records.extend(made_up::many_nudges(last, 60, &zone));
    let began = Instant::now();
    let mut history = History::open(&path).unwrap();
    for part in records.chunks(50_000) {
        history.save_all(part).unwrap();
    }
    drop((history, records));
    let size = std::fs::metadata(&path).unwrap().len() / 1_000_000;
    println!(
        "{count} minutes saved in {:.1?}, {size} MB",
        began.elapsed()
    );

    let began = Instant::now();
    drop(History::open(&path).unwrap());
    println!("opened for writing and checked in {:.1?}", began.elapsed());

    let rows = [
        (
            "a day",
            Days::from(date(2026, 11, 18)),
            Duration::from_millis(100),
        ),
        (
            "a week",
            Days {
                first: date(2026, 11, 16),
                last: date(2026, 11, 22),
            },
            Duration::from_millis(100),
        ),
        (
            "a year",
            Days {
                first: date(2025, 11, 28),
                last: date(2026, 11, 27),
            },
            Duration::from_millis(300),
        ),
    ];
    let calendar = Calendar::from(zone);
    for (name, days, bar) in rows {
        let mut times: Vec<Duration> = (0..9)
            .map(|_| page_time(&path, days, last, &calendar))
            .collect();
        times.sort();
        let verdict = if times[4] <= bar { "within" } else { "BEYOND" };
        println!(
            "{name}, with the time before it, as a page: median {:.1?}, best {:.1?}, worst {:.1?}; {verdict} {bar:?}",
            times[4], times[0], times[8]
        );
    }
}

/// From opening the file to the last byte of the page.
fn page_time(path: &Path, days: Days, today: Date, calendar: &Calendar) -> Duration {
    let now = calendar.beginning(today).unwrap().timestamp();
    let began = Instant::now();
    let summary = summarize(path, days, now, calendar).unwrap();
    report::html(&summary, &mut Vec::new(), &|_| None).unwrap();
    began.elapsed()
}
