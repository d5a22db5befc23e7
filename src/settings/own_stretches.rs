//! A person's own stretches, in a file beside the settings.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::stretch::{Catalogue, StretchSettings, catalogue};

/// The file of a person's own stretches, beside the settings.
const OWN: &str = "stretches.toml";

/// The built-in stretches and a person's own, which lie where the settings say or beside them.
///
/// # Errors
///
/// A file that the settings name cannot be read, or an entry in it cannot be used.
pub fn with_own(settings: &StretchSettings, beside: Option<&Path>) -> Result<Catalogue> {
    let built_in = catalogue().clone();
    let file = match (&settings.own, beside) {
        (Some(own), Some(beside)) => beside.join(own),
        (Some(own), None) => own.clone(),
        (None, Some(beside)) if beside.join(OWN).exists() => beside.join(OWN),
        (None, _) => return Ok(built_in),
    };
    let origin = file.display().to_string();
    let text = fs::read_to_string(&file)
        .with_context(|| format!("cannot read your own stretches {origin}"))?;
    Ok(built_in.with(&text, &origin)?)
}
