//! `sitwell desk-change`.

use clap::Args;

use crate::record::DeskChangeKind;

/// What `sitwell desk-change` takes.
#[derive(Debug, Args)]
pub struct DeskChangeArgs {
    /// What you changed: screen-raised, screen-moved, chair or break (one in the afternoon)
    #[arg(value_name = "CHANGE", value_parser = change)]
    pub what: DeskChangeKind,
}

/// A change by its name in stored data, hyphens allowed.
fn change(text: &str) -> Result<DeskChangeKind, String> {
    let wanted = text.replace('-', "_");
    let known = DeskChangeKind::ALL.map(|kind| kind.id().replace('_', "-"));
    DeskChangeKind::ALL
        .into_iter()
        .find(|kind| kind.id() == wanted)
        .ok_or_else(|| format!("no such change; known are {}", known.join(", ")))
}
