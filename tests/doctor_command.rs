//! `sitwell doctor` through the binary: what is OK, what is not, and how to fix it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod support;

use std::fs;

use serde_json::Value;
use support::{Sandbox, a_slouch, watching};

/// The findings as `check: status`, all of the JSON, and whether everything is OK.
fn examined(sandbox: &Sandbox) -> (Vec<String>, Value, bool) {
    let (answer, complaint, is_ok) = sandbox.run(&["doctor", "--json"]);
    assert!(!answer.is_empty(), "{complaint}");
    let all: Value = serde_json::from_str(&answer).unwrap();
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = all.as_array().unwrap().iter();
    let findings =
        findings.map(|finding| format!("{}: {}", word(finding, "check"), word(finding, "status")));
    (findings.collect(), all, is_ok)
}

fn finding<'a>(all: &'a Value, check: &str) -> &'a Value {
    let mut findings = all.as_array().unwrap().iter();
    findings.find(|finding| finding["check"] == check).unwrap()
}

#[cfg(unix)]
#[test]
fn with_a_monitor_that_sees_somebody_everything_is_ok_and_it_keeps_the_camera() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let day = sandbox.recording("day", [a_slouch(), vec![6; 600]].concat());
    let (mut monitor, _story) = watching(&sandbox, &day);
    let (answer, complaint, is_ok) = sandbox.run(&["doctor"]);
    assert!(is_ok, "{answer}{complaint}");
    assert!(answer.ends_with("Everything is OK.\n"), "{answer}");
    for line in [
        "ok     camera         the running monitor watches through recording\n",
        "ok     person         somebody is seen",
        "ok     calibration    taken just now (sitting): camera in front",
        "history.db is sound\n",
        "monitor.log\n",
    ] {
        assert!(answer.contains(line), "{line}: {answer}");
    }
    sandbox.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
}

#[test]
fn a_problem_comes_with_its_fix_and_hides_nothing_else() {
    let sandbox = Sandbox::new();
    let settings = "[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"no such camera\"\n";
    fs::write(sandbox.path("config.toml"), settings).unwrap();
    let (findings, all, is_ok) = examined(&sandbox);
    assert!(!is_ok);
    for ok in [
        "settings",
        "monitor",
        "model",
        "notifications",
        "history",
        "log",
    ] {
        assert!(findings.contains(&format!("{ok}: ok")), "{all}");
    }
    for unknown in ["light", "person", "calibration"] {
        assert!(findings.contains(&format!("{unknown}: unknown")), "{all}");
    }
    let (_, complaint, _) = sandbox.run(&["doctor"]);
    // Whether cameras may be used is not known either, where there are none at all.
    assert!(
        complaint.starts_with("sitwell: 1 check failed, ")
            && complaint.ends_with(" could not run\n"),
        "{complaint}"
    );
    let camera = finding(&all, "camera");
    let message = camera["message"].as_str().unwrap();
    assert!(
        message.starts_with("no camera matches \"no such camera\""),
        "{message}"
    );
    let fix = camera["fix"].as_str().unwrap();
    assert!(fix.contains("`sitwell cameras` lists"), "{fix}");
    assert!(
        !sandbox.path("data").exists(),
        "looking leaves nothing behind"
    );

    fs::create_dir(sandbox.path("data")).unwrap();
    fs::write(sandbox.path("data").join("history.db"), [0; 4096]).unwrap();
    let (findings, all, _) = examined(&sandbox);
    assert!(findings.contains(&"history: problem".to_owned()), "{all}");
    assert!(findings.contains(&"model: ok".to_owned()), "{all}");
}
