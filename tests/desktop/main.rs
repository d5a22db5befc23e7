//! The monitor on mocked desktops: Debian's dbusmock on private buses.
//!
//! The monitor runs as it does for a user, but for a camera that is not there,
//! so that no test opens a real one; `scripts/test-camera` runs the ignored one
//! where there is one to be opened. What an observation adds, such as that nobody is
//! there, is in `src/desktop/reasons/reason_scenarios.rs`. Needs the Debian
//! packages dbus and python3-dbusmock; without them the tests say so and are skipped.
#![cfg(all(unix, not(target_os = "macos")))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests too"
)]

#[cfg(target_os = "linux")]
mod camera_rows;
mod logind;
mod private;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, unbounded};
use jiff::{SignedDuration, Timestamp, ToSpan};
use sitwell::desktop::{Desktop, DesktopEvent, ReasonSource, WatchReasons};
use sitwell::posture::Moment;
use sitwell::record::NotWatching;
use sitwell::settings::WatchSettings;

use logind::Logind;
use private::{Bus, python, until};

/// A folder with buses, settings and a history of its own.
struct Machine {
    folder: tempfile::TempDir,
    python: &'static str,
    camera: &'static str,
}

/// The settings of a camera that is not there.
const NO_CAMERA: &str = "device = \"none such\"";

impl Machine {
    /// None where what it needs is missing.
    fn new(test: &str) -> Option<Machine> {
        Machine::with(NO_CAMERA, tempfile::tempdir().unwrap(), test)
    }

    fn with(camera: &'static str, folder: tempfile::TempDir, test: &str) -> Option<Machine> {
        let python = python(test)?;
        let machine = Machine {
            folder,
            python,
            camera,
        };
        machine.settings("");
        Some(machine)
    }

    /// Writes the settings.
    fn settings(&self, more: &str) {
        let camera = self.camera;
        let text = format!("[camera]\n{camera}\n[notify]\nchannel = \"off\"\n{more}");
        std::fs::write(self.folder.path().join("config.toml"), text).unwrap();
    }

    fn bus(&self, name: &'static str) -> Bus {
        Bus::start(self.folder.path(), name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let folder = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .args(words)
            .env("SITWELL_CONFIG_DIR", folder)
            .env("SITWELL_DATA_DIR", folder.join("data"))
            .env("DBUS_SYSTEM_BUS_ADDRESS", Bus::address(folder, "system"))
            .env("DBUS_SESSION_BUS_ADDRESS", Bus::address(folder, "session"))
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        command
    }

    fn monitor(&self) -> Monitor<'_> {
        self.monitor_that_is(CAMERA)
    }

    /// A monitor, once this is its reason not to watch.
    fn monitor_that_is(&self, why: &str) -> Monitor<'_> {
        let monitor = self.start();
        monitor.is(why);
        monitor
    }

    fn start(&self) -> Monitor<'_> {
        let mut process = self
            .command(&["monitor"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let story = Arc::new(Mutex::new(String::new()));
        let told = story.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *told.lock().unwrap() += &format!("{line}\n");
            }
        });
        Monitor {
            machine: self,
            process,
            story,
        }
    }
}

/// Why nothing is watched where nothing but the camera keeps the monitor from it.
const CAMERA: &str = "camera_missing";

/// A running monitor.
struct Monitor<'a> {
    machine: &'a Machine,
    process: Child,
    story: Arc<Mutex<String>>,
}

