//! `sitwell calibrate` and `sitwell monitor` through the binary, on recordings made of the demo's pictures.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod support;

use std::path::Path;
use std::process::Command;

use support::{Sandbox, WATCH, a_slouch, watching};

#[test]
fn a_slouch_is_told_once_and_kept_and_the_report_tells_it() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let day = sandbox.recording("day", a_slouch());
    let (_, story, is_ok) = sandbox.run(&[&WATCH[..], &["--source", &day]].concat());
    assert!(is_ok, "{story}");
    let told: Vec<&str> = story
        .lines()
        .filter(|line| line.contains("nudged: Head"))
        .collect();
    assert_eq!(told.len(), 1, "{story}");
    assert!(
        story.contains("saved: the answer to the nudge, sat up instead"),
        "{story}"
    );
    assert!(story.ends_with("stopped, everything is saved\n"), "{story}");

    let export = sandbox.export();
    let rows = |what: &str| {
        export
            .lines()
            .filter(|row| row.starts_with(what))
            .collect::<Vec<_>>()
    };
    let [slouch] = rows("slouch,")[..] else {
        panic!("{export}")
    };
    assert!(slouch.starts_with("slouch,2026-11-20T10:00:3"), "{slouch}");
    assert!(slouch.ends_with("after_nudge"), "{slouch}");
    let [nudge] = rows("nudge,")[..] else {
        panic!("{export}")
    };
    assert!(nudge.starts_with("nudge,2026-11-20T10:01:3"), "{nudge}");
    assert!(nudge.ends_with("recovered"), "{nudge}");

    let (report, ..) = sandbox.run(&["report", "2026-11-20"]);
    assert!(report.contains("1 sustained slouch"), "{report}");
    assert!(
        report.contains("1 stretch suggested: 1 sat up instead."),
        "{report}"
    );
}

#[test]
fn without_a_calibration_nothing_is_called_a_slouch() {
    let sandbox = Sandbox::new();
    let day = sandbox.recording("day", a_slouch().into_iter().take(50));
    let (_, story, is_ok) = sandbox.run(&[&WATCH[..], &["--source", &day]].concat());
    assert!(is_ok, "{story}");
    assert!(
        story.contains("which is not calibrated: angles are rough"),
        "{story}"
    );
    assert!(story.contains("not calibrated, head roughly "), "{story}");
    assert!(!story.contains("nudged:"), "{story}");
    let export = sandbox.export();
    assert!(export.contains("unclear.not_calibrated"), "{export}");
    assert!(!export.contains("slouch"), "{export}");
}

#[test]
fn after_a_move_of_the_camera_the_profile_of_that_place_is_taken() {
    let sandbox = Sandbox::new();
    let frames = |name, view: &str, count| {
        let picture = format!("tests/fixtures/landmarks/s02_front_{view}_00_neutral.jpg");
        sandbox.recording_of(name, std::iter::repeat_n(picture, count))
    };
    for (profile, view) in [("stand", "top"), ("table", "laptop")] {
        let source = frames(profile, view, 8);
        let words = ["calibrate", "--fps", "0.5", "--source", &source];
        let (_, complaint, is_ok) = sandbox.run(&[&words[..], &["--profile", profile]].concat());
        assert!(is_ok, "{complaint}");
    }
    // A picture every 25 seconds, for eight minutes.
    let day = frames("day", "top", 20);
    let words = ["monitor", "--fps", "0.04", "--began", "2026-11-20T10:00"];
    let (_, story, is_ok) = sandbox.run(&[&words[..], &["--source", &day]].concat());
    assert!(is_ok, "{story}");
    let place = |words: &str| story.find(words).unwrap_or_else(|| panic!("{story}"));
    let told = [
        "calibrated just now (table)",
        "the camera may stand elsewhere",
        "the camera stands elsewhere, where another profile fits",
        "calibrated just now (stand)",
    ]
    .map(place);
    assert!(told.is_sorted(), "{story}");
    assert!(!story.contains("nudged:"), "{story}");
}

