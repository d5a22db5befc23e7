//! `sitwell config`: shows, checks and edits the settings file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cli::ConfigAction;
use crate::control::{ControlError, reload};
use crate::folders;
use crate::settings::{EXAMPLE, SettingChange, changed, load, own_stretches_in_use, path};
use crate::stretch::catalogue;

/// Runs `sitwell config`.
pub(super) fn run(
    action: ConfigAction,
    config: Option<&Path>,
    data_dir: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let path = || path(config);
    match action {
        ConfigAction::Path => writeln!(out, "{}", path()?.display())?,
        ConfigAction::Show => {
            let loaded = load(config)?;
            let text = match &loaded.file {
                Some(file) => {
                    let name = file.display();
                    writeln!(
                        out,
                        "# Settings with a line are from {name}, the others are defaults."
                    )?;
                    fs::read_to_string(file)?
                }
                None => {
                    writeln!(out, "# The defaults, as there is no {}.", path()?.display())?;
                    String::new()
                }
            };
            write!(out, "{}", loaded.settings.shown(&text)?)?;
        }
        ConfigAction::Check => check(config, &path()?, out)?,
        ConfigAction::Edit => {
            let file = path()?;
            if !file.exists() {
                write_new(&file).with_context(|| format!("cannot write {}", file.display()))?;
            }
            edit(&file)?;
            check(config, &file, out)?;
            reload_monitor(&file, data_dir, out)?;
        }
        ConfigAction::Init => {
            let file = path()?;
            write_new(&file).with_context(|| format!("cannot write {}", file.display()))?;
            writeln!(out, "wrote {}", file.display())?;
        }
    }
    Ok(())
}

fn check(config: Option<&Path>, path: &Path, out: &mut impl Write) -> Result<()> {
    match load(config)?.file {
        Some(file) => writeln!(out, "{} is OK", file.display())?,
        None => writeln!(
            out,
            "there is no {}; the defaults are in force",
            path.display()
        )?,
    }
    Ok(())
}

/// Changes settings in the file. A new file begins as the example.
pub(super) fn change(
    changes: &[SettingChange],
    config: Option<&Path>,
    data_dir: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let file = path(config)?;
    let before = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => EXAMPLE.to_owned(),
        read => read.with_context(|| format!("cannot read {}", file.display()))?,
    };
    let after = changed(&before, changes)?;
    if after == before {
        writeln!(out, "nothing has changed")?;
        return Ok(());
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    folders::write_whole(&file, |out| out.write_all(after.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    writeln!(out, "saved in {}", file.display())?;
    reload_monitor(&file, data_dir, out)
}

/// Replaces the user's own stretches, if the text is right.
pub(super) fn change_own_stretches(
    text: &str,
    config: Option<&Path>,
    data_dir: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let settings = path(config)?;
    let file = own_stretches_in_use(&load(config)?.settings.stretch, &settings);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    catalogue().clone().with(text, &name)?;
    folders::write_whole(&file, |out| out.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    writeln!(out, "saved in {}", file.display())?;
    reload_monitor(&settings, data_dir, out)
}

/// Makes a running monitor of these settings use them at once.
fn reload_monitor(file: &Path, data_dir: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let status = match reload(&folders::data(data_dir)?) {
        Ok(status) => status,
        Err(ControlError::NoMonitor) => return Ok(()),
        Err(error) => {
            return Ok(writeln!(
                out,
                "the running monitor does not use it yet: {error}"
            )?);
        }
    };
    let same = |own: &PathBuf| fs::canonicalize(own).ok() == fs::canonicalize(file).ok();
    match status.settings_trouble {
        // It uses another file.
        _ if !status.settings_file.as_ref().is_some_and(same) => {}
        None => writeln!(out, "the running monitor uses it now")?,
        Some(trouble) => writeln!(
            out,
            "the running monitor keeps its earlier settings: {trouble}"
        )?,
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
    // The variable may hold options too, such as `code --wait`.
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

/// Writes the example, unless there is a file.
fn write_new(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(file)?.write_all(EXAMPLE.as_bytes())
}
