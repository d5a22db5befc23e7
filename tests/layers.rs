//! Imports point one way: `main -> commands -> {edges, monitor} -> {posture,
//! stretch, report} -> {landmarks, frame}`. The table says what each module may
//! use of the others; a line that uses more fails with its place.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of `lib.rs`, in reading order, with the modules it may use.
const RULES: &[(&str, &[&str])] = &[
    ("frame", &[]),
    ("landmarks", &["frame"]),
    ("image", &["frame", "posture"]),
    ("statistics", &[]),
    ("posture", &["landmarks", "statistics"]),
    ("record", &["posture"]),
    ("stretch", &["posture", "record"]),
    ("monitor", &["posture", "record"]),
    ("report", &["posture", "record", "statistics", "wording"]),
    ("wording", &["monitor", "posture", "record"]),
    ("settings", &["folders", "monitor", "posture", "stretch"]),
    ("autostart", &[]),
    ("camera", &["frame", "record", "settings"]),
    ("clock", &[]),
    ("control", &["clock", "posture", "record"]),
    ("desktop", &["posture", "record", "settings"]),
    ("folders", &[]),
    ("history", &["posture", "record", "report"]),
    ("notify", &["posture", "settings", "stretch"]),
    (
        "pose",
        &["folders", "frame", "landmarks", "settings", "statistics"],
    ),
    (
        "perception",
        &[
            "frame",
            "image",
            "landmarks",
            "monitor",
            "pose",
            "posture",
            "settings",
        ],
    ),
    ("supervisor", &[]),
    ("cli", &["camera", "posture", "settings", "stretch"]),
    ("daemon", BELOW_THE_DAEMON),
    ("commands", EVERYTHING),
];

/// These may use whatever is below them.
const SHELL: [&str; 2] = ["daemon", "commands"];

/// The daemon joins everything but the command line.
const BELOW_THE_DAEMON: &[&str] = &[
    "frame",
    "landmarks",
    "statistics",
    "image",
    "posture",
    "record",
    "stretch",
    "monitor",
    "report",
    "wording",
    "settings",
    "autostart",
    "camera",
    "clock",
    "control",
    "desktop",
    "folders",
    "history",
    "notify",
    "perception",
    "pose",
    "supervisor",
];

/// The commands join the daemon and the command line too.
const EVERYTHING: &[&str] = &[
    "frame",
    "landmarks",
    "statistics",
    "image",
    "posture",
    "record",
    "stretch",
    "monitor",
    "report",
    "wording",
    "settings",
    "autostart",
    "camera",
    "clock",
    "control",
    "desktop",
    "folders",
    "history",
    "notify",
    "perception",
    "pose",
    "supervisor",
    "cli",
    "daemon",
];

/// Crates that have one door. Everywhere else their name must not appear.
const DOORS: &[(&str, &[&str])] = &[
    ("tract_onnx", &["pose"]),
    ("prost", &["pose"]),
    ("sitwell_kernels", &["pose"]),
    ("nokhwa", &["camera"]),
    ("ctrlc", &["daemon"]),
    ("rusqlite", &["history"]),
    ("maud", &["report"]),
    ("interprocess", &["control"]),
    ("sd_notify", &["supervisor"]),
    ("notify_rust", &["notify"]),
    ("zbus", &["desktop", "notify"]),
    ("clap", &["cli", "main.rs"]),
    ("anyhow", &["commands", "daemon", "main.rs"]),
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

/// `(path below src, its code)` of all files; comments are empty lines.
fn code() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |file: PathBuf| {
        let name = file.strip_prefix(&src).unwrap().to_string_lossy();
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().map(|line| match line.trim_start() {
            comment if comment.starts_with("//") => "",
            _ => line,
        });
        (name.replace('\\', "/"), code.collect::<Vec<_>>().join("\n"))
    };
    sources(&src).into_iter().map(read).collect()
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

/// The modules that a file's code names after `crate::`, alone or in braces, with the line of each.
fn used(code: &str) -> Vec<(usize, String)> {
    let word = |text: &str| -> String {
        let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
        text.chars().take_while(is_part).collect()
    };
    let mut found = Vec::new();
    for (at, name) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + name.len()..];
        let Some(braced) = rest.strip_prefix('{') else {
            found.push((line, word(rest)));
            continue;
        };
        let mut depth = 0;
        let mut starts = true;
        for (at, c) in braced.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts = true,
                c if c.is_whitespace() => {}
                _ if starts && depth == 0 => {
                    found.push((line, word(&braced[at..])));
                    starts = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn modules_in_braces_are_seen() {
    let code =
        "use crate::{frame, monitor::{Input, Monitor},\n pose};\nlet a = crate::record::Day;";
    let names: Vec<_> = used(code).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["frame", "monitor", "pose", "record"]);
}

#[test]
fn imports_point_one_way_and_nothing_is_granted_in_vain() {
    let mut wrong = Vec::new();
    let mut needless: BTreeSet<(&str, &str)> = RULES
        .iter()
        .filter(|(own, _)| !SHELL.contains(own))
        .flat_map(|(own, allowed)| allowed.iter().map(move |other| (*own, *other)))
        .collect();
    for (file, code) in code() {
        let Some((own, allowed)) = RULES.iter().find(|(name, _)| *name == module(&file)) else {
            continue;
        };
        for (line, used) in used(&code) {
            let Some((used, _)) = RULES.iter().find(|(name, _)| *name == used) else {
                continue;
            };
            needless.remove(&(*own, *used));
            if used != own && !allowed.contains(used) {
                wrong.push(format!("src/{file}:{line}: `{own}` must not use `{used}`"));
            }
        }
    }
    for (own, other) in needless {
        wrong.push(format!(
            "`{own}` may use `{other}` and does not: take it out of RULES"
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_foreign_crate_has_one_door() {
    let mut wrong = Vec::new();
    for (file, number, line) in code().iter().flat_map(|(file, code)| {
        let lines = code.lines().zip(1..);
        lines.map(move |(line, number)| (file, number, line))
    }) {
        for (name, doors) in DOORS {
            let at_home = doors
                .iter()
                .any(|door| file == door || module(file) == *door);
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

/// Files that hold the same types for other systems: only one of each pair is compiled.
const ALTERNATIVES: [&str; 2] = ["camera/holders_unsupported.rs", "notify/desktop_other.rs"];

#[test]
fn no_two_types_share_a_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, code) in code() {
        if ALTERNATIVES.contains(&file.as_str()) {
            continue;
        }
        for line in code.lines() {
            let Some(rest) = line.trim_start().strip_prefix("pub") else {
                continue;
            };
            // The visibility's own words end with a bracket.
            let rest = rest
                .rsplit_once(") ")
                .map_or(rest, |(_, rest)| rest)
                .trim_start();
            for kind in ["struct ", "enum ", "trait ", "type "] {
                let name = rest.strip_prefix(kind).unwrap_or_default();
                let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                if !name.is_empty() {
                    places.entry(name).or_default().push(file.clone());
                }
            }
        }
    }
    assert!(places.len() > 100, "only {} types were found", places.len());
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "types that share a name: {places:#?}");
}
