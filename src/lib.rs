//! Sitwell watches how a person sits at a desk through the webcam they already
//! have, measures the forward-head and rounded-shoulder angles, and answers a
//! sustained slouch with one fitting stretch.
//!
//! The crate reads like its sentence:
//!
//! ```text
//! Frame -> Sighting -> Posture (angles) -> Moment -> (State, Event) -> Effect -> Episode, Minute -> Report
//! ```
//!
//! The first half of the modules is pure: no clock, no device, and no file except the
//! pictures and recordings that `image` reads. The second half holds the edges, one for
//! each foreign crate. Imports point one way; `tests/layers.rs` holds the rule.

// Pure: values and decisions, in the order of the sentence.
pub mod frame;
pub mod image;
pub mod landmarks;
pub mod statistics;
pub mod time_of_day;
pub mod calendar;
pub mod quantities;
pub mod posture;
pub mod monitor;
pub mod record;
pub mod stretch;
pub mod report;
pub mod wording;

// Edges: one door for each foreign crate.
pub mod clock;
pub mod terminal;
pub mod folders;
pub mod subprocess;
pub mod settings;
pub mod confinement;
pub mod camera;
pub mod pose;
pub mod perception;
pub mod history;
pub mod control;
pub mod desktop;
pub mod foreground;
pub mod notify;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod tray;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod overlay;
pub mod autostart;
pub mod supervisor;

// Shell: the running monitor, the dashboard, the command line and its wiring.
pub mod daemon;
pub mod web;
pub mod cli;
pub mod commands;

// Where fuzzers enter; no part of the program.
#[cfg(any(test, fuzzing))]
pub mod fuzz;

/// What an observation frees lies in holes between what stays, and glibc's own allocator leaves half of such a
/// heap unused but resident: 53 MB where 32 do (BENCHMARKS.md). Tests and benches run with it too.
#[cfg(all(feature = "jemalloc", target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