impl Monitor<'_> {
    /// Waits until this is the reason not to watch.
    fn is(&self, why: &str) {
        let mut last = String::new();
        for _ in 0..200 {
            let done = self
                .machine
                .command(&["status", "--json"])
                .output()
                .unwrap();
            last = String::from_utf8(done.stdout).unwrap();
            let status: serde_json::Value = serde_json::from_str(&last).unwrap_or_default();
            if status["not_watching"] == why {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("not {why} within 10 seconds: {last}{}", self.story());
    }

    fn story(&self) -> String {
        self.story.lock().unwrap().clone()
    }

    /// How often something was told.
    fn told(&self, words: &str) -> usize {
        self.story().matches(words).count()
    }

    /// What `sitwell status` says first.
    fn status(&self) -> String {
        let done = self.machine.command(&["status"]).output().unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        let words = text.lines().next().unwrap_or_default();
        words.split(" (since").next().unwrap_or_default().to_owned()
    }

    fn stop(mut self) -> String {
        assert!(
            self.machine
                .command(&["stop"])
                .output()
                .unwrap()
                .status
                .success()
        );
        assert!(self.process.wait().unwrap().success());
        let story = self.story();
        assert!(story.contains("stopped, everything is saved"), "{story}");
        story
    }
}

impl Drop for Monitor<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_locked_screen_and_a_session_behind_another_stop_the_watching_until_they_end() {
    let Some(machine) = Machine::new("a_locked_screen_..") else {
        return;
    };
    let bus = machine.bus("system");
    let logind = Logind::start(&bus, machine.python);
    let monitor = machine.monitor();
    logind.session("LockedHint", true);
    monitor.is("locked");
    assert_eq!(monitor.status(), "not watching: screen locked");
    logind.session("Active", false);
    logind.session("LockedHint", false);
    monitor.is("session_inactive");
    assert_eq!(monitor.status(), "not watching: another user in front");
    logind.session("Active", true);
    monitor.is(CAMERA);
    // The request comes before the lock, and the lock may be gone before the request is forgotten.
    logind.ask("Lock");
    monitor.is("locked");
    logind.session("LockedHint", true);
    logind.session("LockedHint", false);
    monitor.is(CAMERA);
    logind.ask("Lock");
    monitor.is("locked");
    logind.ask("Unlock");
    monitor.is(CAMERA);
    let story = monitor.stop();
    assert_eq!(
        story.matches("not watching: screen locked").count(),
        3,
        "{story}"
    );
}

#[test]
fn a_monitor_that_starts_behind_a_locked_screen_knows() {
    let Some(machine) = Machine::new("a_monitor_that_starts_..") else {
        return;
    };
    let bus = machine.bus("system");
    let logind = Logind::start(&bus, machine.python);
    logind.session("LockedHint", true);
    let monitor = machine.monitor_that_is("locked");
    // Nothing was opened before.
    assert_eq!(monitor.told("camera"), 0, "{}", monitor.story());
    monitor.stop();
}

#[test]
fn sleep_waits_until_the_camera_is_closed_and_waking_goes_on() {
    let Some(machine) = Machine::new("sleep_waits_..") else {
        return;
    };
    let bus = machine.bus("system");
    let logind = Logind::start(&bus, machine.python);
    let monitor = machine.monitor();
    for _ in 0..3 {
        until("the machine is held back", || {
            logind.holds() == ["sleep Sitwell delay"]
        });
        logind.sleep(true);
        until("the machine may sleep", || logind.holds().is_empty());
        monitor.is("suspended");
        assert_eq!(monitor.status(), "not watching: computer asleep");
        logind.sleep(false);
        monitor.is(CAMERA);
    }
    until("the machine is held back", || logind.holds().len() == 1);
    monitor.stop();
    until("nothing is left behind", || logind.holds().is_empty());
}

#[test]
fn a_logind_that_is_started_anew_is_asked_anew() {
    let Some(machine) = Machine::new("a_logind_that_is_started_anew_..") else {
        return;
    };
    let bus = machine.bus("system");
    let mut logind = Logind::start(&bus, machine.python);
    let monitor = machine.monitor();
    logind.session("LockedHint", true);
    monitor.is("locked");
    logind.die();
    monitor.is(CAMERA);
    let logind = Logind::start(&bus, machine.python);
    until("the machine is held back", || logind.holds().len() == 1);
    let story = monitor.stop();
    assert!(!story.contains("bus"), "{story}");
}

#[test]
fn a_bus_that_dies_is_told_once_and_takes_up_again_where_it_was_lost() {
    let Some(machine) = Machine::new("a_bus_that_dies_..") else {
        return;
    };
    let mut bus = machine.bus("system");
    let logind = Logind::start(&bus, machine.python);
    let session = machine.bus("session");
    let monitor = machine.monitor();
    logind.session("LockedHint", true);
    monitor.is("locked");
    drop(logind);
    bus.die();
    monitor.is(CAMERA);
    assert_eq!(monitor.told("the system bus is gone"), 1);
    drop(session);
    until("the session's bus is missed", || {
        monitor.told("the session bus is gone") == 1
    });
    bus.come_back();
    let logind = Logind::start(&bus, machine.python);
    until("the bus is found", || {
        monitor.told("the system bus is back") == 1
    });
    until("the machine is held back", || logind.holds().len() == 1);
    logind.session("LockedHint", true);
    monitor.is("locked");
    let story = monitor.stop();
    assert_eq!(story.matches("is gone").count(), 2, "{story}");
}

#[test]
fn without_any_bus_watching_goes_on_in_silence() {
    let Some(machine) = Machine::new("without_any_bus_..") else {
        return;
    };
    let monitor = machine.monitor();
    let story = monitor.stop();
    assert!(!story.contains("bus"), "{story}");
}

#[test]
fn a_screen_saver_counts_as_a_locked_screen() {
    let Some(machine) = Machine::new("a_screen_saver_..") else {
        return;
    };
    let bus = machine.bus("session");
    let monitor = machine.monitor();
    let mut saver = bus.mock(machine.python, "gnome_screensaver");
    let place = (
        "org.gnome.ScreenSaver",
        "/org/gnome/ScreenSaver",
        "org.gnome.ScreenSaver",
    );
    saver.call(place, "SetActive", &true);
    monitor.is("locked");
    saver.call(place, "SetActive", &false);
    monitor.is(CAMERA);
    saver.call(place, "SetActive", &true);
    monitor.is("locked");
    // A screen saver that crashes covers nothing.
    saver.die();
    monitor.is(CAMERA);
    monitor.stop();
}

#[test]
fn the_battery_counts_where_the_settings_say_so() {
    let Some(machine) = Machine::new("the_battery_..") else {
        return;
    };
    let bus = machine.bus("system");
    let power = bus.mock(machine.python, "upower");
    let place = (
        "org.freedesktop.UPower",
        "/org/freedesktop/UPower",
        "org.freedesktop.UPower",
    );
    power.set(place, "OnBattery", true);
    let monitor = machine.monitor();
    // The settings may change while it watches.
    machine.settings("[watch]\non_battery = false\n");
    let edited = machine
        .command(&["config", "edit"])
        .env("EDITOR", "true")
        .output();
    assert!(edited.unwrap().status.success());
    monitor.is("on_battery");
    assert_eq!(monitor.status(), "not watching: on battery");
    power.set(place, "OnBattery", false);
    monitor.is(CAMERA);
    power.set(place, "OnBattery", true);
    monitor.is("on_battery");
    monitor.stop();
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the hours are those of the real day"
)]
fn out_of_hours_nothing_is_watched() {
    let Some(machine) = Machine::new("out_of_hours_..") else {
        return;
    };
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |days: i64| (today + days.days()).strftime("%a").to_string();
    // Neither today nor, should midnight pass meanwhile, tomorrow.
    let hours = format!("{}-{} 00:00-24:00", day(2), day(5));
    machine.settings(&format!("[watch]\nschedule = [\"{hours}\"]\n"));
    let monitor = machine.monitor_that_is("out_of_hours");
    let opens = format!("until {} 00:00", (today + 2.days()).strftime("%A"));
    assert_eq!(
        monitor.status(),
        format!("not watching: outside working hours {opens}")
    );
    monitor.stop();
}

