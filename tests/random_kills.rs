//! The monitor, the dashboard and the process that holds the camera are killed at random moments under load:
//! nothing that was saved is lost, each starts again, and no process is left.
//!
//! `SITWELL_KILLS=1000 cargo test --test random_kills -- --nocapture` kills so many in all.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use sitwell::camera::{CameraOptions, CameraReport, CaptureAnswer, Webcam};
use sitwell::history::{FILE_NAME, History};
use sitwell::record::{Minute, Period};
use sitwell::settings::{CameraChoice, CameraMode, PictureRotation};
use support::Sandbox;

/// The kills of one kind: its share of `SITWELL_KILLS`, or a few.
fn kills(percent: u64, few: u64) -> u64 {
    std::env::var("SITWELL_KILLS").map_or(few, |all| all.parse::<u64>().unwrap() * percent / 100)
}

/// Numbers that look random (Knuth's linear congruence).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn wait(&mut self, longest: Duration) {
        sleep(longest * u32::try_from(self.below(1000)).unwrap() / 1000);
    }
}

fn kill(mut process: Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

/// The processes whose command line or environment names a folder.
fn left(folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    let own = std::process::id().to_string();
    let ids = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = ids.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let others = ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()) && *id != own);
    let of_folder = others.filter(|id| {
        ["cmdline", "environ"].iter().any(|file| {
            let text = std::fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
            String::from_utf8_lossy(&text).contains(&folder)
        })
    });
    of_folder.collect()
}

/// Whether something is so now, or within ten minutes: on a busy machine a debug build needs more than one.
fn soon(is_so: impl Fn() -> bool) -> bool {
    (0..6000).any(|_| {
        let is_so = is_so();
        if !is_so {
            sleep(Duration::from_millis(100));
        }
        is_so
    })
}

/// Whether no process of a folder is left, or soon none is.
fn all_end(folder: &Path) -> bool {
    soon(|| left(folder).is_empty())
}

/// A dashboard, and what the browser sends with each request.
struct Dashboard {
    process: Child,
    address: String,
    base: String,
    cookie: String,
}

