//! The files of the packages: they exist, name the present version and call commands that there are.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use clap::Parser;
use sitwell::cli::Cli;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn every_file_of_the_packages_exists_or_is_built() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let metadata = &manifest["package"]["metadata"];
    let (deb, rpm) = (&metadata["deb"], &metadata["generate-rpm"]);
    let assets = |package: &toml::Value| package["assets"].as_array().unwrap().clone();
    let in_deb = [deb, &deb["variants"]["heavy"]]
        .into_iter()
        .flat_map(assets);
    let in_rpm = [rpm, &rpm["variants"]["heavy"]]
        .into_iter()
        .flat_map(assets);
    let other = [&deb["license-file"][0], &deb["changelog"]];
    let files = in_deb.map(|asset| asset[0].clone());
    let files = files.chain(in_rpm.map(|asset| asset["source"].clone()));
    for file in files.chain(other.into_iter().cloned()) {
        let file = file.as_str().unwrap();
        let is_there = Path::new(env!("CARGO_MANIFEST_DIR")).join(file).is_file();
        assert!(is_there || file.starts_with("target/"), "{file}");
    }
}

#[test]
fn the_menu_entry_and_its_actions_call_commands_that_there_are() {
    let entry = read("packaging/sitwell.desktop");
    let commands: Vec<&str> = entry
        .lines()
        .filter_map(|line| line.strip_prefix("Exec="))
        .collect();
    assert!(!commands.is_empty());
    for command in commands {
        let parsed = Cli::try_parse_from(command.split(' '));
        assert!(parsed.is_ok_and(|cli| cli.command.is_some()), "{command}");
    }
}

#[test]
fn the_packages_have_the_version_of_the_program() {
    let version = env!("CARGO_PKG_VERSION");
    let named = read("packaging/sitwell.metainfo.xml");
    assert!(named.contains(&format!("<release version=\"{version}\"")));
    assert!(read("packaging/changelog").starts_with(&format!("sitwell ({version}-")));
}

#[cfg(unix)]
#[test]
fn the_manifests_of_a_release_have_its_address_version_and_hashes() {
    let release = tempfile::tempdir().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let source = release.path().join(format!("sitwell-{version}.tar.gz"));
    fs::write(source, "source").unwrap();
    let windows = format!("sitwell-{version}-x86_64-pc-windows-msvc.zip");
    fs::write(release.path().join(windows), "windows").unwrap();
    let mut script =
        Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/manifests"));
    let made = script
        .arg("https://example.org/sitwell")
        .arg(release.path());
    assert!(made.status().unwrap().success());
    // printf source | sha256sum, printf windows | sha256sum
    let hashes = [
        "41cf6794ba4200b839c53531555f0f3998df4cbb01a4d5cb0b94e3ca5e23947d",
        "340d600392818df2413382dc7d8325c360d83ea49a262d31760348484bbc10b5",
    ];
    let mut all = String::new();
    for file in fs::read_dir(release.path().join("manifests")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(text.contains(version), "{text}");
        // `"$url"` and the like stay.
        for marker in ["@ADDRESS@", "@VERSION@", "@SHA256"] {
            assert!(!text.contains(marker), "{text}");
        }
        all += &text.to_lowercase();
    }
    for hash in hashes {
        assert!(all.contains(hash));
    }
}
