//! Changes single settings in the text of a settings file. Everything else in it stays as it is.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use super::{EXAMPLE, InvalidSetting, Settings};

/// A setting as the example explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedSetting {
    /// Its full name, such as `monitor.patience.onset`.
    pub(crate) path: String,
    pub(crate) explanation: String,
    /// Its default as people write it; none if it is off without a value.
    pub(crate) default: Option<String>,
    pub(crate) kind: SettingKind,
}

/// What values a setting takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SettingKind {
    /// Text, such as a time.
    Text,
    /// One of these words.
    Choice(Vec<String>),
    /// `true` or `false`.
    Switch,
    Number,
    /// Words, each after a comma.
    List,
}

/// The settings under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettingGroup {
    /// The name of the table.
    pub(crate) name: String,
    /// What is said before it; may be empty.
    pub(crate) explanation: String,
    pub(crate) settings: Vec<DescribedSetting>,
}

/// A new value for a setting; empty for the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettingChange {
    pub(crate) path: String,
    pub(crate) value: String,
}

/// Every setting, as the example has them.
pub(crate) fn described() -> Vec<SettingGroup> {
    let mut groups: Vec<SettingGroup> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for line in EXAMPLE.lines().chain([""]) {
        if let Some(words_of_line) = line.strip_prefix("# ") {
            words.push(words_of_line);
            continue;
        }
        let explanation = std::mem::take(&mut words).join(" ");
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            groups.push(SettingGroup {
                name: name.to_owned(),
                explanation,
                settings: Vec::new(),
            });
            continue;
        }
        let Some(group) = groups.last_mut() else {
            // The words at the top are about the file.
            continue;
        };
        // A setting without a default is only named: `such as KEY = VALUE`.
        let named = explanation
            .split_once("such as ")
            .map(|(_, setting)| setting);
        let (setting, has_default) = match (line.strip_prefix('#'), named) {
            (Some(setting), _) => (setting, true),
            (None, Some(setting)) => (setting, false),
            (None, None) => continue,
        };
        let Some((key, value)) = setting.split_once(" = ") else {
            continue;
        };
        let path = format!("{}.{key}", group.name);
        let value = value.parse::<Value>().ok().filter(|_| has_default);
        group.settings.push(DescribedSetting {
            kind: kind(value.as_ref(), &explanation),
            default: value.as_ref().map(plain),
            path,
            explanation,
        });
    }
    groups
}

/// The kind of a setting with this default. The words in quotes that explain a word are its choices.
fn kind(default: Option<&Value>, explanation: &str) -> SettingKind {
    match default {
        Some(Value::Boolean(_)) => SettingKind::Switch,
        Some(Value::Integer(_) | Value::Float(_)) => SettingKind::Number,
        Some(Value::Array(_)) => SettingKind::List,
        Some(Value::String(default)) => {
            let mut choices: Vec<String> = Vec::new();
            for word in explanation.split('"').skip(1).step_by(2) {
                if !choices.iter().any(|known| known == word) {
                    choices.push(word.to_owned());
                }
            }
            let default = default.value();
            let are_words = choices.iter().all(|word| !word.contains(' '));
            // A default that is not among them, as with "low" and "high", is the choice between.
            match choices.len() {
                2.. if are_words => {
                    if !choices.contains(default) {
                        choices.insert(1, default.clone());
                    }
                    SettingKind::Choice(choices)
                }
                _ => SettingKind::Text,
            }
        }
        Some(Value::Datetime(_) | Value::InlineTable(_)) | None => SettingKind::Text,
    }
}

/// A value as people write it: without quotes and brackets.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.value().clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.clone().decorated("", "").to_string(),
    }
}

/// The value that a text of the settings file gives a setting, as people write it.
pub(crate) fn value_in(text: &str, path: &str) -> Option<String> {
    let document: DocumentMut = text.parse().ok()?;
    let item = path
        .split('.')
        .try_fold(document.as_item(), |item, key| item.get(key))?;
    item.as_value().map(plain)
}

