//! `sitwell history`: its path, export and deletion.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{browser, own_files};
use crate::camera::forget_camera_uses;
use crate::cli::{ExportFormat, HistoryAction, HistoryArgs};
use crate::folders;
use crate::history::{self, ExportError, FILE_NAME, History, HistoryError};
use crate::quantities::count;

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
    let folder = folders::data(data_dir)?;
    let path = folder.join(FILE_NAME);
    match &args.action {
        HistoryAction::Path => writeln!(out, "{}", path.display())?,
        HistoryAction::Export { format } => {
            let exported = match format {
                ExportFormat::Csv => history::export_csv(&path, out),
                ExportFormat::Json => history::export_json(&path, out),
            };
            exported.map_err(|error| match error {
                // A pipe that its reader closed is recognised by this.
                ExportError::Write(error) => anyhow::Error::from(error),
                error @ ExportError::History(_) => error.into(),
            })?;
        }
        HistoryAction::Wipe { before, yes } => wipe(&folder, *before, *yes, story)?,
    }
    Ok(())
}

/// Deletes what is in the history, when the camera was open, and what was made of it: the page that
/// `report --open` left beside it and, with everything, what is left of damaged histories.
pub(super) fn wipe(
    folder: &Path,
    before: Option<Date>,
    yes: bool,
    story: &mut impl Write,
) -> Result<()> {
    let path = folder.join(FILE_NAME);
    let remains = match before {
        None => History::remains(&path)?,
        Some(_) => Vec::new(),
    };
    let usage = own_files::camera_use(folder)?;
    let pages = browser::reports(folder);
    if !path.exists()
        && [&remains, &usage, &pages]
            .iter()
            .all(|files| files.is_empty())
    {
        writeln!(story, "There is no history at {}.", path.display())?;
        return Ok(());
    }
    let start = before
        .map(|day| day.to_zoned(TimeZone::system()))
        .transpose()?
        .map(|start| start.timestamp());
    // Another program's file or a newer one is refused before the question.
    let history = path.exists().then(|| History::open(&path)).transpose();
    let history = match history {
        Err(error) if error.is_damage() && before.is_none() => None,
        other => other?,
    };
    let what = match before {
        Some(day) => format!("everything before {day}"),
        None => "your whole history".to_owned(),
    };
    if !yes && !is_confirmed(&what, story)? {
        writeln!(story, "Nothing was deleted.")?;
        return Ok(());
    }
    let mut traces = None;
    match history {
        Some(mut history) => match history.wipe(start) {
            Ok(removed) => writeln!(
                story,
                "Deleted {what}: {} and {}.",
                count(removed.minutes, "minute", "minutes"),
                count(removed.others, "other record", "other records"),
            )?,
            // The records are deleted. The files must go too before this is reported.
            Err(error @ HistoryError::TracesLeft { .. }) => traces = Some(error),
            Err(error) => return Err(error.into()),
        },
        None if path.exists() || !remains.is_empty() => {
            if path.exists() {
                History::set_aside(&path)?;
            }
            writeln!(story, "Deleted {what}, which was damaged.")?;
        }
        None => writeln!(story, "There is no history at {}.", path.display())?,
    }
    let mut files = pages;
    match start {
        Some(start) => {
            let forgotten = forget_camera_uses(folder, start);
            if forgotten.context("cannot delete when the camera was open; try again")? {
                writeln!(story, "Deleted when the camera was open, for {what}.")?;
            }
        }
        None => {
            files.extend(History::remains(&path)?);
            files.extend(usage);
        }
    }
    for file in files {
        std::fs::remove_file(&file)
            .with_context(|| format!("cannot delete {}; delete it yourself", file.display()))?;
        writeln!(story, "Deleted {}.", file.display())?;
    }
    match traces {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

fn is_confirmed(what: &str, story: &mut impl Write) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("cannot ask whether to delete {what} without a terminal; add --yes to delete it");
    }
    write!(story, "Delete {what}? This cannot be undone. Type yes: ")?;
    story.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
