//! The cost of a report on ten years of history, 1,000,000 minutes. A report of a week must take at
//! most 100 ms and one of a year at most 1 s.
#![allow(clippy::unwrap_used, reason = "a bench may stop where it stands")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::{Duration, Instant};

use jiff::civil::date;
use jiff::tz::TimeZone;
use sitwell::calendar::Calendar;
use sitwell::history::{FILE_NAME, History};
use sitwell::record::Record;
use sitwell::report::{self, Days};

#[path = "../tests/made_up/mod.rs"]
#[allow(dead_code, reason = "each user takes what it needs")]
mod made_up;

fn main() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE_NAME);
    let minutes = made_up::many_minutes(date(2016, 11, 28), date(2026, 11, 27), &zone);
    let count = minutes.len();
    let records: Vec<Record> = minutes.into_iter().map(Record::Minute).collect();
    let began = Instant::now();
    let mut history = History::open(&path).unwrap();
    for part in records.chunks(50_000) {
        history.save_all(part).unwrap();
    }
    drop(history);
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
            Duration::from_secs(1),
        ),
    ];
    for (name, days, bar) in rows {
        let mut times: Vec<Duration> = (0..5)
            .map(|_| page_time(&path, days, &zone.clone().into()))
            .collect();
        times.sort();
        let verdict = if times[2] <= bar { "within" } else { "BEYOND" };
        println!(
            "{name}, with the time before it, as a page: median {:.1?}, worst {:.1?}; {verdict} {bar:?}",
            times[2], times[4]
        );
    }
}

/// From opening the file to the last byte of the page.
fn page_time(path: &std::path::Path, days: Days, calendar: &Calendar) -> Duration {
    let began = Instant::now();
    let history = History::open_to_read(path).unwrap().unwrap();
    let of = |days: Days| {
        let period = days.period(calendar).unwrap();
        report::summary(&history.read(period).unwrap(), period, calendar)
    };
    let summary = of(days).against(&of(days.before()));
    report::html(&summary, &mut Vec::new(), &|_| None).unwrap();
    began.elapsed()
}
