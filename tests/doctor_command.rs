//! `sitwell doctor` through the binary: what is well, what is not, and how to mend it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod desk;

use std::fs;

use desk::{Desk, a_slouch, watching};
use serde_json::Value;

/// The findings as `what: verdict`, the whole, and whether all is well.
fn examined(desk: &Desk) -> (Vec<String>, Value, bool) {
    let (answer, complaint, is_well) = desk.run(&["doctor", "--json"]);
    assert!(!answer.is_empty(), "{complaint}");
    let all: Value = serde_json::from_str(&answer).unwrap();
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = all.as_array().unwrap().iter();
    let findings =
        findings.map(|finding| format!("{}: {}", word(finding, "what"), word(finding, "verdict")));
    (findings.collect(), all, is_well)
}

fn finding<'a>(all: &'a Value, what: &str) -> &'a Value {
    let mut findings = all.as_array().unwrap().iter();
    findings.find(|finding| finding["what"] == what).unwrap()
}

#[cfg(unix)]
#[test]
fn with_a_monitor_that_sees_somebody_all_is_well_and_the_camera_is_left_to_it() {
    let desk = Desk::new();
    desk.calibrate();
    let day = desk.recording("day", [a_slouch(), vec![6; 600]].concat());
    let (mut monitor, _story) = watching(&desk, &day);
    let (answer, complaint, is_well) = desk.run(&["doctor"]);
    assert!(is_well, "{answer}{complaint}");
    assert!(answer.ends_with("All is well.\n"), "{answer}");
    for line in [
        "ok     camera         the running monitor watches through recording\n",
        "ok     person         somebody is seen",
        "ok     calibration    taken just now (sitting): camera in front",
        "history.db is sound\n",
        "monitor.log\n",
    ] {
        assert!(answer.contains(line), "{line}: {answer}");
    }
    desk.run(&["stop"]);
    assert!(monitor.wait().unwrap().success());
}

#[test]
fn what_is_wrong_is_said_with_how_to_mend_it_and_hides_nothing_else() {
    let desk = Desk::new();
    let settings = "[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"no such camera\"\n";
    fs::write(desk.path("config.toml"), settings).unwrap();
    let (findings, all, is_well) = examined(&desk);
    assert!(!is_well);
    for well in [
        "settings",
        "monitor",
        "model",
        "notifications",
        "history",
        "log",
    ] {
        assert!(findings.contains(&format!("{well}: well")), "{all}");
    }
    for unknown in ["light", "person", "calibration"] {
        assert!(findings.contains(&format!("{unknown}: unknown")), "{all}");
    }
    let (_, complaint, _) = desk.run(&["doctor"]);
    // Whether cameras may be used is not known either, where there are none at all.
    assert!(
        complaint.starts_with("sitwell: one thing is not well, ")
            && complaint.ends_with(" could not be looked at\n"),
        "{complaint}"
    );
    let camera = finding(&all, "camera");
    let says = camera["says"].as_str().unwrap();
    assert!(
        says.starts_with("no camera matches \"no such camera\""),
        "{says}"
    );
    let mend = camera["mend"].as_str().unwrap();
    assert!(mend.contains("`sitwell cameras` lists"), "{mend}");
    assert!(!desk.path("data").exists(), "looking leaves nothing behind");

    fs::create_dir(desk.path("data")).unwrap();
    fs::write(desk.path("data").join("history.db"), [0; 4096]).unwrap();
    let (findings, all, _) = examined(&desk);
    assert!(findings.contains(&"history: wrong".to_owned()), "{all}");
    assert!(findings.contains(&"model: well".to_owned()), "{all}");
}
