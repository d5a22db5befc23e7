//! The report as a table of hours for a spreadsheet, and the rules of such tables.

use std::borrow::Cow;
use std::io::{self, Write};

use ::csv::{ErrorKind, Terminator};
use jiff::SignedDuration;

use super::{Summary, TimeCategory};
use crate::posture::Fault;
use crate::quantities::whole_seconds;
use crate::record::TimeUse;

/// Writes one row for each hour with a record. Seconds are whole; `begins` is
/// the reader's own clock with its offset, so both hours are clear when clocks go back.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn csv(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new(out);
    let mut header = ["day", "begins", "observed_s", "upright_s"]
        .map(str::to_owned)
        .to_vec();
    header.extend(Fault::ALL.map(|fault| format!("slouched_{}_s", fault.id())));
    header.extend(["unclear_s", "away_s", "not_watched_s", "upright_percent"].map(str::to_owned));
    table.row(&header)?;
    for day in &summary.days {
        for hour in day
            .hours
            .iter()
            .filter(|hour| hour.times.recorded().is_positive())
        {
            let times = &hour.times;
            let begins = hour.from.to_zoned(summary.zone.clone());
            let mut cells = vec![
                day.date.to_string(),
                begins.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            ];
            cells.push(seconds(times.observed()));
            cells.push(seconds(times.of_kind(TimeCategory::Upright)));
            cells.extend(Fault::ALL.map(|fault| seconds(times.of(TimeUse::Slouched(fault)))));
            cells.extend(
                [
                    TimeCategory::Unclear,
                    TimeCategory::Away,
                    TimeCategory::NotWatched,
                ]
                .map(|kind| seconds(times.of_kind(kind))),
            );
            cells.push(
                times
                    .upright_share()
                    .map_or_else(String::new, |share| format!("{:.1}", share * 100.0)),
            );
            table.row(&cells)?;
        }
    }
    table.finish()
}

fn seconds(time: SignedDuration) -> String {
    whole_seconds(time).to_string()
}

/// A table as RFC 4180 has it, safe to open in a spreadsheet.
pub(crate) struct Table<W: Write> {
    out: ::csv::Writer<W>,
}

impl<W: Write> Table<W> {
    pub(crate) fn new(out: W) -> Table<W> {
        let mut builder = ::csv::WriterBuilder::new();
        let out = builder.terminator(Terminator::CRLF).from_writer(out);
        Table { out }
    }

    pub(crate) fn row(&mut self, cells: &[String]) -> io::Result<()> {
        let cells = cells.iter().map(|cell| guarded(cell));
        let cells = cells.collect::<Vec<_>>();
        self.out
            .write_record(cells.iter().map(|cell| cell.as_bytes()))
            .map_err(|error| match error.into_kind() {
                // The kind of trouble tells a closed pipe from a full disk.
                ErrorKind::Io(error) => error,
                other => io::Error::other(format!("{other:?}")),
            })
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A spreadsheet takes a leading `=`, `+`, `-` or `@` for a formula, so such a
/// text gets an apostrophe; a number keeps its sign.
fn guarded(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(['=', '+', '-', '@', '\t']) && cell.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_open_in_a_spreadsheet_as_they_are() {
        let cells =
            ["plain", "a, b", "say \"hi\"", "=1+1", "-2.5", "two\nlines"].map(str::to_owned);
        let mut out = Vec::new();
        let mut table = Table::new(&mut out);
        table.row(&cells).unwrap();
        table.finish().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "plain,\"a, b\",\"say \"\"hi\"\"\",'=1+1,-2.5,\"two\nlines\"\r\n"
        );
    }
}
