//! `sitwell report`: the history of some days.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::cli::{ReportArgs, ReportFormat};
use crate::clock;
use crate::folders;
use crate::history::{FILE_NAME, summarize};
use crate::report::{self, Colour, Days, Drawing, Style, Summary};
use crate::settings::ReportSettings;
use crate::stretch::{self, drawing};

/// The page that `--open` writes when no file was named.
pub(super) const PAGE: &str = "report.html";

/// The width that everything is laid out for.
const COLUMNS: usize = 80;

/// A launcher such as `xdg-open` fails at once, or lasts as long as the browser
/// does: one that still runs after this time has succeeded. Our own choice.
const LAUNCH_TIMEOUT: Duration = Duration::from_secs(2);

/// Runs `sitwell report`.
///
/// # Errors
///
/// The days are not understood, the history cannot be read, or the report cannot be written.
pub(super) fn run(
    args: &ReportArgs,
    data_dir: Option<&Path>,
    settings: &ReportSettings,
    out: &mut impl Write,
) -> Result<()> {
    let now = clock::now();
    let days = Days::parse(&args.days, now.date(), settings.week_starts.weekday())?;
    let folder = folders::data(data_dir)?;
    let summary = summarize(&folder.join(FILE_NAME), days, &now)?;
    let format = match (args.open, args.format) {
        (true, ReportFormat::Text | ReportFormat::Html) => ReportFormat::Html,
        (true, _) => bail!("only html opens in the browser; leave --format or --open out"),
        (false, format) => format,
    };
    let file = match (&args.output, args.open) {
        (Some(file), _) => Some(file.clone()),
        (None, true) => Some(folder.join(PAGE)),
        (None, false) => None,
    };
    let Some(file) = file else {
        return write_report(&summary, format, colour(), out).context("cannot print the report");
    };
    write_file(&file, |mut out| {
        write_report(&summary, format, Colour::Plain, &mut out)
    })
    .with_context(|| format!("cannot write the report to {}", file.display()))?;
    if args.open {
        open_page(&file)?;
    }
    Ok(())
}

fn write_report(
    summary: &Summary,
    format: ReportFormat,
    colour: Colour,
    out: &mut impl Write,
) -> io::Result<()> {
    match format {
        ReportFormat::Text => report::text(
            summary,
            out,
            Style {
                colour,
                width: COLUMNS,
            },
            &find_stretch,
        ),
        ReportFormat::Json => report::json(summary, out),
        ReportFormat::Csv => report::csv(summary, out),
        ReportFormat::Html => report::html(summary, out, &find_stretch),
    }
}

/// The catalogue's name and drawing of a stretch.
fn find_stretch(id: &str) -> Option<Drawing> {
    let stretch = stretch::catalogue().get(id)?;
    Some(Drawing {
        name: stretch.name.clone(),
        svg: drawing::svg(stretch).unwrap_or_default(),
    })
}

/// Colour is for terminals whose user did not turn it off, see <https://no-color.org>.
fn colour() -> Colour {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !is_unwanted {
        Colour::Ansi
    } else {
        Colour::Plain
    }
}

/// Writes a file whole or not at all; nobody else may read it.
fn write_file(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    // The target of a link gets the new contents, not the link.
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    if file.is_dir() {
        bail!("it is a folder; name a file in it");
    }
    if file.exists() && !file.is_file() {
        // A pipe or a device is written to, never replaced.
        let mut out = io::BufWriter::new(std::fs::OpenOptions::new().write(true).open(&file)?);
        write(&mut out)?;
        return Ok(out.flush()?);
    }
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let temporary = tempfile::NamedTempFile::new_in(folder)?;
    let mut out = io::BufWriter::new(temporary.as_file());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    temporary.as_file().sync_all()?;
    temporary.persist(&file).map_err(|error| error.error)?;
    Ok(())
}

/// Opens a page in the browser.
fn open_page(page: &Path) -> Result<()> {
    open::that_detached_with_timeout(page, LAUNCH_TIMEOUT)
        .with_context(|| format!("cannot start a browser; open {} yourself", page.display()))
}
