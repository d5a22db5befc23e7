//! `sitwell start`, `restart` and `stop`, and what a monitor tells systemd, through the binary. No camera is opened.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A history and settings of its own, with a camera that nobody has.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.settings("[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"no such camera\"\n");
        desk
    }

    fn settings(&self, text: &str) {
        std::fs::write(self.path("config.toml"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .args(words)
            .env("SITWELL_CONFIG_DIR", self.0.path())
            .env("SITWELL_DATA_DIR", self.path("data"))
            // No session of the tester's is to be asked.
            .env("XDG_RUNTIME_DIR", self.0.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .stdin(Stdio::null());
        command
    }

    /// What is answered, what is complained of, and whether it went well.
    fn run(&self, words: &[&str]) -> (String, String, bool) {
        let done = self.command(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(done.stdout), text(done.stderr), done.status.success())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Whatever a failed test has left running.
        let _ = self.command(&["stop"]).output();
    }
}

/// The number in `... (process 123): ...`.
fn process(answer: &str) -> u32 {
    let (_, rest) = answer.split_once("(process ").unwrap();
    rest.split_once(')').unwrap().0.parse().unwrap()
}

/// The session that a process belongs to.
fn session(process: u32) -> String {
    let words = ["-o", "sess=", "-p", &process.to_string()];
    let output = Command::new("ps").args(words).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_monitor_is_started_once_in_the_background_and_ends_when_told() {
    let desk = Desk::new();
    let (answer, complaint, is_well) = desk.run(&["start"]);
    assert!(is_well, "{complaint}");
    assert!(answer.starts_with("started (process "), "{answer}");
    assert!(answer.contains("): not watching: "), "{answer}");
    let first = process(&answer);
    // macOS' ps does not tell sessions by number.
    if cfg!(target_os = "linux") {
        assert_eq!(session(first), first.to_string(), "it left the terminal");
    }

    let (answer, _, is_well) = desk.run(&["start"]);
    assert!(is_well, "{answer}");
    assert!(answer.starts_with("already running (process "), "{answer}");
    assert_eq!(process(&answer), first);

    let (answer, complaint, is_well) = desk.run(&["restart"]);
    assert!(is_well, "{complaint}");
    let answer = answer
        .strip_prefix("the monitor has ended, everything is kept\n")
        .unwrap();
    assert_ne!(process(answer), first);

    assert_eq!(
        desk.run(&["stop"]).0,
        "the monitor has ended, everything is kept\n"
    );
    let (_, complaint, is_well) = desk.run(&["stop"]);
    assert!(!is_well);
    assert_eq!(
        complaint,
        "sitwell: no monitor is running; start one with `sitwell start`\n"
    );
    let (answer, ..) = desk.run(&["restart"]);
    assert!(answer.starts_with("started (process "), "{answer}");
}

#[test]
fn a_monitor_that_cannot_start_says_why() {
    let desk = Desk::new();
    // Something that is no monitor holds its place, and gives no answer.
    std::fs::create_dir(desk.path("data")).unwrap();
    let place = std::fs::File::create(desk.path("data/monitor.lock")).unwrap();
    place.lock().unwrap();
    let (answer, complaint, is_well) = desk.run(&["start"]);
    assert_eq!((answer.as_str(), is_well), ("", false));
    assert!(
        complaint.starts_with("sitwell: another monitor is running"),
        "{complaint}"
    );
    drop(place);

    desk.settings("[watch_me]\n");
    let (_, complaint, is_well) = desk.run(&["start"]);
    assert!(!is_well);
    assert!(complaint.contains("watch_me"), "{complaint}");
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_is_told_that_the_monitor_is_ready_lives_and_ends() {
    use std::os::unix::net::UnixDatagram;
    use std::time::Duration;

    let desk = Desk::new();
    let systemd = UnixDatagram::bind(desk.path("notify")).unwrap();
    // A look at the whole machine takes long where much else runs.
    systemd
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let hear = || {
        let mut letters = [0; 1024];
        let length = systemd.recv(&mut letters).unwrap();
        String::from_utf8(letters[..length].to_vec()).unwrap()
    };
    let mut monitor = desk
        .command(&["monitor"])
        .env("NOTIFY_SOCKET", desk.path("notify"))
        .env("WATCHDOG_USEC", "1000000")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let first = hear();
    assert!(
        first.starts_with("READY=1\nWATCHDOG=1\nSTATUS=not watching: "),
        "{first}"
    );
    assert_eq!(hear(), "WATCHDOG=1\n");
    assert_eq!(hear(), "WATCHDOG=1\n");
    desk.run(&["pause"]);
    let mut said = hear();
    while said == "WATCHDOG=1\n" {
        said = hear();
    }
    assert!(
        said.ends_with("STATUS=not watching: paused\n"),
        "at once, whatever the beat: {said}"
    );
    desk.run(&["stop"]);
    while said != "STOPPING=1\n" {
        said = hear();
    }
    assert!(monitor.wait().unwrap().success());
}
