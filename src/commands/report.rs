//! `sitwell report`: the history of some days.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use crossterm::terminal::size;

use super::browser::{OwnPage, open_page};
use crate::cli::{ReportArgs, ReportFormat};
use crate::clock;
use crate::folders;
use crate::history::{FILE_NAME, summarize};
use crate::report::{self, Colour, Days, Drawing, ReportCharset, Style, Summary};
use crate::settings::{LoadedSettings, load_catalogue};
use crate::stretch::{Catalogue, drawing};
use crate::terminal::{shows_unicode, understands_escapes, variable};

/// A narrower terminal has broken lines. Our own choice.
const FEWEST_COLUMNS: usize = 40;

/// Runs `sitwell report`.
///
/// # Errors
///
/// The days are not understood, the history cannot be read, or the report cannot be written.
pub(super) fn run(
    args: &ReportArgs,
    data_dir: Option<&Path>,
    loaded: &LoadedSettings,
    out: &mut impl Write,
) -> Result<()> {
    let now = clock::now();
    let settings = &loaded.settings;
    let calendar = settings.report.calendar(now.time_zone());
    let days = Days::parse(
        &args.days,
        calendar.date_of(now.timestamp()),
        settings.report.week_starts.weekday(),
    )?;
    let catalogue = load_catalogue(&settings.stretch, loaded.folder())?;
    let folder = folders::data(data_dir)?;
    let summary = summarize(&folder.join(FILE_NAME), days, now.timestamp(), &calendar)?;
    let format = match (args.open, args.format) {
        (true, ReportFormat::Text | ReportFormat::Html) => ReportFormat::Html,
        (true, _) => bail!("only html opens in the browser; leave --format or --open out"),
        (false, format) => format,
    };
    let file = match (&args.output, args.open) {
        (Some(file), _) => Some(file.clone()),
        (None, true) => Some(OwnPage::Report.place(&folder)),
        (None, false) => None,
    };
    let Some(file) = file else {
        return write_report(&summary, format, terminal_style(), &catalogue, out)
            .context("cannot print the report");
    };
    folders::write_whole(&file, |mut out| {
        write_report(&summary, format, Style::PLAIN, &catalogue, &mut out)
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
    style: Style,
    catalogue: &Catalogue,
    out: &mut impl Write,
) -> io::Result<()> {
    let find_stretch = find_stretch(catalogue);
    match format {
        ReportFormat::Text => report::text(summary, out, style, &find_stretch),
        ReportFormat::Json => report::json(summary, out),
        ReportFormat::Csv => report::csv(summary, out),
        ReportFormat::Html => report::html(summary, out, &find_stretch),
    }
}

/// The catalogue's name and drawing of a stretch.
pub(super) fn find_stretch(catalogue: &Catalogue) -> impl Fn(&str) -> Option<Drawing> {
    |id| {
        Some(Drawing {
            name: catalogue.name_of(id).to_owned(),
            svg: catalogue.get(id).and_then(drawing::svg).unwrap_or_default(),
        })
    }
}

/// What standard output can show.
fn terminal_style() -> Style {
    let is_terminal = io::stdout().is_terminal();
    // See <https://no-color.org>.
    let is_coloured = is_terminal && understands_escapes() && variable("NO_COLOR").is_none();
    let widest = Style::PLAIN.width;
    let columns: Option<usize> = match variable("COLUMNS").and_then(|columns| columns.parse().ok())
    {
        Some(columns) => Some(columns),
        None if is_terminal => size().ok().map(|(columns, _)| columns.into()),
        None => None,
    };
    Style {
        colour: match is_coloured {
            true => Colour::Ansi,
            false => Colour::Plain,
        },
        charset: match shows_unicode() {
            true => ReportCharset::Unicode,
            false => ReportCharset::Ascii,
        },
        width: columns.map_or(widest, |columns| columns.clamp(FEWEST_COLUMNS, widest)),
    }
}
