//! Every setting in force, and where it is set.

use std::collections::BTreeMap;

use super::Config;
use super::error::keys;

impl Config {
    /// Every setting as a file would hold it. Those that this text of the
    /// settings file sets are marked with its line; the others have their defaults.
    ///
    /// # Errors
    ///
    /// The settings cannot be written, which a test of the example rules out.
    pub fn shown(&self, file: &str) -> Result<String, toml::ser::Error> {
        let set = set_in(file);
        let shown = toml::to_string(self)?;
        let own: BTreeMap<usize, String> = keys(&shown).collect();
        let marked = shown.lines().enumerate().map(|(index, line)| {
            let key = own.get(&(index + 1)).filter(|_| !is_section(line));
            match key.and_then(|key| line_of(key, &set)) {
                Some(at) => format!("{line}  # line {at}\n"),
                None => format!("{line}\n"),
            }
        });
        Ok(marked.collect())
    }
}

/// The keys that a file sets, with their lines.
fn set_in(file: &str) -> BTreeMap<String, usize> {
    let lines: Vec<&str> = file.lines().collect();
    keys(file)
        .filter(|(line, _)| !is_section(lines[line - 1]))
        .map(|(line, key)| (key, line))
        .collect()
}

fn is_section(line: &str) -> bool {
    line.trim_start().starts_with('[')
}

/// The line that sets a key, by itself or in a table that is written on one line.
fn line_of(key: &str, set: &BTreeMap<String, usize>) -> Option<usize> {
    let tables = key.match_indices('.').map(|(end, _)| &key[..end]);
    tables.chain([key]).find_map(|part| set.get(part)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_file_sets_is_shown_with_its_line() {
        let file = "[monitor]\n# A comment = 1\npatience.onset = \"2m\"\nnudges = { hourly = 2 }\n\n[stretch]\nplaces = [\n  \"desk\",\n]\n[notify]\nsound = false\n";
        let shown = Config::parse(file).unwrap().shown(file).unwrap();
        let marked: Vec<&str> = shown
            .lines()
            .filter(|line| line.contains("  # line "))
            .collect();
        assert_eq!(
            marked,
            [
                "onset = \"2m\"  # line 3",
                "cooldown = \"15m\"  # line 4",
                "hourly = 2  # line 4",
                "snooze = \"15m\"  # line 4",
                "expires = \"10m\"  # line 4",
                "places = [\"desk\"]  # line 7",
                "sound = false  # line 11",
            ]
        );
        assert_eq!(Config::parse(&shown).unwrap(), Config::parse(file).unwrap());
        let defaults = Config::default().shown(super::super::EXAMPLE).unwrap();
        assert!(!defaults.contains('#'), "{defaults}");
    }
}
