//! What the terminal shows, by the environment, and the standard streams in its characters.

use std::io::{self, Write};

use crate::wording::ascii;

/// Whether Unicode is shown: not in a locale that names another charset than UTF-8, nor in the C
/// locale. Without any locale, as in a container, it is.
pub(crate) fn shows_unicode() -> bool {
    is_utf8(variable)
}

/// Whether escape sequences work. A dumb terminal shows them as text.
pub(crate) fn understands_escapes() -> bool {
    variable("TERM").is_none_or(|term| term != "dumb")
}

/// The value of an environment variable, unless it is empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = names.into_iter().find_map(variable);
    locale.is_none_or(|locale| locale.to_lowercase().replace('-', "").contains("utf8"))
}

/// Standard output for text.
#[must_use]
pub fn stdout() -> TextStream<io::Stdout> {
    TextStream::new(io::stdout(), shows_unicode())
}

/// Standard error, which holds text.
#[must_use]
pub fn stderr() -> TextStream<io::Stderr> {
    TextStream::new(io::stderr(), shows_unicode())
}

/// Writes UTF-8 as it is, or the nearest ASCII where Unicode is not shown.
#[derive(Debug)]
pub struct TextStream<W> {
    out: W,
    is_unicode: bool,
    /// The beginning of a character whose end is not written yet.
    begun: Vec<u8>,
}

impl<W: Write> TextStream<W> {
    fn new(out: W, is_unicode: bool) -> TextStream<W> {
        TextStream {
            out,
            is_unicode,
            begun: Vec::new(),
        }
    }
}

impl<W: Write> Write for TextStream<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_unicode {
            return self.out.write(bytes);
        }
        self.begun.extend(bytes);
        let whole = match std::str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Ok(_) | Err(_) => self.begun.len(),
        };
        let rest = self.begun.split_off(whole);
        let text = std::mem::replace(&mut self.begun, rest);
        self.out
            .write_all(ascii(&String::from_utf8_lossy(&text)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_says_whether_unicode_is_shown() {
        let rows: [(&[(&str, &str)], bool); 6] = [
            (&[], true),
            (&[("LANG", "de_DE.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "C")], false),
            (&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")], false),
            (&[("LANG", "de_DE.ISO-8859-1")], false),
        ];
        for (variables, wanted) in rows {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(is_utf8(variable), wanted, "{variables:?}");
        }
    }

    #[test]
    fn text_becomes_ascii_wherever_it_is_cut() {
        let text = "head 14\u{b0} \u{b1} 3\u{b0}, \u{28ff}\u{2801}\u{2800}J\u{fc}rgen\n";
        for is_unicode in [true, false] {
            for size in 1..=text.len() {
                let mut out = Vec::new();
                let mut stream = TextStream::new(&mut out, is_unicode);
                for part in text.as_bytes().chunks(size) {
                    stream.write_all(part).unwrap();
                }
                let wanted = match is_unicode {
                    true => text,
                    false => "head 14 deg +- 3 deg, #. J?rgen\n",
                };
                assert_eq!(String::from_utf8(out).unwrap(), wanted, "{size}");
            }
        }
    }
}
