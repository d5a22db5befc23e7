//! Every crate in the tree may be used in a program under MIT OR Apache-2.0.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;
use std::process::Command;

/// Licences that ask for no more than their notice. No copyleft.
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// `A OR B` needs one that is allowed, `A AND B` both; `A/B` is an old `OR`.
fn allowed(expression: &str) -> bool {
    let bare = expression.replace(['(', ')'], " ").replace('/', " OR ");
    bare.split(" AND ")
        .all(|all| all.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

#[test]
fn an_expression_is_read_as_it_is_meant() {
    assert!(allowed("MIT/Apache-2.0"));
    assert!(allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(allowed("GPL-3.0 OR MIT"));
    assert!(!allowed("GPL-3.0"));
    assert!(!allowed("MIT AND LGPL-2.1"));
}

/// `sitwell licenses` must name every library in the program for this system.
#[test]
fn every_library_in_the_program_has_its_notice() {
    let lines = |command: &mut Command| {
        let output = command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let notices = lines(Command::new(env!("CARGO_BIN_EXE_sitwell")).arg("licenses"));
    let options = [
        "tree",
        "--locked",
        "--edges=normal,no-proc-macro",
        "--prefix=none",
    ];
    let tree = lines(Command::new(env!("CARGO")).args(options));
    let named: BTreeSet<&str> = notices.lines().map(str::trim).collect();
    let missing: BTreeSet<String> = tree
        .lines()
        .filter(|line| !line.contains(env!("CARGO_MANIFEST_DIR")))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (name, version) = (words.next()?, words.next()?);
            Some(format!("{name} {version}"))
        })
        .filter(|library| !named.contains(library.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "run packaging/licenses; missing: {missing:?}"
    );
    for text in ["MediaPipe", "Apache License", "MIT", "SQLite", "CC0"] {
        assert!(notices.contains(text), "{text}");
    }
}

#[test]
fn every_dependency_has_a_licence_that_fits() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    // Crates for other systems may never have been fetched here; then online is the only way.
    let output = if output.status.success() {
        output
    } else {
        Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap()
    };
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(
        packages.len() > 50,
        "only {} packages were listed",
        packages.len()
    );
    let wrong: Vec<_> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(allowed))
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["license"]
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "licences that do not fit:\n{}",
        wrong.join("\n")
    );
}
