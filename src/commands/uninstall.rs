//! `sitwell uninstall --print`: the files that Sitwell has left on this computer, and the commands
//! that remove them. It removes none itself.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::own_files::{self, FileKind};
use super::start::MonitorInstance;
use crate::autostart::LaunchCommand;
use crate::control::{ControlError, read_status};
use crate::folders;

/// Runs the subcommand.
pub(super) fn print(
    data_dir: Option<&Path>,
    config: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let files = own_files::list(data_dir, config)?;
    let exists = |kind| files.iter().any(|(of, _)| *of == kind);
    let data = folders::data(data_dir)?;
    let is_running = !matches!(read_status(&data), Err(ControlError::NoMonitor));
    let launch = MonitorInstance::new(data_dir, config)?.launch()?;

    let mut commands = Vec::new();
    let mut run = |words: &str| commands.push(own_command(&launch, words));
    if is_running {
        run("stop");
    }
    if exists(FileKind::Autostart) {
        run("autostart disable");
    }
    // This overwrites what it deletes.
    if exists(FileKind::History) {
        run("history wipe --yes");
    }
    let left: Vec<String> = files
        .iter()
        .filter(|(kind, _)| !matches!(kind, FileKind::Program | FileKind::Autostart))
        .map(|(_, path)| quoted(path))
        .collect();
    if !left.is_empty() {
        commands.push(format!("{REMOVE} {}", left.join(" ")));
    }
    commands.push(remove_program(&folders::program()?));

    writeln!(out, "What Sitwell has put on this computer:\n")?;
    for (kind, path) in &files {
        writeln!(out, "  {:9}  {}", kind.name(), path.display())?;
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
