//! What the monitor makes of the buttons of its notifications: a real dunst on a private bus.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "notify_desktop/private_bus.rs"]
#[allow(
    dead_code,
    clippy::panic,
    reason = "shared with the notifications' own tests, which use all of it"
)]
mod private_bus;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use private_bus::{Daemon, outside, until};
use sitwell::history::History;
use sitwell::record::{Answer, Nudge, Period};

/// A monitor that watches somebody who slouches on, with the guide's terminal replaced by a note of its words.
struct Sandbox {
    folder: tempfile::TempDir,
    monitor: Option<Child>,
}

impl Sandbox {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .args(words)
            .env("SITWELL_CONFIG_DIR", self.folder.path())
            .env("SITWELL_DATA_DIR", self.path("data"))
            .env("TERMINAL", self.path("terminal"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Pictures of the demo, two seconds each.
    fn recording(&self, name: &str, pictures: impl Iterator<Item = u32>) -> String {
        let folder = self.path(name);
        fs::create_dir(&folder).unwrap();
        let sandbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/demo/frames");
        for (n, picture) in pictures.enumerate() {
            let file = folder.join(format!("{n:04}.jpg"));
            std::os::unix::fs::symlink(sandbox.join(format!("{picture}.jpg")), file).unwrap();
        }
        folder.display().to_string()
    }

    /// A minute after its start somebody is told; then there are minutes left to answer in.
    fn watching() -> Sandbox {
        let mut sandbox = Sandbox {
            folder: tempfile::tempdir().unwrap(),
            monitor: None,
        };
        let terminal = sandbox.path("terminal");
        fs::write(&terminal, "#!/bin/sh\necho \"$@\" > \"$0.words\"\n").unwrap();
        fs::set_permissions(&terminal, fs::Permissions::from_mode(0o755)).unwrap();
        let well = sandbox.recording("well", [1, 1, 2, 2, 3, 3].into_iter());
        let calibrate = ["calibrate", "--source", &well, "--fps", "0.5"];
        assert!(sandbox.command(&calibrate).status().unwrap().success());
        let badly = sandbox.recording("badly", [6, 7].into_iter().cycle().take(900));
        let words = [
            "monitor", "--source", &badly, "--fps", "0.5", "--speed", "15",
        ];
        sandbox.monitor = Some(sandbox.command(&words).spawn().unwrap());
        sandbox
    }

    fn nudge(&self) -> Option<Nudge> {
        let history = History::open_to_read(&self.path("data").join("history.db")).ok()??;
        history.nudges(Period::ALWAYS).ok()?.into_iter().next()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(mut monitor) = self.monitor.take() {
            let _ = monitor.kill();
            let _ = monitor.wait();
        }
    }
}

#[test]
fn each_answer_to_a_nudge_is_kept() {
    if outside("each_answer_to_a_nudge_is_kept") {
        return;
    }
    let daemon = Daemon::start();
    for (button, answer) in [
        ("Done", Answer::Done),
        ("Snooze 15 min", Answer::Snoozed),
        ("Not now", Answer::Skipped),
        ("That was no slouch", Answer::NotASlouch),
    ] {
        let sandbox = Sandbox::watching();
        daemon.shows("1");
        // It is kept once it was shown.
        until("the nudge is kept", || sandbox.nudge().is_some());
        assert_eq!(sandbox.nudge().unwrap().answer, Answer::Unanswered);
        daemon.press(button);
        until(button, || {
            sandbox.nudge().is_some_and(|nudge| nudge.answer == answer)
        });
        daemon.shows("0");
    }
    daemon.die();
}

#[test]
fn start_opens_the_guide_with_its_nudge_and_the_watching_goes_on() {
    if outside("start_opens_the_guide_with_its_nudge_and_the_watching_goes_on") {
        return;
    }
    let daemon = Daemon::start();
    let sandbox = Sandbox::watching();
    daemon.shows("1");
    daemon.press("Start");
    let note = sandbox.path("terminal.words");
    until("the guide opens", || {
        fs::read_to_string(&note).is_ok_and(|words| words.ends_with('\n'))
    });
    let words = fs::read_to_string(&note).unwrap();
    until("the nudge is kept", || sandbox.nudge().is_some());
    let nudge = sandbox.nudge().unwrap();
    let (_, options) = words
        .split_once(&format!("sitwell stretch {} --nudge ", nudge.stretch))
        .unwrap();
    let (at, options) = options.split_once(' ').unwrap();
    let at: jiff::Timestamp = at.parse().unwrap();
    assert_eq!(at.as_millisecond(), nudge.at.as_millisecond());
    let data = sandbox.path("data").display().to_string();
    assert!(
        options.starts_with(&format!("--data-dir {data}")),
        "{options}"
    );
    let seen = sandbox.command(&["status"]).status().unwrap();
    assert!(seen.success(), "the monitor goes on");
    daemon.die();
}

#[test]
fn a_stretch_that_was_asked_for_opens_its_guide_and_is_no_nudge() {
    if outside("a_stretch_that_was_asked_for_opens_its_guide_and_is_no_nudge") {
        return;
    }
    let daemon = Daemon::start();
    let sandbox = Sandbox::watching();
    // While it is paused nothing else is shown.
    until("the monitor answers", || {
        sandbox.command(&["pause"]).status().unwrap().success()
    });
    assert!(sandbox.command(&["nudge-me"]).status().unwrap().success());
    daemon.shows("1");
    daemon.press("Start");
    let note = sandbox.path("terminal.words");
    until("the guide opens", || {
        fs::read_to_string(&note).is_ok_and(|words| words.ends_with('\n'))
    });
    let words = fs::read_to_string(&note).unwrap();
    assert!(
        words.contains("sitwell stretch ") && words.contains(" --data-dir "),
        "{words}"
    );
    assert!(!words.contains("--nudge"), "{words}");
    assert_eq!(sandbox.nudge(), None);
    daemon.die();
}
