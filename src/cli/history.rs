//! `sitwell history`.

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Where your history is, all of it in one file, and how to be rid of it.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub action: HistoryAction,
}

/// What can be done with the history.
#[derive(Debug, Subcommand)]
pub enum HistoryAction {
    /// Print where it is kept
    Path,
    /// Print everything in it
    Export {
        /// As one table for a spreadsheet or as JSON
        #[arg(long, value_enum)]
        format: ExportFormat,
    },
    /// Delete it for good, after asking
    Wipe {
        /// Only what is from before this day, such as 2026-01-01
        #[arg(long, value_name = "DATE")]
        before: Option<Date>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// How `history export` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One table of all kinds of records
    Csv,
    /// One object with a list for each kind of record
    Json,
}
