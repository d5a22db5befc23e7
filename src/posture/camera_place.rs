//! Whether the camera still stands where it stood when the person was calibrated.
//!
//! A camera that is raised sees the face from further above: its pitch changes, and the person
//! sinks in the picture less than somebody who bends that far. One picture cannot tell that from
//! somebody who looks down, so the last observations count together.
//!
//! While the camera may stand elsewhere, an estimator that was taught on moved cameras gives the
//! angle. It is less exact, and it still finds slouches. The user is asked for a calibration only
//! after minutes, because people lean over a low laptop, too.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::Basis;
use super::features::{FaceFeatures, Features, ShapeFeatures};
use crate::statistics::median;

/// So many observations count together.
const OBSERVATIONS: usize = 6;
/// They are at least this far apart: quicker ones show the same moment again.
const APART: SignedDuration = SignedDuration::from_secs(5);
/// How much further from above the face shows when the camera was raised, in degrees. Of eight people of
/// the posture set who were seen from a laptop and from the monitor's top edge, 13 to 26 cm higher, it is 6 to 19.
const RAISED: f64 = 5.0;
/// Somebody who bends forward sinks in the picture, and somebody before a raised camera less so. Each
/// hundredth of the picture's height takes 0.8 degrees off. Of the set's single pictures of a camera that
/// was not moved, 7 % have more than this left, and all upright people before a raised one.
pub(super) const RAISED_BEYOND_BENDING: f64 = 8.0;
const DEGREES_FOR_SINKING: f64 = 80.0;
/// The same for a camera that was lowered: 1 % and all.
pub(super) const LOWERED: f64 = -4.0;
/// A face that is wider or narrower by more than this (logarithm) belongs to a squeezed picture. In seven sessions of
/// the posture set squeezed to 3/4 it is 0.15 to 0.24; in 150 other pictures of six it is 0.09 at most, but for one.
const SQUEEZED: f64 = 0.12;
/// A face that is turned further than this, in degrees, shows narrower in the mesh, by this much for each degree (logarithm).
/// Fitted on 248 pictures of the set's ten oblique sessions. There two stay beyond `SQUEEZED` instead of eight, and all 49
/// that were squeezed to 3/4 are beyond it. In front heads seldom turn that far.
const NARROWER_FROM: f64 = 20.0;
const NARROWER: f64 = 0.0046;
/// Ears that are further apart or nearer by more than this (logarithm) are covered, or no longer so. Of 14 sessions with
/// headphones or hair drawn on, 7 have more; of the 150 pictures as they are 5, all of them strong slouches or heads far down.
const OTHER_EARS: f64 = 0.06;
/// From this on the estimator for a head that looks different gives the angle: it is only a little less exact for a head that
/// does not. Of 84 sessions with headphones drawn on in two ways and put on or taken off, 71 have a larger median; of the 64 in
/// which nothing changed none has more than 0.015. Of single pictures with nothing changed 10 % have more.
const PERHAPS_OTHER_EARS: f64 = 0.03;
/// A camera that is raised or lowered changes the ears by this at most: by 0.038 for the eight people above. Of the 42 sessions with
/// headphones taken off two look like a lowered camera too, and the ears differ by 0.055 and 0.082 there.
const EARS_OF_MOVED_CAMERA: f64 = 0.045;
/// The camera surely stands elsewhere once it seemed so for this long. Our choice: reading on the
/// desk usually takes less.
const SURE: SignedDuration = SignedDuration::from_mins(5);

/// Where the camera stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CameraPlace {
    /// Where it stood for the calibration.
    AsCalibrated,
    /// Perhaps higher or lower.
    MaybeElsewhere,
}

/// How the camera sees a face.
#[derive(Debug, Clone, Copy, PartialEq)]
struct FaceView {
    /// From how far above, in degrees.
    pitch: f64,
    /// How low head and shoulders are in the picture, in picture heights from its top edge.
    down: f64,
}

impl From<&FaceFeatures> for FaceView {
    fn from(face: &FaceFeatures) -> FaceView {
        FaceView {
            pitch: face.pitch.to_degrees(),
            down: face.shoulder_y.midpoint(face.head_y()),
        }
    }
}

impl FaceView {
    /// From how much further above than `neutral`, beyond what bending forward shows.
    fn beyond_bending(self, neutral: FaceView) -> f64 {
        self.pitch - neutral.pitch - DEGREES_FOR_SINKING * (self.down - neutral.down)
    }
}

