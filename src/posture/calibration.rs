//! A calibration: how one person sits upright in front of one camera.
//!
//! It is made of several observations of somebody who sits upright and still. What cannot
//! be trusted is refused, with what to do about it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::angles;
use super::features::{Features, GirdleChange};
use super::inputs::Facing;
use super::measure::measure;
use super::{Basis, PerAngle, Posture, Seat, UnclearReason, View, girdle};
use crate::landmarks::{CropLandmarks, Face, Girdle, Landmarks, Person};
use crate::statistics::squared_deviations;

/// What a person's neutral posture looks like to one camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    view: View,
    facing: Facing,
    neutral: Features,
    /// What each crop alone shows of the neutral posture, with the crop's index.
    by_crop: Vec<(usize, Features)>,
    /// How much the person moved during the calibration: one standard deviation, in degrees.
    spread: PerAngle<f64>,
    #[serde(rename = "looks")]
    observations: usize,
    /// Width over height of the pictures. None in calibrations made before Sitwell kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aspect: Option<f32>,
    /// Where the person sat; none in calibrations from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seat: Option<Seat>,
    /// The neutral shoulders; none unless the camera stands in front, and in calibrations from before they were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    girdle: Option<Girdle>,
}

/// Collects observations of somebody who sits upright and makes a calibration of them.
#[derive(Debug, Clone, Default)]
pub struct CalibrationBuilder {
    features: Vec<Features>,
    by_crop: Vec<(usize, Features)>,
    aspect: Option<f32>,
    seats: Vec<Seat>,
    girdles: Vec<Girdle>,
}

impl CalibrationBuilder {
    /// Adds one observation.
    ///
    /// # Errors
    ///
    /// The reason why the picture does not show enough of the person.
    pub fn add(&mut self, person: &Person) -> Result<(), UnclearReason> {
        let face = person.face.as_ref();
        self.features.push(measure(&person.merged, face)?);
        self.seats.push(Seat::of(&person.merged));
        self.aspect.get_or_insert(person.merged.picture.aspect());
        self.girdles.extend(person.girdle.clone());
        let features = |cut: &CropLandmarks| Some((cut.crop, measure(&cut.joints, face).ok()?));
        self.by_crop
            .extend(person.crops.iter().filter_map(features));
        Ok(())
    }

    /// How many observations were added.
    #[must_use]
    pub fn observations(&self) -> usize {
        self.features.len()
    }

    /// Makes a calibration of the observations that were added.
    ///
    /// # Errors
    ///
    /// [`CalibrationRefusal`], with what to do about it.
    pub fn calibration(&self) -> Result<Calibration, CalibrationRefusal> {
        let mut calibration = Calibration::from_features(&self.features)?;
        // A craniovertebral angle below 0.
        let head = angles::rough(&calibration.neutral).angles.forward_head;
        if head.is_some_and(|head| head.degrees > 90.0) {
            return Err(CalibrationRefusal::Impossible);
        }
        let crops: BTreeSet<usize> = self.by_crop.iter().map(|(crop, _)| *crop).collect();
        let of = |crop: usize| {
            let features = self.by_crop.iter().filter(|(of, _)| *of == crop);
            let features: Vec<Features> = features.map(|(_, features)| *features).collect();
            Some((crop, Features::mean(&features)?))
        };
        calibration.by_crop = crops.into_iter().filter_map(of).collect();
        calibration.aspect = self.aspect;
        calibration.seat = Seat::mean(&self.seats);
        if calibration.view == View::Front {
            calibration.girdle = girdle::mean(&self.girdles);
            let changes: Vec<f64> = self
                .girdles
                .iter()
                .filter_map(|now| Some(calibration.girdle_change(Some(now))?.protraction))
                .collect();
            calibration.spread.rounded_shoulders = deviation(&changes);
        }
        Ok(calibration)
    }
}

