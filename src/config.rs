//! The settings: one TOML file, every key with a default that suits most people.
//!
//! Reading the file from disk is the commands' work; here it is only parsed.

use serde::{Deserialize, Serialize};

/// All settings. A section that is missing, or a key in it, has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {}
