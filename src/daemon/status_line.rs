//! Writes a line for each event, and on a terminal a last line with the present state.

use std::io::{IsTerminal, Write};

use crossterm::terminal;

use crate::terminal::understands_escapes;

/// Moves to the start of the line and clears it.
const CLEAR: &str = "\r\x1b[2K";

/// Writes events, and on a terminal the present state below them.
#[derive(Debug)]
pub(crate) struct StatusLine<W> {
    out: W,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A file, a pipe or a journal gets events only.
    Plain,
    /// A terminal, with the text of its state line.
    Live(String),
}

impl<W: Write> StatusLine<W> {
    /// Writes to `out`, which is standard error or replaces it.
    pub(crate) fn new(out: W) -> StatusLine<W> {
        let kind = if std::io::stderr().is_terminal() && understands_escapes() {
            Kind::Live(String::new())
        } else {
            Kind::Plain
        };
        StatusLine { out, kind }
    }

    /// Writes an event.
    pub(crate) fn line(&mut self, words: &str) {
        let text = match &self.kind {
            Kind::Plain => format!("{words}\n"),
            Kind::Live(standing) => format!("{CLEAR}{words}\n{standing}"),
        };
        self.write(&text);
    }

    /// Replaces the state line; on a terminal only.
    pub(crate) fn standing(&mut self, words: &str) {
        let Kind::Live(standing) = &mut self.kind else {
            return;
        };
        // A line that wraps cannot be cleared.
        let columns = terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        let words: String = words.chars().take(columns.saturating_sub(1)).collect();
        if *standing == words {
            return;
        }
        *standing = words;
        let text = format!("{CLEAR}{standing}");
        self.write(&text);
    }

    /// Clears the state line.
    pub(crate) fn rest(&mut self) {
        self.standing("");
    }

    /// The monitor goes on even if nobody reads its output.
    fn write(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
        let _ = self.out.flush();
    }
}
