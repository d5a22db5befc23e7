//! Notices as lines in the terminal, for machines without a notification service.

use std::fmt;
use std::io::Write;

use super::{Action, Notice, Notifier, NotifyError};

/// Writes notices as lines.
pub struct Terminal {
    out: Box<dyn Write + Send>,
}

impl Terminal {
    /// Writes to `out`, usually the standard error.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>) -> Terminal {
        Terminal { out }
    }

    /// Writes a line that belongs to no notice.
    pub(super) fn write_line(&mut self, line: &str) -> Result<(), NotifyError> {
        writeln!(self.out, "{line}")
            .and_then(|()| self.out.flush())
            .map_err(NotifyError::Terminal)
    }
}

impl Notifier for Terminal {
    /// Leaves the title out: the monitor writes it to the same terminal, whichever notifier it uses.
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError> {
        self.write_line(&notice.body)?;
        if notice.offers(Action::Start) {
            self.write_line(&format!(
                "To do it with a guide: {}",
                notice.guide_command()
            ))
        } else {
            Ok(())
        }
    }

    /// Written lines stay.
    fn withdraw(&mut self) {}
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminal")
    }
}
