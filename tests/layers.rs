//! Imports point one way: `main -> commands -> {edges, monitor} -> {posture,
//! stretch, report} -> {landmarks, frame}`. The table says what each module may
//! use of the others; a line that uses more fails with its place.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each module of `lib.rs`, in reading order, with the modules it may use.
const RULES: &[(&str, &[&str])] = &[
    ("frame", &[]),
    ("landmarks", &["frame"]),
    ("posture", &["landmarks"]),
    ("record", &["posture"]),
    ("stretch", &["posture", "record"]),
    ("report", &["posture", "record", "stretch"]),
    (
        "config",
        &["monitor", "pose", "posture", "record", "stretch"],
    ),
    ("monitor", &["landmarks", "posture", "record", "stretch"]),
    ("autostart", &[]),
    ("image", &["frame", "posture"]),
    ("camera", &["config", "frame", "record"]),
    ("pose", &["frame", "landmarks"]),
    ("history", &["record", "posture"]),
    ("control", &["posture", "record"]),
    ("desktop", &["config", "posture", "record"]),
    ("notify", &["config", "posture", "record", "stretch"]),
    ("supervisor", &[]),
    ("cli", &["camera", "config", "pose", "posture", "stretch"]),
    ("daemon", EVERYTHING),
    ("commands", EVERYTHING),
];

/// The shell joins everything.
const EVERYTHING: &[&str] = &[
    "frame",
    "landmarks",
    "posture",
    "stretch",
    "record",
    "report",
    "config",
    "monitor",
    "autostart",
    "image",
    "camera",
    "daemon",
    "pose",
    "history",
    "control",
    "desktop",
    "notify",
    "supervisor",
    "cli",
];

/// Crates that have one door. Everywhere else their name must not appear.
const DOORS: &[(&str, &[&str])] = &[
    ("tract_onnx", &["pose"]),
    ("flate2", &["pose"]),
    ("sitwell_kernels", &["pose"]),
    ("nokhwa", &["camera"]),
    ("ctrlc", &["commands"]),
    ("rusqlite", &["history"]),
    ("interprocess", &["control"]),
    ("sd_notify", &["supervisor"]),
    ("notify_rust", &["notify"]),
    ("zbus", &["desktop", "notify"]),
    ("clap", &["cli", "pose/model.rs", "main.rs"]),
    ("anyhow", &["commands", "main.rs"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// `(path below src, line number, line)` of all code, comments left out.
fn lines() -> Vec<(String, usize, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut lines = Vec::new();
    for file in sources(&src) {
        let name = file
            .strip_prefix(&src)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            if !line.trim_start().starts_with("//") {
                lines.push((name.clone(), number + 1, line.to_owned()));
            }
        }
    }
    lines
}

fn module(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn every_module_has_a_rule_and_stands_in_reading_order() {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for declared in map.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let name = declared.trim_end_matches(';');
        assert!(
            RULES.iter().any(|(module, _)| *module == name),
            "src/lib.rs: `{name}` has no row in RULES"
        );
    }
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for (file, number, line) in lines() {
        let Some((own, allowed)) = RULES.iter().find(|(name, _)| *name == module(&file)) else {
            continue;
        };
        for (_, rest) in line
            .match_indices("crate::")
            .map(|(at, found)| (at, &line[at + found.len()..]))
        {
            let used: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if RULES.iter().any(|(name, _)| *name == used)
                && used != *own
                && !allowed.contains(&used.as_str())
            {
                wrong.push(format!(
                    "src/{file}:{number}: `{own}` must not use `{used}`: {}",
                    line.trim()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_foreign_crate_has_one_door() {
    let mut wrong = Vec::new();
    for (file, number, line) in lines() {
        for (name, doors) in DOORS {
            let at_home = doors
                .iter()
                .any(|door| file == *door || module(&file) == *door);
            let named =
                line.contains(&format!("{name}::")) || line.contains(&format!("use {name}"));
            if named && !at_home {
                wrong.push(format!(
                    "src/{file}:{number}: {name} belongs to {doors:?}: {}",
                    line.trim()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
