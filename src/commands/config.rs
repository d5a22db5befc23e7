//! `sitwell config`: shows, checks and edits the settings file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cli::ConfigAction;
use crate::control::{ControlError, Request, Response, ask};
use crate::folders;
use crate::settings::{EXAMPLE, load, path};

/// Runs `sitwell config`.
///
/// # Errors
///
/// The settings cannot be used, or a file is there already.
pub(super) fn run(
    action: ConfigAction,
    asked: Option<&Path>,
    data_dir: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let place = || path(asked);
    match action {
        ConfigAction::Path => writeln!(out, "{}", place()?.display())?,
        ConfigAction::Show => {
            let loaded = load(asked)?;
            let text = match &loaded.file {
                Some(file) => {
                    let name = file.display();
                    writeln!(
                        out,
                        "# From {name} where a line is named, else the defaults."
                    )?;
                    fs::read_to_string(file)?
                }
                None => {
                    writeln!(out, "# The defaults: there is no {}.", place()?.display())?;
                    String::new()
                }
            };
            write!(out, "{}", loaded.config.shown(&text)?)?;
        }
        ConfigAction::Check => check(asked, &place()?, out)?,
        ConfigAction::Edit => {
            let file = place()?;
            if !file.exists() {
                write_new(&file).with_context(|| format!("cannot write {}", file.display()))?;
            }
            edit(&file)?;
            check(asked, &file, out)?;
            used_at_once(&file, data_dir, out)?;
        }
        ConfigAction::Init => {
            let file = place()?;
            write_new(&file).with_context(|| format!("cannot write {}", file.display()))?;
            writeln!(out, "wrote {}", file.display())?;
        }
    }
    Ok(())
}

fn check(asked: Option<&Path>, place: &Path, out: &mut impl Write) -> Result<()> {
    match load(asked)?.file {
        Some(file) => writeln!(out, "{} is well", file.display())?,
        None => writeln!(
            out,
            "there is no {}: the defaults are in force",
            place.display()
        )?,
    }
    Ok(())
}

/// Has a running monitor of these settings use them now rather than when it notices.
fn used_at_once(file: &Path, data_dir: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let status = match ask(&folders::data(data_dir)?, &Request::Reload) {
        Ok(Response::Status(status)) => status,
        Ok(Response::Done | Response::Shown { .. } | Response::Refused { .. })
        | Err(ControlError::NoMonitor) => return Ok(()),
        Err(error) => {
            writeln!(out, "the running monitor could not be told: {error}")?;
            return Ok(());
        }
    };
    let same = |own: &PathBuf| fs::canonicalize(own).ok() == fs::canonicalize(file).ok();
    match status.settings_trouble {
        // It has a file of its own.
        _ if !status.settings_file.as_ref().is_some_and(same) => {}
        None => writeln!(out, "the running monitor uses it now")?,
        Some(trouble) => writeln!(out, "the running monitor goes on as before: {trouble}")?,
    }
    Ok(())
}

/// Opens a file in the user's editor and waits for it to close.
fn edit(file: &Path) -> Result<()> {
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| {
        std::env::var(name)
            .ok()
            .filter(|editor| !editor.trim().is_empty())
    });
    let Some(editor) = editor else {
        bail!(
            "no editor is set; set EDITOR, or open {} yourself",
            file.display()
        );
    };
    // An editor is often given with its options, such as `code --wait`.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let status = Command::new(program)
        .args(words)
        .arg(file)
        .status()
        .with_context(|| format!("cannot start the editor `{editor}`"))?;
    if !status.success() {
        bail!("the editor `{editor}` ended with {status}");
    }
    Ok(())
}

/// Writes the example where there is no file yet.
fn write_new(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(file)?.write_all(EXAMPLE.as_bytes())
}
