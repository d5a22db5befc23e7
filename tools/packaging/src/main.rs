//! Writes the files of a package that come from the program itself: its man pages, its completions
//! for bash, zsh and fish, and its systemd user unit.
//!
//! ```text
//! cargo run -p packaging -- FOLDER
//! ```
#![allow(clippy::unwrap_used, reason = "a failed write may stop with a panic")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory, Parser};
use clap_complete::Shell;
use sitwell::cli::Cli;

/// The unit that `sitwell autostart enable` writes too. A package has its program in a fixed place.
const UNIT: &str = include_str!("../../../src/autostart/sitwell.service");

#[derive(Parser)]
struct Args {
    /// Where to write; the folder is made
    folder: PathBuf,
}

fn main() {
    let Args { folder } = Args::parse();
    let man = made(folder.join("man"));
    let mut program = Cli::command();
    program.build();
    write_pages(&program, &man);
    let completions = made(folder.join("completions"));
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut Cli::command(), "sitwell", &completions).unwrap();
    }
    fs::write(folder.join("sitwell.service"), unit()).unwrap();
}

fn made(folder: PathBuf) -> PathBuf {
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// One page for a command, and one for each of its subcommands.
fn write_pages(command: &Command, folder: &Path) {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(name.to_uppercase())
        .source(concat!("Sitwell ", env!("CARGO_PKG_VERSION")))
        .manual("Sitwell")
        .render(&mut page)
        .unwrap();
    fs::write(folder.join(format!("{name}.1")), page).unwrap();
    let subcommands = command.get_subcommands();
    for subcommand in subcommands.filter(|one| !one.is_hide_set() && one.get_name() != "help") {
        write_pages(subcommand, folder);
    }
}

fn unit() -> String {
    let comment = UNIT
        .lines()
        .take_while(|line| line.starts_with('#'))
        .count();
    let lines = UNIT.lines().skip(comment + 1);
    let unit = lines.collect::<Vec<_>>().join("\n");
    assert!(unit.starts_with("[Unit]") && unit.contains("@WORDS@"));
    unit.replace("@WORDS@", "/usr/bin/sitwell monitor") + "\n"
}
