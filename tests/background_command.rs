//! `sitwell start`, `restart` and `stop`, and what a monitor tells systemd, through the binary. No camera is opened.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A history and settings of its own, with a camera that nobody has.
struct Sandbox(tempfile::TempDir);

impl Sandbox {
    fn new() -> Sandbox {
        let sandbox = Sandbox(tempfile::tempdir().unwrap());
        sandbox
            .settings("[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"no such camera\"\n");
        sandbox
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

impl Drop for Sandbox {
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
    let sandbox = Sandbox::new();
    let (answer, complaint, is_ok) = sandbox.run(&["start"]);
    assert!(is_ok, "{complaint}");
    assert!(answer.starts_with("started (process "), "{answer}");
    assert!(answer.contains("): not watching: "), "{answer}");
    let first = process(&answer);
    // macOS' ps does not tell sessions by number.
    if cfg!(target_os = "linux") {
        assert_eq!(session(first), first.to_string(), "it left the terminal");
    }

    let (answer, _, is_ok) = sandbox.run(&["start"]);
    assert!(is_ok, "{answer}");
    assert!(answer.starts_with("already running (process "), "{answer}");
    assert_eq!(process(&answer), first);

    let (answer, complaint, is_ok) = sandbox.run(&["restart"]);
    assert!(is_ok, "{complaint}");
    let answer = answer
        .strip_prefix("the monitor has ended; everything is saved\n")
        .unwrap();
    assert_ne!(process(answer), first);

    assert_eq!(
        sandbox.run(&["stop"]).0,
        "the monitor has ended; everything is saved\n"
    );
    let (_, complaint, is_ok) = sandbox.run(&["stop"]);
    assert!(!is_ok);
    assert_eq!(
        complaint,
        "sitwell: no monitor is running; start one with `sitwell start`\n"
    );
    let (answer, ..) = sandbox.run(&["restart"]);
    assert!(answer.starts_with("started (process "), "{answer}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_data_folder_with_a_long_path_works_too() {
    let sandbox = Sandbox::new();
    let data = sandbox.path(&"department-of-health/".repeat(8));
    let data = data.to_str().unwrap();
    assert!(data.len() > 150);
    let run = |word: &str| sandbox.run(&["--data-dir", data, word]);
    let none = "sitwell: no monitor is running; start one with `sitwell start`\n";
    assert_eq!(run("status").1, none);
    let (answer, complaint, is_ok) = run("start");
    assert!(is_ok, "{complaint}");
    let (again, ..) = run("start");
    assert!(again.starts_with("already running "), "{again}");
    assert_eq!(process(&again), process(&answer));
    assert!(run("status").0.starts_with("not watching: "));
    assert_eq!(
        run("stop").0,
        "the monitor has ended; everything is saved\n"
    );
    assert_eq!(run("status").1, none);
}

#[test]
fn a_monitor_that_cannot_start_says_why() {
    let sandbox = Sandbox::new();
    // Something that is no monitor holds its place, and gives no answer.
    std::fs::create_dir(sandbox.path("data")).unwrap();
    let place = std::fs::File::create(sandbox.path("data/monitor.lock")).unwrap();
    place.lock().unwrap();
    let (answer, complaint, is_ok) = sandbox.run(&["start"]);
    assert_eq!((answer.as_str(), is_ok), ("", false));
    assert!(
        complaint.starts_with("sitwell: another monitor is running"),
        "{complaint}"
    );
    drop(place);

    sandbox.settings("[watch_me]\n");
    let (_, complaint, is_ok) = sandbox.run(&["start"]);
    assert!(!is_ok);
    assert!(complaint.contains("watch_me"), "{complaint}");
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_is_told_that_the_monitor_is_ready_lives_and_ends() {
    use std::os::unix::net::UnixDatagram;
    use std::time::Duration;

    let sandbox = Sandbox::new();
    let systemd = UnixDatagram::bind(sandbox.path("notify")).unwrap();
    // A look at the whole machine takes long where much else runs.
    systemd
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let hear = || {
        let mut letters = [0; 1024];
        let length = systemd.recv(&mut letters).unwrap();
        String::from_utf8(letters[..length].to_vec()).unwrap()
    };
    let mut monitor = sandbox
        .command(&["monitor"])
        .env("NOTIFY_SOCKET", sandbox.path("notify"))
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
    sandbox.run(&["pause"]);
    let mut said = hear();
    while said == "WATCHDOG=1\n" {
        said = hear();
    }
    assert!(
        said.ends_with("STATUS=not watching: paused\n"),
        "at once, whatever the beat: {said}"
    );
    sandbox.run(&["stop"]);
    while said != "STOPPING=1\n" {
        said = hear();
    }
    assert!(monitor.wait().unwrap().success());
}
