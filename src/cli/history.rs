//! `sitwell history`.

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Print, export or delete your history. It is one file.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: HistoryAction,
}

/// The actions of `sitwell history`.
#[derive(Debug, Subcommand)]
pub enum HistoryAction {
    /// Print its path
    Path,
    /// Print everything in it
    Export {
        /// One table for a spreadsheet, or JSON
        #[arg(long, value_enum)]
        format: ExportFormat,
    },
    /// Delete it for good, after a question
    Wipe {
        /// Only records from before this day, such as 2026-01-01
        #[arg(long, value_name = "DATE")]
        before: Option<Date>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// The format of `history export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One table of all kinds of records
    Csv,
    /// One object with a list for each kind of record
    Json,
}
