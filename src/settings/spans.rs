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

/// The text with these lines at the beginning of a table, which is added where there is none.
/// None where the table is written in dotted or inline keys: that is the person's own way.
pub(crate) fn with_lines(text: &str, table: &str, lines: &str) -> Option<String> {
    let keys = keys(text);
    let Some(found) = keys.iter().find(|key| key.path == table) else {
        let before = text.trim_end();
        let gap = if before.is_empty() { "" } else { "\n\n" };
        return Some(format!("{before}{gap}[{table}]\n{lines}"));
    };
    let (before, after) = (&text[..found.key.start], &text[found.key.end..]);
    let is_header = before.trim_end_matches([' ', '\t']).ends_with('[')
        && after.trim_start_matches([' ', '\t']).starts_with(']');
    let end = after
        .find('\n')
        .map_or(text.len(), |at| found.key.end + at + 1);
    let (before, after) = text.split_at(end);
    let gap = if before.ends_with('\n') { "" } else { "\n" };
    is_header.then(|| format!("{before}{gap}{lines}{after}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_to_the_beginning_of_their_table_wherever_that_is() {
        let rows = [
            ("", "[a]\nx = 1\n"),
            ("[b]\ny = 2", "[b]\ny = 2\n\n[a]\nx = 1\n"),
            ("[a]", "[a]\nx = 1\n"),
            ("[a]\ny = 2\n", "[a]\nx = 1\ny = 2\n"),
            (
                "[ \"a\" ]  # mine\ny = 2\n",
                "[ \"a\" ]  # mine\nx = 1\ny = 2\n",
            ),
            ("[a]\r\ny = 2\r\n", "[a]\r\nx = 1\ny = 2\r\n"),
            (
                "z = \"\"\"\n[a]\n\"\"\"\n[a]\ny = 2\n",
                "z = \"\"\"\n[a]\n\"\"\"\n[a]\nx = 1\ny = 2\n",
            ),
        ];
        for (text, wanted) in rows {
            assert_eq!(with_lines(text, "a", "x = 1\n").as_deref(), Some(wanted));
            assert!(wanted.parse::<toml::Table>().is_ok(), "{wanted}");
        }
        for text in ["a.y = 2\n", "a = { y = 2 }\n", "[a.b]\ny = 2\n"] {
            assert_eq!(with_lines(text, "a", "x = 1\n"), None, "{text}");
        }
    }
}
