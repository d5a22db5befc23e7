//! Other settings while the monitor watches, and what its status and its log say, through the binary.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{ChildStderr, Stdio};

use serde_json::Value;
use support::{Sandbox, a_slouch, watching};

/// Reads the story up to the line that has these words.
fn told(story: &mut BufReader<ChildStderr>, words: &str) -> String {
    let mut read = String::new();
    while !read.lines().last().unwrap_or_default().contains(words) {
        let before = read.len();
        story.read_line(&mut read).unwrap();
        assert!(
            read.len() > before,
            "it ended without saying {words}: {read}"
        );
    }
    read
}

fn status(sandbox: &Sandbox) -> Value {
    let (answer, complaint, is_ok) = sandbox.run(&["status", "--json"]);
    assert!(is_ok, "{complaint}");
    serde_json::from_str(&answer).unwrap()
}

/// Somebody who slouches for 20 minutes of a recording, which takes a minute to play.
fn slouching(sandbox: &Sandbox) -> String {
    sandbox.calibrate();
    sandbox.recording(
        "day",
        [a_slouch()[..15].to_vec(), [6, 7].repeat(300)].concat(),
    )
}

/// Edits the settings with an editor that is these words of a shell.
fn edit(sandbox: &Sandbox, shell: &str) -> String {
    let editor = sandbox.path("editor");
    fs::write(&editor, format!("#!/bin/sh\n{shell}\n")).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(&["config", "edit"]);
    let edited = command.env("VISUAL", &editor).output().unwrap();
    String::from_utf8(edited.stdout).unwrap()
}

#[test]
fn a_changed_settings_file_is_used_without_a_restart_and_a_bad_one_is_not() {
    let sandbox = Sandbox::new();
    let day = slouching(&sandbox);
    let (mut monitor, mut story) = watching(&sandbox, &day);
    told(&mut story, "nudged: Head");
    let slouch = status(&sandbox)["slouched_for_s"].as_i64().unwrap();
    assert!(slouch > 0);

    let file = sandbox.path("config.toml");
    let good = "[notify]\nchannel = \"terminal\"\n";
    fs::write(&file, format!("{good}[posture]\nsensitivty = \"low\"\n")).unwrap();
    let story_so_far = told(&mut story, "stay in force");
    assert!(
        story_so_far.contains(
            "line 4: posture.sensitivty: there is no such setting; did you mean sensitivity?"
        ),
        "{story_so_far}"
    );
    let seen = status(&sandbox);
    let trouble = seen["settings_trouble"].as_str().unwrap();
    assert!(trouble.contains("did you mean sensitivity?"), "{trouble}");
    assert_eq!(seen["settings_file"], file.display().to_string());
    assert!(
        seen["slouched_for_s"].as_i64().unwrap() > slouch,
        "the slouch goes on"
    );

    // Back as it was: nothing is new but that all is well.
    fs::write(&file, good).unwrap();
    let between = told(&mut story, "the settings file is valid again");
    assert!(
        !between.contains("sensitivty"),
        "it is said once: {between}"
    );
    assert_eq!(status(&sandbox)["settings_trouble"], Value::Null);

    // With limits beyond what is seen, the slouch is none any more.
    fs::write(
        &file,
        format!("{good}[posture.limits]\nforward_head = 45.0\n"),
    )
    .unwrap();
    told(
        &mut story,
        "new settings: posture.limits.forward_head = 45.0",
    );
    told(&mut story, "upright, ");
    told(&mut story, "saved: a slouch of ");
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
}

#[test]
fn an_edit_is_used_at_once_and_says_so() {
    let sandbox = Sandbox::new();
    let day = slouching(&sandbox);
    let (mut monitor, mut story) = watching(&sandbox, &day);
    let answer = edit(
        &sandbox,
        "printf '[monitor.nudges]\\nhourly = 2\\n' >> \"$1\"",
    );
    assert!(
        answer.ends_with("is OK\nthe running monitor uses it now\n"),
        "{answer}"
    );
    told(&mut story, "new settings: monitor.nudges.hourly = 2");
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
}

