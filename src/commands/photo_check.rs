//! Compares a photograph from the side with what the webcam said in that minute.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};

use crate::folders;
use crate::history::{FILE_NAME, History};
use crate::record::{Period, PhotoCheck, Record, craniovertebral};
use crate::web::ClickedPhoto;

/// Keeps the angles of a photograph beside those of the webcam.
pub(super) fn run(
    photo: &ClickedPhoto,
    data_dir: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let angle = |number: usize| {
        let (tragus, c7) = photo.clicks[number];
        craniovertebral(tragus, c7).context("the tragus must be above C7; click again")
    };
    let photographed = (angle(0)?, angle(1)?);
    let mut history = History::open(&folders::data(data_dir)?.join(FILE_NAME))?;
    let (webcam, error) = webcam(&history, photo.taken)?;
    let check = PhotoCheck {
        taken: photo.taken,
        photo: photographed,
        webcam,
        error,
    };
    history.save(&Record::PhotoCheck(check))?;
    writeln!(
        out,
        "The photograph shows a neck angle of {:.1}\u{b0} ({:.1}\u{b0} and {:.1}\u{b0} by your clicks). The webcam gave {webcam:.1}\u{b0} \u{b1} {error:.1}\u{b0} \
         in that minute.",
        check.measured(),
        photographed.0,
        photographed.1,
    )?;
    Ok(())
}

/// The craniovertebral angle by the webcam in a minute, with one standard error of a reading: the neutral of the calibration
/// that was in use, and the change from it.
fn webcam(history: &History, taken: Timestamp) -> Result<(f64, f64)> {
    let second = taken.as_second();
    let start = Timestamp::from_second(second - second.rem_euclid(60))?;
    let minute = Period {
        from: start,
        to: start + SignedDuration::from_mins(1),
    };
    let records = history.desk(minute)?;
    let measured = records
        .minutes
        .first()
        .and_then(|minute| minute.angles.forward_head);
    let Some(span) = measured else {
        bail!(
            "the webcam measured no forward head in that minute; a minute is kept when it is over, and Sitwell has to be watching"
        );
    };
    let Some(used) = records.calibration_uses.first() else {
        bail!("which calibration was in use in that minute is not known");
    };
    let calibrated = history.calibration(&used.camera, used.profile.as_deref())?;
    let stored = calibrated.filter(|stored| stored.taken.at <= taken);
    let Some(stored) = stored else {
        bail!("you have calibrated since, so the neutral of that minute is no longer known");
    };
    let neutral = stored.calibration.rough().angles.forward_head;
    let neutral = neutral.context("this calibration has no angle of the neck")?;
    Ok((90.0 - (neutral.degrees + span.mean), span.error))
}
