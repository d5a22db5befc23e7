//! Stores calibrations: one for each camera and profile; a new one replaces the old.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

use super::error::Failure;
use super::write::insert;
use super::{History, HistoryError};
use crate::posture::Calibration;
use crate::record::{CalibrationRecord, Record};

/// A current calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCalibration {
    /// When, with which camera and for which profile.
    pub taken: CalibrationRecord,
    /// The neutral posture itself.
    pub calibration: Calibration,
}

/// A stored calibration, which this Sitwell may be unable to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// When, with which camera and for which profile.
    pub taken: CalibrationRecord,
    /// The neutral posture; `None` when this Sitwell cannot read it.
    pub calibration: Option<Calibration>,
}

impl History {
    /// Saves a calibration in place of the earlier one of its camera and profile.
    ///
    /// # Errors
    ///
    /// When it could not be saved; then the earlier one stays.
    pub fn calibrate(&mut self, calibration: &StoredCalibration) -> Result<(), HistoryError> {
        let mut write = || -> Result<(), Failure> {
            let StoredCalibration { taken, calibration } = calibration;
            let calibration = serde_json::to_string(calibration)
                .map_err(|error| Failure::Unfit(error.to_string()))?;
            let transaction = self
                .db
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            insert(&transaction, &Record::Calibration(taken.clone()))?;
            transaction.execute(
                "INSERT OR REPLACE INTO baselines VALUES (?1, ?2, ?3, ?4)",
                params![
                    taken.camera,
                    taken.profile,
                    taken.at.as_millisecond(),
                    calibration
                ],
            )?;
            transaction.commit()?;
            Ok(())
        };
        write().map_err(|failure| failure.at(&self.path))
    }

    /// The camera's calibration of this profile, or its latest of any profile. A camera without any has
    /// those of the only other one of its name: it is on another port now.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or [`HistoryError::OtherCalibration`].
    pub fn calibration(
        &self,
        camera: &str,
        profile: Option<&str>,
    ) -> Result<Option<StoredCalibration>, HistoryError> {
        let calibrated = self
            .calibrated_camera(camera)
            .map_err(|failure| failure.at(&self.path))?;
        let row = self
            .db
            .query_row(
                "SELECT taken, profile, baseline FROM baselines
                 WHERE camera = ?1 AND (?2 IS NULL OR profile = ?2) ORDER BY taken DESC LIMIT 1",
                params![calibrated, profile],
                |row: &Row<'_>| -> rusqlite::Result<(i64, String, String)> {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                },
            )
            .optional()
            .map_err(|error| Failure::from(error).at(&self.path))?;
        let Some((taken, profile, calibration)) = row else {
            return Ok(None);
        };
        let other = || HistoryError::OtherCalibration {
            camera: camera.to_owned(),
        };
        Ok(Some(StoredCalibration {
            taken: CalibrationRecord {
                at: Timestamp::from_millisecond(taken).map_err(|_| other())?,
                camera: calibrated,
                profile,
            },
            calibration: serde_json::from_str(&calibration).map_err(|_| other())?,
        }))
    }

    /// The id under which a camera was calibrated; its own if that is unknown. An id is a port, a slash
    /// and a name.
    fn calibrated_camera(&self, camera: &str) -> Result<String, Failure> {
        let mut query = self.db.prepare("SELECT DISTINCT camera FROM baselines")?;
        let known = query.query_map([], |row| row.get(0))?;
        let known: Vec<String> = known.collect::<Result<_, _>>()?;
        let name = |id: &str| id.split_once('/').map(|(_, name)| name.to_owned());
        let mut same_name = known.iter().filter(|id| name(id) == name(camera));
        Ok(match (same_name.next(), same_name.next()) {
            (Some(only), None) if name(camera).is_some() => only.clone(),
            _ => camera.to_owned(),
        })
    }

    /// All calibrations, by camera, each camera's latest first.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn profiles(&self) -> Result<Vec<Profile>, HistoryError> {
        let read = || -> Result<Vec<Profile>, Failure> {
            let mut query = self.db.prepare(
                "SELECT taken, camera, profile, baseline FROM baselines
                 ORDER BY camera, taken DESC, profile",
            )?;
            let rows = query.query_map([], |row: &Row<'_>| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
            rows.map(|row| {
                let (taken, camera, profile, calibration): (i64, String, String, String) = row?;
                let at = Timestamp::from_millisecond(taken)
                    .map_err(|error| Failure::Unfit(error.to_string()))?;
                Ok(Profile {
                    taken: CalibrationRecord {
                        at,
                        camera,
                        profile,
                    },
                    calibration: serde_json::from_str(&calibration).ok(),
                })
            })
            .collect()
        };
        read().map_err(|failure| failure.at(&self.path))
    }

    /// Deletes a calibration. The record that it took place stays.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn remove_profile(&mut self, profile: &Profile) -> Result<(), HistoryError> {
        let taken = &profile.taken;
        self.db
            .execute(
                "DELETE FROM baselines WHERE camera = ?1 AND profile = ?2",
                params![taken.camera, taken.profile],
            )
            .map_err(|error| Failure::from(error).at(&self.path))?;
        Ok(())
    }
}
