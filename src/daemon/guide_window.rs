//! Opens the guide in a new terminal window when the user chooses Start on a notification.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Child;

use anyhow::Result;

use super::on_demand::{SuggestedStretch, SuggestionOrigin};
use super::terminal_window;
use crate::folders;
use crate::history::FILE_NAME;
use crate::settings::LoadedSettings;

/// The folder and the settings file that the guide must share with the monitor.
#[derive(Debug)]
pub(crate) struct GuideWindow {
    data: PathBuf,
    settings: Option<PathBuf>,
}

impl GuideWindow {
    pub(crate) fn new(data: &Path, settings: &LoadedSettings) -> Result<GuideWindow> {
        Ok(GuideWindow {
            data: folders::absolute(data)?,
            settings: settings
                .file
                .as_deref()
                .map(folders::absolute)
                .transpose()?,
        })
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// The history that the guide writes to.
    pub(crate) fn history(&self) -> PathBuf {
        self.data.join(FILE_NAME)
    }

    /// Opens a window with the suggested stretch.
    ///
    /// # Errors
    ///
    /// No window opens.
    pub(crate) fn open(&self, suggested: &SuggestedStretch) -> Result<Child> {
        let own = folders::program()?;
        let mut words: Vec<OsString> = vec![
            own.into(),
            "stretch".into(),
            suggested.stretch.clone().into(),
        ];
        words.extend(match suggested.origin {
            SuggestionOrigin::Notice(at) => ["--nudge".into(), at.to_string().into()],
            SuggestionOrigin::Request(fault) => ["--for".into(), fault.id().into()],
        });
        words.extend(["--data-dir".into(), self.data.clone().into()]);
        if let Some(settings) = &self.settings {
            words.extend(["--config".into(), settings.clone().into()]);
        }
        Ok(terminal_window::open(&words)?)
    }
}
