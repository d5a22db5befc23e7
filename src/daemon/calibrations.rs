//! The calibration in use: that of the camera that watches.

use std::io::Write;

use jiff::Timestamp;

use super::effects::{Effects, EventSink};
use super::runtime::{Runtime, Time};
use crate::clock::now;
use crate::history::{HistoryError, Profile, StoredCalibration};
use crate::notify::{Notice, NotifyError};
use crate::posture::CalibrationDoubt;
use crate::record::{CalibrationRecord, CalibrationUse, Record};
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
                self.effects.calibrated = None;
                self.newest = None;
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
            && found.as_ref().map(|found| &found.taken) != self.newest.as_ref()
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
        self.newest.clone_from(&taken);
        self.effects.calibrated = taken;
        self.effects.perception.calibrate(calibration);
        let (at, progress) = (self.now(), &mut self.progress);
        self.effects
            .note_calibration_use(camera, at, &mut |event| progress.write_event(&event));
        let is_desktop = self.active.settings.notify.channel == Channel::Desktop;
        if self.effects.calibrated.is_none() && is_desktop && matches!(self.time, Time::Clock) {
            let at = self.now();
            if let Err(error) = self.effects.tell_uncalibrated(camera, at) {
                self.progress.line(&error.to_string());
            }
        }
    }

    /// Asks for a calibration where the one in use no longer fits, or takes another profile of the
    /// camera that does.
    pub(super) fn settle_calibration_doubt(&mut self) {
        let at = self.now();
        let (Some(camera), Some(taken)) = (self.camera.clone(), self.effects.calibrated.clone())
        else {
            return;
        };
        let Some(doubt) = self.effects.perception.doubt(at) else {
            return;
        };
        if doubt == CalibrationDoubt::CameraElsewhere
            && self.profile.is_none()
            && let Some(fitting) = self.fitting_profile(&taken)
        {
            self.progress
                .line("the camera stands elsewhere, where another profile fits");
            let newest = self.newest.clone();
            self.measure_against(&camera, Some(fitting));
            self.newest = newest;
            return;
        }
        match self.effects.ask_for_calibration(&taken, doubt, at) {
            Ok(Some(notice)) => {
                self.progress
                    .line(&format!("{}\n{}", notice.title, notice.body));
            }
            Ok(None) => {}
            Err(error) => self.progress.line(&error.to_string()),
        }
    }

    /// The other profile of this camera that fits best where the camera stands now.
    fn fitting_profile(&mut self, taken: &CalibrationRecord) -> Option<StoredCalibration> {
        let profiles = self.effects.other_profiles(taken);
        let fits = profiles.into_iter().filter_map(|profile| {
            let calibration = profile.calibration?;
            let distance = self.effects.perception.distance(&calibration)?;
            let taken = profile.taken;
            Some((distance, StoredCalibration { taken, calibration }))
        });
        let nearest = fits.min_by(|(a, _), (b, _)| a.total_cmp(b));
        nearest.map(|(_, stored)| stored)
    }
}

impl Effects<'_> {
    /// Keeps which calibration is in use from now on, if that is news.
    fn note_calibration_use(
        &mut self,
        camera: &str,
        from: Timestamp,
        on_event: &mut EventSink<'_>,
    ) {
        let used = CalibrationUse {
            from,
            camera: camera.to_owned(),
            profile: self.calibrated.as_ref().map(|taken| taken.profile.clone()),
        };
        // The history is asked once; from then on this monitor knows.
        let last = self.last_use.take().or_else(|| {
            let history = self.history().ok()?;
            history.last_calibration_use().ok()?
        });
        let is_known = last
            .as_ref()
            .is_some_and(|last| last.camera == used.camera && last.profile == used.profile);
        self.last_use = last.filter(|_| is_known).or_else(|| Some(used.clone()));
        if !is_known {
            self.keep(vec![Record::CalibrationUse(used)], on_event);
        }
    }

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
        let body = format!(
            "Sitwell watches through {camera} and calls nothing a slouch.\nSit upright and run sitwell calibrate."
        );
        self.notify(&notice(at, "This camera is not calibrated", body), at)
    }

    /// Asks once for each calibration and doubt. Returns what was asked.
    ///
    /// # Errors
    ///
    /// The notice cannot be shown.
    fn ask_for_calibration(
        &mut self,
        taken: &CalibrationRecord,
        doubt: CalibrationDoubt,
        at: Timestamp,
    ) -> Result<Option<Notice>, NotifyError> {
        let asked = (taken.clone(), doubt);
        if self.shown.doubts.contains(&asked) {
            return Ok(None);
        }
        self.shown.doubts.push(asked);
        let others = self.other_profiles(taken);
        let question = question(doubt, others.first().map(|other| &*other.taken.profile), at);
        self.notify(&question, at)?;
        Ok(Some(question))
    }

    /// The other profiles of this calibration's camera, the latest first.
    fn other_profiles(&mut self, taken: &CalibrationRecord) -> Vec<Profile> {
        let profiles = self.history().and_then(|history| history.profiles());
        let mut profiles = profiles.unwrap_or_default();
        profiles.retain(|other| {
            other.taken.camera == taken.camera && other.taken.profile != taken.profile
        });
        profiles
    }
}

