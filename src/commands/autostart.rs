//! `sitwell autostart`: whether Sitwell starts when somebody logs in.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::autostart::{
    AutostartFile, AutostartMethod, AutostartState, FileChange, FileContent, LaunchCommand,
    disable, enable, standing, systemd,
};
use crate::cli::AutostartAction;
use crate::folders;

/// Runs the subcommand.
///
/// # Errors
///
/// It cannot be told where such files belong, or one cannot be read, written or removed.
pub(super) fn run(
    action: AutostartAction,
    launch: &LaunchCommand,
    out: &mut impl Write,
) -> Result<()> {
    let base = folders::autostart()?;
    match action {
        AutostartAction::Enable(args) if args.print => print(way(), &base, launch, out)?,
        AutostartAction::Enable(_) => {
            let way = way();
            let done = enable(&base, way, launch)?;
            let is_new = done.iter().any(|done| !matches!(done, FileChange::Kept(_)));
            for done in done {
                match done {
                    FileChange::Written(path) => writeln!(out, "wrote {}", path.display())?,
                    FileChange::Kept(path) => {
                        writeln!(out, "is there already: {}", path.display())?;
                    }
                    FileChange::Removed(path) => writeln!(out, "removed {}", path.display())?,
                }
            }
            if is_new {
                reload(out)?;
            }
            writeln!(
                out,
                "Sitwell starts when you log in, {}. To start it now: sitwell start",
                by(way)
            )?;
        }
        AutostartAction::Disable(args) if args.print => {
            for piece in AutostartFile::ALL {
                let path = piece.path(&base);
                if path.symlink_metadata().is_ok() {
                    writeln!(out, "would remove {}", path.display())?;
                }
            }
        }
        AutostartAction::Disable(_) => {
            let removed = disable(&base)?;
            for path in &removed {
                writeln!(out, "removed {}", path.display())?;
            }
            if !removed.is_empty() {
                reload(out)?;
            }
            writeln!(
                out,
                "Sitwell does not start by itself. To end one that runs: sitwell stop"
            )?;
        }
        AutostartAction::Status => told(&standing(&base, launch)?, &base, launch, out)?,
    }
    Ok(())
}

/// The way of this system.
fn way() -> AutostartMethod {
    if cfg!(windows) {
        AutostartMethod::StartupFolder
    } else if cfg!(target_os = "macos") {
        AutostartMethod::Launchd
    } else if !systemd::is_here() {
        AutostartMethod::Entry
    } else if systemd::knows_the_desktop() {
        AutostartMethod::Systemd
    } else {
        AutostartMethod::SystemdByEntry
    }
}

/// How it is started, in words.
pub(super) fn by(way: AutostartMethod) -> &'static str {
    match way {
        AutostartMethod::Systemd => "by systemd",
        AutostartMethod::SystemdByEntry => "by your desktop, through systemd",
        AutostartMethod::Entry => "by your desktop",
        AutostartMethod::Launchd => "by launchd",
        AutostartMethod::StartupFolder => "from the startup folder",
    }
}

/// A systemd that is there is told; otherwise it reads the files when somebody logs in.
fn reload(out: &mut impl Write) -> std::io::Result<()> {
    if cfg!(target_os = "linux")
        && systemd::is_here()
        && let Err(error) = systemd::reload()
    {
        writeln!(out, "{error}\nIt will at your next login.")?;
    }
    Ok(())
}

/// Shows what would be written.
fn print(
    way: AutostartMethod,
    base: &Path,
    launch: &LaunchCommand,
    out: &mut impl Write,
) -> std::io::Result<()> {
    for piece in way.pieces() {
        let path: PathBuf = piece.path(base);
        match piece.content(launch) {
            FileContent::Text(text) => {
                writeln!(out, "would write {}:\n\n{text}", path.display())?;
            }
            FileContent::Link(target) => {
                writeln!(out, "would link {} to {target}", path.display())?;
            }
        }
    }
    Ok(())
}

fn told(
    standing: &AutostartState,
    base: &Path,
    launch: &LaunchCommand,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let mend = "run sitwell autostart enable";
    match standing {
        AutostartState::Off => writeln!(
            out,
            "Sitwell does not start by itself. To have it start when you log in, {mend}."
        ),
        AutostartState::On(way) => {
            writeln!(out, "Sitwell starts when you log in, {}:", by(*way))?;
            for piece in way.pieces() {
                writeln!(out, "  {}", piece.path(base).display())?;
            }
            writeln!(out, "It starts this program, {}.", launch.words("")[0])
        }
        AutostartState::Elsewhere { way, program } => {
            let there = if Path::new(program).exists() {
                "another program than this one"
            } else {
                "a program that is not there any more"
            };
            writeln!(
                out,
                "What starts when you log in, {}, is {there}:\n  {program}\nTo have it start {}, {mend}.",
                by(*way),
                launch.words("")[0]
            )
        }
        AutostartState::Changed { way, file } => writeln!(
            out,
            "Sitwell is to start when you log in, {}, but this file is missing or is not as it would be written now:\n  {}\nTo write it anew, {mend}.",
            by(*way),
            file.display()
        ),
    }
}
