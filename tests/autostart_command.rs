//! `sitwell autostart` through the binary, with a systemd that only notes what it is asked.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sitwell");

/// A user's folders.
struct Home(tempfile::TempDir);

/// What stands for systemd: it notes its words, and says whether the desktop is known to it.
const SYSTEMCTL: &str = r#"#!/bin/sh
echo "$@" >> "$0.asked"
case "$*" in
    *is-active\ graphical*) [ -e "$0.desktop" ] ;;
    *start\ sitwell.service)
        line=$(sed -n 's/^ExecStart=//p' "$XDG_CONFIG_HOME/systemd/user/sitwell.service")
        setsid $line > /dev/null 2>&1 & ;;
esac
"#;

impl Home {
    fn new() -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        let settings = "[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"no such camera\"\n";
        fs::write(home.path("config.toml"), settings).unwrap();
        let systemctl = home.path("bin/systemctl");
        fs::create_dir(home.path("bin")).unwrap();
        fs::write(&systemctl, SYSTEMCTL).unwrap();
        fs::set_permissions(&systemctl, fs::Permissions::from_mode(0o755)).unwrap();
        home
    }

    /// From now on this user has a systemd session.
    fn with_systemd(self) -> Home {
        fs::create_dir_all(self.path("run/systemd")).unwrap();
        fs::write(self.path("run/systemd/private"), "").unwrap();
        self
    }

    /// And a desktop that tells it so.
    fn with_its_desktop(self) -> Home {
        fs::write(self.path("bin/systemctl.desktop"), "").unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs a program that is Sitwell: what it answers, then what it complains of.
    fn run_as(&self, program: &Path, words: &[&str]) -> String {
        let path = std::env::var("PATH").unwrap();
        let done = Command::new(program)
            .args(words)
            .env("HOME", self.0.path())
            .env("XDG_CONFIG_HOME", self.path("cfg"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("SITWELL_CONFIG_DIR", self.0.path())
            .env("SITWELL_DATA_DIR", self.path("data"))
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(done.stdout) + &text(done.stderr))
            .replace(&self.0.path().display().to_string(), "HOME")
            .replace(PROGRAM, "SITWELL")
    }

    fn run(&self, words: &[&str]) -> String {
        self.run_as(Path::new(PROGRAM), words)
    }

    /// Every file below the settings' folder.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.path("cfg")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let below = path.strip_prefix(self.path("cfg")).unwrap();
                    files.push(below.display().to_string());
                }
            }
        }
        files.sort();
        files
    }
}

const ENTRY: &str = "autostart/sitwell.desktop";
const UNIT: &str = "systemd/user/sitwell.service";
const LINK: &str = "systemd/user/graphical-session.target.wants/sitwell.service";
const OFF: &str =
    "Sitwell does not start at login. To make it start, run sitwell autostart enable.\n";

#[test]
fn without_systemd_an_entry_of_the_desktop_is_written_and_removed() {
    let home = Home::new();
    assert_eq!(home.run(&["autostart", "status"]), OFF);
    let shown = home.run(&["autostart", "enable", "--print"]);
    assert!(
        shown.starts_with("would write HOME/cfg/autostart/sitwell.desktop:\n\n# Written"),
        "{shown}"
    );
    assert!(
        shown.contains(
            "\nExec=SITWELL --data-dir HOME/data --config HOME/config.toml tray --start\n"
        ),
        "{shown}"
    );
    assert_eq!(home.files(), [""; 0], "nothing is written");

    let (_, text) = shown.split_once("\n\n").unwrap();
    assert_eq!(
        home.run(&["autostart", "enable"]),
        "wrote HOME/cfg/autostart/sitwell.desktop\n\
         Sitwell starts when you log in, by your desktop. To start it now: sitwell start\n"
    );
    assert_eq!(home.files(), [ENTRY]);
    let written = home.text("cfg/autostart/sitwell.desktop");
    let written = written.replace(&home.0.path().display().to_string(), "HOME");
    assert_eq!(
        written.replace(PROGRAM, "SITWELL"),
        text.trim_end_matches('\n').to_owned() + "\n"
    );
    assert_eq!(
        home.run(&["autostart", "enable"]),
        "already there: HOME/cfg/autostart/sitwell.desktop\n\
         Sitwell starts when you log in, by your desktop. To start it now: sitwell start\n"
    );
    assert_eq!(
        home.run(&["autostart", "status"]),
        "Sitwell starts when you log in, by your desktop:\n  HOME/cfg/autostart/sitwell.desktop\n\
         It starts this program, SITWELL.\n"
    );

    assert_eq!(
        home.run(&["autostart", "disable", "--print"]),
        "would remove HOME/cfg/autostart/sitwell.desktop\n"
    );
    assert_eq!(home.files(), [ENTRY]);
    let off = "Sitwell does not start at login. To end a running one: sitwell stop\n";
    assert_eq!(
        home.run(&["autostart", "disable"]),
        format!("removed HOME/cfg/autostart/sitwell.desktop\n{off}")
    );
    assert_eq!(home.run(&["autostart", "disable"]), off);
    assert_eq!(home.files(), [""; 0]);
    assert_eq!(home.run(&["autostart", "status"]), OFF);
}

