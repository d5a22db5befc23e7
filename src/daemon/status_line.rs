//! A running story: a line for each thing that happens, and on a terminal one
//! line below them that always says how things stand.

use std::io::{IsTerminal, Write};

use crossterm::terminal;

/// Goes to the start of the line and clears it.
const CLEAR: &str = "\r\x1b[2K";

/// Tells a story line by line.
#[derive(Debug)]
pub(crate) struct StatusLine<W> {
    out: W,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A file, a pipe, a journal: what happens, and nothing else.
    Plain,
    /// A terminal, with what stands on the line that is always there.
    Live(String),
}

impl<W: Write> StatusLine<W> {
    /// A story on standard error, or what stands for it.
    pub(crate) fn new(out: W) -> StatusLine<W> {
        let kind = if std::io::stderr().is_terminal() {
            Kind::Live(String::new())
        } else {
            Kind::Plain
        };
        StatusLine { out, kind }
    }

    /// Tells one thing, for good.
    pub(crate) fn line(&mut self, words: &str) {
        let text = match &self.kind {
            Kind::Plain => format!("{words}\n"),
            Kind::Live(standing) => format!("{CLEAR}{words}\n{standing}"),
        };
        self.write(&text);
    }

    /// Says how things stand, in place of what was said before; on a terminal only.
    pub(crate) fn standing(&mut self, words: &str) {
        let Kind::Live(standing) = &mut self.kind else {
            return;
        };
        // A line that wraps could not be taken back.
        let columns = terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        let words: String = words.chars().take(columns.saturating_sub(1)).collect();
        if *standing == words {
            return;
        }
        *standing = words;
        let text = format!("{CLEAR}{standing}");
        self.write(&text);
    }

    /// Takes back what stands.
    pub(crate) fn rest(&mut self) {
        self.standing("");
    }

    /// With nobody to read it, the story goes on untold.
    fn write(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
        let _ = self.out.flush();
    }
}
