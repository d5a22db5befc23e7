//! The calibration in use: that of the camera that watches.

use std::io::Write;

use jiff::Timestamp;

use super::effects::Effects;
use super::runtime::{Runtime, Time};
use crate::clock::now;
use crate::history::{HistoryError, StoredCalibration};
use crate::notify::{Notice, NotifyError};
use crate::settings::Channel;
use crate::wording;

impl<W: Write> Runtime<'_, W> {
    /// Watches through this camera from now on, with its calibration.
    pub(crate) fn use_camera(&mut self, camera: &str) {
        if self.camera.as_deref() == Some(camera) {
            return;
        }
        self.camera = Some(camera.to_owned());
        self.progress.camera(camera);
        match self.calibration_of(camera) {
            Ok(found) => self.measure_against(camera, found),
            Err(error) => {
                self.progress.line(&error.to_string());
                self.calibrated = None;
                self.effects.perception.calibrate(None);
            }
        }
    }

    /// Uses the newest calibration of the camera, which may have changed.
    pub(super) fn reload_calibration(&mut self) {
        let Some(camera) = self.camera.clone() else {
            return;
        };
        // If the history cannot be read the calibration stays. The next write reports the error.
        if let Ok(found) = self.calibration_of(&camera)
            && found.as_ref().map(|found| &found.taken) != self.calibrated.as_ref()
        {
            self.measure_against(&camera, found);
        }
    }

    fn calibration_of(&mut self, camera: &str) -> Result<Option<StoredCalibration>, HistoryError> {
        let history = self.effects.history()?;
        history.calibration(camera, self.profile.as_deref())
    }

    fn measure_against(&mut self, camera: &str, calibration: Option<StoredCalibration>) {
        self.progress.line(&match &calibration {
            Some(StoredCalibration { taken, calibration }) => format!(
                "watching through {camera}, calibrated {} ({}{}): {}",
                wording::ago(taken.at, now().timestamp()),
                taken.profile,
                if taken.camera == camera {
                    ""
                } else {
                    ", on another port"
                },
                wording::calibration(calibration)
            ),
            None => format!(
                "watching through {camera}, which is not calibrated: angles are rough and nothing is called a slouch; run sitwell calibrate"
            ),
        });
        let (taken, calibration) = calibration
            .map(|StoredCalibration { taken, calibration }| (taken, calibration))
            .unzip();
        self.calibrated = taken;
        self.effects.perception.calibrate(calibration);
        let is_desktop = self.active.settings.notify.channel == Channel::Desktop;
        if self.calibrated.is_none() && is_desktop && matches!(self.time, Time::Clock) {
            let at = self.now();
            if let Err(error) = self.effects.tell_uncalibrated(camera, at) {
                self.progress.line(&error.to_string());
            }
        }
    }
}

impl Effects<'_> {
    /// Shows once for each camera that it is not calibrated, if there is a calibration at all: then the
    /// user expects to be watched. Somebody without any has just installed Sitwell and is told there.
    ///
    /// # Errors
    ///
    /// The notice cannot be shown.
    fn tell_uncalibrated(&mut self, camera: &str, at: Timestamp) -> Result<(), NotifyError> {
        let profiles = self.history().and_then(|history| history.profiles());
        if !profiles.is_ok_and(|profiles| !profiles.is_empty())
            || self.shown.uncalibrated.as_deref() == Some(camera)
        {
            return Ok(());
        }
        self.shown.uncalibrated = Some(camera.to_owned());
        let notice = Notice {
            at,
            guide: "",
            title: "This camera is not calibrated".to_owned(),
            body: format!(
                "Sitwell watches through {camera} and calls nothing a slouch.\nSit upright and run sitwell calibrate."
            ),
            actions: Vec::new(),
        };
        self.notify(&notice, at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::routine::tests::Desk;
    use super::*;
    use crate::history::History;
    use crate::posture::{Calibration, Features, JointFeatures};
    use crate::record::CalibrationRecord;

    #[test]
    fn an_uncalibrated_camera_is_told_once_where_another_is_calibrated() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::new(folder.path());
        let mut told = |camera| {
            let at = Timestamp::UNIX_EPOCH;
            desk.effects.tell_uncalibrated(camera, at).unwrap();
            let shown = desk.shown();
            shown
                .into_iter()
                .map(|notice| notice.body)
                .collect::<String>()
        };
        assert_eq!(told("usb-1/C920"), "", "there is no calibration yet");
        let neutral = Features::from(JointFeatures::of([0.5; JointFeatures::COUNT]));
        let stored = StoredCalibration {
            taken: CalibrationRecord {
                at: Timestamp::UNIX_EPOCH,
                camera: "usb-2/Brio".to_owned(),
                profile: "default".to_owned(),
            },
            calibration: Calibration::from_features(&[neutral, neutral]).unwrap(),
        };
        let mut history = History::open(&folder.path().join("history.db")).unwrap();
        history.calibrate(&stored).unwrap();
        assert!(told("usb-1/C920").contains("usb-1/C920"));
        assert_eq!(told("usb-1/C920"), "");
        assert!(told("usb-3/C270").contains("usb-3/C270"));
    }
}