#[test]
fn systemd_starts_it_with_a_desktop_that_it_knows() {
    let home = Home::new().with_systemd().with_its_desktop();
    let answer = home.run(&["autostart", "enable"]);
    assert!(
        answer.contains("Sitwell starts when you log in, by systemd."),
        "{answer}"
    );
    assert_eq!(home.files(), [ENTRY, LINK, UNIT]);
    assert_eq!(
        fs::canonicalize(home.path("cfg").join(LINK)).unwrap(),
        fs::canonicalize(home.path("cfg").join(UNIT)).unwrap()
    );
    let asked = home.text("bin/systemctl.asked");
    assert!(asked.ends_with("--user daemon-reload\n"), "{asked}");
    home.run(&["autostart", "enable"]);
    let again = home.text("bin/systemctl.asked");
    assert_eq!(
        again.matches("daemon-reload").count(),
        1,
        "nothing new, nothing to read"
    );
    assert!(
        home.run(&["autostart", "status"])
            .starts_with("Sitwell starts when you log in, by systemd:\n")
    );

    // Another version may explain the same unit in other words.
    let unit = home.path("cfg").join(UNIT);
    let text = home.text("cfg/systemd/user/sitwell.service");
    let explained = text.replace(
        "# The loop reports every minute.\n",
        "# In other words.\n\n",
    );
    assert_ne!(explained, text);
    fs::write(&unit, explained).unwrap();
    assert!(
        home.run(&["autostart", "status"])
            .starts_with("Sitwell starts when you log in, by systemd:\n")
    );
    fs::write(&unit, text.replace("WatchdogSec=120", "WatchdogSec=0")).unwrap();
    assert!(
        home.run(&["autostart", "status"])
            .contains("not up to date")
    );

    // What an earlier version wrote has no entry.
    home.run(&["autostart", "enable"]);
    fs::remove_file(home.path("cfg").join(ENTRY)).unwrap();
    let broken = home.run(&["autostart", "status"]);
    assert!(
        broken.contains("missing or not up to date:\n  HOME/cfg/autostart/sitwell.desktop\n"),
        "{broken}"
    );
    fs::remove_file(home.path("cfg").join(UNIT)).unwrap();
    let broken = home.run(&["autostart", "status"]);
    assert!(
        broken.contains("missing or not up to date:\n  HOME/cfg/systemd/user/sitwell.service\n"),
        "{broken}"
    );
    home.run(&["autostart", "enable"]);
    assert_eq!(home.files(), [ENTRY, LINK, UNIT]);
    home.run(&["autostart", "disable"]);
    assert_eq!(home.files(), [""; 0]);
}

#[test]
fn systemd_finds_no_fault_with_the_unit() {
    let home = Home::new().with_systemd().with_its_desktop();
    home.run(&["autostart", "enable"]);
    let unit = home.path("cfg").join(UNIT);
    let Ok(found) = Command::new("systemd-analyze")
        .args(["--user", "verify"])
        .arg(unit)
        .env("XDG_RUNTIME_DIR", home.path("run"))
        .output()
    else {
        // No systemd on this machine.
        return;
    };
    let faults = String::from_utf8(found.stderr).unwrap();
    let own = |line: &&str| line.contains("sitwell");
    assert_eq!(faults.lines().find(own), None);
}

