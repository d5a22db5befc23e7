//! Sends the camera's picture to whoever asks to see it, and only meanwhile.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crossbeam_channel::{Sender, TrySendError};
use jiff::Timestamp;

use super::runtime::Runtime;
use crate::clock::instant;
use crate::control::{Preview, Response};
use crate::frame::Frame;
use crate::image::preview;
use crate::settings::{CameraMode, CameraSettings};

/// The least time between two pictures. Our choice: five a second show a movement.
const INTERVAL: Duration = Duration::from_millis(200);

/// The clients that are shown the picture.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    clients: Vec<Sender<Response>>,
    last: Option<Instant>,
}

impl Previews {
    /// Adds a client.
    pub(super) fn add(&mut self, client: Sender<Response>) {
        self.clients.push(client);
    }

    /// Whether anybody is shown the picture.
    pub(super) fn are_wanted(&self) -> bool {
        !self.clients.is_empty()
    }

    /// How long until the next picture is due; none if nobody wants one.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        let passed = |last| now.saturating_duration_since(last);
        self.are_wanted().then(|| {
            self.last
                .map_or(Duration::ZERO, |last| INTERVAL.saturating_sub(passed(last)))
        })
    }

    /// Sends a picture. Clients that have gone are forgotten, those that are too slow miss it.
    fn send(&mut self, preview: &Preview, now: Instant) {
        self.last = Some(now);
        self.clients.retain(|client| {
            let response = Response::Preview(Box::new(preview.clone()));
            !matches!(
                client.try_send(response),
                Err(TrySendError::Disconnected(_))
            )
        });
    }
}

impl<W: Write> Runtime<'_, W> {
    /// The camera's settings. While its picture is shown it stays open: opening it takes longer than
    /// a picture lasts.
    pub(super) fn camera_settings(&self) -> CameraSettings {
        let mut camera = self.active.settings.camera.clone();
        if self.previews.are_wanted() {
            camera.mode = CameraMode::Continuous;
        }
        camera
    }

    /// When the next frame is due: earlier than the next observation if somebody wants to see it.
    pub(super) fn with_previews(&self, observation: Timestamp, now: Timestamp) -> Timestamp {
        let wait = self.previews.wait(instant());
        let picture = wait.and_then(|wait| now.checked_add(wait).ok());
        picture.map_or(observation, |picture| picture.min(observation))
    }

    /// Shows a frame to those who want to see it, unless the last one was shown just now.
    pub(super) fn show_preview(&mut self, frame: &Frame) -> Result<()> {
        let now = instant();
        if self.previews.wait(now) == Some(Duration::ZERO) {
            let preview = Preview {
                jpeg: BASE64_STANDARD.encode(preview(&frame.pixels)?),
                aspect: frame.size().aspect(),
                skeleton: self.effects.perception.outline(frame)?,
            };
            self.previews.send(&preview, now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::bounded;

    use super::*;

    #[test]
    fn five_pictures_a_second_go_to_those_who_are_there() {
        let began = instant();
        let ms = Duration::from_millis;
        let mut previews = Previews::default();
        assert_eq!(previews.wait(began), None, "nobody wants one");
        let (slow, unread) = bounded(1);
        let (quick, pictures) = bounded(1);
        previews.add(slow);
        previews.add(quick);
        assert_eq!(previews.wait(began), Some(Duration::ZERO));
        let preview = Preview {
            jpeg: String::new(),
            aspect: 1.5,
            skeleton: None,
        };
        for _ in 0..3 {
            previews.send(&preview, began);
            assert!(pictures.try_recv().is_ok());
        }
        assert_eq!(previews.wait(began + ms(150)), Some(ms(50)));
        assert_eq!(previews.wait(began + ms(200)), Some(Duration::ZERO));
        assert_eq!(unread.len(), 1, "it misses two and stays");
        drop((pictures, unread));
        previews.send(&preview, began);
        assert_eq!(previews.wait(began + ms(200)), None);
    }
}
