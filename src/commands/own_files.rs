//! The files that Sitwell has put on this computer.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::autostart::existing;
use super::browser;
use crate::camera::USAGE_FILE;
use crate::history::FILE_NAME;
use crate::{folders, settings};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Program,
    History,
    Report,
    Dashboard,
    Model,
    Camera,
    Monitor,
    Log,
    Settings,
    Autostart,
}

impl FileKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            FileKind::Program => "program",
            FileKind::History => "history",
            FileKind::Report => "report",
            FileKind::Dashboard => "dashboard",
            FileKind::Model => "model",
            FileKind::Camera => "camera",
            FileKind::Monitor => "monitor",
            FileKind::Log => "log",
            FileKind::Settings => "settings",
            FileKind::Autostart => "autostart",
        }
    }
}

/// Every file that exists, by kind.
pub(super) fn list(
    data_dir: Option<&Path>,
    config: Option<&Path>,
) -> Result<Vec<(FileKind, PathBuf)>> {
    let data = folders::data(data_dir)?;
    let settings = settings::path(config)?;
    let stretches = settings::own_stretches(&settings);
    let is_socket_or_lock = |name: &str| ["monitor.sock", "monitor.lock"].contains(&name);
    let kinds = [
        (FileKind::Program, vec![folders::program()?]),
        (
            FileKind::History,
            named(&data, &|name| name.starts_with(FILE_NAME))?,
        ),
        (FileKind::Report, browser::reports(&data)),
        (
            FileKind::Dashboard,
            browser::dashboards(&data)
                .into_iter()
                .map(|(_, file)| file)
                .collect(),
        ),
        (
            FileKind::Model,
            named(&data, &|name| name == folders::HEAVY_FILE)?,
        ),
        (FileKind::Camera, camera_use(&data)?),
        (FileKind::Monitor, named(&data, &is_socket_or_lock)?),
        (
            FileKind::Log,
            named(&folders::log(data_dir)?, &|name| {
                name.starts_with(folders::LOG_FILE)
            })?,
        ),
        (
            FileKind::Settings,
            [settings, stretches]
                .into_iter()
                .filter(|file| file.exists())
                .collect(),
        ),
        (
            FileKind::Autostart,
            existing(&folders::autostart()?).collect(),
        ),
    ];
    let files = kinds
        .into_iter()
        .flat_map(|(kind, paths)| paths.into_iter().map(move |path| (kind, path)));
    Ok(files.collect())
}

/// What says when the camera was open, and what a process that was killed left of a new version.
pub(super) fn camera_use(data: &Path) -> Result<Vec<PathBuf>> {
    named(data, &|name| name.contains(USAGE_FILE))
}

/// The files in a folder whose names are Sitwell's; none if there is no such folder.
fn named(folder: &Path, is_ours: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
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
    Ok(paths)
}
