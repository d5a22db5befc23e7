//! The files of the packages: they exist, name the present version and call commands that there are.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fs;
use std::path::Path;

use clap::Parser;
use sitwell::cli::Cli;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn every_file_of_the_debian_package_exists_or_is_built() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let package = &manifest["package"]["metadata"]["deb"];
    let assets = package["assets"].as_array().unwrap();
    let other = [&package["license-file"][0], &package["changelog"]];
    let files = assets.iter().map(|asset| &asset[0]).chain(other);
    for file in files.map(|file| file.as_str().unwrap()) {
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