#[test]
fn a_pause_ends_at_its_time() {
    let Some(machine) = Machine::new("a_pause_..") else {
        return;
    };
    let monitor = machine.monitor();
    assert_eq!(
        monitor.status(),
        "not watching: no camera matches \"none such\" (found no camera)",
        "the camera's own reason"
    );
    let resumed = machine.command(&["resume"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&resumed.stdout)
            .starts_with("the pause has ended, but it is not watching: no camera matches"),
        "{resumed:?}"
    );
    let pause = |words: &[&str]| machine.command(words).output().unwrap().status.success();
    assert!(pause(&["pause", "1h"]));
    monitor.is("paused");
    let told = monitor.status();
    assert!(told.starts_with("not watching: paused until "), "{told}");
    assert!(pause(&["pause", "1s"]));
    // Without a reason of its own the monitor would wake after 30 s.
    monitor.is(CAMERA);
    monitor.stop();
}

/// Runs the named test again with the buses of its folder in its environment; none in that run.
fn outside(test: &str) -> Option<Machine> {
    if std::env::var_os(INSIDE).is_some() {
        return None;
    }
    let machine = Machine::new(test)?;
    let folder = machine.folder.path();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, folder)
        .env("DBUS_SYSTEM_BUS_ADDRESS", Bus::address(folder, "system"))
        .env("DBUS_SESSION_BUS_ADDRESS", Bus::address(folder, "session"))
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    Some(machine)
}

