//! Pages that Sitwell opens in the browser lie where that browser can read them. The desktop and the
//! browser are scripts.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and waits for another process"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

mod support;

use support::Sandbox;

const LIMIT: Duration = Duration::from_secs(30);

/// A command whose desktop opens pages with the entry `opener`. What is opened goes into `opened`.
fn command(sandbox: &Sandbox, words: &[&str], opener: &str) -> Command {
    let programs = sandbox.path("bin");
    fs::create_dir_all(&programs).unwrap();
    let opened = sandbox.path("opened");
    let scripts = [
        ("xdg-mime", format!("echo {opener}")),
        (
            "xdg-open",
            format!("printf '%s' \"$1\" > '{}'", opened.display()),
        ),
    ];
    for (name, script) in scripts {
        let file = programs.join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = std::env::var("PATH").unwrap();
    let mut command = sandbox.command(words);
    command
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("HOME", sandbox.path("home"));
    command
}

/// What was opened since the last call. A busy desktop may still be at it when Sitwell has ended.
fn opened(sandbox: &Sandbox) -> PathBuf {
    let file = sandbox.path("opened");
    let start = Instant::now();
    loop {
        let page = fs::read_to_string(&file).unwrap_or_default();
        if !page.is_empty() {
            fs::remove_file(&file).unwrap();
            return page.into();
        }
        assert!(start.elapsed() < LIMIT, "nothing was opened in {LIMIT:?}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn own_pages_lie_where_the_browser_finds_them_and_go_when_nobody_needs_them() {
    // One test: a script cannot be started while another test's fork still holds it open for writing.
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let snap = sandbox.path("home/snap/firefox/common");
    fs::create_dir_all(&snap).unwrap();
    let rows = [
        ("firefox.desktop", sandbox.path("data/report.html")),
        ("firefox_firefox.desktop", snap.join("sitwell-report.html")),
    ];
    for (opener, page) in &rows {
        let done = command(&sandbox, &["report", "--open"], opener).output();
        let told = String::from_utf8(done.unwrap().stderr).unwrap();
        assert_eq!(told, "");
        assert_eq!(&opened(&sandbox), page);
        let mode = fs::metadata(page).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let wiped = command(&sandbox, &["history", "wipe", "--yes"], "").output();
    assert!(wiped.unwrap().status.success());
    assert!(rows.iter().all(|(_, page)| !page.exists()));

    // Dashboards that run at the same time have a page each, which goes with its dashboard.
    let (mut first, page) = dashboard(&sandbox);
    assert_eq!(page.parent(), Some(snap.as_path()));
    let (mut second, other_page) = dashboard(&sandbox);
    assert_ne!(page, other_page);
    for page in [&page, &other_page] {
        let port = served_port(page);
        let name = format!("sitwell-dashboard-{port}.html");
        assert_eq!(page.file_name().unwrap(), name.as_str());
    }
    let pid = rustix::process::Pid::from_child(&second);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(second.wait().unwrap().success());
    assert!(page.exists() && !other_page.exists());
    // One that was killed leaves a page, which the next one deletes.
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(page.exists());
    let (mut third, new_page) = dashboard(&sandbox);
    third.kill().unwrap();
    third.wait().unwrap();
    assert!(new_page.exists() && (page == new_page || !page.exists()));
    opens_by_hand(&sandbox);
}

/// A dashboard without a browser to start waits until somebody opens its page.
fn opens_by_hand(sandbox: &Sandbox) {
    let mut dashboard = sandbox
        .command(&["dashboard"])
        .env("PATH", sandbox.path("no-programs"))
        .env("HOME", sandbox.path("home"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    let mut out = BufReader::new(dashboard.stdout.take().unwrap());
    out.read_line(&mut told).unwrap();
    let rest = told.strip_prefix("cannot start a browser; open ");
    let (page, _) = rest.and_then(|rest| rest.split_once(" yourself")).unwrap();
    served_port(page.as_ref());
    dashboard.kill().unwrap();
    dashboard.wait().unwrap();
}

/// The port to which a page leads. A dashboard that answers there also ends as it should.
fn served_port(page: &Path) -> u16 {
    let redirect = fs::read_to_string(page).unwrap();
    let (_, address) = redirect.split_once("http://127.0.0.1:").unwrap();
    let (port, rest) = address.split_once('/').unwrap();
    assert!(rest.starts_with("open?token="), "{redirect}");
    let port = port.parse().unwrap();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 4]).unwrap();
    port
}

/// A dashboard that has opened its page, and that page.
fn dashboard(sandbox: &Sandbox) -> (Child, PathBuf) {
    let mut dashboard = command(sandbox, &["dashboard"], "firefox_firefox.desktop")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(dashboard.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    (dashboard, opened(sandbox))
}
