//! Notices as lines in the terminal, for machines without a notification service.

use std::fmt;
use std::io::Write;

use super::{Action, Notice, Notifier, NotifyError};

/// Writes notices as lines.
pub struct Terminal {
    out: Box<dyn Write + Send>,
}

impl Terminal {
    /// A terminal, usually the standard error.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>) -> Terminal {
        Terminal { out }
    }

    /// Writes a line that is no notice.
    pub(super) fn say(&mut self, line: &str) -> Result<(), NotifyError> {
        writeln!(self.out, "{line}")
            .and_then(|()| self.out.flush())
            .map_err(NotifyError::Terminal)
    }
}

impl Notifier for Terminal {
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError> {
        let body = notice.body.replace('\n', "\n  ");
        self.say(&format!("{}\n  {body}", notice.title))?;
        if notice.offers(Action::Start) {
            self.say("  To do it with a guide: sitwell stretch")
        } else {
            Ok(())
        }
    }

    /// What is written stays written.
    fn withdraw(&mut self) {}
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminal")
    }
}