/// The text with these changes, if it is still right.
///
/// # Errors
///
/// [`InvalidSetting`] as for the file: with its line and key.
pub(crate) fn changed(text: &str, changes: &[SettingChange]) -> Result<String, InvalidSetting> {
    // The parser's own words name the line.
    Settings::parse(text)?;
    let groups = described();
    let known = |path: &str| {
        let mut settings = groups.iter().flat_map(|group| &group.settings);
        settings.find(|setting| setting.path == path)
    };
    let mut new = text.to_owned();
    for change in changes {
        let Some(setting) = known(&change.path) else {
            continue;
        };
        let value = change.value.trim();
        let before = value_in(text, &change.path);
        if before.as_deref().unwrap_or_default() == value
            || (before.is_none() && setting.default.as_deref() == Some(value))
        {
            continue;
        }
        new = match before {
            None => uncommented(&new, &setting.path, &typed(setting, value)),
            Some(_) => None,
        }
        .unwrap_or_else(|| with_value(&new, setting, value));
    }
    Settings::parse(&new)?;
    Ok(new)
}

/// A value as the file has it.
fn typed(setting: &DescribedSetting, value: &str) -> Value {
    match &setting.kind {
        SettingKind::Text | SettingKind::Choice(_) => Value::from(value),
        // What is no number is named by the check that follows.
        SettingKind::Switch | SettingKind::Number => value.parse().unwrap_or_else(|_| value.into()),
        SettingKind::List => {
            let words = value
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty());
            Value::from(words.collect::<Array>())
        }
    }
}

/// The text with its line `#KEY = DEFAULT` replaced, where it has one, as the example does.
fn uncommented(text: &str, path: &str, value: &Value) -> Option<String> {
    let (table, key) = path.rsplit_once('.')?;
    let (header, comment) = (format!("[{table}]"), format!("#{key} = "));
    let in_table = text
        .lines()
        .skip_while(|line| line.trim() != header)
        .skip(1);
    let line = in_table
        .take_while(|line| !line.starts_with('['))
        .find(|line| line.starts_with(&comment))?;
    let at = text.find(&header)? + text.get(text.find(&header)?..)?.find(line)?;
    let (before, after) = (text.get(..at)?, text.get(at + line.len()..)?);
    Some(format!("{before}{key} = {value}{after}"))
}

/// The text with a value that it sets already, or that has no place in it yet.
fn with_value(text: &str, setting: &DescribedSetting, value: &str) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else {
        return text.to_owned();
    };
    set(&mut document, setting, value);
    document.to_string()
}