#[test]
fn a_desktop_that_systemd_does_not_know_has_the_unit_started() {
    let home = Home::new().with_systemd();
    let answer = home.run(&["autostart", "enable"]);
    assert!(
        answer.contains("by your desktop through systemd."),
        "{answer}"
    );
    assert_eq!(home.files(), [ENTRY, UNIT]);

    // A start goes through the unit, which is what is ended in the end.
    let answer = home.run(&["start"]);
    assert!(
        answer.starts_with("started by systemd (process "),
        "{answer}"
    );
    let asked = home.text("bin/systemctl.asked");
    assert!(asked.ends_with("--user start sitwell.service\n"), "{asked}");
    assert_eq!(
        home.run(&["stop"]),
        "the monitor has ended; everything is saved\n"
    );

    // Another history is another monitor's, which the unit does not start.
    let elsewhere = home.path("elsewhere").display().to_string();
    let answer = home.run(&["--data-dir", &elsewhere, "start"]);
    assert!(answer.starts_with("started (process "), "{answer}");
    home.run(&["--data-dir", &elsewhere, "stop"]);

    // The desktop has learnt to tell systemd, which starts the unit by itself from now on.
    let home = home.with_its_desktop();
    let answer = home.run(&["autostart", "enable"]);
    assert!(
        answer.contains(&format!("wrote HOME/cfg/{LINK}\n")),
        "{answer}"
    );
    assert_eq!(home.files(), [ENTRY, LINK, UNIT]);
}

#[test]
fn a_moved_program_is_named_with_the_fix() {
    let home = Home::new();
    let moved = home.path("sitwell");
    fs::hard_link(PROGRAM, &moved)
        .or_else(|_| fs::copy(PROGRAM, &moved).map(drop))
        .unwrap();
    home.run_as(&moved, &["autostart", "enable"]);
    let told = |what: &str| {
        format!(
            "This program starts when you log in, by your desktop, {what}:\n  HOME/sitwell\n\
             To start SITWELL instead, run sitwell autostart enable.\n"
        )
    };
    let status = || home.run(&["autostart", "status"]);
    assert_eq!(status(), told("not this one"));
    fs::remove_file(&moved).unwrap();
    assert_eq!(status(), told("which no longer exists"));
    home.run(&["autostart", "enable"]);
    assert!(status().ends_with("It starts this program, SITWELL.\n"));
}

#[test]
fn what_somebody_else_wrote_is_left_alone() {
    let home = Home::new().with_systemd();
    let unit = home.path("cfg").join(UNIT);
    fs::create_dir_all(unit.parent().unwrap()).unwrap();
    fs::write(&unit, "[Service]\nExecStart=/usr/bin/true\n").unwrap();
    for action in ["enable", "disable"] {
        assert_eq!(
            home.run(&["autostart", action]),
            "sitwell: HOME/cfg/systemd/user/sitwell.service exists and was not written by Sitwell; \
             move it away first\n"
        );
    }
    assert_eq!(home.files(), [UNIT]);
    assert_eq!(
        fs::read_to_string(unit).unwrap(),
        "[Service]\nExecStart=/usr/bin/true\n"
    );
}

#[test]
fn what_uninstall_prints_removes_all_that_is_left() {
    let home = Home::new();
    home.run(&["autostart", "enable"]);
    home.run(&["start"]);
    fs::write(home.path("data/report.html"), "a page").unwrap();
    fs::write(home.path("data/mine.txt"), "not Sitwell's").unwrap();
    let shown = home.run(&["uninstall", "--print"]);
    for line in [
        "  program    SITWELL\n",
        "  history    HOME/data/history.db\n",
        "  report     HOME/data/report.html\n",
        "  monitor    HOME/data/monitor.lock\n",
        "  monitor    HOME/data/monitor.sock\n",
        "  log        HOME/data/monitor.log\n",
        "  settings   HOME/config.toml\n",
        "  autostart  HOME/cfg/autostart/sitwell.desktop\n",
        "  SITWELL --data-dir HOME/data --config HOME/config.toml stop\n",
    ] {
        assert!(shown.contains(line), "{line}{shown}");
    }
    assert!(
        home.run(&["status"]).starts_with("not watching"),
        "nothing was done"
    );
    let (_, commands) = shown.split_once("remove all of it:\n").unwrap();
    let (commands, program) = commands.trim_end().rsplit_once('\n').unwrap();
    assert!(program.contains("SITWELL"), "{program}");
    let folder = home.0.path().display().to_string();
    let commands = commands
        .replace("SITWELL", PROGRAM)
        .replace("HOME", &folder);
    let done = Command::new("sh")
        .args(["-e", "-c", &commands])
        .env("XDG_CONFIG_HOME", home.path("cfg"))
        .env("XDG_RUNTIME_DIR", home.path("run"))
        .env("HOME", home.0.path())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert_eq!(home.files(), [""; 0]);
    let left = fs::read_dir(home.path("data")).unwrap();
    let left: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.txt"]);
    assert!(!home.path("config.toml").exists());
}