#[test]
fn another_camera_is_taken_without_a_restart_and_the_log_does_not_name_it() {
    let sandbox = Sandbox::new();
    let settings = "[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"Ada webcam\"\n";
    fs::write(sandbox.path("config.toml"), settings).unwrap();
    let mut monitor = sandbox
        .command(&["monitor"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut story = BufReader::new(monitor.stderr.take().unwrap());
    told(&mut story, "no camera matches \"Ada webcam\"");
    assert_eq!(status(&sandbox)["not_watching"], "camera_missing");
    let other = "[notify]\\nchannel = \"terminal\"\\n[camera]\\ndevice = \"Bob webcam\"\\n";
    edit(&sandbox, &format!("printf '{other}' > \"$1\""));
    told(&mut story, "new settings: camera.device = \"Bob webcam\"");
    told(&mut story, "no camera matches \"Bob webcam\"");
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
    let log = fs::read_to_string(sandbox.path("data").join("monitor.log")).unwrap();
    assert_eq!(
        log.matches("WARN the camera: missing\n").count(),
        2,
        "{log}"
    );
    assert!(log.contains("INFO new settings: 1\n"), "{log}");
    assert!(!log.contains("Bob"), "{log}");
}

#[test]
fn a_status_tells_the_day_the_last_nudge_the_angles_and_the_cost() {
    let sandbox = Sandbox::new();
    let day = slouching(&sandbox);
    let (mut monitor, mut story) = watching(&sandbox, &day);
    told(&mut story, "nudged: Head");
    let seen = status(&sandbox);
    let today = &seen["today"];
    let observed = today["observed_s"].as_i64().unwrap();
    assert!((80..1200).contains(&observed), "{today}");
    // 30 s of it upright, and the looks at what follows take their time to be sure.
    let upright = today["upright_share"].as_f64().unwrap() * observed as f64;
    assert!((25.0..45.0).contains(&upright), "{today}");
    assert_eq!(today["slouches"], 0, "the one that goes on is not over");
    assert_eq!(seen["last_nudge"]["at"], seen["nudge"]);
    assert_eq!(seen["last_nudge"]["answer"], "unanswered");
    assert_eq!(seen["observation"]["slouched"], "forward_head");
    // The truth of the two slouched pictures less that of the upright ones, 17.0 and 24.3 on average.
    let change = seen["angles"]["forward_head"]["change"].as_f64().unwrap();
    assert!((change - 20.7).abs() < 4.0, "{change}");
    if cfg!(target_os = "linux") {
        let cost = &seen["cost"];
        assert!(cost["cpu_s"].as_f64().unwrap() > 0.0, "{cost}");
        assert!(
            cost["memory_bytes"].as_u64().unwrap() > 10_000_000,
            "{cost}"
        );
    }
    let (words, ..) = sandbox.run(&["status"]);
    for part in [
        "against neutral: head forward ",
        "today so far: ",
        ", no answer yet\n",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
}

#[test]
fn the_log_holds_the_beginning_and_the_end_and_no_picture_no_name_no_home() {
    let sandbox = Sandbox::new();
    let day = sandbox.recording("day", [1, 2, 3, 6, 7]);
    let watch = ["monitor", "--fps", "0.5", "--source", &day];
    let run = |level: &str| {
        let mut command = sandbox.command(&watch);
        let done = command
            .env("SITWELL_LOG", level)
            .env("HOME", sandbox.path(""))
            .output()
            .unwrap();
        assert!(done.status.success());
        fs::read_to_string(sandbox.path("data").join("monitor.log")).unwrap_or_default()
    };
    assert_eq!(run("off"), "");
    let quiet = run("");
    let words: Vec<&str> = quiet
        .lines()
        .map(|line| line.split_once(' ').unwrap().1.trim_start())
        .collect();
    assert_eq!(
        words,
        [
            concat!("INFO sitwell ", env!("CARGO_PKG_VERSION"), " starts"),
            "INFO ended"
        ]
    );
    let all = run("trace");
    assert!(all.contains("TRACE not calibrated, head roughly "), "{all}");
    let home = sandbox.path("").display().to_string();
    assert!(!all.contains(home.trim_end_matches('/')), "{all}");
    // A folder that cannot be written is no reason not to watch.
    fs::remove_file(sandbox.path("data").join("monitor.log")).unwrap();
    fs::create_dir(sandbox.path("data").join("monitor.log")).unwrap();
    run("trace");
}
