//! Follows the settings file while the monitor runs: a valid file takes effect, an invalid one is reported.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;

use super::runtime::{Channels, NotificationFallback, Runtime};
use crate::folders;
use crate::notify::{Notifier, NotifyError, notifier};
use crate::pose::Pose;
use crate::settings::load_catalogue;
use crate::settings::{LoadedSettings, WatchedSettings};
use crate::settings::{NotifySettings, Settings};

/// The settings of a running monitor.
#[derive(Debug)]
pub(crate) struct ActiveSettings {
    pub(crate) settings: Settings,
    pub(crate) file: Option<PathBuf>,
    /// Why the present file has not taken effect.
    pub(crate) trouble: Option<String>,
    followed: WatchedSettings,
}

impl ActiveSettings {
    pub(crate) fn new(loaded: LoadedSettings, followed: WatchedSettings) -> ActiveSettings {
        ActiveSettings {
            settings: loaded.settings,
            file: loaded.file,
            trouble: None,
            followed,
        }
    }
}

/// Starts the notifier that the settings choose. Answers go to `channels`.
pub(crate) fn start_notifier(
    settings: &NotifySettings,
    channels: &Channels,
) -> Result<Option<Box<dyn Notifier>>, NotifyError> {
    let fallback = Box::new(NotificationFallback::new(channels.fallback_lines.0.clone()));
    notifier(settings, channels.notice_events.0.clone(), fallback)
}

impl<W: Write> Runtime<'_, W> {
    /// Applies the settings file if it has changed and is valid.
    pub(crate) fn follow_settings(&mut self) {
        let Some(changed) = self.active.followed.changed() else {
            return;
        };
        match changed
            .map_err(Into::into)
            .and_then(|loaded| self.adopt(loaded))
        {
            Ok(changes) => {
                let was_in_trouble = self.active.trouble.take().is_some();
                match changes.as_slice() {
                    [] if was_in_trouble => self.progress.line("the settings file is valid again"),
                    [] => {}
                    changes => {
                        tracing::info!("new settings: {}", changes.len());
                        self.progress
                            .line(&format!("new settings: {}", changes.join(", ")));
                    }
                }
            }
            Err(error) => {
                let trouble = format!("{error:#}");
                if self.active.trouble.as_ref() != Some(&trouble) {
                    tracing::warn!("{trouble}");
                    self.progress.line(&format!(
                        "{trouble}\nThe previous settings stay in force until you fix that."
                    ));
                }
                self.active.trouble = Some(trouble);
            }
        }
    }

    /// Applies settings and returns the changes. A slouch in progress goes on; the loop in `live`
    /// restarts the camera.
    ///
    /// # Errors
    ///
    /// The model or the user's own stretches cannot be read. Then nothing has changed.
    fn adopt(&mut self, loaded: LoadedSettings) -> Result<Vec<String>> {
        let before = &self.active.settings;
        let changes = loaded.settings.changes_from(before);
        // Everything that can fail comes first.
        let catalogue = load_catalogue(&loaded.settings.stretch, loaded.folder())?;
        let pose = (loaded.settings.pose != before.pose)
            .then(|| {
                let heavy = folders::heavy_model();
                Pose::load(loaded.settings.pose.model, &heavy)
            })
            .transpose()?;
        let notifier = (loaded.settings.notify != before.notify)
            .then(|| start_notifier(&loaded.settings.notify, &self.channels))
            .transpose()?;
        if let Some(pose) = pose {
            self.effects.perception.use_model(Box::new(pose));
        }
        if let Some(notifier) = notifier {
            self.effects.notifier = notifier;
        }
        self.effects.adopt(&loaded.settings, catalogue);
        self.reasons.adopt(loaded.settings.watch.clone());
        self.active.settings = loaded.settings;
        self.active.file = loaded.file;
        Ok(changes)
    }
}