/// What to ask, where there may be another profile of the camera.
fn question(doubt: CalibrationDoubt, other: Option<&str>, at: Timestamp) -> Notice {
    let (title, effect) = match doubt {
        CalibrationDoubt::CameraElsewhere => (
            "The camera stands elsewhere",
            "Angles are less exact than after a calibration.",
        ),
        CalibrationDoubt::Stale => (
            "The calibration no longer fits",
            "The camera or the shape of its picture was changed, and nothing is called a slouch.",
        ),
        CalibrationDoubt::HeadLooksDifferent => (
            "Your head looks different",
            "Headphones, or hair over the ears, make angles less exact. Calibrate as you work.",
        ),
        CalibrationDoubt::AnotherSeat => (
            "Somebody sits on another seat",
            "Sitwell watches only the seat that was calibrated.",
        ),
    };
    let instead = other.map_or(String::new(), |profile| {
        format!(", or watch with another profile: sitwell monitor --profile {profile}")
    });
    let body = format!(
        "{effect}\nIf it stays so, sit upright and run sitwell calibrate (10 seconds){instead}."
    );
    notice(at, title, body)
}

/// A notice without answers.
fn notice(at: Timestamp, title: &str, body: String) -> Notice {
    Notice {
        at,
        guide: "",
        title: title.to_owned(),
        body,
        actions: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::routine::tests::Desk;
    use super::*;
    use crate::history::History;
    use crate::posture::{Calibration, Features, JointFeatures};

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

    #[test]
    fn a_doubt_is_asked_about_once_for_each_calibration_and_names_another_profile() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::new(folder.path());
        let taken = |profile: &str| CalibrationRecord {
            at: Timestamp::UNIX_EPOCH,
            camera: "usb-2/Brio".to_owned(),
            profile: profile.to_owned(),
        };
        let mut asked = |profile, doubt| {
            let at = Timestamp::UNIX_EPOCH;
            let asked = desk.effects.ask_for_calibration(&taken(profile), doubt, at);
            let shown: Vec<Notice> = desk.shown();
            let asked = asked.unwrap();
            assert!(shown.iter().eq(asked.iter()));
            asked.map(|notice| notice.body).unwrap_or_default()
        };
        let elsewhere = CalibrationDoubt::CameraElsewhere;
        let question = asked("default", elsewhere);
        assert!(
            question.contains("run sitwell calibrate (10 seconds)."),
            "{question}"
        );
        assert_eq!(asked("default", elsewhere), "");
        assert_ne!(asked("default", CalibrationDoubt::AnotherSeat), "");
        let neutral = Features::from(JointFeatures::of([0.5; JointFeatures::COUNT]));
        let mut history = History::open(&folder.path().join("history.db")).unwrap();
        for profile in ["default", "stand"] {
            let calibration = Calibration::from_features(&[neutral, neutral]).unwrap();
            let taken = taken(profile);
            history
                .calibrate(&StoredCalibration { taken, calibration })
                .unwrap();
        }
        assert!(asked("stand", elsewhere).contains("sitwell monitor --profile default"));
    }
}
