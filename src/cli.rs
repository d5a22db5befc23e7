//! The command line: types only, what they do is in `commands`.

use clap::{Parser, Subcommand};

/// Watches how you sit and tells you when you have really been slouching.
#[derive(Debug, Parser)]
#[command(name = "sitwell", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {}