/// From how many degrees further above the camera sees the face; below 0 from further below. As for [`CameraPlace`], what bending
/// forward shows is taken off a camera that seems raised.
pub(super) fn elevation(now: &FaceFeatures, neutral: &FaceFeatures) -> f64 {
    let (now, neutral) = (FaceView::from(now), FaceView::from(neutral));
    match now.pitch - neutral.pitch {
        pitch if pitch > 0.0 => now.beyond_bending(neutral).max(0.0),
        pitch => pitch,
    }
}

impl CameraPlace {
    /// Where the camera stands by one picture alone.
    fn of(now: &FaceFeatures, neutral: &FaceFeatures) -> CameraPlace {
        CameraPlace::between(now.into(), neutral.into())
    }

    fn between(now: FaceView, neutral: FaceView) -> CameraPlace {
        let pitch = now.pitch - neutral.pitch;
        let is_raised = pitch > RAISED && now.beyond_bending(neutral) > RAISED_BEYOND_BENDING;
        if is_raised || pitch < LOWERED {
            CameraPlace::MaybeElsewhere
        } else {
            CameraPlace::AsCalibrated
        }
    }
}

/// Whether the picture is squeezed or stretched, by the face's own proportions.
#[must_use]
pub fn is_squeezed(now: &Features, neutral: &Features) -> bool {
    differ_in_width(shape_from_ahead(now), neutral)
}

fn differ_in_width(now: Option<ShapeFeatures>, neutral: &Features) -> bool {
    let shapes = now.zip(shape_from_ahead(neutral));
    shapes.is_some_and(|(now, neutral)| (now.width - neutral.width).abs() > SQUEEZED)
}

/// The face's proportions, the width as if the face were not turned.
fn shape_from_ahead(features: &Features) -> Option<ShapeFeatures> {
    let turned = (features.face_yaw().abs() - NARROWER_FROM).max(0.0);
    features.shape.map(|shape| ShapeFeatures {
        width: shape.width + NARROWER * turned,
        ..shape
    })
}

/// What an angle from the front rests on, by one picture alone and its calibration.
#[must_use]
pub fn basis(now: &Features, neutral: &Features) -> Basis {
    let faces = now.face.as_ref().zip(neutral.face.as_ref());
    let place = faces.map(|(now, neutral)| CameraPlace::of(now, neutral));
    let ears = now.shape.zip(neutral.shape);
    let ears = ears.map(|(now, neutral)| now.ears - neutral.ears);
    of(place, ears)
}

fn of(place: Option<CameraPlace>, ears: Option<f64>) -> Basis {
    let ears = ears.map_or(0.0, f64::abs);
    match place {
        None => Basis::Joints,
        Some(CameraPlace::MaybeElsewhere) if ears <= EARS_OF_MOVED_CAMERA => Basis::MovedCamera,
        Some(_) if ears > PERHAPS_OTHER_EARS => Basis::DifferentHead,
        Some(_) => Basis::FaceMesh,
    }
}

/// What the last observations say of the camera and of the head.
#[derive(Debug, Clone, Default)]
pub struct CameraWatch {
    recent: VecDeque<(Timestamp, FaceView, Option<ShapeFeatures>)>,
    /// For how long the camera has seemed to stand elsewhere.
    elsewhere: SignedDuration,
    /// For how long the head has looked different.
    different: SignedDuration,
}

impl CameraWatch {
    /// Adds an observation, compared with the calibration; nothing without a face. After a longer gap than
    /// `max_gap` the observations before it no longer count: a camera is seldom moved while somebody sits in front of it.
    pub fn add(
        &mut self,
        now: &Features,
        neutral: &Features,
        at: Timestamp,
        max_gap: SignedDuration,
    ) {
        let Some(face) = &now.face else {
            return;
        };
        let since = self.recent.back().map(|last| at.duration_since(last.0));
        match since {
            Some(since) if (SignedDuration::ZERO..APART).contains(&since) => return,
            Some(since) if since > max_gap || since.is_negative() => self.recent.clear(),
            Some(since) => {
                if self.basis(neutral) == Basis::MovedCamera {
                    self.elsewhere += since;
                }
                if self.has_different_ears(neutral) {
                    self.different += since;
                }
            }
            None => {}
        }
        if self.recent.len() == OBSERVATIONS {
            self.recent.pop_front();
        }
        self.recent
            .push_back((at, face.into(), shape_from_ahead(now)));
        if self.recent.len() == OBSERVATIONS {
            if self.basis(neutral) != Basis::MovedCamera {
                self.elsewhere = SignedDuration::ZERO;
            }
            if !self.has_different_ears(neutral) {
                self.different = SignedDuration::ZERO;
            }
        }
    }

    /// What an angle from the front rests on by the last observations.
    #[must_use]
    pub fn basis(&self, neutral: &Features) -> Basis {
        let views = self.view().zip(neutral.face.as_ref());
        let place = views.map(|(now, neutral)| CameraPlace::between(now, neutral.into()));
        of(place, self.ears(neutral))
    }

