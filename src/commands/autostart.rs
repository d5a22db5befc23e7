//! `sitwell autostart`: starting at login.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use strum::VariantArray;

use crate::autostart::{
    AutostartFile, AutostartMethod, AutostartState, FileChange, FileContent, LaunchCommand,
    disable, enable, state, systemd,
};
use crate::cli::AutostartAction;
use crate::folders;

/// Runs the subcommand.
pub(super) fn run(
    action: AutostartAction,
    launch: &LaunchCommand,
    out: &mut impl Write,
) -> Result<()> {
    let base = folders::autostart()?;
    let method = AutostartMethod::of_this_system();
    match action {
        AutostartAction::Enable(args) if args.print => print(method, &base, launch, out)?,
        AutostartAction::Enable(_) => {
            report(&enable(&base, method, launch)?, out)?;
            writeln!(
                out,
                "Sitwell starts when you log in, {method}. To start it now: sitwell start"
            )?;
        }
        AutostartAction::Disable(args) if args.print => {
            for file in existing(&base) {
                writeln!(out, "would remove {}", file.display())?;
            }
        }
        AutostartAction::Disable(_) => {
            report(&disable(&base)?, out)?;
            writeln!(
                out,
                "Sitwell does not start at login. To end a running one: sitwell stop"
            )?;
        }
        AutostartAction::Status => write_state(&state(&base, launch)?, &base, launch, out)?,
    }
    Ok(())
}

/// The files that exist, of any method.
pub(super) fn existing(base: &Path) -> impl Iterator<Item = PathBuf> {
    let paths = AutostartFile::VARIANTS.iter().map(|file| file.path(base));
    paths.filter(|path| path.symlink_metadata().is_ok())
}

/// Writes the changes, and makes systemd read the files again if there are any.
fn report(changes: &[FileChange], out: &mut impl Write) -> std::io::Result<()> {
    for change in changes {
        writeln!(out, "{change}")?;
    }
    let is_changed = |change: &FileChange| !matches!(change, FileChange::Kept(_));
    if changes.iter().any(is_changed)
        && cfg!(target_os = "linux")
        && systemd::is_present()
        && let Err(error) = systemd::reload()
    {
        writeln!(out, "{error}\nIt will at your next login.")?;
    }
    Ok(())
}

/// Shows the files that would be written.
fn print(
    method: AutostartMethod,
    base: &Path,
    launch: &LaunchCommand,
    out: &mut impl Write,
) -> std::io::Result<()> {
    for file in method.files() {
        let path = file.path(base);
        let path = path.display();
        match file.content(launch) {
            FileContent::Text(text) => writeln!(out, "would write {path}:\n\n{text}")?,
            FileContent::Link | FileContent::OtherLink => {
                writeln!(out, "would link {path} to {}", FileContent::LINK_TARGET)?;
            }
        }
    }
    Ok(())
}

fn write_state(
    state: &AutostartState,
    base: &Path,
    launch: &LaunchCommand,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let fix = "run sitwell autostart enable";
    let own = launch.words("")[0];
    match state {
        AutostartState::Off => writeln!(
            out,
            "Sitwell does not start at login. To make it start, {fix}."
        ),
        AutostartState::On(method) => {
            writeln!(out, "Sitwell starts when you log in, {method}:")?;
            for file in method.files() {
                writeln!(out, "  {}", file.path(base).display())?;
            }
            writeln!(out, "It starts this program, {own}.")
        }
        AutostartState::OtherProgram { method, program } => {
            let problem = if Path::new(program).exists() {
                "not this one"
            } else {
                "which no longer exists"
            };
            writeln!(
                out,
                "This program starts when you log in, {method}, {problem}:\n  {program}\nTo start {own} instead, {fix}."
            )
        }
        AutostartState::Changed { method, file } => writeln!(
            out,
            "Sitwell should start when you log in, {method}, but this file is missing or not up to date:\n  {}\nTo write it again, {fix}.",
            file.display()
        ),
    }
}
