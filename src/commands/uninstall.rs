//! `sitwell uninstall --print`: the files that Sitwell has left on this computer, and the commands
//! that remove them. It removes none itself.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::autostart::existing;
use super::dashboard::REDIRECT;
use super::report::PAGE;
use super::start::MonitorInstance;
use crate::autostart::LaunchCommand;
use crate::control::{ControlError, read_status};
use crate::history::FILE_NAME;
use crate::{folders, settings};

/// The files of a kind that exist.
struct Files {
    kind: &'static str,
    paths: Vec<PathBuf>,
}

/// Runs the subcommand.
pub(super) fn print(
    data_dir: Option<&Path>,
    config: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let data = folders::data(data_dir)?;
    let log_folder = folders::log(data_dir)?;
    let settings = settings::path(config)?;
    let in_data = |kind, is_ours: &dyn Fn(&str) -> bool| named(kind, &data, is_ours);
    let history = in_data("history", &|name| name.starts_with(FILE_NAME))?;
    let starts = Files {
        kind: "autostart",
        paths: existing(&folders::autostart()?).collect(),
    };
    let is_running = !matches!(read_status(&data), Err(ControlError::NoMonitor));
    let program = folders::program()?;
    let launch = MonitorInstance::new(data_dir, config)?.launch()?;

    let mut commands = Vec::new();
    let mut run = |words: &str| commands.push(own_command(&launch, words));
    if is_running {
        run("stop");
    }
    if !starts.paths.is_empty() {
        run("autostart disable");
    }
    // This overwrites what it deletes.
    if !history.paths.is_empty() {
        run("history wipe --yes");
    }
    let left = [
        history,
        in_data("report", &|name| name == PAGE)?,
        in_data("dashboard", &|name| name == REDIRECT)?,
        in_data("model", &|name| name == folders::HEAVY_FILE)?,
        in_data("monitor", &|name| {
            ["monitor.sock", "monitor.lock"].contains(&name)
        })?,
        named("log", &log_folder, &|name| {
            name.starts_with(folders::LOG_FILE)
        })?,
        Files {
            kind: "settings",
            paths: [settings.clone(), settings::own_stretches(&settings)]
                .into_iter()
                .filter(|file| file.exists())
                .collect(),
        },
    ];
    let paths: Vec<String> = left
        .iter()
        .flat_map(|files| &files.paths)
        .map(quoted)
        .collect();
    if !paths.is_empty() {
        commands.push(format!("{REMOVE} {}", paths.join(" ")));
    }
    commands.push(remove_program(&program));

    writeln!(out, "What Sitwell has put on this computer:\n")?;
    let program = Files {
        kind: "program",
        paths: vec![program],
    };
    for files in [program].into_iter().chain(left).chain([starts]) {
        for path in &files.paths {
            writeln!(out, "  {:9}  {}", files.kind, path.display())?;
        }
    }
    writeln!(
        out,
        "\nNothing was removed. These commands remove all of it:\n"
    )?;
    for command in commands {
        writeln!(out, "  {command}")?;
    }
    Ok(())
}

/// The files in a folder whose names are Sitwell's; none if there is no such folder.
fn named(kind: &'static str, folder: &Path, is_ours: &dyn Fn(&str) -> bool) -> Result<Files> {
    let mut paths = Vec::new();
    if folder.exists() {
        let cannot = || format!("cannot read {}", folder.display());
        for file in fs::read_dir(folder).with_context(cannot)? {
            let file = file.with_context(cannot)?;
            if is_ours(&file.file_name().to_string_lossy()) {
                paths.push(file.path());
            }
        }
    }
    paths.sort();
    Ok(Files { kind, paths })
}

#[cfg(windows)]
const REMOVE: &str = "del";
/// Some files are gone by then.
#[cfg(not(windows))]
const REMOVE: &str = "rm -f";

/// A command of this program, for the same history and settings.
fn own_command(launch: &LaunchCommand, words: &str) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let own = launch.words(words[0]);
    let all = own.iter().chain(&words[1..]);
    all.map(quoted).collect::<Vec<_>>().join(" ")
}

fn remove_program(program: &Path) -> String {
    let folder = program.parent().unwrap_or(program);
    if folder.ends_with(".cargo/bin") {
        "cargo uninstall sitwell".to_owned()
    } else if folder.starts_with("/usr/bin") {
        "sudo apt remove sitwell    # or what your package manager has instead".to_owned()
    } else {
        format!("{REMOVE} {}", quoted(program))
    }
}

/// A word as the shell reads it.
fn quoted(word: impl AsRef<Path>) -> String {
    let word = word.as_ref().display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+:,@%".contains(letter);
    if word.chars().all(is_plain) {
        word
    } else if cfg!(windows) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_removed_as_it_was_installed() {
        let rows = [
            ("/home/ada/.cargo/bin/sitwell", "cargo uninstall sitwell"),
            ("/usr/local/bin/sitwell", "rm -f /usr/local/bin/sitwell"),
            (
                "/opt/Ada's tools/sitwell",
                r"rm -f '/opt/Ada'\''s tools/sitwell'",
            ),
        ];
        for (program, command) in rows {
            assert_eq!(remove_program(Path::new(program)), command);
        }
        assert!(remove_program(Path::new("/usr/bin/sitwell")).starts_with("sudo apt remove"));
    }
}