impl Dashboard {
    fn start(sandbox: &Sandbox) -> Dashboard {
        let mut process = sandbox
            .command(&["dashboard", "--no-open"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let (_, rest) = line.trim().split_once("http://").unwrap();
        let (address, open) = rest.split_once('/').unwrap();
        let mut dashboard = Dashboard {
            process,
            address: address.to_owned(),
            base: "/".to_owned(),
            cookie: String::new(),
        };
        let let_in = dashboard.get(open).unwrap();
        let (_, set) = let_in.split_once("set-cookie: ").unwrap();
        let (cookie, rest) = set.split_once("; ").unwrap();
        let rest = rest.to_lowercase();
        let (_, path) = rest.split_once("path=").unwrap();
        dashboard.cookie = cookie.to_owned();
        dashboard.base = path.split([';', '\r']).next().unwrap().to_owned();
        dashboard
    }

    /// The response; none if the process ends meanwhile.
    fn get(&self, page: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let request = format!(
            "GET {}{page} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: close\r\n\r\n",
            self.base, self.address, self.cookie
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}

/// The minutes of a sound history.
fn minutes(history: &Path) -> BTreeMap<Timestamp, Minute> {
    let Some(history) = History::open_to_read(history).unwrap() else {
        return BTreeMap::new();
    };
    history.check().unwrap();
    let all = history.read(Period::ALWAYS).unwrap().minutes;
    let count = all.len();
    let minutes: BTreeMap<Timestamp, Minute> = all
        .into_iter()
        .map(|minute| (minute.start, minute))
        .collect();
    assert_eq!(minutes.len(), count, "a minute is kept twice");
    minutes
}

#[test]
fn a_monitor_and_a_dashboard_that_are_killed_lose_nothing_and_leave_nothing_running() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let day = sandbox.recording("day", [1, 2, 3].into_iter().cycle().take(400));
    let history = sandbox.path("data").join(FILE_NAME);
    let mut random = Random(0x5eed);
    let mut dashboard = None;
    let mut kept: BTreeMap<Timestamp, Minute> = BTreeMap::new();
    let (mut monitors, mut dashboards, mut pages) = (0, 0, 0);
    // The calibration is older.
    let began: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    for number in 0..i64::try_from(kills(40, 8)).unwrap() {
        // Each run has hours of its own, so that what it saved must stay as it is.
        let begins = began + jiff::SignedDuration::from_hours(2 * number);
        let from = begins.to_string();
        let watch = [
            "monitor",
            "--source",
            &day,
            "--fps",
            "0.1",
            "--began",
            from.trim_end_matches('Z'),
        ];
        let monitor = sandbox
            .command(&watch)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let open = dashboard.get_or_insert_with(|| Dashboard::start(&sandbox));
        for page in ["", "review", "settings"]
            .into_iter()
            .take(random.below(4) as usize)
        {
            let answer = open.get(page).unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            pages += 1;
        }
        // Every second one is killed once it has saved something, the others at any moment.
        if number % 2 == 0 {
            let is_saved = || {
                minutes(&history)
                    .last_key_value()
                    .is_some_and(|(last, _)| *last >= begins)
            };
            assert!(soon(is_saved), "the monitor saves nothing");
        }
        random.wait(Duration::from_secs(4));
        if random.below(2) == 0 {
            kill(dashboard.take().unwrap().process);
            dashboards += 1;
        }
        kill(monitor);
        monitors += 1;
        let now = minutes(&history);
        for (start, minute) in &kept {
            assert_eq!(now.get(start), Some(minute), "it was saved");
        }
        kept = now;
    }
    if let Some(open) = dashboard {
        kill(open.process);
    }
    assert!(all_end(&sandbox.path("")), "{:?}", left(&sandbox.path("")));
    println!(
        "{monitors} monitors and {dashboards} dashboards killed; {} minutes kept, {pages} pages",
        kept.len()
    );
    assert!(!kept.is_empty());
}

/// A capture process: it answers each request with a frame of 2 by 1 pixels.
const CAPTURE: &str = r#"#!/bin/sh
cd "${0%/*}"
echo $$ >process
while [ "$(head -c 1)" = R ]; do cat frame; done
"#;

#[test]
fn a_camera_process_that_is_killed_is_started_again_and_none_is_left() {
    let sandbox = Sandbox::new();
    let program = sandbox.path("capture");
    std::fs::write(&program, CAPTURE).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    // As src/camera/capture_process/protocol.rs writes it: kind, length, microseconds, width, height, pixels.
    let frame = [
        &b"F"[..],
        &22_u32.to_le_bytes(),
        &[0; 8],
        &[2, 0, 0, 0, 1, 0, 0, 0],
        b"abcdef",
    ]
    .concat();
    std::fs::write(sandbox.path("frame"), frame).unwrap();
    let webcam = Webcam::start(CameraOptions {
        program,
        choice: CameraChoice::Auto,
        mode: CameraMode::Continuous,
        rotate: PictureRotation::None,
        usage: None,
    })
    .unwrap();
    let kills = kills(60, 12);
    let mut random = Random(7);
    let (mut killed, mut frames) = (0, 0);
    let mut has_process = false;
    while killed < kills {
        webcam.request_frame();
        let is_killed = has_process && random.below(2) == 0;
        if is_killed {
            // Before it answers, or just after.
            random.wait(Duration::from_millis(20));
            let process = std::fs::read_to_string(sandbox.path("process")).unwrap();
            let words = ["-KILL", process.trim()];
            assert!(Command::new("kill").args(words).status().unwrap().success());
            killed += 1;
        }
        let answer = loop {
            // Requests are answered within 5 seconds.
            match webcam
                .reports()
                .recv_timeout(Duration::from_secs(10))
                .unwrap()
            {
                CameraReport::Answer(answer) => break answer,
                CameraReport::State(_) => {}
            }
        };
        match answer {
            CaptureAnswer::Frame { frame, .. } => {
                assert_eq!(frame.pixels.as_raw(), b"abcdef");
                frames += 1;
                has_process = !is_killed;
            }
            CaptureAnswer::NoFrame(_) => {
                has_process = false;
                // The wait after a failure.
                sleep(Duration::from_millis(50));
            }
        }
    }
    drop(webcam);
    assert!(
        all_end(&sandbox.path("capture")),
        "{:?}",
        left(&sandbox.path("capture"))
    );
    println!("{killed} camera processes killed, {frames} frames");
}
