//! Something is on the head that was not there during the calibration, or no longer is: headphones, drawn on.

use sitwell::monitor::Observation;
use sitwell::posture::{Basis, CalibrationDoubt};

use super::recording::{Moved, Picture, Session, Watched, sessions, sessions_in};
use super::slouched;

/// Sessions of one person at one place: calibrated, at work.
fn changes() -> [(&'static str, Vec<(Session, Session)>); 2] {
    let pairs = |calibrated: Vec<Session>, mut at_work: Vec<Session>| -> Vec<_> {
        let pair = |calibrated: Session| {
            let at = at_work.iter().position(|s| s.name == calibrated.name)?;
            Some((calibrated, at_work.swap_remove(at)))
        };
        calibrated.into_iter().filter_map(pair).collect()
    };
    let worn = || sessions_in("headphones.csv");
    [
        ("put on", pairs(sessions(), worn())),
        ("taken off", pairs(worn(), sessions())),
    ]
}

#[test]
fn upright_people_with_headphones_put_on_or_taken_off_are_not_nudged() {
    for (what, pairs) in changes() {
        assert_eq!(pairs.len(), 8);
        for (calibrated, now) in pairs {
            let name = &now.name;
            let mut watched = Watched::calibrated(&calibrated);
            let looks = watched.sits(now.neutrals()[0], 420, Moved::NOT);
            assert_eq!(watched.events, [], "{what} {name}");
            let is_different = |look: &Observation| {
                let posture = look.posture.as_ref();
                posture.is_some_and(|posture| posture.basis == Basis::DifferentHead)
            };
            assert!(looks.iter().all(is_different), "{what} {name}");
            let asked = watched.doubt();
            assert_ne!(asked, Some(CalibrationDoubt::CameraElsewhere), "{name}");
        }
    }
}

#[test]
fn slouches_with_headphones_put_on_or_taken_off_are_found() {
    // Measured: 20 and 22 found, and 2 called each (21 and 22 when eight crops took turns). Before there was a network for this, 20 and 22, 3 and 7.
    for ((what, pairs), most_called) in changes().into_iter().zip([2, 2]) {
        let (mut slouches, mut found, mut called) = (0, 0, 0);
        for (calibrated, now) in &pairs {
            let base = now.neutral_angle();
            let is_called = |picture: &Picture| {
                let mut watched = Watched::calibrated(calibrated);
                watched.sits(now.neutrals()[0], 60, Moved::NOT);
                let looks = watched.sits(picture, 60, Moved::NOT);
                u32::from(looks.last().is_some_and(slouched))
            };
            for picture in now.others() {
                match &*picture.pose {
                    "fht" if picture.forward_head - base > 10.0 => {
                        slouches += 1;
                        found += is_called(picture);
                    }
                    "pitch" | "yaw" | "near" => called += is_called(picture),
                    _ => {}
                }
            }
        }
        println!("{what}: {found} of {slouches} found, {called} called");
        assert_eq!(slouches, 24);
        assert!(found >= 20 && called <= most_called, "{what}");
    }
}
