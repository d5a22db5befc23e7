//! `sitwell profiles` through the binary.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::path::Path;
use std::process::Command;

use sitwell::history::{History, StoredCalibration};

/// Runs `sitwell` on the history in a folder: its answer, and what it complains of.
fn sitwell(folder: &Path, words: &[&str]) -> (String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .args(words)
        .env("SITWELL_CONFIG_DIR", folder)
        .env("SITWELL_DATA_DIR", folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(done.stdout), text(done.stderr))
}

/// Calibrates from the demo's pictures of somebody who sits well.
fn calibrate(folder: &Path, profile: &str) -> StoredCalibration {
    let pictures = folder.join("well");
    std::fs::create_dir_all(&pictures).unwrap();
    let sandbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/demo/frames");
    for (n, picture) in [1, 1, 2, 2, 3, 3].into_iter().enumerate() {
        let to = pictures.join(format!("{n}.jpg"));
        std::fs::copy(sandbox.join(format!("{picture}.jpg")), to).unwrap();
    }
    let source = pictures.display().to_string();
    let words = [
        "calibrate",
        "--fps",
        "0.5",
        "--source",
        &source,
        "--profile",
        profile,
    ];
    let (answer, complaint) = sitwell(folder, &words);
    assert!(answer.starts_with("Calibrated recording"), "{complaint}");
    let history = History::open(&folder.join("history.db")).unwrap();
    history
        .calibration("recording", Some(profile))
        .unwrap()
        .unwrap()
}

#[test]
fn profiles_are_shown_with_the_one_that_counts_and_removed_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| sitwell(folder.path(), words);
    assert_eq!(
        run(&["profiles"]).0,
        "no calibration yet; run sitwell calibrate\n"
    );
    assert_eq!(run(&["profiles", "--json"]).0, "[]\n");
    let sitting = calibrate(folder.path(), "sitting");
    let standing = calibrate(folder.path(), "standing");
    let mut elsewhere = sitting.clone();
    elsewhere.taken.camera = "Another Camera".to_owned();
    elsewhere.taken.at = "2026-01-02T03:04:05Z".parse().unwrap();
    History::open(&folder.path().join("history.db"))
        .unwrap()
        .calibrate(&elsewhere)
        .unwrap();

    let (list, _) = run(&["profiles"]);
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines[0], "Another Camera");
    assert!(lines[1].starts_with("  * sitting   "), "{list}");
    assert!(lines[1].contains(" days ago, camera in front, "), "{list}");
    assert_eq!(lines[2], "recording");
    assert!(lines[3].starts_with("  * standing  just now, "), "{list}");
    assert!(lines[4].starts_with("    sitting   just now, "), "{list}");

    let (json, _) = run(&["profiles", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    let row = &rows[1];
    assert_eq!(row["camera"], "recording");
    assert_eq!(row["profile"], "standing");
    assert_eq!(row["view"], "front");
    assert_eq!(row["is_chosen"], true);
    let taken: jiff::Timestamp = row["taken"].as_str().unwrap().parse().unwrap();
    assert_eq!(taken, standing.taken.at);
    let spread = standing.calibration.spread().forward_head;
    assert!((row["head_spread_degrees"].as_f64().unwrap() - spread).abs() < 1e-9);
    assert_eq!(rows[2]["is_chosen"], false);

    let refused = |words: &[&str], why: &str| {
        let (answer, complaint) = run(words);
        assert_eq!((answer.as_str(), complaint.as_str()), ("", why));
    };
    refused(
        &["profiles", "remove", "lying"],
        "sitwell: there is no calibration called \"lying\"; see them with sitwell profiles\n",
    );
    refused(
        &[
            "profiles",
            "remove",
            "standing",
            "--camera",
            "Another Camera",
        ],
        "sitwell: there is no calibration called \"standing\" for Another Camera; see them with sitwell profiles\n",
    );
    refused(
        &["profiles", "remove", "sitting"],
        "sitwell: several cameras have a calibration called \"sitting\"; name one with --camera: Another Camera, recording\n",
    );
    let words = [
        "profiles",
        "remove",
        "sitting",
        "--camera",
        "Another Camera",
    ];
    assert_eq!(run(&words).0, "removed sitting of Another Camera\n");
    assert_eq!(
        run(&["profiles", "remove", "standing"]).0,
        "removed standing of recording\n"
    );
    let (list, _) = run(&["profiles"]);
    assert!(
        list.starts_with("recording\n  * sitting  just now"),
        "{list}"
    );
    assert!(!list.contains("standing"), "{list}");
}

#[test]
fn a_calibration_that_another_version_made_is_listed_as_one_and_can_be_removed() {
    let folder = tempfile::tempdir().unwrap();
    calibrate(folder.path(), "sitting");
    rusqlite::Connection::open(folder.path().join("history.db"))
        .unwrap()
        .execute("UPDATE baselines SET baseline = '{}'", [])
        .unwrap();
    let run = |words: &[&str]| sitwell(folder.path(), words).0;
    let list = run(&["profiles"]);
    assert!(
        list.contains("just now, made by another version of Sitwell; calibrate again"),
        "{list}"
    );
    let rows: serde_json::Value = serde_json::from_str(&run(&["profiles", "--json"])).unwrap();
    assert_eq!(rows[0]["view"], serde_json::Value::Null);
    assert_eq!(
        run(&["profiles", "remove", "sitting"]),
        "removed sitting of recording\n"
    );
}
