//! `sitwell desk-change`: keeps what was changed at the desk. The dashboard does the same.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use crate::folders;
use crate::history::{FILE_NAME, History};
use crate::record::{DeskChange, DeskChangeKind, Record};

/// Keeps a change of this instant.
pub(super) fn run(
    what: DeskChangeKind,
    data_dir: Option<&Path>,
    at: Timestamp,
    out: &mut impl Write,
) -> Result<()> {
    let change = DeskChange { at, what };
    History::open(&folders::data(data_dir)?.join(FILE_NAME))?.save(&Record::DeskChange(change))?;
    writeln!(
        out,
        "You {what}. The report compares the days before and after."
    )?;
    Ok(())
}