/// Somebody of the demo twice in each picture: once as they are, and once so much smaller.
fn with_somebody_else(scale: f64) -> image::RgbImage {
    let sandbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/demo/frames");
    let person = image::open(sandbox.join("1.jpg")).unwrap().into_rgb8();
    let (width, height) = person.dimensions();
    let side = (f64::from(width) * scale) as u32;
    let small = (side, (f64::from(height) * scale) as u32);
    let other = image::imageops::resize(
        &person,
        small.0,
        small.1,
        image::imageops::FilterType::Triangle,
    );
    let mut both = image::RgbImage::new(width + side, height);
    image::imageops::replace(&mut both, &person, 0, 0);
    image::imageops::replace(&mut both, &other, width.into(), 0);
    both
}

#[test]
fn a_calibration_refuses_two_people_but_not_somebody_far_behind() {
    let sandbox = Sandbox::new();
    for (name, scale, learns) in [("beside", 0.8, false), ("behind", 0.3, true)] {
        let folder = sandbox.path(name);
        std::fs::create_dir(&folder).unwrap();
        let picture = with_somebody_else(scale);
        for n in 0..6 {
            picture.save(folder.join(format!("{n}.jpg"))).unwrap();
        }
        let folder = folder.display().to_string();
        let (_, story, is_ok) = sandbox.run(&["calibrate", "--source", &folder, "--fps", "0.5"]);
        assert_eq!(is_ok, learns, "{story}");
        assert_eq!(story.contains("Two people are seen"), !learns, "{story}");
    }
}

#[test]
fn a_calibration_that_fails_says_why_and_leaves_the_last_one_in_force() {
    let sandbox = Sandbox::new();
    let moving = sandbox.recording("moving", [1, 1, 7, 7, 1, 1, 7]);
    let words = ["calibrate", "--source", &moving, "--fps", "0.5"];
    let (_, story, is_ok) = sandbox.run(&words);
    assert!(
        !is_ok && story.contains("sitwell: not calibrated: you moved too much"),
        "{story}"
    );
    sandbox.calibrate();
    let (_, story, is_ok) = sandbox.run(&words);
    assert!(
        !is_ok && story.contains("the one taken just now stays in force: you moved too much"),
        "{story}"
    );
    let short = ["calibrate", "--source", &moving, "--seconds", "60"];
    let (_, story, _) = sandbox.run(&short);
    assert!(
        story.contains("the recording shows you for only 6 of 60 seconds"),
        "{story}"
    );
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "how soon it ends is real time")]
fn a_request_to_end_is_met_with_everything_kept_and_a_second_monitor_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let day = sandbox.recording("day", [a_slouch(), vec![6; 600]].concat());
    let (mut monitor, mut story) = watching(&sandbox, &day);

    let (_, refusal, is_ok) = sandbox.run(&[&WATCH[..], &["--source", &day]].concat());
    assert!(!is_ok, "{refusal}");
    let number = monitor.id();
    assert!(
        refusal.starts_with(&format!(
            "sitwell: another monitor is running (process {number})"
        )),
        "{refusal}"
    );

    let kill = |signal: &str, number: u32| {
        Command::new("kill")
            .args([signal, &number.to_string()])
            .status()
            .unwrap()
    };
    kill("-TERM", number);
    let asked = std::time::Instant::now();
    assert!(monitor.wait().unwrap().success());
    assert!(
        asked.elapsed() < std::time::Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut story, &mut rest).unwrap();
    assert!(rest.ends_with("stopped, everything is saved\n"), "{rest}");
    let export = sandbox.export();
    assert!(
        // The minute was not over yet.
        export.contains("minute,2026-11-20T10:00:00Z,2026-11-20T10:01:00Z,upright,3"),
        "{export}"
    );

    // A crash leaves the place free.
    let (mut monitor, _story) = watching(&sandbox, &day);
    kill("-KILL", monitor.id());
    monitor.wait().unwrap();
    let short = sandbox.recording("short", [1, 2]);
    let (_, story, is_ok) = sandbox.run(&[&WATCH[..], &["--source", &short]].concat());
    assert!(is_ok, "{story}");
}