    /// Whether the last observations are squeezed or stretched.
    #[must_use]
    pub fn is_squeezed(&self, neutral: &Features) -> bool {
        differ_in_width(self.shape(), neutral)
    }

    /// Whether the camera has stood elsewhere long enough for a new calibration to be due.
    #[must_use]
    pub fn is_surely_elsewhere(&self) -> bool {
        self.elsewhere >= SURE
    }

    /// Whether the head has looked different for that long, as with headphones.
    #[must_use]
    pub fn is_head_surely_different(&self) -> bool {
        self.different >= SURE
    }

    /// How far the last observations are from another neutral, in degrees of the face's pitch; none if the camera
    /// does not stand as for that one.
    #[must_use]
    pub fn distance(&self, neutral: &FaceFeatures) -> Option<f64> {
        let now = self.view()?;
        let fits = CameraPlace::between(now, neutral.into()) == CameraPlace::AsCalibrated;
        fits.then(|| (now.pitch - neutral.pitch.to_degrees()).abs())
    }

    fn has_different_ears(&self, neutral: &Features) -> bool {
        let ears = self.ears(neutral);
        ears.is_some_and(|ears| ears.abs() > OTHER_EARS)
    }

    /// How much further apart the ears show than calibrated.
    fn ears(&self, neutral: &Features) -> Option<f64> {
        let shapes = self.shape().zip(neutral.shape);
        shapes.map(|(now, neutral)| now.ears - neutral.ears)
    }

    fn view(&self) -> Option<FaceView> {
        let of = |part: fn(&FaceView) -> f64| median(self.recent.iter().map(|(_, v, _)| part(v)));
        Some(FaceView {
            pitch: of(|view| view.pitch)?,
            down: of(|view| view.down)?,
        })
    }

