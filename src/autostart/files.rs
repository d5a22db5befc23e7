//! Writes, compares and removes the files.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use strum::VariantArray;

use super::render::{self, LaunchCommand};
use super::{AutostartError, AutostartFile, AutostartMethod, AutostartState, FileContent};
use crate::folders::write_whole;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileChange {
    Written(PathBuf),
    /// It was there and up to date.
    Kept(PathBuf),
    Removed(PathBuf),
}

impl fmt::Display for FileChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileChange::Written(path) => write!(f, "wrote {}", path.display()),
            FileChange::Kept(path) => write!(f, "already there: {}", path.display()),
            FileChange::Removed(path) => write!(f, "removed {}", path.display()),
        }
    }
}

/// Makes Sitwell start by this method, and by no other.
pub(crate) fn enable(
    base: &Path,
    method: AutostartMethod,
    launch: &LaunchCommand,
) -> Result<Vec<FileChange>, AutostartError> {
    let mut all = Vec::new();
    for &file in AutostartFile::VARIANTS {
        all.push((file, read(base, file)?));
    }
    let mut changes = Vec::new();
    for (file, found) in all {
        let path = file.path(base);
        let wanted = method.files().contains(&file);
        changes.push(match (wanted.then(|| file.content(launch)), found) {
            (None, None) => continue,
            (None, Some(_)) => {
                remove(&path)?;
                FileChange::Removed(path)
            }
            (wanted, found) if wanted == found => FileChange::Kept(path),
            (Some(wanted), _) => {
                write(&path, &wanted)?;
                FileChange::Written(path)
            }
        });
    }
    Ok(changes)
}

/// Makes nothing start Sitwell any more.
pub(crate) fn disable(base: &Path) -> Result<Vec<FileChange>, AutostartError> {
    let mut changes = Vec::new();
    // The file that makes it start goes first.
    for &file in AutostartFile::VARIANTS.iter().rev() {
        if read(base, file)?.is_some() {
            let path = file.path(base);
            remove(&path)?;
            changes.push(FileChange::Removed(path));
        }
    }
    Ok(changes)
}

/// Whether and how Sitwell starts at login.
pub(crate) fn state(base: &Path, launch: &LaunchCommand) -> Result<AutostartState, AutostartError> {
    let exists = |file: &AutostartFile| file.path(base).symlink_metadata().is_ok();
    let complete = AutostartMethod::VARIANTS
        .iter()
        .copied()
        .find(|method| method.files().iter().all(exists));
    // A link without the unit starts nothing, but shows what the user wanted.
    let linked = exists(&AutostartFile::Link).then_some(AutostartMethod::Systemd);
    let Some(method) = complete.or(linked) else {
        return Ok(AutostartState::Off);
    };
    for file in method.files() {
        let found = read(base, *file)?;
        if found
            .as_ref()
            .is_some_and(|found| found.does_as(&file.content(launch)))
        {
            continue;
        }
        if let Some(FileContent::Text(text)) = found
            && let Some(program) = render::program(&text)
            && program != launch.program
        {
            return Ok(AutostartState::OtherProgram { method, program });
        }
        let file = file.path(base);
        return Ok(AutostartState::Changed { method, file });
    }
    Ok(AutostartState::On(method))
}

/// The content of a file of Sitwell's; none if it does not exist.
fn read(base: &Path, file: AutostartFile) -> Result<Option<FileContent>, AutostartError> {
    let path = file.path(base);
    let cannot_read = |source| AutostartError::File {
        action: "read",
        path: path.clone(),
        source,
    };
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot_read(error)),
    };
    if file == AutostartFile::Link && kind.is_symlink() {
        let target = |path: &Path| fs::canonicalize(path).ok();
        let unit = target(&AutostartFile::Unit.path(base));
        let is_right = unit.is_some() && target(&path) == unit;
        let content = if is_right {
            FileContent::Link
        } else {
            FileContent::OtherLink
        };
        return Ok(Some(content));
    }
    if file != AutostartFile::Link && kind.is_file() {
        let bytes = fs::read(&path).map_err(cannot_read)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if render::program(&text).is_some() {
            return Ok(Some(FileContent::Text(text)));
        }
    }
    Err(AutostartError::Foreign { path })
}

fn write(path: &Path, content: &FileContent) -> Result<(), AutostartError> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| match content {
        FileContent::Text(text) => write_whole(path, |out| out.write_all(text.as_bytes())),
        FileContent::Link | FileContent::OtherLink => {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            link(FileContent::LINK_TARGET, path)
        }
    });
    written.map_err(|source| AutostartError::File {
        action: "write",
        path: path.to_owned(),
        source,
    })
}

fn remove(path: &Path) -> Result<(), AutostartError> {
    fs::remove_file(path).map_err(|source| AutostartError::File {
        action: "remove",
        path: path.to_owned(),
        source,
    })
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// Only systemd needs a link.
#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
