//! A whole day through the real binary, played fast, with what days bring.
//!
//! It takes some minutes, so it is run by hand:
//! `cargo test --release --test soak -- --ignored --nocapture`
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a test may stop where it stands, and its figures are worth reading"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::SignedDuration;
use sitwell::history::{FILE_NAME, History};
use sitwell::record::{NotWatching, Period, TimeUse};

/// From one picture to the next, in seconds: a steady monitor's pace.
const STEP: usize = 5;

/// A day in pictures.
const PICTURES: usize = 24 * 3600 / STEP;

/// The hour from which on memory must not grow.
const WARM: u32 = 3;

/// What is before the camera.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scene {
    Upright,
    Slouched,
    Dark,
    /// The camera sends what is no picture: nothing is looked at. Never soon after half past, when
    /// the watching is stopped for a while: what is missing then would count as stopped.
    Nothing,
}

/// The scene at a minute of the day.
fn scene(minute: usize) -> Scene {
    match (minute / 60, minute % 60) {
        (13..16, _) | (2 | 5 | 8 | 11 | 18 | 21, 20..28) => Scene::Nothing,
        (_, 30..36) => Scene::Slouched,
        (7 | 20, 40..48) => Scene::Dark,
        _ => Scene::Upright,
    }
}

/// Makes the day as a folder of pictures.
fn film(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    let sandbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/demo/frames");
    let stock = folder.join("stock");
    std::fs::create_dir(&stock).unwrap();
    for picture in ["1", "2", "3", "6", "7"] {
        let name = format!("{picture}.jpg");
        std::fs::copy(sandbox.join(&name), stock.join(&name)).unwrap();
    }
    std::fs::write(stock.join("torn.jpg"), "no picture").unwrap();
    image::RgbImage::new(640, 480)
        .save(stock.join("dark.jpg"))
        .unwrap();
    for picture in 0..PICTURES {
        let name = match scene(picture * STEP / 60) {
            Scene::Upright => ["1", "2", "3"][picture % 3],
            Scene::Slouched => ["6", "7"][picture % 2],
            Scene::Dark => "dark",
            Scene::Nothing => "torn",
        };
        std::fs::hard_link(
            stock.join(format!("{name}.jpg")),
            folder.join(format!("{picture:05}.jpg")),
        )
        .unwrap();
    }
}

/// What a process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    memory_kb: u64,
    files: usize,
}

impl Held {
    fn by(process: u32) -> Held {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let resident = status.lines().find(|line| line.starts_with("VmRSS:"));
        let resident = resident.unwrap().split_whitespace().nth(1).unwrap();
        Held {
            memory_kb: resident.parse().unwrap(),
            files: std::fs::read_dir(format!("/proc/{process}/fd"))
                .unwrap()
                .count(),
        }
    }
}

#[test]
#[ignore = "takes minutes; see above"]
fn a_day_leaves_memory_and_files_as_they_were_and_every_minute_accounted_for() {
    let sandbox = tempfile::tempdir().unwrap();
    let day = sandbox.path().join("day");
    film(&day);
    let data = sandbox.path().join("data");
    std::fs::write(
        sandbox.path().join("config.toml"),
        "[notify]\nchannel = \"terminal\"\n",
    )
    .unwrap();
    let sitwell = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .args(words)
            .env("SITWELL_CONFIG_DIR", sandbox.path())
            .env("SITWELL_DATA_DIR", &data)
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        command
    };
    let day = day.display().to_string();
    let well = sandbox.path().join("well");
    std::fs::create_dir(&well).unwrap();
    for picture in 0..6 {
        let name = format!("{picture:05}.jpg");
        std::fs::copy(Path::new(&day).join(&name), well.join(&name)).unwrap();
    }
    let well = well.display().to_string();
    let calibrated = sitwell(&["calibrate", "--source", &well, "--fps", "0.5"]).output();
    assert!(calibrated.unwrap().status.success());

    let run = |words: &[&str]| {
        let done = sitwell(words).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    let waits = |not_watching: &str| {
        let wanted = format!("\"not_watching\": {not_watching}");
        for _ in 0..600 {
            if run(&["status", "--json"]).contains(&wanted) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the monitor never said {wanted}");
    };
    let mut watching = sitwell(&["monitor", "--source", &day, "--fps", "0.2"])
        .args(["--began", "2026-11-20T00:00"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held: BTreeMap<u32, Held> = BTreeMap::new();
    let mut stops = 0;
    for line in BufReader::new(watching.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(hour) = line.get(..2).and_then(|hour| hour.parse::<u32>().ok()) else {
            continue;
        };
        if held.contains_key(&hour) || !line.contains("upright") {
            continue;
        }
        held.insert(hour, Held::by(watching.id()));
        println!("{hour:2} h: {:?}", held[&hour]);
        run(&["pause"]);
        waits("\"paused\"");
        run(&["resume"]);
        waits("null");
        stops += 1;
    }
    assert!(watching.wait().unwrap().success());

    let (first, last) = (held[&WARM], *held.values().next_back().unwrap());
    assert!(held.len() >= 20, "only {} hours seen", held.len());
    assert!(last.memory_kb < first.memory_kb + 2048, "{held:?}");
    assert_eq!(last.files, first.files, "{held:?}");

    let minutes = History::open_to_read(&data.join(FILE_NAME))
        .unwrap()
        .unwrap()
        .read(Period::ALWAYS)
        .unwrap()
        .minutes;
    let mut expected = SignedDuration::from_hours(24);
    let mut breaks = 0;
    for minute in 0..24 * 60 {
        if scene(minute) == Scene::Nothing {
            expected -= SignedDuration::from_mins(1);
            breaks += i32::from(scene(minute - 1) != Scene::Nothing);
        }
    }
    let found: SignedDuration = minutes
        .iter()
        .flat_map(|minute| minute.spent.values())
        .sum();
    println!("{stops} stops, {breaks} breaks: {found:#} of {expected:#} accounted for");
    let paused = minutes.iter().filter_map(|minute| {
        let paused = TimeUse::NotWatched(NotWatching::Paused);
        minute.spent.get(&paused)
    });
    let paused: SignedDuration = paused.sum();
    println!("paused: {paused:#}");
    assert!(paused.is_positive());
    // A break begins after the last observation before it; a stop may fall between two observations.
    let step = SignedDuration::from_secs(i64::try_from(STEP).unwrap());
    let lost = (expected - found).abs();
    assert!(lost <= step * (breaks + stops + 1), "{lost:#}");
    let mut starts: Vec<_> = minutes.iter().map(|minute| minute.start).collect();
    starts.dedup();
    assert_eq!(starts.len(), minutes.len(), "a minute is kept twice");
}