/// Why the observations make no calibration.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CalibrationRefusal {
    /// No observation showed the person well enough.
    #[error(
        "nobody was seen well enough; sit so that your head and both shoulders are in the picture"
    )]
    NothingSeen,
    /// The person moved.
    #[error(
        "you moved too much (the head by {degrees:.0} degrees); sit upright and hold still for a few seconds"
    )]
    Moving {
        /// One standard deviation of forward head over the observations.
        degrees: f64,
    },
    /// What was seen cannot be a person's neck.
    #[error(
        "your head was seen below your shoulders, which cannot be; see that the picture is upright (`sitwell doctor`)"
    )]
    Impossible,
    /// The observations do not agree on where the camera stands.
    #[error("you turned while being looked at; face your screen as you do when you work")]
    Turning,
}

/// What to tell the person about a calibration that was made but may be poor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CalibrationWarning {
    /// The head seems to be forward already, so such a posture would count as upright.
    HeadForward {
        /// The craniovertebral angle in degrees, roughly: 90 less the forward head angle.
        craniovertebral: f64,
        /// One standard error of it.
        error: f64,
    },
}

impl fmt::Display for CalibrationWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CalibrationWarning::HeadForward {
                craniovertebral,
                error,
            } => write!(
                f,
                "your head looks forward already (a neck angle of about {craniovertebral:.0} degrees, give or take {error:.0}; \
                 upright is about {UPRIGHT:.0}); if you can sit taller, do so and calibrate again"
            ),
        }
    }
}

/// A craniovertebral angle that counts as upright, in degrees. Healthy adults have 50.6 +- 2.1
/// (Lau 2009). Forward head posture is commonly said to begin below 48 to 50.
const UPRIGHT: f64 = 50.0;

/// The largest spread of a calibration, in degrees. Three pictures of one neutral posture, observed through all
/// crops, differed by at most 1.9 degrees in six sessions of the posture set. Above this the person moved.
const MAX_SPREAD: f64 = 6.0;

/// A face that shows this many times as large as calibrated is much nearer. Of 27 labelled webcam photographs of bad
/// postures without shoulders in the picture 25 have one, and none of the good postures.
const LEANING_IN: f64 = 1.28;

/// How much the aspect of two pictures of one shape may differ, as a share: whole pixels round it. Our choice: one pixel in 100.
const MAX_ASPECT_CHANGE: f32 = 0.01;

impl Calibration {
    /// Makes a calibration of the features of somebody who sits upright, one item per observation.
    ///
    /// # Errors
    ///
    /// [`CalibrationRefusal`], with what to do about it.
    pub fn from_features(features: &[Features]) -> Result<Calibration, CalibrationRefusal> {
        let neutral = Features::mean(features).ok_or(CalibrationRefusal::NothingSeen)?;
        let (view, facing) = (angles::view(&neutral), angles::facing(&neutral));
        let agree = |features: &&Features| {
            angles::view(features) == view
                && (view == View::Front || angles::facing(features) == facing)
        };
        if features.iter().filter(agree).count() * 3 < features.len() * 2 {
            return Err(CalibrationRefusal::Turning);
        }
        let mut calibration = Calibration {
            view,
            facing,
            neutral,
            by_crop: Vec::new(),
            spread: PerAngle::default(),
            observations: features.len(),
            aspect: None,
            seat: None,
            girdle: None,
        };
        calibration.spread = calibration.spread_of(features);
        if calibration.spread.forward_head > MAX_SPREAD {
            return Err(CalibrationRefusal::Moving {
                degrees: calibration.spread.forward_head,
            });
        }
        Ok(calibration)
    }

    /// Whether pictures of this aspect (width over height) have the aspect of the calibration's pictures.
    /// Otherwise they may be squeezed, which changes every angle.
    pub(super) fn fits(&self, aspect: f32) -> bool {
        self.aspect
            .is_none_or(|calibrated| (aspect / calibrated - 1.0).abs() <= MAX_ASPECT_CHANGE)
    }

    /// Whether somebody with these joints may be the person who was calibrated, by where they sit.
    pub(super) fn is_seat_of(&self, joints: &Landmarks) -> bool {
        let seat = self.seat.as_ref();
        seat.is_none_or(|seat| seat.is_near(&Seat::of(joints)))
    }

