//! Other settings while somebody is watched: a good file is used from then on, a bad one only told.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;

use super::runtime::{Channels, NotificationFallback, Runtime};
use crate::folders;
use crate::notify::{Notifier, NotifyError, notifier};
use crate::pose::Pose;
use crate::settings::with_own;
use crate::settings::{Config, Notify};
use crate::settings::{Loaded, WatchedSettings};

/// The settings of a running monitor.
#[derive(Debug)]
pub(crate) struct ActiveSettings {
    pub(crate) config: Config,
    pub(crate) file: Option<PathBuf>,
    /// Why the file as it is now is not in force.
    pub(crate) trouble: Option<String>,
    followed: WatchedSettings,
}

impl ActiveSettings {
    pub(crate) fn new(loaded: Loaded, followed: WatchedSettings) -> ActiveSettings {
        ActiveSettings {
            config: loaded.config,
            file: loaded.file,
            trouble: None,
            followed,
        }
    }
}

/// What shows notices by these settings, and passes on what becomes of them.
pub(crate) fn told_by(
    settings: &Notify,
    channels: &Channels,
) -> Result<Option<Box<dyn Notifier>>, NotifyError> {
    let fallback = Box::new(NotificationFallback::new(channels.fallback_lines.0.clone()));
    notifier(settings, channels.notice_events.0.clone(), fallback)
}

impl<W: Write> Runtime<'_, W> {
    /// Looks whether the settings file has changed, and uses it if it has and can be used.
    pub(crate) fn follow_settings(&mut self) {
        let Some(changed) = self.settings.followed.changed() else {
            return;
        };
        match changed.and_then(|loaded| self.adopt(loaded)) {
            Ok(changes) => {
                let was_in_trouble = self.settings.trouble.take().is_some();
                match changes.as_slice() {
                    [] if was_in_trouble => self.progress.line("the settings file is well again"),
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
                if self.settings.trouble.as_ref() != Some(&trouble) {
                    tracing::warn!("{trouble}");
                    self.progress.line(&format!(
                        "{trouble}\nThe settings stay as they were until that is mended."
                    ));
                }
                self.settings.trouble = Some(trouble);
            }
        }
    }

    /// Goes on with other settings and says what is new in them. What is under
    /// way, as a slouch, goes on; the camera is seen to by whoever keeps it.
    ///
    /// # Errors
    ///
    /// The model or the own stretches cannot be read; then nothing has changed.
    fn adopt(&mut self, loaded: Loaded) -> Result<Vec<String>> {
        let before = &self.settings.config;
        let changes = loaded.config.changes_from(before);
        // First all that may fail.
        let catalogue = with_own(&loaded.config.stretch, loaded.folder())?;
        let pose = (loaded.config.pose != before.pose)
            .then(|| {
                let heavy = folders::heavy_model();
                Pose::load(loaded.config.pose.model, &heavy)
            })
            .transpose()?;
        let notifier = (loaded.config.notify != before.notify)
            .then(|| told_by(&loaded.config.notify, &self.channels))
            .transpose()?;
        if let Some(pose) = pose {
            self.effects.perception.use_model(Box::new(pose));
        }
        if let Some(notifier) = notifier {
            self.effects.notifier = notifier;
        }
        self.effects.adopt(&loaded.config, catalogue);
        self.reasons.adopt(loaded.config.watch.clone());
        self.settings.config = loaded.config;
        self.settings.file = loaded.file;
        Ok(changes)
    }
}
