//! The folders and files that Sitwell uses, by each system's conventions, and writing a file whole.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use etcetera::app_strategy::choose_native_strategy;
use etcetera::{AppStrategy, AppStrategyArgs, BaseStrategy, choose_base_strategy};

/// The file name of the heavy landmark model.
pub const HEAVY_FILE: &str = "pose_landmark_heavy.onnx";

/// The file name of the monitor's log, in the folder of [`log`].
pub(crate) const LOG_FILE: &str = "monitor.log";

/// Why the path of a folder or file is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("cannot find your data folder, as you have no home folder; name one with --data-dir")]
    Data,
    #[error("cannot find your settings, as you have no home folder; name a file with --config")]
    Settings,
    #[error("cannot find the folder of what starts at login, as you have no home folder")]
    Autostart,
    #[error("cannot find the file of this program")]
    Program(#[source] io::Error),
    #[error("cannot find the current folder, to which {} is relative", path.display())]
    Relative { path: PathBuf, source: io::Error },
}

/// This system's folders for Sitwell; none if the user has no home folder.
fn native() -> Option<impl AppStrategy> {
    let args = AppStrategyArgs {
        top_level_domain: String::new(),
        author: String::new(),
        app_name: "sitwell".to_owned(),
    };
    choose_native_strategy(args).ok()
}

/// A path in an environment variable, unless it is empty.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// Where the heavy model's file may be: beside the program, in `models` beside it, where a package
/// puts it, in the source tree that it was built in, in the data folder.
pub(crate) fn heavy_model() -> Vec<PathBuf> {
    let program = program().ok();
    let beside = program.as_deref().and_then(Path::parent);
    // /usr/bin/sitwell is one level below.
    let prefix = beside.and_then(Path::parent);
    // target/release/sitwell is two levels below the source tree.
    let source = prefix.and_then(Path::parent);
    let folders = [
        beside.map(Path::to_path_buf),
        beside.map(|folder| folder.join("models")),
        prefix.map(|folder| folder.join("share/sitwell")),
        source.map(|folder| folder.join("models")),
        native().map(|folders| folders.data_dir()),
    ];
    let files = folders.into_iter().flatten();
    files.map(|folder| folder.join(HEAVY_FILE)).collect()
}

/// The file of this program.
pub(crate) fn program() -> Result<PathBuf, FolderError> {
    std::env::current_exe().map_err(FolderError::Program)
}

/// A path that does not depend on the current folder.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, FolderError> {
    std::path::absolute(path).map_err(|source| FolderError::Relative {
        path: path.to_owned(),
        source,
    })
}

/// The folder of the history: the requested one, else that of `SITWELL_DATA_DIR`, else the system's.
pub(crate) fn data(requested: Option<&Path>) -> Result<PathBuf, FolderError> {
    requested_data(requested)
        .or_else(|| native().map(|folders| folders.data_dir()))
        .ok_or(FolderError::Data)
}

/// The folder of the history if it is not the usual one.
pub(crate) fn requested_data(requested: Option<&Path>) -> Option<PathBuf> {
    let given = requested.map(Path::to_path_buf);
    given.or_else(|| variable("SITWELL_DATA_DIR"))
}

/// The folder of the monitor's log.
///
/// It is the data folder if that is not the usual one, so that separate monitors have separate
/// logs. Else it is the system's folder for state, or the data folder where there is no such folder.
pub(crate) fn log(requested: Option<&Path>) -> Result<PathBuf, FolderError> {
    let state = native().and_then(|folders| folders.state_dir());
    match (requested_data(requested), state) {
        (None, Some(state)) => Ok(state),
        _ => data(requested),
    }
}

/// The user's home folder.
pub(crate) fn home() -> Option<PathBuf> {
    etcetera::home_dir().ok()
}

/// Creates a folder that only the user can read, unless it exists.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file whole or not at all; nobody else may read it.
pub(crate) fn write_whole(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // The target of a link gets the new contents, not the link.
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    if file.is_dir() {
        let reason = "it is a folder; name a file in it";
        return Err(io::Error::new(io::ErrorKind::IsADirectory, reason));
    }
    if file.exists() && !file.is_file() {
        // A pipe or a device is written to, never replaced.
        let mut out = io::BufWriter::new(std::fs::OpenOptions::new().write(true).open(&file)?);
        write(&mut out)?;
        return out.flush();
    }
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // If the process is killed meanwhile, its name says what is left.
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let temporary = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .tempfile_in(folder)?;
    let mut out = io::BufWriter::new(temporary.as_file());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    temporary.as_file().sync_all()?;
    temporary.persist(&file)?;
    Ok(())
}

/// The settings file: in the folder of `SITWELL_CONFIG_DIR`, else in the system's.
pub(crate) fn settings_file() -> Result<PathBuf, FolderError> {
    variable("SITWELL_CONFIG_DIR")
        .or_else(|| native().map(|folders| folders.config_dir()))
        .map(|folder| folder.join("config.toml"))
        .ok_or(FolderError::Settings)
}

/// The settings file if it is not the usual one.
pub(crate) fn requested_settings(requested: Option<&Path>) -> Option<PathBuf> {
    let in_environment = || {
        let file = variable("SITWELL_CONFIG_DIR")?.join("config.toml");
        file.exists().then_some(file)
    };
    requested.map(Path::to_path_buf).or_else(in_environment)
}

/// The folder below which the system finds what to start at login.
pub(crate) fn autostart() -> Result<PathBuf, FolderError> {
    let base = choose_base_strategy().map_err(|_| FolderError::Autostart)?;
    Ok(if cfg!(target_os = "macos") {
        base.home_dir().to_path_buf()
    } else {
        base.config_dir()
    })
}
