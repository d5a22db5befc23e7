//! A session of its own: a bus, a screen and a dunst, and the way to press its buttons.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Set inside the private session; holds the scratch folder.
const INSIDE: &str = "SITWELL_TEST_PRIVATE_BUS";

/// Longer than anything here takes on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Runs the named test again on a bus of its own; false when this is that run.
pub(crate) fn outside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return false;
    }
    for tool in ["dunst", "dunstctl", "Xvfb", "dbus-run-session", "dbus-send"] {
        let found = std::env::var_os("PATH").is_some_and(|path| {
            std::env::split_paths(&path).any(|folder| folder.join(tool).exists())
        });
        if !found {
            // Written past the test harness, which keeps what a passing test prints to itself.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED {test}: {tool} is missing (apt-get install dunst xvfb dbus)"
            );
            return true;
        }
    }
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("notify-{test}"));
    fs::create_dir_all(&scratch).unwrap();
    // No service folders: nothing starts by itself on this bus.
    let config = scratch.join("bus.conf");
    fs::write(
        &config,
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><type>session</type>\
         <listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth><policy context=\"default\">\
         <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
         </policy></busconfig>",
    )
    .unwrap();
    let mut screen = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "800x300x24",
            "-nolisten",
            "tcp",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut number = String::new();
    BufReader::new(screen.stdout.take().unwrap())
        .read_line(&mut number)
        .unwrap();
    let done = Command::new("dbus-run-session")
        .arg("--config-file")
        .arg(&config)
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, &scratch)
        .env("DISPLAY", format!(":{}", number.trim()))
        .output()
        .unwrap();
    screen.kill().unwrap();
    screen.wait().unwrap();
    let said =
        String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    true
}

/// A running dunst, and the way to press its buttons.
pub(crate) struct Daemon {
    child: Child,
    scratch: PathBuf,
}

impl Daemon {
    /// Starts dunst and waits until it answers.
    pub(crate) fn start() -> Daemon {
        let scratch = PathBuf::from(std::env::var_os(INSIDE).unwrap());
        // dunst offers the actions to a menu program as lines such as `#Start (Sitwell) [1,start]`.
        let pick = scratch.join("pick");
        fs::write(
            &pick,
            format!(
                "#!/bin/sh\ngrep -F \"#$(cat {}/wanted) \" | head -n 1\n",
                scratch.display()
            ),
        )
        .unwrap();
        fs::set_permissions(&pick, fs::Permissions::from_mode(0o755)).unwrap();
        let config = scratch.join("dunstrc");
        fs::write(
            &config,
            format!(
                "[global]\nfont = DejaVu Sans 11\nformat = \"<b>%s</b>\\n%b\"\nmarkup = full\nwidth = (300, 520)\n\
                 dmenu = {}\nshow_indicators = true\n[urgency_normal]\nbackground = \"#20262c\"\n\
                 foreground = \"#e6ebef\"\ntimeout = 0\n",
                pick.display()
            ),
        )
        .unwrap();
        let log = fs::File::create(scratch.join("dunst.log")).unwrap();
        let child = Command::new("dunst")
            .arg("-conf")
            .arg(&config)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        let daemon = Daemon {
            child: child.unwrap(),
            scratch,
        };
        until("dunst answers", || {
            daemon
                .ctl(&["count"])
                .is_some_and(|text| text.contains("Currently displayed"))
        });
        daemon
    }

    /// What dunstctl says.
    pub(crate) fn ctl(&self, words: &[&str]) -> Option<String> {
        let done = Command::new("dunstctl").args(words).output().unwrap();
        done.status
            .success()
            .then(|| String::from_utf8_lossy(&done.stdout).into_owned())
    }

    /// How many notices are on the screen.
    pub(crate) fn displayed(&self) -> String {
        self.ctl(&["count", "displayed"])
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    /// Waits until this many are on the screen.
    pub(crate) fn shows(&self, count: &str) {
        until(&format!("{count} on the screen"), || {
            self.displayed() == count
        });
    }

    /// Presses the button with this label.
    pub(crate) fn press(&self, label: &str) {
        fs::write(self.scratch.join("wanted"), label).unwrap();
        self.ctl(&["context"]);
    }

    /// Everything that dunst has shown and closed, as JSON.
    pub(crate) fn history(&self) -> String {
        self.ctl(&["history"]).unwrap()
    }

    /// Keeps a picture of the screen to be looked at, where ImageMagick is there.
    pub(crate) fn photograph(&self) {
        let _ = Command::new("import")
            .args(["-window", "root"])
            .arg(self.scratch.join("notification.png"))
            .status();
    }

    /// Holds dunst still, or lets it go on.
    pub(crate) fn signal(&self, name: &str) {
        signal(name, &self.child.id().to_string());
    }

    /// Ends dunst at once.
    pub(crate) fn die(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// dbusmock's notification service, which has no buttons, and its log.
pub(crate) struct ServiceWithoutButtons {
    child: Child,
    log: PathBuf,
}

impl ServiceWithoutButtons {
    /// Starts it and waits until it is on the bus; none where dbusmock is missing.
    pub(crate) fn start(test: &str) -> Option<ServiceWithoutButtons> {
        let log = PathBuf::from(std::env::var_os(INSIDE).unwrap()).join("mock.log");
        let mut child = Command::new("/usr/bin/python3")
            .args([
                "-m",
                "dbusmock",
                "--session",
                "--template",
                "notification_daemon",
            ])
            .arg("--logfile")
            .arg(&log)
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let mut is_there = false;
        until("the mock answers or ends", || {
            is_there = Command::new("dbus-send")
                .args(["--session", "--print-reply"])
                .arg("--dest=org.freedesktop.Notifications")
                .arg("/org/freedesktop/Notifications")
                .arg("org.freedesktop.Notifications.GetCapabilities")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success());
            is_there || child.try_wait().unwrap().is_some()
        });
        if !is_there {
            // Written past the test harness, which keeps what a passing test prints to itself.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED {test}: dbusmock is missing (apt-get install python3-dbusmock)"
            );
            return None;
        }
        Some(ServiceWithoutButtons { child, log })
    }

    /// The calls that it got.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for ServiceWithoutButtons {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something that happens in another process.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    const STEP: Duration = Duration::from_millis(50);
    for _ in 0..LONG.as_millis() / STEP.as_millis() {
        if done() {
            return;
        }
        std::thread::sleep(STEP);
    }
    panic!("{what}: not within {LONG:?}");
}

/// Sends a signal to a process.
fn signal(name: &str, process: &str) {
    assert!(
        Command::new("kill")
            .args(["-s", name, process])
            .status()
            .unwrap()
            .success()
    );
}

/// Sends a signal to the private bus itself. What it returns lets a stopped bus go on.
pub(crate) fn signal_bus(name: &str) -> impl Fn() {
    let bus = "org.freedesktop.DBus";
    let ask = format!("{bus}.GetConnectionUnixProcessID");
    let done = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply=literal",
            "--dest=org.freedesktop.DBus",
            "/org/freedesktop/DBus",
        ])
        .args([ask, format!("string:{bus}")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let bus = said.split_whitespace().last().unwrap().to_owned();
    signal(name, &bus);
    move || signal("CONT", &bus)
}
