//! Imports point one way: `main -> commands -> {daemon, web} -> edges -> {monitor, report, stretch,
//! posture} -> {landmarks, frame}`. The table says what each module may use of the others.
//! A line that uses more fails with its place.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The other modules that a module may use.
enum Uses {
    /// These.
    Only(&'static [&'static str]),
    /// Every one but these.
    AllBut(&'static [&'static str]),
}

use Uses::{AllBut, Only};

impl Uses {
    fn allow(&self, other: &str) -> bool {
        match self {
            Only(allowed) => allowed.contains(&other),
            AllBut(refused) => !refused.contains(&other),
        }
    }
}

/// Each module of `lib.rs` in its order, with the modules that it may use.
const RULES: &[(&str, Uses)] = &[
    ("frame", Only(&[])),
    ("image", Only(&["frame", "posture"])),
    ("landmarks", Only(&["frame"])),
    ("statistics", Only(&[])),
    ("time_of_day", Only(&[])),
    ("calendar", Only(&[])),
    ("quantities", Only(&[])),
    ("posture", Only(&["landmarks", "statistics"])),
    ("monitor", Only(&["posture", "record", "statistics"])),
    ("record", Only(&["landmarks", "posture"])),
    (
        "stretch",
        Only(&["posture", "quantities", "record", "time_of_day"]),
    ),
    (
        "report",
        Only(&[
            "calendar",
            "posture",
            "quantities",
            "record",
            "statistics",
            "wording",
        ]),
    ),
    (
        "wording",
        Only(&["monitor", "posture", "quantities", "record", "statistics"]),
    ),
    ("clock", Only(&[])),
    ("terminal", Only(&["wording"])),
    ("folders", Only(&[])),
    ("subprocess", Only(&["clock"])),
    (
        "settings",
        Only(&[
            "calendar",
            "folders",
            "monitor",
            "posture",
            "stretch",
            "time_of_day",
        ]),
    ),
    ("confinement", Only(&[])),
    (
        "camera",
        Only(&[
            "clock",
            "confinement",
            "folders",
            "frame",
            "record",
            "settings",
        ]),
    ),
    (
        "pose",
        Only(&["folders", "frame", "landmarks", "settings", "statistics"]),
    ),
    (
        "perception",
        Only(&[
            "frame",
            "image",
            "landmarks",
            "monitor",
            "pose",
            "posture",
            "settings",
        ]),
    ),
    (
        "history",
        Only(&["calendar", "posture", "record", "report"]),
    ),
    (
        "control",
        Only(&[
            "clock",
            "landmarks",
            "posture",
            "quantities",
            "record",
            "wording",
        ]),
    ),
    ("desktop", Only(&["clock", "posture", "record", "settings"])),
    ("foreground", Only(&[])),
    (
        "notify",
        Only(&["foreground", "posture", "quantities", "settings", "stretch"]),
    ),
    ("tray", Only(&["control", "posture", "record"])),
    ("overlay", Only(&[])),
    ("autostart", Only(&["folders", "subprocess"])),
    ("supervisor", Only(&[])),
    ("daemon", AllBut(&["cli", "commands", "web"])),
    (
        "web",
        Only(&[
            "calendar",
            "clock",
            "control",
            "folders",
            "history",
            "landmarks",
            "posture",
            "quantities",
            "record",
            "report",
            "settings",
            "stretch",
            "wording",
        ]),
    ),
    (
        "cli",
        Only(&["camera", "posture", "record", "settings", "stretch"]),
    ),
    ("commands", AllBut(&[])),
    ("fuzz", AllBut(&[])),
];

/// Crates that have one door. Everywhere else their name must not appear.
const DOORS: &[(&str, &[&str])] = &[
    ("tract_onnx", &["pose"]),
    ("prost", &["pose"]),
    ("sitwell_kernels", &["pose"]),
    ("nokhwa", &["camera"]),
    ("landlock", &["confinement"]),
    ("seccompiler", &["confinement"]),
    ("ctrlc", &["daemon"]),
    ("rusqlite", &["history"]),
    ("maud", &["report", "web"]),
    ("axum", &["web"]),
    ("hyper", &["web"]),
    ("tokio", &["web"]),
    ("interprocess", &["control"]),
    ("sd_notify", &["supervisor"]),
    ("notify_rust", &["notify"]),
    ("wayland_client", &["desktop", "foreground", "overlay"]),
    ("zbus", &["desktop", "notify", "tray"]),
    ("x11rb", &["foreground", "overlay"]),
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
fn the_rules_stand_in_the_order_of_the_map() {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared: Vec<_> = map
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let ruled: Vec<_> = RULES.iter().map(|(module, _)| *module).collect();
    assert_eq!(declared, ruled, "src/lib.rs and RULES");
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
        .flat_map(|(own, uses)| match uses {
            Only(allowed) => allowed.iter().map(|other| (*own, *other)).collect(),
            AllBut(_) => Vec::new(),
        })
        .collect();
    for (file, code) in code() {
        let Some((own, uses)) = RULES.iter().find(|(name, _)| *name == module(&file)) else {
            continue;
        };
        for (line, used) in used(&code) {
            let Some((used, _)) = RULES.iter().find(|(name, _)| *name == used) else {
                continue;
            };
            needless.remove(&(*own, *used));
            if used != own && !uses.allow(used) {
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
