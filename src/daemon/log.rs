//! The monitor's log, for trouble that happened days ago.
//!
//! Only `sitwell monitor` writes it. By default it holds starts, ends, new settings and trouble.
//! `SITWELL_LOG=debug` adds each change of posture, `trace` each observation; `off` writes nothing. It
//! holds times, angles and kinds of trouble, but no picture and no name; the home folder becomes `~`.
//! Events of other crates are left out, because they do not keep these rules.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};

use crate::folders::{self, LOG_FILE};

/// The environment variable that sets how much is logged.
const LEVEL: &str = "SITWELL_LOG";

/// The log's longest length, in bytes. A full log replaces the previous one (`monitor.log.1`). Our
/// choice: years at the default level, or about two days of every observation.
const MAX_BYTES: u64 = 1_000_000;

/// Starts to log into a folder, until this process ends.
pub(crate) fn begin(folder: &Path) {
    let level = std::env::var(LEVEL)
        .ok()
        .filter(|level| !level.is_empty())
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let file = LogFile {
        path: folder.join(LOG_FILE),
        max_bytes: MAX_BYTES,
        home: folders::home().map(|home| home.display().to_string()),
    };
    // It fails only where something logs already, and one process runs one monitor.
    let _ = tracing::subscriber::set_global_default(subscriber(level, file));
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("{panic}");
        default_hook(panic);
    }));
}

fn subscriber(level: LevelFilter, file: LogFile) -> impl Subscriber + Send + Sync {
    let own_events = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        // A log that cannot be written is no reason to stop watching, or to write to the terminal.
        .log_internal_errors(false)
        .with_writer(Mutex::new(file));
    tracing_subscriber::registry().with(lines.with_filter(own_events))
}

/// Appends events to a file that only the user can read.
///
/// Ours, because file-rotate 0.8 panics where it cannot create the folder, and tracing-appender 0.2
/// does not limit the size. The file is opened for each event, so a folder that comes back works.
struct LogFile {
    path: PathBuf,
    max_bytes: u64,
    home: Option<String>,
}

impl LogFile {
    fn append(&self, line: &str) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            folders::create_private(folder)?;
        }
        let length = fs::metadata(&self.path).map_or(0, |file| file.len());
        if length > 0 && length + line.len() as u64 > self.max_bytes {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.path)?.write_all(line.as_bytes())
    }
}

impl Write for LogFile {
    /// Takes one whole event and writes it as one line.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = text.trim_end().replace(['\n', '\r'], "; ");
        if let Some(home) = self.home.as_ref().filter(|home| home.len() > 1) {
            line = line.replace(home, "~");
        }
        self.append(&(line + "\n"))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn log_file(path: PathBuf) -> LogFile {
        LogFile {
            path,
            max_bytes: 100,
            home: Some("/home/ada".to_owned()),
        }
    }

    #[test]
    fn own_events_are_lines_without_the_home_folder_and_others_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOG_FILE);
        let log = subscriber(LevelFilter::INFO, log_file(path.clone()));
        tracing::subscriber::with_default(log, || {
            tracing::warn!(minutes = 3, "cannot write /home/ada/data\nwhy: full");
            tracing::debug!("each observation");
            tracing::error!(target: "another_crate", "its secrets");
        });
        let text = fs::read_to_string(path).unwrap();
        let (time, rest) = text.split_once(' ').unwrap();
        assert!(time.parse::<Timestamp>().is_ok(), "{text}");
        assert_eq!(rest, " WARN cannot write ~/data; why: full minutes=3\n");
    }

    #[test]
    fn a_log_and_the_one_before_stay_below_their_size_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let path = state.join(LOG_FILE);
        let mut log = log_file(path.clone());
        for line in 0..50 {
            log.write_all(format!("line {line:04}\n").as_bytes())
                .unwrap();
        }
        let now = fs::read_to_string(&path).unwrap();
        let before = fs::read_to_string(state.join("monitor.log.1")).unwrap();
        assert!(now.len() <= 100 && before.len() <= 100);
        assert!((before + &now).ends_with("line 0048\nline 0049\n"));
        assert_eq!(fs::read_dir(&state).unwrap().count(), 2);

        // Another run continues the same file.
        let mut log = LogFile {
            max_bytes: MAX_BYTES,
            ..log
        };
        log.write_all(b"the next run\n").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with("line 0049\nthe next run\n"), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&state), mode(&path)), (0o700, 0o600));
        }
    }

    #[test]
    fn a_folder_that_comes_back_is_written_to_again() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        // A file where the folder should be.
        fs::write(&state, "").unwrap();
        let mut log = log_file(state.join(LOG_FILE));
        assert!(log.write_all(b"lost\n").is_err());
        fs::remove_file(&state).unwrap();
        log.write_all(b"kept\n").unwrap();
        assert_eq!(fs::read_to_string(state.join(LOG_FILE)).unwrap(), "kept\n");
    }
}
