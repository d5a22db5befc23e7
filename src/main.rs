//! Parse, run, print the error chain, set the exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use sitwell::{cli::Cli, commands};
#[cfg(all(target_os = "linux", target_env = "gnu"))]
use tikv_jemallocator::Jemalloc;

/// What a look frees lies in holes between what stays, and glibc's own allocator leaves half of such a
/// heap unused but resident: 53 MB where 32 do (BENCHMARKS.md).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    match commands::run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to report to if stderr is gone too.
            let _ = writeln!(std::io::stderr(), "sitwell: {error:#}");
            ExitCode::FAILURE
        }
    }
}
