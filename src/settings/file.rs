//! The settings file on the disk: where it is, and what is read from it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Config;
use super::watched_file::FileVersion;
use crate::folders;

/// The settings in force.
pub struct Loaded {
    /// All of them.
    pub config: Config,
    /// The file that they are from; none when there is none.
    pub file: Option<PathBuf>,
    /// Which version of the file.
    pub(super) mark: FileVersion,
}

impl Loaded {
    /// The folder of the file, where what belongs to the settings lies.
    pub fn folder(&self) -> Option<&Path> {
        self.file.as_deref().and_then(Path::parent)
    }
}

/// Reads the settings file that was asked for, or the usual one where there is one.
///
/// # Errors
///
/// The file cannot be read, or something in it is wrong.
pub fn load(asked: Option<&Path>) -> Result<Loaded> {
    let file = match asked {
        Some(file) => file.to_owned(),
        None => match folders::settings_file() {
            Ok(file) if file.exists() => file,
            // Nobody asked for a file, so none is needed.
            Ok(_) | Err(_) => {
                return Ok(Loaded {
                    config: Config::default(),
                    file: None,
                    mark: FileVersion::none(),
                });
            }
        },
    };
    let mark = FileVersion::of(&file);
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
pub fn place(asked: Option<&Path>) -> Result<PathBuf> {
    asked.map_or_else(folders::settings_file, |file| Ok(file.to_owned()))
}
