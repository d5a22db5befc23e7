//! The guide that an answered notification opens, in a process of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Child;

use anyhow::{Context, Result};

use super::on_demand::SuggestedStretch;
use super::terminal_window as window;
use crate::history::FILE_NAME;
use crate::settings::Loaded;

/// What the guide must be told to use the same settings and the same history.
#[derive(Debug)]
pub(crate) struct GuideWindow {
    data: PathBuf,
    settings: Option<PathBuf>,
}

impl GuideWindow {
    pub(crate) fn new(data: &Path, settings: &Loaded) -> Result<GuideWindow> {
        let absolute = |path: &Path| std::path::absolute(path).context("cannot tell where we are");
        Ok(GuideWindow {
            data: absolute(data)?,
            settings: settings.file.as_deref().map(absolute).transpose()?,
        })
    }

    /// The history that the guide writes its outcome to.
    pub(crate) fn history(&self) -> PathBuf {
        self.data.join(FILE_NAME)
    }

    /// Opens a window with the stretch that a notice suggested.
    ///
    /// # Errors
    ///
    /// No window can be opened.
    pub(crate) fn open(&self, suggested: &SuggestedStretch) -> Result<Child> {
        let own = std::env::current_exe().context("cannot tell where sitwell itself is")?;
        let mut words: Vec<OsString> = vec![
            own.into(),
            "stretch".into(),
            suggested.stretch.clone().into(),
        ];
        if let Some(nudge) = suggested.nudge {
            words.extend(["--nudge".into(), nudge.to_string().into()]);
        }
        words.extend(["--data-dir".into(), self.data.clone().into()]);
        if let Some(settings) = &self.settings {
            words.extend(["--config".into(), settings.clone().into()]);
        }
        Ok(window::open(&words)?)
    }
}
