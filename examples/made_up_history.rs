//! Makes a history of made-up office days, to look at reports without having sat for weeks:
//! `cargo run --example made_up_history -- DIRECTORY [FIRST-DAY [DAYS [TIME-ZONE]]]`.
//!
//! The picture in the README is a week of it, as a browser draws it:
//!
//! ```sh
//! export TZ=Europe/Berlin
//! cargo run --example made_up_history -- week 2026-11-02 21 $TZ
//! cargo run -- --data-dir week report 2026-11-16..2026-11-22 --format html -o week/week.html
//! chromium --headless --no-sandbox --hide-scrollbars --window-size=900,950 \
//!     --screenshot=docs/report.png "file://$PWD/week/week.html"
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use sitwell::history::{FILE_NAME, History};

#[path = "../tests/made_up/mod.rs"]
#[allow(dead_code, reason = "each user takes what it needs")]
mod made_up;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |n: usize, default: &'static str| {
        arguments.get(n).map_or(default, String::as_str).to_owned()
    };
    let first: Date = argument(1, "2026-11-09").parse()?;
    let zone = TimeZone::get(&argument(3, "UTC"))?;
    let records = made_up::days(first, argument(2, "14").parse()?, &zone, 1);
    let mut history = History::open(&Path::new(&argument(0, ".")).join(FILE_NAME))?;
    history.save_all(&records)?;
    Ok(())
}
