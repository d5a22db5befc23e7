//! The style sheet and the scripts, which are part of the program.

use crate::report::html::STYLE;

/// What the pages add to the style of the report, whose parts they show.
const OWN_STYLE: &str = include_str!("assets/dashboard.css");

/// The script of every page: it puts what the server renders into the page.
pub(super) const SCRIPT: &str = include_str!("assets/dashboard.js");

/// The script of the guide through a stretch.
pub(super) const GUIDE: &str = include_str!("assets/guide.js");

/// The script of the check with a photograph.
pub(super) const PHOTO: &str = include_str!("assets/photo.js");

/// The style sheet of all pages.
pub(super) fn style() -> String {
    format!("{STYLE}{OWN_STYLE}")
}