/// Set inside of such a run; holds the folder.
const INSIDE: &str = "SITWELL_TEST_DESKTOP";

/// Longer than anything here takes on a busy machine.
const LONG: std::time::Duration = std::time::Duration::from_secs(20);

/// Waits until a source says that the machine is idle, or that it is not.
fn hear_idle(
    reasons: &mut WatchReasons,
    events: &Receiver<DesktopEvent>,
    by: ReasonSource,
    wanted: bool,
) {
    loop {
        let event = events.recv_timeout(LONG).unwrap();
        reasons.on_desktop_event(&event, Timestamp::UNIX_EPOCH);
        match event {
            DesktopEvent::Reason {
                source,
                reason: NotWatching::Idle,
                holds,
            } if (source, holds) == (by, wanted) => {
                return;
            }
            _ => {}
        }
    }
}

#[test]
fn an_untouched_machine_before_which_nobody_sits_is_not_watched() {
    let test = "an_untouched_machine_before_which_nobody_sits_is_not_watched";
    let Some(folder) = std::env::var_os(INSIDE) else {
        outside(test);
        return;
    };
    let (folder, python) = (std::path::PathBuf::from(folder), python(test).unwrap());
    let system = Bus::start(&folder, "system");
    let logind = Logind::start(&system, python);
    let session = Bus::start(&folder, "session");
    let gnome = "org.gnome.Mutter.IdleMonitor";
    let place = (gnome, "/org/gnome/Mutter/IdleMonitor/Core", gnome);
    let mutter = session.empty_mock(python, gnome, place.1);
    for (method, takes, gives, does) in [
        (
            "AddIdleWatch",
            "t",
            "u",
            "ret = 7 if args[0] == 120000 else 1",
        ),
        ("GetIdletime", "", "t", "ret = 1000"),
        ("AddUserActiveWatch", "", "u", "ret = 8"),
    ] {
        mutter.lead(
            gnome,
            place.1,
            "AddMethod",
            &(gnome, method, takes, gives, does),
        );
    }
    let (sender, events) = unbounded();
    let _desktop = Desktop::start(&WatchSettings::default(), sender).unwrap();
    let mut reasons = WatchReasons::new(WatchSettings::default(), jiff::tz::TimeZone::UTC);
    reasons.note_observation(Moment::Away, Timestamp::UNIX_EPOCH);
    let later = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(5);

    // A watch that fires before it was asked for is heard by nobody.
    // A machine in use is said to be so, also by a service that was started anew.
    hear_idle(&mut reasons, &events, ReasonSource::IdleMonitor, false);
    while !reasons.initial_state_known() {
        reasons.on_desktop_event(&events.recv_timeout(LONG).unwrap(), Timestamp::UNIX_EPOCH);
    }
    assert_eq!(reasons.decide(later), None);
    logind.session("IdleHint", true);
    hear_idle(&mut reasons, &events, ReasonSource::Logind, true);
    assert_eq!(reasons.decide(later), Some(NotWatching::Idle));
    logind.session("IdleHint", false);
    hear_idle(&mut reasons, &events, ReasonSource::Logind, false);
    assert_eq!(reasons.decide(later), None);

    mutter.signal(place, "WatchFired", ("u", 7_u32.into()));
    hear_idle(&mut reasons, &events, ReasonSource::IdleMonitor, true);
    assert_eq!(reasons.decide(later), Some(NotWatching::Idle));
    mutter.signal(place, "WatchFired", ("u", 8_u32.into()));
    hear_idle(&mut reasons, &events, ReasonSource::IdleMonitor, false);
    assert_eq!(reasons.decide(later), None);
}
