//! Whether a head only looks down.
//!
//! Looking down lowers the tragus towards the shoulders, as a head that comes forward does. Estimators see through
//! that only in part. The face mesh shows the head's pitch itself: where it grew by more than any slouch as large as the
//! estimate makes it grow, the estimate is the glance.

use super::Basis;
use super::features::Features;

/// How many degrees of pitch belong to a degree of forward head at most. Each person estimated by a fit on all others, the posture
/// set's slouches of 10 degrees and more that are found, in front and oblique, have 1.3 at most. The glances that were called a slouch
/// from an oblique camera have 1.8 and 2.1 (ACCURACY.md, "Single pictures").
const PITCH_OF_A_SLOUCH: f64 = 1.4;
/// Forward head below this, in degrees, keeps its number: a glance is then no slouch anyway. Our choice: 5 degrees, the
/// smallest limit whose price is known (ACCURACY.md), over the gain of 1.25.
const LEAST: f64 = 4.0;

/// Whether a head that is estimated so many degrees forward of its neutral only looks down. Before a camera that was
/// moved the pitch says nothing.
#[must_use]
pub fn only_looks_down(
    forward_head: f64,
    basis: Basis,
    now: &Features,
    neutral: &Features,
) -> bool {
    let faces = now.face.zip(neutral.face);
    let pitch = faces.map(|(now, neutral)| (now.pitch - neutral.pitch).to_degrees());
    match basis {
        Basis::FaceMesh | Basis::ShoulderGirdle | Basis::DifferentHead => pitch
            .is_some_and(|pitch| forward_head >= LEAST && pitch > PITCH_OF_A_SLOUCH * forward_head),
        Basis::Joints | Basis::MovedCamera => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FaceFeatures, JointFeatures};
    use super::*;

    #[test]
    fn a_glance_is_told_from_a_slouch_by_the_heads_pitch() {
        let pitched = |degrees: f64| Features {
            face: Some(FaceFeatures {
                pitch: degrees.to_radians(),
                ..FaceFeatures::of([0.0; FaceFeatures::COUNT])
            }),
            ..JointFeatures::of([0.0; JointFeatures::COUNT]).into()
        };
        // Estimated forward head and pitch of the posture set's pictures s02_oblique_16_pitch, s15_oblique_16_pitch,
        // s10_oblique_23_combo and s00_front_laptop_25_combo, then a smaller glance and a moved camera.
        let rows = [
            (12.1, Basis::FaceMesh, 21.9, true),
            (10.5, Basis::FaceMesh, 22.5, true),
            (16.1, Basis::FaceMesh, 18.1, false),
            (21.8, Basis::FaceMesh, 28.4, false),
            (3.3, Basis::FaceMesh, 20.1, false),
            (10.2, Basis::DifferentHead, 22.5, true),
            (10.2, Basis::MovedCamera, 22.5, false),
        ];
        for (forward_head, basis, pitch, wanted) in rows {
            let is_glance = only_looks_down(forward_head, basis, &pitched(pitch), &pitched(0.0));
            assert_eq!(is_glance, wanted, "{forward_head} {pitch}");
        }
        let hidden = Features {
            face: None,
            ..pitched(0.0)
        };
        assert!(!only_looks_down(
            12.0,
            Basis::Joints,
            &hidden,
            &pitched(0.0)
        ));
    }
}
