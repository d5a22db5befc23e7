//! What is wrong with the settings, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::spans::{key_at, keys, line_at};
use crate::folders::FolderError;
use crate::stretch::CatalogueError;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("cannot read the settings {}", file.display())]
    Read { file: PathBuf, source: io::Error },
    #[error("cannot use the settings {}", file.display())]
    Invalid {
        file: PathBuf,
        source: InvalidSetting,
    },
    #[error("cannot read your own stretches {}", file.display())]
    ReadStretches { file: PathBuf, source: io::Error },
    #[error(transparent)]
    Stretches(#[from] CatalogueError),
}

/// A setting that cannot be used, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InvalidSetting {
    /// The line, counted from 1, if it is known.
    pub line: Option<usize>,
    /// The key with its sections, if it is known.
    pub key: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// The known key that is most similar.
    pub suggestion: Option<String>,
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.problem)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean {suggestion}?"),
            None => Ok(()),
        }
    }
}

/// Names less similar than this are not suggested. Our choice: one letter in four is wrong, or two
/// letters are swapped.
const SIMILAR: f64 = 0.7;

impl InvalidSetting {
    /// From the parser's error.
    pub(super) fn from_parser(text: &str, error: &toml::de::Error) -> InvalidSetting {
        let at = error.span().map(|span| span.start);
        let message = error.message().trim_end();
        let mut quoted = message.split('`').skip(1).step_by(2);
        let (problem, suggestion) = match (message.starts_with("unknown field"), quoted.next()) {
            (true, Some(wrong)) => {
                let known: Vec<&str> = quoted.collect();
                let nearest = nearest(wrong, &known);
                let known = match nearest {
                    Some(_) => String::new(),
                    None => format!("; there are {}", known.join(", ")),
                };
                (format!("there is no such setting{known}"), nearest)
            }
            // The parser of durations describes its grammar.
            (false, _) if message.contains("duration format") => {
                ("give a time, such as \"90s\" or \"15m\"".to_owned(), None)
            }
            (true, None) | (false, _) => (message.replace('\n', "; "), None),
        };
        InvalidSetting {
            line: at.map(|at| line_at(text, at)),
            key: at.and_then(|at| key_at(text, at)),
            problem,
            suggestion,
        }
    }

    /// A value that can be read but not used.
    pub(super) fn value(text: &str, key: &str, problem: &str) -> InvalidSetting {
        let keys = keys(text);
        let found = keys.iter().find(|found| found.path == key);
        InvalidSetting {
            line: found.map(|found| found.line(text)),
            key: Some(key.to_owned()),
            problem: problem.to_owned(),
            suggestion: None,
        }
    }
}

fn nearest(wrong: &str, known: &[&str]) -> Option<String> {
    known
        .iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(wrong, name), name))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| (*name).to_owned())
}
