//! `sitwell report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Show how you sat on a day, in a week or over any days.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// today, yesterday, week, last-week, month, last-month, year, a DATE such as 2026-11-23, or FROM..TO
    #[arg(value_name = "DAYS", default_value = "today")]
    pub days: String,
    /// Its format; csv gives one row an hour
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
    /// Write to this file instead of the terminal
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Open the report in the browser, as html
    #[arg(long)]
    pub open: bool,
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ReportFormat {
    /// To read in the terminal
    #[default]
    Text,
    /// All numbers, for programs
    Json,
    /// A table of hours for a spreadsheet
    Csv,
    /// One page with drawings, to read, print or send
    Html,
}
