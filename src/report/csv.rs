//! The report as a table of hours for a spreadsheet, and the rules of such tables.

use std::io::{self, Write};

use jiff::SignedDuration;

use super::{Summary, TimeCategory};
use crate::posture::Fault;
use crate::record::TimeUse;

/// Writes one row for each hour with a record. Seconds are whole; `begins` is
/// the reader's own clock with its offset, so the hour that clocks repeat is told apart.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn csv(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let mut header = vec!["day", "begins", "observed_s", "upright_s"]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    header.extend(Fault::ALL.map(|fault| format!("slouched_{}_s", fault.id())));
    header.extend(["unclear_s", "away_s", "not_watched_s", "upright_percent"].map(str::to_owned));
    row(out, &header)?;
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
            row(out, &cells)?;
        }
    }
    Ok(())
}

/// Writes one row as RFC 4180 has it.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn row(out: &mut impl Write, cells: &[String]) -> io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

fn seconds(time: SignedDuration) -> String {
    time.as_secs().to_string()
}

/// Quotes what needs it. A spreadsheet takes a leading `=`, `+`, `-` or `@` for a
/// formula, so such a text gets an apostrophe; a number keeps its sign.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t']) && text.parse::<f64>().is_err();
    let text = if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
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
        row(&mut out, &cells).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "plain,\"a, b\",\"say \"\"hi\"\"\",'=1+1,-2.5,\"two\nlines\"\r\n"
        );
    }
}
