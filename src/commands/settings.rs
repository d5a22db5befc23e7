//! `sitwell config`, and the settings for every other command.

mod follow;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::follow::Mark;
use super::folders;
use crate::cli::ConfigAction;
use crate::config::{Config, EXAMPLE};
use crate::control::{ControlError, Reply, Request, ask};

pub(super) use self::follow::Followed;

/// The settings in force.
pub(super) struct Loaded {
    pub(super) config: Config,
    /// The file that they are from; none when there is none.
    pub(super) file: Option<PathBuf>,
    /// Which version of the file.
    mark: Mark,
}

impl Loaded {
    /// The folder of the file, where what belongs to the settings lies.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.file.as_deref().and_then(Path::parent)
    }
}

/// Reads the settings file that was asked for, or the usual one where there is one.
///
/// # Errors
///
/// The file cannot be read, or something in it is wrong.
pub(super) fn load(asked: Option<&Path>) -> Result<Loaded> {
    let file = match asked {
        Some(file) => file.to_owned(),
        None => match folders::settings_file() {
            Ok(file) if file.exists() => file,
            // Nobody asked for a file, so none is needed.
            Ok(_) | Err(_) => {
                return Ok(Loaded {
                    config: Config::default(),
                    file: None,
                    mark: Mark::none(),
                });
            }
        },
    };
    let mark = Mark::of(&file);
    let text = fs::read_to_string(&file)
        .with_context(|| format!("cannot read the settings {}", file.display()))?;
    let config = Config::parse(&text)
        .with_context(|| format!("cannot use the settings {}", file.display()))?;
    Ok(Loaded {
        config,
        file: Some(file),
        mark,
    })
}

/// Where the settings file is, or would be.
///
/// # Errors
///
/// Nothing says where.
pub(super) fn place(asked: Option<&Path>) -> Result<PathBuf> {
    asked.map_or_else(folders::settings_file, |file| Ok(file.to_owned()))
}

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
    let place = || place(asked);
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
        Ok(Reply::Status(status)) => status,
        Ok(Reply::Done | Reply::Shown { .. } | Reply::Refused { .. })
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