fn set(document: &mut DocumentMut, setting: &DescribedSetting, value: &str) {
    let mut keys: Vec<&str> = setting.path.split('.').collect();
    let Some(last) = keys.pop() else {
        return;
    };
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for key in keys {
        let item = table.entry(key).or_insert_with(headless);
        let Some(inner) = item.as_table_like_mut() else {
            return;
        };
        table = inner;
    }
    if value.is_empty() {
        table.remove(last);
        return;
    }
    let mut new = typed(setting, value);
    match table.get_mut(last).and_then(Item::as_value_mut) {
        Some(old) => {
            // A comment behind the value stays.
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => {
            table.insert(last, Item::Value(new));
        }
    }
}

/// A new table, which shows its name only if it has values.
fn headless() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_described_with_its_default_and_its_choices() {
        let groups = described();
        let settings: Vec<_> = groups.iter().flat_map(|group| &group.settings).collect();
        let lines = EXAMPLE.lines().filter(|line| {
            line.strip_prefix('#')
                .is_some_and(|line| !line.starts_with(' ') && !line.is_empty())
        });
        // One has no default.
        assert_eq!(settings.len(), lines.count() + 1);
        for group in &groups {
            let is_explained = |setting: &DescribedSetting| !setting.explanation.is_empty();
            // Limits are explained together.
            assert!(
                !group.explanation.is_empty() || group.settings.iter().all(is_explained),
                "{}",
                group.name
            );
        }
        for setting in &settings {
            let values = match &setting.kind {
                SettingKind::Choice(choices) => choices.clone(),
                SettingKind::Text
                | SettingKind::Switch
                | SettingKind::Number
                | SettingKind::List => setting.default.clone().into_iter().collect(),
            };
            for value in values {
                let change = SettingChange {
                    path: setting.path.clone(),
                    value: value.clone(),
                };
                // Written out even where it is the default.
                let other = Settings::parse(&changed("", &[change]).unwrap()).unwrap();
                let is_default = setting.default.as_ref() == Some(&value);
                assert_eq!(
                    other == Settings::default(),
                    is_default,
                    "{} = {value}",
                    setting.path
                );
            }
        }
        let kind = |path: &str| {
            let setting = settings.iter().find(|setting| setting.path == path);
            setting.unwrap().kind.clone()
        };
        let words = |words: &[&str]| {
            SettingKind::Choice(words.iter().map(|&word| word.to_owned()).collect())
        };
        assert_eq!(
            kind("posture.sensitivity"),
            words(&["low", "normal", "high"])
        );
        assert_eq!(kind("pose.model"), words(&["full", "heavy"]));
        assert_eq!(kind("camera.device"), SettingKind::Text);
        assert_eq!(kind("stretch.places"), SettingKind::List);
        assert_eq!(kind("stretch.routine_at"), SettingKind::Text);
        assert_eq!(kind("notify.sound"), SettingKind::Switch);
        assert_eq!(kind("monitor.looks.near"), SettingKind::Number);
    }

    fn change(path: &str, value: &str) -> SettingChange {
        SettingChange {
            path: path.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn a_change_leaves_the_rest_of_the_file_alone() {
        let file =
            "# mine\n[notify]\nsound = false # quiet\n\n[monitor]\npatience.onset = \"2m\"\n";
        let rows = [
            (
                "notify.sound",
                "true",
                "# mine\n[notify]\nsound = true # quiet\n\n[monitor]\npatience.onset = \"2m\"\n",
            ),
            (
                "monitor.patience.onset",
                "90s",
                "# mine\n[notify]\nsound = false # quiet\n\n[monitor]\npatience.onset = \"90s\"\n",
            ),
            ("notify.sound", "false", file),
            ("notify.seconds", "30", file),
            (
                "notify.sound",
                "",
                "# mine\n[notify]\n\n[monitor]\npatience.onset = \"2m\"\n",
            ),
        ];
        for (path, value, wanted) in rows {
            assert_eq!(
                changed(file, &[change(path, value)]).unwrap(),
                wanted,
                "{path} = {value}"
            );
        }
        let new = changed(file, &[change("stretch.places", "desk,  floor ,")]).unwrap();
        assert!(new.starts_with(file), "{new}");
        assert!(
            new.contains("[stretch]\nplaces = [\"desk\", \"floor\"]\n"),
            "{new}"
        );
        assert_eq!(
            value_in(&new, "stretch.places").as_deref(),
            Some("desk, floor")
        );
        assert_eq!(value_in(&new, "stretch.limits"), None);

        let example = changed(EXAMPLE, &[change("posture.limits.forward_head", "8")]).unwrap();
        let settings = Settings::parse(&example).unwrap();
        assert_eq!(settings.posture.limits.forward_head.0, 8.0);
        let wanted = EXAMPLE.replace("#forward_head = 10.0", "forward_head = 8");
        assert_eq!(example, wanted, "the line that explains it is used");
    }

    #[test]
    fn a_wrong_value_is_refused_with_its_line() {
        let file = "[notify]\nseconds = 5\n";
        let rows = [
            ("notify.seconds", "soon", "line 2: notify.seconds"),
            (
                "posture.limits.forward_head",
                "91",
                "posture.limits.forward_head",
            ),
            ("monitor.patience.onset", "long", "monitor.patience.onset"),
            ("stretch.places", "moon", "stretch.places"),
        ];
        for (path, value, wanted) in rows {
            let refused = changed(file, &[change(path, value)])
                .unwrap_err()
                .to_string();
            assert!(refused.contains(wanted), "{refused}");
        }
        let wrong = changed("[notify]\nsecond = 5\n", &[])
            .unwrap_err()
            .to_string();
        assert!(wrong.contains("line 2: notify.second"), "{wrong}");
    }
}