    fn shape(&self) -> Option<ShapeFeatures> {
        let shapes = self.recent.iter().filter_map(|(.., shape)| *shape);
        Some(ShapeFeatures {
            width: median(shapes.clone().map(|shape| shape.width))?,
            ears: median(shapes.map(|shape| shape.ears))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::JointFeatures;
    use super::super::features::NOSE_LENGTH;
    use super::*;

    const MAX_GAP: SignedDuration = SignedDuration::from_secs(30);

    fn face(pitch: f64, down: f64) -> FaceFeatures {
        FaceFeatures {
            height: 1.0,
            size: -1.0,
            pitch: pitch.to_radians(),
            right: 0.0,
            shoulder_width: -0.7,
            shoulder_x: 0.6,
            shoulder_y: 0.7 + down,
        }
    }

    /// Somebody with this face and shape.
    fn features(face: FaceFeatures, width: f64, ears: f64) -> Features {
        Features {
            face: Some(face),
            shape: Some(ShapeFeatures { width, ears }),
            ..JointFeatures::of([0.0; JointFeatures::COUNT]).into()
        }
    }

    fn neutral() -> Features {
        features(face(0.0, 0.0), 0.0, 0.0)
    }

    /// Faces every 5 s, each by how much its pitch changed and how far it sank.
    fn watched(faces: &[(f64, f64)]) -> CameraWatch {
        let mut watch = CameraWatch::default();
        for (n, &(pitch, down)) in (0..).zip(faces) {
            let at = Timestamp::from_second(5 * n).unwrap();
            let now = features(face(pitch, down), 0.0, 0.0);
            watch.add(&now, &neutral(), at, MAX_GAP);
        }
        watch
    }

    fn place(faces: &[(f64, f64)]) -> Basis {
        watched(faces).basis(&neutral())
    }

    #[test]
    fn a_raised_and_a_lowered_camera_are_told_from_bending() {
        let rows = [
            (0.0, 0.0, Basis::FaceMesh),
            // Looking down while the head sinks.
            (14.0, 0.1, Basis::FaceMesh),
            (14.0, 0.0, Basis::MovedCamera),
            (12.0, -0.1, Basis::MovedCamera),
            (4.0, -0.2, Basis::FaceMesh),
            (-3.0, 0.1, Basis::FaceMesh),
            (-6.0, 0.1, Basis::MovedCamera),
        ];
        for (pitch, down, wanted) in rows {
            let one = basis(&features(face(pitch, down), 0.0, 0.0), &neutral());
            assert_eq!(one, wanted, "{pitch} {down}");
            assert_eq!(place(&[(pitch, down); 6]), wanted);
        }
    }

    #[test]
    fn a_head_that_looks_different_is_told_from_a_moved_camera() {
        // By how much the face's pitch changed, in degrees, and the ears.
        let rows = [
            (0.0, 0.025, Basis::FaceMesh),
            (0.0, 0.04, Basis::DifferentHead),
            (-3.0, -0.06, Basis::DifferentHead),
            (-5.0, 0.055, Basis::DifferentHead),
            (14.0, -0.033, Basis::MovedCamera),
            (-13.0, 0.038, Basis::MovedCamera),
        ];
        for (pitch, ears, wanted) in rows {
            let now = features(face(pitch, 0.0), 0.0, ears);
            assert_eq!(basis(&now, &neutral()), wanted, "{pitch} {ears}");
            let mut watch = CameraWatch::default();
            for n in 0..6 {
                let at = Timestamp::from_second(5 * n).unwrap();
                watch.add(&now, &neutral(), at, MAX_GAP);
            }
            assert_eq!(watch.basis(&neutral()), wanted, "{pitch} {ears}");
        }
    }

    #[test]
    fn a_glance_does_not_move_the_camera() {
        let mut faces = vec![(0.0, 0.0); 6];
        faces.extend([(20.0, 0.0); 2]);
        assert_eq!(place(&faces), Basis::FaceMesh);
        faces.extend([(20.0, 0.0); 2]);
        assert_eq!(place(&faces), Basis::MovedCamera);
    }

    #[test]
    fn after_five_minutes_elsewhere_a_calibration_is_due() {
        let minutes = |minutes: usize| vec![(12.0, 0.0); minutes * 12];
        let is_due = |faces: &[(f64, f64)]| watched(faces).is_surely_elsewhere();
        assert!(!is_due(&minutes(5)));
        assert!(is_due(&minutes(6)));
        let back = vec![(0.0, 0.0); 12];
        assert!(!is_due(&[minutes(4), back, minutes(4)].concat()));
    }

    #[test]
    fn what_was_before_a_gap_does_not_count() {
        let mut watch = watched(&[(0.0, 0.0); 6]);
        let later = Timestamp::from_second(25 + 31).unwrap();
        let now = features(face(12.0, 0.0), 0.0, 0.0);
        watch.add(&now, &neutral(), later, MAX_GAP);
        assert_eq!(watch.basis(&neutral()), Basis::MovedCamera);
    }

    #[test]
    fn a_neutral_that_fits_is_as_far_as_its_pitch() {
        let watch = watched(&[(12.0, 0.0); 6]);
        assert_eq!(watch.distance(&face(0.0, 0.0)), None);
        let distance = watch.distance(&face(10.0, 0.0)).unwrap();
        assert!((distance - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_squeezed_picture_and_covered_ears_are_told_from_postures() {
        let watched = |width, ears| {
            let mut watch = CameraWatch::default();
            for n in 0..72 {
                let at = Timestamp::from_second(5 * n).unwrap();
                let now = features(face(0.0, 0.0), width, ears);
                watch.add(&now, &neutral(), at, MAX_GAP);
            }
            let is_squeezed = watch.is_squeezed(&neutral());
            (is_squeezed, watch.is_head_surely_different())
        };
        let rows = [
            (0.0, 0.0, (false, false)),
            (0.09, 0.05, (false, false)),
            (-0.2, 0.01, (true, false)),
            (0.2, 0.01, (true, false)),
            (0.01, -0.07, (false, true)),
            (0.01, 0.07, (false, true)),
        ];
        for (width, ears, wanted) in rows {
            assert_eq!(watched(width, ears), wanted, "{width} {ears}");
        }
    }

    /// Pictures of the posture set: degrees that the face is turned at the neutral and now, and how much wider it shows.
    #[test]
    fn a_turned_head_is_no_squeezed_picture() {
        let rows = [
            ("s01_oblique_17_yaw", 45.5, 69.8, -0.207, false),
            ("s15_oblique_17_yaw", 47.1, 24.5, 0.161, false),
            ("s20_oblique_14_lean", -40.1, -52.2, -0.131, false),
            ("s19_oblique_17_yaw", -31.8, -6.6, 0.107, false),
            ("s01_oblique_27_combo squeezed", 45.5, 66.7, -0.275, true),
            ("s04_oblique_19_side squeezed", -50.5, -37.3, -0.121, true),
            ("s00_front_laptop_13_lean squeezed", 1.1, 1.5, -0.202, true),
        ];
        for (name, before, after, width, wanted) in rows {
            let turned = |degrees: f64, width| {
                let mut turned = features(face(0.0, 0.0), width, 0.0);
                turned.joints.nose_right = NOSE_LENGTH * degrees.to_radians().tan();
                turned
            };
            let (neutral, now) = (turned(before, 0.0), turned(after, width));
            assert_eq!(is_squeezed(&now, &neutral), wanted, "{name}");
        }
    }
}
