//! What is wrong with a settings file, and where.

use std::fmt;

/// What is wrong with a settings file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{what}{}", Line(*line), Key(key.as_deref()), Meant(meant.as_deref()))]
pub struct ConfigError {
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The key with its sections, where it is known.
    pub key: Option<String>,
    /// What is wrong.
    pub what: String,
    /// The key that was probably meant.
    pub meant: Option<String>,
}

/// Names less alike than this are not taken for a slip. Our choice: one letter
/// in four, or two letters that changed places.
const ALIKE: f64 = 0.7;

impl ConfigError {
    /// From what the parser says.
    pub(super) fn of(text: &str, error: &toml::de::Error) -> ConfigError {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let key = line.and_then(|line| keys(text).find(|(at, _)| *at == line));
        let message = error.message().trim_end();
        let mut quoted = message.split('`').skip(1).step_by(2);
        let (what, meant) = match (message.starts_with("unknown field"), quoted.next()) {
            (true, Some(wrong)) => {
                let known: Vec<&str> = quoted.collect();
                let meant = nearest(wrong, &known);
                let what = match meant {
                    Some(_) => "there is no such setting".to_owned(),
                    None => format!("there is no such setting; there are {}", known.join(", ")),
                };
                (what, meant)
            }
            // What a duration's parser says is about its grammar.
            (false, _) if message.contains("duration format") => {
                ("give a time, such as \"90s\" or \"15m\"".to_owned(), None)
            }
            (true, None) | (false, _) => (message.replace('\n', "; "), None),
        };
        ConfigError {
            line,
            key: key.map(|(_, key)| key),
            what,
            meant,
        }
    }

    /// A value that can be read but not be meant.
    pub(super) fn unfit(text: &str, key: &str, why: &str) -> ConfigError {
        ConfigError {
            line: keys(text).find(|(_, own)| own == key).map(|(line, _)| line),
            key: Some(key.to_owned()),
            what: why.to_owned(),
            meant: None,
        }
    }
}

fn nearest(wrong: &str, known: &[&str]) -> Option<String> {
    known
        .iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(wrong, name), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| (*name).to_owned())
}

/// The keys and sections of a file with their lines, as people write them: one a line.
pub(super) fn keys(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut section = String::new();
    text.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            section = name.split(']').next().unwrap_or_default().to_owned();
            return Some((index + 1, section.clone()));
        }
        let (key, _) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        let dot = if section.is_empty() { "" } else { "." };
        Some((index + 1, format!("{section}{dot}{}", key.trim())))
    })
}

struct Line(Option<usize>);
struct Key<'a>(Option<&'a str>);
struct Meant<'a>(Option<&'a str>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, "line {line}: "))
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |key| write!(f, "{key}: "))
    }
}

impl fmt::Display for Meant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |meant| write!(f, "; did you mean {meant}?"))
    }
}
