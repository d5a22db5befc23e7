//! What the kernel forbids Sitwell's processes. Linux only.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use sitwell::confinement::{ConfinementProbe, OwnProcess, processes};
use support::Sandbox;

/// What a process that is confined as one of this role is may still do.
fn allowed(role: &str) -> (ConfinementProbe, Vec<String>) {
    let mut probe = Command::new(env!("CARGO_BIN_EXE_sitwell"));
    let output = probe.args(["capture-child", "--probe", role]).output();
    let probe: ConfinementProbe = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    assert!(
        probe.confinement.calls,
        "every supported kernel has seccomp"
    );
    let allowed = probe.actions.iter().filter(|tried| !tried.is_forbidden);
    let allowed = allowed.map(|tried| tried.action.clone()).collect();
    (probe, allowed)
}

#[test]
fn a_confined_camera_process_has_no_files_no_sockets_and_no_programs() {
    let (probe, allowed) = allowed("camera");
    // Without Landlock in the kernel, seccomp still forbids sockets and programs.
    let files = ["read a file", "write a file", "open another device"];
    let expected: &[&str] = if probe.confinement.files { &[] } else { &files };
    assert_eq!(allowed, expected);
}

#[test]
fn a_monitor_can_open_no_internet_socket_and_all_else() {
    let (_, allowed) = allowed("monitor");
    let all_else = [
        "read a file",
        "write a file",
        "open another device",
        "start a program",
    ];
    assert_eq!(allowed, all_else);
}

/// A process of Sitwell's, ended with the test.
struct Running(Child);

impl Running {
    fn start(sandbox: &Sandbox, words: &[&str]) -> Running {
        let mut command = sandbox.command(words);
        let running = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(running.spawn().unwrap())
    }

    /// What the system shows of it.
    fn shown(&self) -> OwnProcess {
        let mut all = processes().into_iter();
        all.find(|process| process.id == self.0.id()).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn all_threads_of_a_running_monitor_are_confined_and_none_has_an_internet_socket() {
    let sandbox = Sandbox::new();
    let settings = "[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"no such camera\"\n";
    std::fs::write(sandbox.path("config.toml"), settings).unwrap();
    let mut monitor = Running::start(&sandbox, &["monitor"]);
    let mut story = BufReader::new(monitor.0.stderr.take().unwrap());
    story.read_line(&mut String::new()).unwrap();
    let shown = monitor.shown();
    assert!(shown.is_confined);
    assert_eq!(shown.addresses, []);
}

#[test]
fn a_running_dashboard_keeps_the_one_socket_that_only_this_computer_reaches() {
    let sandbox = Sandbox::new();
    let mut dashboard = Running::start(&sandbox, &["dashboard", "--no-open"]);
    let mut line = String::new();
    let mut words = BufReader::new(dashboard.0.stdout.take().unwrap());
    words.read_line(&mut line).unwrap();
    let (_, rest) = line.split_once("http://").unwrap();
    let (address, _) = rest.split_once('/').unwrap();
    let address: SocketAddr = address.parse().unwrap();
    let mut browser = TcpStream::connect(address).unwrap();
    let request = format!("GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    browser.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    browser.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    let shown = dashboard.shown();
    assert!(shown.is_confined);
    assert!(address.ip().is_loopback());
    assert_eq!(shown.addresses, [address]);
}
