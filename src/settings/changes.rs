//! The differences between two settings, for people.

use toml::{Table, Value};

use super::Settings;

impl Settings {
    /// The differences from earlier settings, as in a settings file: `camera.mode = "glance"`.
    pub(crate) fn changes_from(&self, before: &Settings) -> Vec<String> {
        let mut changes = Vec::new();
        // Every setting can be written; a test of the example proves it.
        if let (Ok(before), Ok(now)) = (Table::try_from(before), Table::try_from(self)) {
            compare("", &before, &now, &mut changes);
        }
        changes
    }
}

fn compare(section: &str, before: &Table, now: &Table, changes: &mut Vec<String>) {
    for (key, value) in now {
        match (before.get(key), value) {
            (Some(same), value) if same == value => {}
            (Some(Value::Table(before)), Value::Table(now)) => {
                compare(&format!("{section}{key}."), before, now, changes);
            }
            (_, value) => changes.push(format!("{section}{key} = {value}")),
        }
    }
    let gone = before.keys().filter(|key| !now.contains_key(*key));
    changes.extend(gone.map(|key| format!("no {section}{key}")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_said_as_a_file_would_say_them() {
        let before = Settings::parse("[stretch]\nown = \"mine.toml\"\n").unwrap();
        let now = Settings::parse(
            "[camera]\nmode = \"continuous\"\n[monitor.nudges]\ncooldown = \"5m\"\n",
        )
        .unwrap();
        assert_eq!(
            now.changes_from(&before),
            [
                "camera.mode = \"continuous\"",
                "monitor.nudges.cooldown = \"5m\"",
                "no stretch.own"
            ]
        );
        assert!(now.changes_from(&now).is_empty());
    }
}
