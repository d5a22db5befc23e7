//! Where the keys of a TOML text are.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// A key of a TOML text.
pub(super) struct Key {
    /// With its sections: `monitor.patience.onset`.
    pub(super) path: String,
    key: Range<usize>,
    value: Range<usize>,
    pub(super) is_table: bool,
}

impl Key {
    /// The line of the key, counted from 1.
    pub(super) fn line(&self, text: &str) -> usize {
        line_at(text, self.key.start)
    }

    /// The line on which the value ends, counted from 1.
    pub(super) fn last_line(&self, text: &str) -> usize {
        line_at(text, self.value.end)
    }
}

/// The line of a byte of a text, counted from 1.
pub(super) fn line_at(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.iter().filter(|&&byte| byte == b'\n').count()
}

/// The keys of a text, as far as it can be parsed.
pub(super) fn keys(text: &str) -> Vec<Key> {
    let (table, _errors) = DeTable::parse_recoverable(text);
    let mut keys = Vec::new();
    collect(table.get_ref(), "", &mut keys);
    keys
}

fn collect(table: &DeTable<'_>, section: &str, keys: &mut Vec<Key>) {
    for (key, value) in table {
        let path = format!("{section}{}", key.get_ref());
        if let DeValue::Table(table) = value.get_ref() {
            collect(table, &format!("{path}."), keys);
        }
        keys.push(Key {
            path,
            key: key.span(),
            value: value.span(),
            is_table: value.get_ref().is_table(),
        });
    }
}

/// The key to which a byte of the text belongs, by itself or through its value or line.
pub(super) fn key_at(text: &str, at: usize) -> Option<String> {
    let is_around = |key: &&Key| key.key.contains(&at) || key.value.contains(&at);
    let line = line_at(text, at);
    let keys = keys(text);
    let around = keys.iter().filter(is_around);
    let on_line = keys.iter().filter(|key| key.line(text) == line);
    let found = around.max_by_key(|key| key.path.len());
    let found = found.or(on_line.max_by_key(|key| key.key.start));
    found.map(|key| key.path.clone())
}
