//! `sitwell status --follow`, as a bar runs it.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]
#![cfg(unix)]

mod support;

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use support::{Sandbox, a_slouch, watching};

#[test]
fn a_bar_gets_each_state_and_the_command_ends_with_it() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let mut follow = sandbox
        .command(&["status", "--follow", "--format", "waybar"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    let mut class = || {
        let line = lines.next().unwrap().unwrap();
        let item: serde_json::Value = serde_json::from_str(&line).unwrap();
        item["class"].as_str().unwrap().to_owned()
    };
    assert_eq!(class(), "stopped");
    let day = sandbox.recording("day", [a_slouch(), vec![6; 600]].concat());
    let (mut monitor, _story) = watching(&sandbox, &day);
    while class() != "slouched" {}
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
    while class() != "stopped" {}
    drop(lines);
    // Nothing changes any more, so only the missing reader can end it.
    assert!(follow.wait().unwrap().success());
}
