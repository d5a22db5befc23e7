//! The icon in the tray, on private buses with a panel of the test's own. No camera is opened. Needs
//! the Debian package dbus; without it the tests say so and are skipped.
#![cfg(all(unix, not(target_os = "macos")))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests too"
)]

mod panel;
#[path = "../desktop/private.rs"]
#[expect(dead_code, reason = "shared with tests that need more of it")]
mod private;

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use panel::Panel;
use private::{Bus, until};

/// A folder with a session bus, settings and a history of its own.
struct Desk(tempfile::TempDir);

impl Desk {
    /// None where there is no D-Bus.
    fn new(test: &str) -> Option<Desk> {
        let found = Command::new("dbus-daemon").arg("--version").output();
        if found.is_err() {
            // Written past the test harness, which keeps what a passing test prints to itself.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED {test}: dbus-daemon is missing (apt-get install dbus)"
            );
            return None;
        }
        let desk = Desk(tempfile::tempdir().unwrap());
        let settings = "[camera]\ndevice = \"no such camera\"\n[notify]\nchannel = \"terminal\"\n";
        std::fs::write(desk.0.path().join("config.toml"), settings).unwrap();
        Some(desk)
    }

    fn address(&self) -> String {
        Bus::address(self.0.path(), "session")
    }

    fn bus(&self) -> Bus {
        Bus::start(self.0.path(), "session")
    }

    fn command(&self, words: &[&str]) -> Command {
        let folder = self.0.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .args(words)
            .env("SITWELL_CONFIG_DIR", folder)
            .env("SITWELL_DATA_DIR", folder.join("data"))
            .env("XDG_RUNTIME_DIR", folder)
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env("DBUS_SYSTEM_BUS_ADDRESS", Bus::address(folder, "system"))
            .env("DBUS_SESSION_BUS_ADDRESS", self.address())
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        command
    }

    /// What is answered, with what is complained of.
    fn run(&self, words: &[&str]) -> String {
        let done = self.command(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        text(done.stdout) + &text(done.stderr)
    }

    fn tray(&self, options: &[&str]) -> Tray {
        let process = self
            .command(&[&["tray"], options].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Tray(process.unwrap())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Whatever a test has left running.
        let _ = self.command(&["stop"]).output();
    }
}

/// A running `sitwell tray`.
struct Tray(Child);

impl Tray {
    /// Waits for its end: what it has said, and whether it ended well.
    fn ends(mut self) -> (String, bool) {
        let mut ended = None;
        until("the tray ends", || {
            ended = self.0.try_wait().unwrap();
            ended.is_some()
        });
        let mut said = String::new();
        let (mut out, mut err) = (self.0.stdout.take().unwrap(), self.0.stderr.take().unwrap());
        out.read_to_string(&mut said).unwrap();
        err.read_to_string(&mut said).unwrap();
        (said, ended.unwrap().success())
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn labels(panel: &Panel) -> Vec<String> {
    panel.menu().into_iter().map(|(_, label)| label).collect()
}

#[test]
fn icon_tooltip_and_menu_follow_the_monitor_and_clicks_reach_it() {
    let Some(desk) = Desk::new("icon_tooltip_and_menu_..") else {
        return;
    };
    let _bus = desk.bus();
    let panel = Panel::start(&desk.address());
    let tray = desk.tray(&[]);
    panel.waits_for_the_icon();
    panel.waits_for("not watching: no monitor is running");
    let stopped = panel.image();
    assert_eq!(stopped.len(), 16 * 16 * 4);
    assert!(labels(&panel).contains(&"Start watching".to_owned()));

    panel.was_told("NewIcon");
    panel.click("Start watching");
    panel.waits_for("not watching: no camera matches \"no such camera\"");
    for signal in ["NewIcon", "NewToolTip", "LayoutUpdated"] {
        until(signal, || panel.was_told(signal));
    }
    let missing = panel.image();
    assert_ne!(missing, stopped);
    let menu = labels(&panel);
    assert!(menu[0].starts_with("not watching: no camera"), "{menu:?}");
    assert!(!menu.contains(&"Start watching".to_owned()), "{menu:?}");
    assert!(!menu.contains(&"Resume".to_owned()), "{menu:?}");

    panel.click("Pause for an hour");
    panel.waits_for("not watching: paused until ");
    let paused = panel.image();
    assert!(paused != stopped && paused != missing);
    let status = desk.run(&["status"]);
    assert!(
        status.starts_with("not watching: paused until "),
        "{status}"
    );
    until("the menu has changed", || panel.was_told("LayoutUpdated"));
    panel.click("Resume");
    panel.waits_for("not watching: no camera");
    assert_eq!(panel.image(), missing);

    // The monitor ends, and another one starts.
    desk.run(&["stop"]);
    panel.waits_for("not watching: no monitor is running");
    assert_eq!(panel.image(), stopped);
    desk.run(&["start"]);
    panel.waits_for("not watching: no camera");

    panel.click("Quit Sitwell");
    assert_eq!(tray.ends(), (String::new(), true));
    let status = desk.run(&["status"]);
    assert!(status.contains("no monitor is running"), "{status}");
}

#[test]
fn what_did_not_work_is_told() {
    let Some(desk) = Desk::new("what_did_not_work_..") else {
        return;
    };
    let _bus = desk.bus();
    let panel = Panel::start(&desk.address());
    let tray = desk.tray(&["--start"]);
    panel.waits_for_the_icon();
    panel.waits_for("not watching: no camera");
    let menu = panel.menu();
    let pause = menu.iter().find(|(_, label)| label == "Pause for an hour");
    desk.run(&["stop"]);
    panel.waits_for("not watching: no monitor is running");
    // A menu of a moment ago is still open.
    panel.click_number(pause.unwrap().0);
    // The click after it is followed when that one has been told.
    panel.click("Quit Sitwell");
    let (said, is_ok) = tray.ends();
    assert!(is_ok, "{said}");
    assert!(said.contains("no monitor is running; start one"), "{said}");
}

#[test]
fn the_icon_is_there_whichever_of_panel_and_tray_starts_first() {
    let Some(desk) = Desk::new("the_icon_is_there_..") else {
        return;
    };
    let mut bus = desk.bus();
    // It starts the monitor, whether there is a panel or not.
    let tray = desk.tray(&["--start"]);
    until("a monitor", || {
        desk.run(&["status"]).starts_with("not watching")
    });
    let doctor = desk.run(&["doctor"]);
    assert!(
        doctor.contains("tray           none on this desktop"),
        "{doctor}"
    );
    for _ in 0..2 {
        let panel = Panel::start(&desk.address());
        panel.waits_for_the_icon();
        panel.waits_for("not watching: no camera");
        assert_eq!(
            desk.tray(&[]).ends(),
            ("the icon is in the panel already\n".to_owned(), true)
        );
    }
    // The end of the bus is that of the session.
    bus.die();
    let (said, is_ok) = tray.ends();
    assert!(is_ok, "{said}");
}

#[test]
fn without_a_session_the_reason_is_given_and_the_monitor_is_started_all_the_same() {
    let Some(desk) = Desk::new("without_a_session_..") else {
        return;
    };
    let (said, is_ok) = desk.tray(&["--start"]).ends();
    assert!(!is_ok);
    assert!(
        said.starts_with("sitwell: cannot find the session bus"),
        "{said}"
    );
    let status = desk.run(&["status"]);
    assert!(status.starts_with("not watching: no camera"), "{status}");
}
