//! The log of a running monitor: what to look at when something went wrong days ago.
//!
//! Only `sitwell monitor` writes one, quietly: its start and end, other settings, and troubles.
//! `SITWELL_LOG=debug` has it tell of each change of what is seen, `trace` of
//! each look, `off` of nothing. No picture and no name is written: times,
//! angles and kinds of trouble, and the home folder as `~`. Other crates'
//! events are left out, for they know of no such rule.

mod file;

use std::fmt::{self, Write as _};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use self::file::Kept;
use crate::folders;

/// The name of the log's file.
pub(crate) const FILE_NAME: &str = "monitor.log";

/// Says how much is logged.
const LEVEL: &str = "SITWELL_LOG";

/// Begins to log into a folder, for as long as this process lives.
pub(crate) fn begin(folder: &Path) {
    let level = std::env::var(LEVEL)
        .ok()
        .filter(|level| !level.is_empty())
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let log = Log {
        level,
        home: folders::home().map(|home| home.display().to_string()),
        file: Mutex::new(Kept::at(folder.join(FILE_NAME))),
    };
    // One process watches once, so nobody logs already.
    let _ = tracing::subscriber::set_global_default(log);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("{panic}");
        usual(panic);
    }));
}

/// Writes this program's own events, a line for each.
struct Log {
    level: LevelFilter,
    home: Option<String>,
    file: Mutex<Kept>,
}

impl Log {
    fn line(&self, event: &Event<'_>, at: Timestamp) -> String {
        let mut words = Words::default();
        event.record(&mut words);
        let mut text = words.message + &words.fields;
        if let Some(home) = self.home.as_ref().filter(|home| home.len() > 1) {
            text = text.replace(home.as_str(), "~");
        }
        let level = event.metadata().level();
        // One event is one line, whatever is in it.
        format!("{at:.3} {level:5} {}\n", text.replace(['\n', '\r'], "; "))
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let own = env!("CARGO_CRATE_NAME");
        let is_own = metadata.target().split("::").next() == Some(own);
        is_own && metadata.is_event() && *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let line = self.line(event, now());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written is no reason not to watch.
        let _ = file.write_all(line.as_bytes());
    }

    // Spans are not logged; there are none in this program.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// An event's message, and its other fields as ` name=value`.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into a text cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a log says when something was written, also of a recording"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_events_are_lines_without_the_home_folder_and_others_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let log = Log {
            level: LevelFilter::INFO,
            home: Some("/home/ada".to_owned()),
            file: Mutex::new(Kept::at(path.clone())),
        };
        tracing::subscriber::with_default(log, || {
            tracing::warn!(minutes = 3, "cannot write /home/ada/data\nwhy: full");
            tracing::debug!("each look");
            tracing::error!(target: "another_crate", "its secrets");
        });
        let text = std::fs::read_to_string(path).unwrap();
        let (time, rest) = text.split_once(' ').unwrap();
        assert!(time.parse::<Timestamp>().is_ok(), "{text}");
        assert_eq!(rest, "WARN  cannot write ~/data; why: full minutes=3\n");
    }
}
