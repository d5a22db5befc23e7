//! `sitwell history`: where it is, everything in it, and its end.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::{Result, bail};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::folders;
use crate::cli::{ExportFormat, HistoryAction, HistoryArgs};
use crate::history::{FILE_NAME, History};
use crate::record::{Period, Records};
use crate::report::export;

/// Records are exported a month at a time, so that ten years fit in memory.
const PART: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Runs `sitwell history`.
///
/// # Errors
///
/// The history cannot be read or written, or wiping was not confirmed.
pub(super) fn run(
    args: &HistoryArgs,
    data_dir: Option<&Path>,
    out: &mut impl Write,
    story: &mut impl Write,
) -> Result<()> {
    let path = folders::data(data_dir)?.join(FILE_NAME);
    match &args.action {
        HistoryAction::Path => writeln!(out, "{}", path.display())?,
        HistoryAction::Export { format } => exported(&path, *format, out)?,
        HistoryAction::Wipe { before, yes } => {
            if !path.exists() {
                writeln!(story, "There is no history at {}.", path.display())?;
                return Ok(());
            }
            let mut history = History::open(&path)?;
            let what = match before {
                Some(day) => format!("everything before {day}"),
                None => "your whole history".to_owned(),
            };
            if !*yes && !is_confirmed(&what, story)? {
                writeln!(story, "Nothing was deleted.")?;
                return Ok(());
            }
            let start = before
                .map(|day| day.to_zoned(TimeZone::system()))
                .transpose()?;
            let removed = history.wipe(start.map(|start| start.timestamp()))?;
            writeln!(
                story,
                "Deleted {what}: {} minutes and {} other records.",
                removed.minutes, removed.others
            )?;
        }
    }
    Ok(())
}

fn is_confirmed(what: &str, story: &mut impl Write) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("not deleting {what} without being asked at a terminal; add --yes if you mean it");
    }
    write!(story, "Delete {what}? This cannot be undone. Type yes: ")?;
    story.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

fn exported(path: &Path, format: ExportFormat, out: &mut impl Write) -> Result<()> {
    let history = History::open_read_only(path)?;
    let extent = history.extent()?;
    let parts = parts(extent).map(|part| -> Result<Records> { Ok(history.read(part)?) });
    match format {
        ExportFormat::Csv => export::csv(parts, out),
        ExportFormat::Json => export::json(parts, out),
    }
}

fn parts(extent: Option<Period>) -> impl Iterator<Item = Period> {
    let mut from: Option<Timestamp> = extent.map(|extent| extent.from);
    std::iter::from_fn(move || {
        let (begin, end) = (from?, extent?.to);
        let to = begin.checked_add(PART).map_or(end, |to| to.min(end));
        from = (to < end).then_some(to);
        Some(Period { from: begin, to })
    })
}
