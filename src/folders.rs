//! Where Sitwell keeps its things, as each system's habits are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use etcetera::app_strategy::choose_native_strategy;
use etcetera::{AppStrategy, AppStrategyArgs, BaseStrategy, choose_base_strategy};

/// The file name of the heavy landmark model.
pub const HEAVY_FILE: &str = "pose_landmark_heavy.onnx";

/// This system's folders for Sitwell; none where the user has no home.
fn native() -> Option<impl AppStrategy> {
    let args = AppStrategyArgs {
        top_level_domain: String::new(),
        author: String::new(),
        app_name: "sitwell".to_owned(),
    };
    choose_native_strategy(args).ok()
}

/// Where the heavy model's file may be: beside the program, in `models` beside
/// it, in the source tree it was built in, in the data folder.
pub(crate) fn heavy_model() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    // target/release/sitwell is two below the source tree.
    let source = beside.and_then(Path::parent).and_then(Path::parent);
    let folders = [
        beside.map(Path::to_path_buf),
        beside.map(|folder| folder.join("models")),
        source.map(|folder| folder.join("models")),
        native().map(|folders| folders.data_dir()),
    ];
    folders
        .into_iter()
        .flatten()
        .map(|folder| folder.join(HEAVY_FILE))
        .collect()
}

/// Where the history is: the folder asked for, else the one in `SITWELL_DATA_DIR`, else the system's.
///
/// # Errors
///
/// When nothing says where, because the user has no home.
pub(crate) fn data(asked: Option<&Path>) -> Result<PathBuf> {
    asked_data(asked)
        .or_else(|| native().map(|folders| folders.data_dir()))
        .context("cannot tell where your data belongs, as you have no home folder; say it with --data-dir")
}

/// The folder of the history, where the usual one is not meant.
pub(crate) fn asked_data(asked: Option<&Path>) -> Option<PathBuf> {
    let from_environment = std::env::var_os("SITWELL_DATA_DIR").filter(|folder| !folder.is_empty());
    asked
        .map(Path::to_path_buf)
        .or_else(|| from_environment.map(PathBuf::from))
}

/// Where the log of the monitor is: beside data that were put somewhere else, so that
/// monitors kept apart do not share one; else where the system keeps what a
/// program may forget, or the data folder where it knows no such place.
///
/// # Errors
///
/// When nothing says where, because the user has no home.
pub(crate) fn log(asked: Option<&Path>) -> Result<PathBuf> {
    match (
        asked_data(asked),
        native().and_then(|folders| folders.state_dir()),
    ) {
        (None, Some(state)) => Ok(state),
        _ => data(asked),
    }
}

/// The user's home.
pub(crate) fn home() -> Option<PathBuf> {
    etcetera::home_dir().ok()
}

/// Creates a folder that only the user can read, unless it exists.
///
/// # Errors
///
/// The folder cannot be created.
pub(crate) fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Where the settings file is: in the folder of `SITWELL_CONFIG_DIR`, else in the system's.
///
/// # Errors
///
/// When nothing says where, because the user has no home.
pub(crate) fn settings_file() -> Result<PathBuf> {
    std::env::var_os("SITWELL_CONFIG_DIR")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
        .or_else(|| native().map(|folders| folders.config_dir()))
        .map(|folder| folder.join("config.toml"))
        .context("cannot tell where your settings belong, as you have no home folder; say it with --config")
}

/// The settings file, where the usual one is not meant.
pub(crate) fn asked_settings(asked: Option<&Path>) -> Option<PathBuf> {
    let in_environment = || {
        std::env::var_os("SITWELL_CONFIG_DIR").filter(|folder| !folder.is_empty())?;
        settings_file().ok().filter(|file| file.exists())
    };
    asked.map(Path::to_path_buf).or_else(in_environment)
}

/// Below which folder the system looks for what to start when somebody logs in.
///
/// # Errors
///
/// When nothing says where, because the user has no home.
pub(crate) fn of_autostart() -> Result<PathBuf> {
    let base = choose_base_strategy()
        .context("cannot tell where what starts at login belongs, as you have no home folder")?;
    Ok(if cfg!(target_os = "macos") {
        base.home_dir().to_path_buf()
    } else {
        base.config_dir()
    })
}
