//! Every setting in force, and where it is set.

use std::collections::BTreeMap;

use super::Settings;
use super::spans::keys;

impl Settings {
    /// Every setting as a file would hold it. A setting that this text of the settings file sets
    /// is marked with its line; the others have their defaults.
    pub(crate) fn shown(&self, file: &str) -> Result<String, toml::ser::Error> {
        let shown = toml::to_string(self)?;
        let values = |text: &str| keys(text).into_iter().filter(|key| !key.is_table);
        let set: BTreeMap<String, usize> = values(file)
            .map(|key| (key.path.clone(), key.line(file)))
            .collect();
        let marks: BTreeMap<usize, usize> = values(&shown)
            .filter_map(|key| Some((key.last_line(&shown), *set.get(&key.path)?)))
            .collect();
        let marked = shown.lines().zip(1..).map(|(text, number)| {
            let mark = marks.get(&number);
            let mark = mark.map_or_else(String::new, |line| format!("  # line {line}"));
            format!("{text}{mark}\n")
        });
        Ok(marked.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of what is shown of a file that are marked.
    fn marked(file: &str) -> Vec<String> {
        let settings = Settings::parse(file).unwrap();
        let shown = settings.shown(file).unwrap();
        assert_eq!(Settings::parse(&shown), Ok(settings), "{shown}");
        let marked = shown.lines().filter(|line| line.contains("  # line "));
        marked.map(str::to_owned).collect()
    }

    #[test]
    fn what_the_file_sets_is_shown_with_its_line() {
        let file = "[monitor]\n# A comment = 1\npatience.onset = \"2m\"\nnudges = { hourly = 2 }\n\n[stretch]\nplaces = [\n  \"desk\",\n]\n[notify]\nsound = false\n";
        let wanted = [
            "onset = \"2m\"  # line 3",
            "hourly = 2  # line 4",
            "places = [\"desk\"]  # line 7",
            "sound = false  # line 11",
        ];
        assert_eq!(marked(file), wanted);
        let defaults = Settings::default().shown(super::super::EXAMPLE).unwrap();
        assert!(!defaults.contains('#'), "{defaults}");
    }

    #[test]
    fn text_in_strings_and_unusual_keys_are_understood() {
        let file = "report . weekly_notice = true\n[ notify ]\n\"sound\" = true\n[camera]\ndevice = \"\"\"C920\nmode = glance\n[stretch]\nown = 3\n\"\"\"\n";
        let wanted = [
            "own = 3\"\"\"  # line 5",
            "sound = true  # line 3",
            "weekly_notice = true  # line 1",
        ];
        assert_eq!(marked(file), wanted);
    }
}