#[cfg(unix)]
#[test]
fn a_running_monitor_is_asked_paused_and_ended_whatever_else_reaches_its_socket() {
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixStream;

    let sandbox = Sandbox::new();
    let (answer, complaint, is_ok) = sandbox.run(&["status"]);
    assert_eq!((answer.as_str(), is_ok), ("", false));
    assert_eq!(
        complaint,
        "sitwell: no monitor is running; start one with `sitwell start`\n"
    );
    sandbox.calibrate();
    let day = sandbox.recording("day", [a_slouch(), [6, 7].repeat(600)].concat());
    let (mut monitor, mut story) = watching(&sandbox, &day);
    let socket = sandbox.path("data").join("monitor.sock");
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // Garbage, half a line, ten megabytes without an end, 200 who say nothing, as many who ask
    // and never read their answer, and one who asks a letter at a time.
    let connect = || UnixStream::connect(&socket).unwrap();
    let mut garbage = connect();
    garbage.write_all(b"\xff\x00{\n").unwrap();
    let mut said = String::new();
    garbage.read_to_string(&mut said).unwrap();
    assert!(said.contains("not understood"), "{said}");
    connect().write_all(b"{\"pause\":").unwrap();
    // It is cut off before its end.
    assert!(connect().write_all(&vec![b'x'; 10_000_000]).is_err());
    let _silent: Vec<UnixStream> = (0..200).map(|_| connect()).collect();
    let ask = |mut client: UnixStream| {
        // Those who are too many are turned away, maybe before they have asked.
        let _ = client.write_all(b"\"status\"\n");
        client
    };
    let _deaf: Vec<UnixStream> = (0..200).map(|_| ask(connect())).collect();
    let mut slow = connect();
    let _slow = std::thread::spawn(move || {
        while slow.write_all(b"x").is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    });

    let status = || -> serde_json::Value {
        let (answer, complaint, is_ok) = sandbox.run(&["status", "--json"]);
        assert!(is_ok, "{complaint}");
        serde_json::from_str(&answer).unwrap()
    };
    let seen = status();
    assert_eq!(seen["process"], monitor.id());
    assert_eq!(seen["is_calibrated"], true);
    assert_eq!(seen["not_watching"], serde_json::Value::Null);
    assert_eq!(
        sandbox.run(&["resume"]).0,
        "it was not paused and is watching\n"
    );
    // The watching goes on meanwhile.
    while status()["at"] == seen["at"] {}
    assert_eq!(
        sandbox.run(&["pause"]).0,
        "paused until you run sitwell resume\n"
    );
    assert_eq!(status()["not_watching"], "paused");
    let (told, ..) = sandbox.run(&["status"]);
    assert!(told.starts_with("not watching: paused (since "), "{told}");
    // The pause is to last until the next picture at least.
    let since = status()["at"].clone();
    while status()["at"] == since {}
    assert_eq!(sandbox.run(&["resume"]).0, "watching again\n");
    assert_eq!(
        sandbox.run(&["stop"]).0,
        "the monitor has ended; everything is saved\n"
    );
    assert!(monitor.wait().unwrap().success());
    let mut rest = String::new();
    story.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("not watching: paused"), "{rest}");
    assert!(rest.ends_with("stopped, everything is saved\n"), "{rest}");
    assert!(!socket.exists());
}

