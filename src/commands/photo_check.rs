//! Compares a photograph from the side with what the webcam said in that minute, and guesses where to click on it.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};

use crate::frame::Frame;
use crate::history::{FILE_NAME, History};
use crate::image::decode_picture;
use crate::landmarks::Sighting;
use crate::pose::{CropPlan, Pose, PoseModel};
use crate::posture::SidePoints;
use crate::record::{Period, PhotoCheck, Record, craniovertebral};
use crate::web::ClickedPhoto;
use crate::{folders, settings};

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

/// Guesses where tragus and C7 are in a photograph, a JPEG or PNG file. It is only in memory, and only meanwhile.
pub(super) fn guess(photograph: &[u8], config: Option<&Path>) -> Result<SidePoints> {
    let frame = Frame {
        pixels: decode_picture("the photograph", photograph)?,
        at: Timestamp::UNIX_EPOCH,
    };
    let model = settings::load(config)?.settings.pose.model;
    let mut pose = Pose::load(model, &folders::heavy_model())?;
    match pose.detect(&frame, CropPlan::Single)? {
        Sighting::Person(person) => SidePoints::guess(&person.merged)
            .context("you are not seen from the side here; a guess needs that"),
        Sighting::Nobody => bail!("nobody is found in this photograph"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(picture: &str) -> Result<SidePoints> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        guess(&std::fs::read(folder.join(picture)).unwrap(), None)
    }

    #[test]
    fn a_guess_is_near_tragus_and_c7_of_rendered_people() {
        // The posture set's labels.csv, tragus of the nearer side and C7 in pixels. Its pictures are 480 pixels high.
        let rows = [
            ("s00_side_00_neutral", (254.7, 136.6), (198.2, 231.2)),
            ("s02_side_05_fht", (297.2, 172.4), (223.5, 208.3)),
            ("s12_side_22_campitch", (384.0, 222.7), (456.6, 319.6)),
        ];
        for (picture, tragus, c7) in rows {
            let found = guessed(&format!("landmarks/{picture}.jpg")).unwrap();
            let distance = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
            let pixels = |point: (f64, f64)| (point.0 * 480.0, point.1 * 480.0);
            let neck = distance(tragus, c7);
            let off = [
                distance(pixels(found.tragus), tragus) / neck,
                distance(pixels(found.c7), c7) / neck,
            ];
            assert!(off.iter().all(|off| *off < 0.3), "{picture}: {off:?}");
        }
    }

    #[test]
    fn without_somebody_from_the_side_there_is_no_guess() {
        let front = guessed("landmarks/s02_front_top_00_neutral.jpg");
        let front = front.unwrap_err().to_string();
        assert!(front.contains("not seen from the side"), "{front}");
        let bytes = guess(b"GIF89a", None).unwrap_err().to_string();
        assert!(
            bytes.starts_with("the photograph is not a PNG or JPEG picture"),
            "{bytes}"
        );
        let mut grey = Vec::new();
        let picture = image::RgbImage::from_pixel(640, 480, image::Rgb([90; 3]));
        let mut out = std::io::Cursor::new(&mut grey);
        picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
        let nobody = guess(&grey, None).unwrap_err().to_string();
        assert_eq!(nobody, "nobody is found in this photograph");
    }
}
