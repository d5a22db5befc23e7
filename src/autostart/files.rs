//! Writing, comparing and removing the files. What was done before is not done again.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{
    AutostartError, AutostartFile, AutostartMethod, AutostartState, FileContent, LaunchCommand,
    render,
};

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// It was written.
    Written(PathBuf),
    /// It was there already.
    Kept(PathBuf),
    /// It was removed.
    Removed(PathBuf),
}

/// Has Sitwell started this way, and no other.
///
/// # Errors
///
/// A file is somebody else's, or cannot be written. Nothing is written before
/// all of what is there was looked at.
pub fn enable(
    base: &Path,
    way: AutostartMethod,
    launch: &LaunchCommand,
) -> Result<Vec<FileChange>, AutostartError> {
    let mut found = Vec::new();
    for piece in AutostartFile::ALL {
        found.push((piece, ours(base, piece)?));
    }
    let mut done = Vec::new();
    for (piece, there) in found {
        let path = piece.path(base);
        let wanted = way.pieces().contains(&piece).then(|| piece.content(launch));
        done.extend(match (wanted, there) {
            (None, None) => None,
            (None, Some(_)) => {
                remove(&path)?;
                Some(FileChange::Removed(path))
            }
            (Some(wanted), Some(there)) if is_same(&wanted, &there) => Some(FileChange::Kept(path)),
            (Some(wanted), _) => {
                write(&path, &wanted)?;
                Some(FileChange::Written(path))
            }
        });
    }
    Ok(done)
}

/// Has nothing start Sitwell any more. Says what was removed.
///
/// # Errors
///
/// A file is somebody else's, or cannot be removed.
pub fn disable(base: &Path) -> Result<Vec<PathBuf>, AutostartError> {
    let mut removed = Vec::new();
    // The one that makes it start goes first.
    for piece in AutostartFile::ALL.into_iter().rev() {
        if ours(base, piece)?.is_some() {
            let path = piece.path(base);
            remove(&path)?;
            removed.push(path);
        }
    }
    Ok(removed)
}

/// Whether Sitwell starts, and as it would be set up now.
///
/// # Errors
///
/// A file is somebody else's, or cannot be read.
pub fn standing(base: &Path, launch: &LaunchCommand) -> Result<AutostartState, AutostartError> {
    let is_there = |piece: AutostartFile| piece.path(base).symlink_metadata().is_ok();
    let complete = AutostartMethod::ALL
        .into_iter()
        .find(|way| way.pieces().iter().copied().all(is_there));
    // Without the unit a link to it starts nothing, but somebody meant it to.
    let Some(way) = complete.or(is_there(AutostartFile::Link).then_some(AutostartMethod::Systemd))
    else {
        return Ok(AutostartState::Off);
    };
    for piece in way.pieces() {
        let file = piece.path(base);
        match ours(base, *piece)? {
            Some(there) if is_same(&piece.content(launch), &there) => {}
            Some(There::Text(text)) => {
                let program = render::program(&text).filter(|program| *program != launch.program);
                return Ok(match program {
                    Some(program) => AutostartState::Elsewhere { way, program },
                    None => AutostartState::Changed { way, file },
                });
            }
            Some(There::LinkToUnit | There::LinkElsewhere) | None => {
                return Ok(AutostartState::Changed { way, file });
            }
        }
    }
    Ok(AutostartState::On(way))
}

/// What is there.
enum There {
    Text(String),
    /// A link to the unit, by whatever path.
    LinkToUnit,
    LinkElsewhere,
}

/// A file of ours, if it is there.
fn ours(base: &Path, piece: AutostartFile) -> Result<Option<There>, AutostartError> {
    let path = piece.path(base);
    let cannot = |source| AutostartError::File {
        what: "read",
        path: path.clone(),
        source,
    };
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    match piece {
        AutostartFile::Link if kind.is_symlink() => {
            // Whatever cannot be followed leads elsewhere.
            let end = |path| fs::canonicalize(path).ok();
            let unit = end(AutostartFile::Unit.path(base));
            Ok(Some(if unit.is_some() && end(path) == unit {
                There::LinkToUnit
            } else {
                There::LinkElsewhere
            }))
        }
        AutostartFile::Unit
        | AutostartFile::Entry
        | AutostartFile::Plist
        | AutostartFile::Batch
            if kind.is_file() =>
        {
            let text = fs::read(&path).map_err(cannot)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            if render::program(&text).is_some() {
                Ok(Some(There::Text(text)))
            } else {
                Err(AutostartError::Foreign { path })
            }
        }
        AutostartFile::Link
        | AutostartFile::Unit
        | AutostartFile::Entry
        | AutostartFile::Plist
        | AutostartFile::Batch => Err(AutostartError::Foreign { path }),
    }
}

fn is_same(wanted: &FileContent, there: &There) -> bool {
    match (wanted, there) {
        (FileContent::Text(wanted), There::Text(there)) => wanted == there,
        (FileContent::Link(_), There::LinkToUnit) => true,
        (FileContent::Link(_), There::LinkElsewhere | There::Text(_))
        | (FileContent::Text(_), There::LinkToUnit | There::LinkElsewhere) => false,
    }
}

fn write(path: &Path, content: &FileContent) -> Result<(), AutostartError> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| match content {
        FileContent::Text(text) => {
            // A reader sees the old file or the new one, never half of it.
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.persist(path)?;
            Ok(())
        }
        FileContent::Link(target) => {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            link(target, path)
        }
    });
    written.map_err(|source| AutostartError::File {
        what: "write",
        path: path.to_owned(),
        source,
    })
}

fn remove(path: &Path) -> Result<(), AutostartError> {
    fs::remove_file(path).map_err(|source| AutostartError::File {
        what: "remove",
        path: path.to_owned(),
        source,
    })
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// Only systemd's way has a link.
#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