#[cfg(unix)]
#[test]
fn a_pause_goes_by_the_time_of_the_recording_and_other_calibrations_are_taken_up() {
    use std::io::BufRead;

    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let day = sandbox.recording("day", [a_slouch(), [6, 7].repeat(600)].concat());
    let (mut monitor, mut story) = watching(&sandbox, &day);
    let mut told = |words: &str| {
        let mut said = String::new();
        while !said.lines().last().unwrap_or_default().contains(words) {
            assert!(
                story.read_line(&mut said).unwrap() > 0,
                "no {words}: {said}"
            );
        }
    };
    let (answer, complaint, _) = sandbox.run(&["pause", "1m"]);
    assert!(
        answer.starts_with("paused until 10:0"),
        "{answer}{complaint}"
    );
    told("not watching: paused");
    told("beyond the limit");

    let well = sandbox.recording("well again", [2, 2, 3, 3, 1, 1]);
    let words = ["calibrate", "--source", &well, "--fps", "0.5"];
    let (_, complaint, is_ok) = sandbox.run(&[&words[..], &["--profile", "standing"]].concat());
    assert!(is_ok, "{complaint}");
    told("watching through recording, calibrated just now (standing)");
    let (answer, complaint, _) = sandbox.run(&["profiles", "remove", "standing"]);
    assert_eq!(answer, "removed standing of recording\n", "{complaint}");
    told("watching through recording, calibrated just now (sitting)");
    sandbox.run(&["profiles", "remove", "sitting"]);
    told("watching through recording, which is not calibrated");
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_stretch_that_was_asked_for_is_shown_and_is_no_nudge() {
    use std::io::BufRead;

    let sandbox = Sandbox::new();
    let settings = |text: &str| std::fs::write(sandbox.path("config.toml"), text).unwrap();
    // The one nudge of an hour is to come even so.
    settings("[notify]\nchannel = \"terminal\"\n[monitor.nudges]\nhourly = 1\n");
    sandbox.calibrate();
    let day = sandbox.recording("day", [a_slouch(), [6, 7].repeat(600)].concat());
    let (mut monitor, mut story) = watching(&sandbox, &day);
    assert_eq!(
        sandbox.run(&["nudge-me"]).0,
        "shown: You asked for a stretch\n"
    );
    let mut said = String::new();
    while !said.contains("nudged: Head") {
        assert!(story.read_line(&mut said).unwrap() > 0, "{said}");
    }
    assert!(
        said.contains("You asked for a stretch\n") && said.contains("sitwell stretch\n"),
        "{said}"
    );
    let (_, title) = said.trim_end().rsplit_once("nudged: ").unwrap();
    assert_eq!(
        sandbox.run(&["nudge-me"]).0,
        format!("shown: {title}\n"),
        "what waits for an answer is shown again"
    );
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
    assert_eq!(sandbox.export().matches("\nnudge,").count(), 1);

    settings("[notify]\nchannel = \"off\"\n");
    let (mut monitor, _story) = watching(&sandbox, &day);
    let (_, complaint, is_ok) = sandbox.run(&["nudge-me"]);
    assert!(!is_ok && complaint.contains("channel"), "{complaint}");
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
}

#[test]
fn once_a_day_old_minutes_go_and_the_week_that_is_over_is_told_once() {
    let sandbox = Sandbox::new();
    std::fs::write(
        sandbox.path("config.toml"),
        "[notify]\nchannel = \"terminal\"\n[report]\nweekly_notice = true\n[history]\nkeep_minutes_days = 1\n",
    )
    .unwrap();
    sandbox.calibrate();
    let short = sandbox.recording("short", [1, 1, 2, 2, 3, 3]);
    let run = |began: &str| {
        let words = [
            "monitor", "--source", &short, "--fps", "0.5", "--began", began,
        ];
        let (_, story, is_ok) = sandbox.run(&words);
        assert!(is_ok, "{story}");
        let has = |words| story.contains(words);
        (
            has("deleted 1 min older than 1 d"),
            has("Your last week with Sitwell"),
        )
    };
    // A Wednesday, a Friday of the same week, and the next week's Monday, twice.
    assert_eq!(run("2026-11-18T10:00"), (false, false));
    assert_eq!(run("2026-11-20T10:00"), (false, false));
    assert_eq!(run("2026-11-23T10:00"), (true, true));
    assert_eq!(run("2026-11-23T11:00"), (false, false));
}

#[test]
fn the_daily_routine_is_offered_at_its_time_and_kept() {
    let sandbox = Sandbox::new();
    std::fs::write(
        sandbox.path("config.toml"),
        "[notify]\nchannel = \"terminal\"\n[stretch]\nroutine_at = \"10:01\"\n",
    )
    .unwrap();
    sandbox.calibrate();
    let day = sandbox.recording("day", [1, 2, 3].repeat(30));
    let (_, story, is_ok) = sandbox.run(&[&WATCH[..], &["--source", &day]].concat());
    assert!(is_ok, "{story}");
    let titles = story.matches("offered: Your two minutes for the upper back\n");
    assert_eq!(titles.count(), 1, "{story}");
    assert!(story.contains("sitwell stretch routine\n"), "{story}");
    let export = sandbox.export();
    let row = export.lines().find(|row| row.starts_with("routine,"));
    let row = row.unwrap();
    assert!(row.starts_with("routine,2026-11-20T10:01:"), "{row}");
    assert!(row.ends_with("unanswered"), "{row}");
    let (report, ..) = sandbox.run(&["report", "2026-11-20"]);
    assert!(
        report.contains("Daily routine: done on 0 of 1 day."),
        "{report}"
    );
}