    /// Whether the face shows so much larger than calibrated that the person leans into the screen. That shows
    /// also where the shoulders do not.
    pub(super) fn is_leaning_in(&self, face: &Face) -> bool {
        let neutral = self.neutral.face.as_ref();
        neutral.is_some_and(|neutral| f64::from(face.size) > LEANING_IN * neutral.head_size())
    }

    /// The features of a person in each crop, corrected by [`Calibration::relative_to_crop`]. What the shoulder network finds is
    /// the same in all.
    #[must_use]
    pub fn crops(&self, person: &Person, girdle: Option<GirdleChange>) -> Vec<(usize, Features)> {
        let features = |cut: &CropLandmarks| {
            let features = measure(&cut.joints, person.face.as_ref()).ok()?;
            let features = self.relative_to_crop(cut.crop, features);
            Some((cut.crop, Features { girdle, ..features }))
        };
        person.crops.iter().filter_map(features).collect()
    }

    /// Corrects the features that one crop shows by this crop's own bias: the difference between the neutral posture
    /// in this crop and in all crops. Features of a crop that was not calibrated stay as they are.
    pub(super) fn relative_to_crop(&self, crop: usize, features: Features) -> Features {
        let zero = self.by_crop.iter().find(|(of, _)| *of == crop);
        zero.map_or(features, |(_, zero)| features + (self.neutral - *zero))
    }

    /// How these shoulders differ from the neutral ones, where both show.
    pub(super) fn girdle_change(&self, now: Option<&Girdle>) -> Option<GirdleChange> {
        girdle::change(now?, self.girdle.as_ref()?)
    }

    fn spread_of(&self, features: &[Features]) -> PerAngle<f64> {
        let mut changes = PerAngle::<Vec<f64>>::default();
        for posture in features.iter().filter_map(|features| {
            angles::posture(features, Some(self), Some(Basis::FaceMesh)).ok()
        }) {
            for (angle, estimate) in posture.angles {
                changes[angle].extend(estimate.and_then(|estimate| estimate.change));
            }
        }
        changes.map(|changes| deviation(&changes))
    }

    /// A reason to doubt that this posture is neutral. Absolute angles are rough,
    /// so the warning comes only when the head is forward by more than their error.
    #[must_use]
    pub fn warning(&self) -> Option<CalibrationWarning> {
        let head = angles::rough(&self.neutral).angles.forward_head?;
        let craniovertebral = 90.0 - head.degrees;
        (craniovertebral + head.error < UPRIGHT).then_some(CalibrationWarning::HeadForward {
            craniovertebral,
            error: head.error,
        })
    }

    /// The neutral posture itself, in rough degrees.
    #[must_use]
    pub fn rough(&self) -> Posture {
        angles::rough(&self.neutral)
    }

    /// Whether a new calibration would give more exact angles because this one has no face mesh: it was made before
    /// Sitwell had the mesh, or the face did not show well enough.
    #[must_use]
    pub fn lacks_face(&self) -> bool {
        self.view != View::Side && self.neutral.face.is_none()
    }

    /// Whether a new calibration would let this camera watch the shoulders, too.
    #[must_use]
    pub fn lacks_shoulders(&self) -> bool {
        self.view == View::Front && self.girdle.is_none()
    }

    /// From where the camera sees the person.
    #[must_use]
    pub fn view(&self) -> View {
        self.view
    }

    /// Which way the person looks in the picture.
    #[must_use]
    pub fn facing(&self) -> Facing {
        self.facing
    }

    /// The features of the neutral posture.
    #[must_use]
    pub fn neutral(&self) -> &Features {
        &self.neutral
    }

    /// How much the person moved during the calibration: one standard deviation in degrees. It is 0 for an
    /// angle that the view does not show.
    #[must_use]
    pub fn spread(&self) -> PerAngle<f64> {
        self.spread
    }
}

/// One standard deviation. It is 0 for fewer than two values.
fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    (squared_deviations(values) / (values.len() - 1) as f64).sqrt()
}
