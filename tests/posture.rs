//! Posture over time, on recordings made of rendered people with exactly known angles.
//!
//! The curves were fitted to these people among others, so the errors here are a
//! check that nothing broke, not what a stranger gets; see `tests/fixtures/posture/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop where it stands, and its figures are worth reading"
)]

#[path = "posture/head.rs"]
mod head;
#[path = "posture/noise.rs"]
mod noise;
#[path = "posture/place.rs"]
mod place;
#[path = "posture/recording.rs"]
mod recording;

use jiff::SignedDuration;
use proptest::prelude::*;
use recording::{Moved, NOT_A_SLOUCH, Picture, STEADY, Session, Watched, person, sessions};
use sitwell::frame::PictureSize;
use sitwell::landmarks::{CropLandmarks, Joint, Landmarks, Sighting};
use sitwell::monitor::Observation;
use sitwell::posture::episode::EpisodeEvent;
use sitwell::posture::{
    Basis, Calibration, CalibrationBuilder, CalibrationWarning, Limits, Measurement, Moment,
    Posture, UnclearReason, classify, observe,
};

fn front(session: &Session) -> bool {
    session.view.starts_with("front")
}

fn change(observation: &Observation) -> Option<f64> {
    observation.posture.as_ref()?.angles.forward_head?.change
}

fn slouched(observation: &Observation) -> bool {
    matches!(observation.moment, Moment::Slouched(_))
}

/// Neutral for a while, a pose held for 30 s, and back.
fn held(session: &Session, picture: &Picture) -> (Watched, Vec<Observation>) {
    let neutral = session.neutrals()[0];
    let mut watched = Watched::calibrated(session);
    watched.sits(neutral, 10, Moved::NOT);
    let observations = watched.sits(picture, 30, Moved::NOT);
    watched.sits(neutral, 30, Moved::NOT);
    (watched, observations)
}

#[test]
fn from_the_front_forward_head_is_off_by_two_degrees_at_most() {
    let mut errors = Vec::new();
    for session in sessions().iter().filter(|session| front(session)) {
        for picture in session.others() {
            let (_, observations) = held(session, picture);
            let truth = picture.forward_head - session.neutral_angle();
            errors.extend(
                observations
                    .last()
                    .and_then(change)
                    .map(|change| (change - truth).abs()),
            );
        }
    }
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    println!(
        "{} poses, mean absolute error {mean:.2} degrees",
        errors.len()
    );
    assert!(errors.len() > 280, "{} of 300 poses measured", errors.len());
    assert!(mean <= 2.0, "{mean:.2}");
}

#[test]
fn a_still_sitter_does_not_jitter() {
    for session in sessions() {
        let mut watched = Watched::calibrated(&session);
        watched.sits(session.neutrals()[0], 30, Moved::NOT);
        let observations = watched.sits(session.neutrals()[0], 600, Moved::NOT);
        let changes: Vec<f64> = observations.iter().filter_map(change).collect();
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        let squares = changes.iter().map(|change| (change - mean).powi(2));
        let deviation = (squares.sum::<f64>() / changes.len() as f64).sqrt();
        println!("{} {deviation:.2}", session.name);
        assert!(deviation <= 1.0, "{} {deviation:.2}", session.name);
    }
}

#[test]
fn what_is_not_a_slouch_does_not_become_one() {
    let sessions = sessions();
    let (mut poses, mut called) = (0, Vec::new());
    for session in &sessions {
        let others = session.others();
        for picture in others.filter(|picture| NOT_A_SLOUCH.contains(&&*picture.pose)) {
            let (watched, observations) = held(session, picture);
            assert_eq!(watched.events, [], "{}", picture.name);
            poses += 1;
            if observations.last().is_some_and(slouched) {
                called.push(&picture.name);
            }
        }
    }
    println!(
        "{} of {poses} held for 30 s are called: {called:?}",
        called.len()
    );
    assert!(called.is_empty(), "{called:?}");
}

#[test]
fn a_trunk_that_leans_forward_is_told_from_everything_else() {
    let sessions = sessions();
    let (mut leaning, mut found, mut wrong) = (0, 0, Vec::new());
    for session in sessions.iter().filter(|session| session.view != "side") {
        for picture in session.others() {
            // The trunk leans by 18 degrees in number 14, and in these poses not at all.
            let leans = picture.name.ends_with("_14_lean");
            if !leans && !NOT_A_SLOUCH.contains(&&*picture.pose) && picture.pose != "fht" {
                continue;
            }
            let (_, observations) = held(session, picture);
            let posture = observations.last().and_then(|seen| seen.posture.as_ref());
            let is_told = posture.is_some_and(|posture| posture.leans_forward().is_some());
            leaning += u32::from(leans);
            found += u32::from(leans && is_told);
            if is_told && !leans {
                wrong.push(&picture.name);
            }
        }
    }
    println!("{found} of {leaning} leaning trunks are found; wrong: {wrong:?}");
    // Measured: 15 of 16.
    assert!(leaning == 16 && found >= 14);
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_slouch_of_more_than_15_degrees_is_seen_and_over_when_it_is_over() {
    let sessions = sessions();
    let (mut slouches, mut missed, mut late) = (0, Vec::new(), Vec::new());
    for session in &sessions {
        let base = session.neutral_angle();
        let strong = |picture: &&Picture| picture.forward_head - base > 15.0;
        for picture in session.others().filter(strong) {
            let mut watched = Watched::calibrated(session);
            let neutral = session.neutrals()[0];
            let before = watched.sits(neutral, 30, Moved::NOT);
            watched.sits(picture, 90, Moved::NOT);
            slouches += 1;
            let Some(EpisodeEvent::Began(slouch)) = watched.events.first() else {
                missed.push(&picture.name);
                continue;
            };
            // The first look at it is held back until the next agrees, and counts all the same.
            if slouch.from > before[before.len() - 1].at + STEADY {
                late.push(&picture.name);
            }
            watched.sits(neutral, 60, Moved::NOT);
            assert_eq!(watched.events.len(), 2, "{} ends", picture.name);
        }
    }
    println!("of {slouches} missed: {missed:?}, begun late: {late:?}");
    assert!(missed.len() * 20 <= slouches, "{missed:?}");
    assert!(late.len() * 10 <= slouches, "{late:?}");
}

#[test]
fn a_camera_that_shows_the_whole_picture_elsewhere_or_larger_makes_no_slouch() {
    let moved = |scale, right, down| Moved { scale, right, down };
    for session in &sessions() {
        for moved in [
            moved(1.0, 0.10, 0.0),
            moved(1.0, -0.10, 0.0),
            moved(1.0, 0.0, 0.05),
            moved(1.0, 0.0, 0.10),
            moved(1.0, 0.0, -0.05),
            moved(1.0, 0.0, -0.10),
            moved(1.05, 0.0, 0.0),
            moved(1.10, 0.0, 0.0),
            moved(0.95, 0.0, 0.0),
            moved(0.90, 0.0, 0.0),
        ] {
            for neutral in session.neutrals() {
                let mut watched = Watched::calibrated(session);
                watched.sits(neutral, 10, Moved::NOT);
                let observations = watched.sits(neutral, 120, moved);
                assert!(!observations.iter().any(slouched), "{}", session.name);
            }
        }
    }
}

#[test]
fn who_cannot_be_measured_is_seldom_looked_at_through_all_crops() {
    for session in &sessions() {
        let mut watched = Watched::calibrated(session);
        let below = Moved {
            down: 0.6,
            ..Moved::NOT
        };
        let observations = watched.sits(session.neutrals()[0], 600, below);
        assert!(
            observations
                .iter()
                .all(|observation| observation.posture.is_none())
        );
        // Three times in three minutes.
        assert!(
            watched.thorough <= 12,
            "{} {}",
            session.name,
            watched.thorough
        );
    }
}

#[test]
fn somebody_who_passes_makes_no_slouch() {
    let sessions = sessions();
    for (session, passing) in sessions.iter().zip(sessions.iter().cycle().skip(2)) {
        let mut watched = Watched::calibrated(session);
        let neutral = session.neutrals()[0];
        let behind = Moved {
            scale: 0.6,
            right: 0.3,
            down: -0.1,
        };
        for _ in 0..10 {
            watched.sits(neutral, 20, Moved::NOT);
            watched.sits(passing.neutrals()[0], 5, behind);
        }
        assert_eq!(
            watched.events,
            [],
            "{} passes {}",
            passing.name,
            session.name
        );
    }
}

#[test]
fn standing_up_and_leaving_is_no_slouch() {
    for session in &sessions() {
        let mut watched = Watched::calibrated(session);
        let neutral = session.neutrals()[0];
        watched.sits(neutral, 30, Moved::NOT);
        for rise in [0.1, 0.2, 0.3, 0.5] {
            let up = Moved {
                down: -rise,
                scale: 1.0 + rise,
                ..Moved::NOT
            };
            watched.sits(neutral, 5, up);
        }
        let observations = watched.leaves(120);
        assert!(
            observations
                .iter()
                .all(|observation| observation.moment == Moment::Away)
        );
        watched.sits(neutral, 60, Moved::NOT);
        assert_eq!(watched.events, [], "{}", session.name);
    }
}

/// A pace that the settings allow, with a maximum gap that fits it.
fn seldom(session: &Session) -> Watched {
    let (steady, max_gap) = (SignedDuration::from_secs(45), SignedDuration::from_secs(60));
    Watched::every(session, steady, max_gap)
}

#[test]
fn a_change_is_confirmed_also_at_a_slow_pace() {
    let sessions = sessions();
    let (mut slouches, mut confirmed) = (0, 0);
    for session in sessions.iter().filter(|session| front(session)) {
        let base = session.neutral_angle();
        let strong = |picture: &&Picture| picture.forward_head - base > 25.0;
        for picture in session.others().filter(strong) {
            let mut watched = seldom(session);
            watched.sits(session.neutrals()[0], 270, Moved::NOT);
            let observations = watched.sits(picture, 90, Moved::NOT);
            slouches += 1;
            // The first one is held back, and counts once the next confirms it.
            let is_confirmed = |observation: &Observation| {
                slouched(observation) && observation.since == observations[0].at
            };
            confirmed += usize::from(
                !slouched(&observations[0]) && observations[1..].iter().any(is_confirmed),
            );
        }
    }
    println!("{confirmed} of {slouches} confirmed");
    assert!(confirmed >= 10 && confirmed * 10 >= slouches * 9);
}

#[test]
fn drift_is_learnt_also_at_a_slow_pace() {
    let mean = |observations: &[Observation]| {
        let changes: Vec<f64> = observations.iter().filter_map(change).collect();
        changes.iter().sum::<f64>() / changes.len() as f64
    };
    let (mut early, mut late) = (0.0, 0.0);
    for session in &sessions() {
        for picture in session.neutrals() {
            let mut watched = seldom(session);
            let observations = watched.sits(picture, 3 * 3600, Moved::NOT);
            let first = mean(&observations[..20]);
            if first.abs() > 0.7 {
                early += first.abs();
                late += mean(&observations[observations.len() - 20..]).abs();
            }
        }
    }
    println!("off by {early:.2} degrees together at first, by {late:.2} after three hours");
    assert!(early > 2.0, "{early:.2}");
    assert!(late < early / 2.0, "{early:.2} {late:.2}");
}

#[test]
fn a_moved_camera_is_noticed_also_at_a_slow_pace() {
    let sessions = sessions();
    let side = sessions
        .iter()
        .find(|session| session.view == "side")
        .unwrap();
    let session = sessions.iter().find(|session| front(session)).unwrap();
    let mut watched = seldom(session);
    watched.sits(session.neutrals()[0], 270, Moved::NOT);
    let observations = watched.sits(side.neutrals()[0], 450, Moved::NOT);
    let stale = Moment::Unclear(UnclearReason::CalibrationStale);
    assert_eq!(observations.last().unwrap().moment, stale);
}

#[test]
fn a_picture_of_another_shape_asks_for_a_calibration() {
    let sessions = sessions();
    let session = sessions.iter().find(|session| front(session)).unwrap();
    let calibration = calibration(session);
    let rows = [
        (640, 480, true),
        (1280, 960, true),
        (641, 480, true),
        (480, 480, false),
        (640, 360, false),
    ];
    for (width, height, fits) in rows {
        let mut joints = session.neutrals()[0].crops[0].joints.clone();
        joints.picture = PictureSize { width, height };
        let measured = observe(&sighting(joints), Some(&calibration));
        let stale = Measurement::Unclear(UnclearReason::CalibrationStale);
        assert_eq!(measured != stale, fits, "{width}x{height}: {measured:?}");
    }
}

/// The picture turned clockwise by a quarter.
fn quarter_turned(mut joints: Landmarks) -> Landmarks {
    let aspect = joints.picture.aspect();
    for point in &mut joints.points {
        (point.x, point.y) = ((1.0 - point.y) / aspect, point.x / aspect);
    }
    let PictureSize { width, height } = joints.picture;
    joints.picture = PictureSize {
        width: height,
        height: width,
    };
    joints
}

#[test]
fn a_turned_picture_is_refused_with_the_way_it_lies() {
    let (mut wrong, mut misread) = (Vec::new(), Vec::new());
    let mut count = 0;
    for session in sessions() {
        for picture in &session.pictures {
            let mut joints = picture.crops[0].joints.clone();
            let reasons = [
                UnclearReason::HeadToTheRight,
                UnclearReason::UpsideDown,
                UnclearReason::HeadToTheLeft,
            ];
            let upright = observe(&sighting(joints.clone()), None);
            let is_measured = matches!(upright, Measurement::Posture(_));
            for reason in reasons.into_iter().filter(|_| is_measured) {
                joints = quarter_turned(joints);
                let measured = observe(&sighting(joints.clone()), None);
                count += 1;
                if measured != Measurement::Unclear(reason) {
                    wrong.push(format!("{}: {reason}", picture.name));
                }
            }
            if matches!(upright, Measurement::Unclear(reason) if reason.is_turned()) {
                misread.push(picture.name.clone());
            }
        }
    }
    println!(
        "{} of {count} turned pictures are not recognised",
        wrong.len()
    );
    // A head far in front of the trunk still looks half upright.
    assert_eq!(
        wrong,
        ["s03_side_27_combo: picture on its side, head to the right"]
    );
    // In this one the model itself takes the person for upside down.
    assert_eq!(misread, ["s01_side_14_lean"]);
}

/// An observation through the plain crop.
fn sighting(joints: Landmarks) -> Sighting {
    person([CropLandmarks { crop: 0, joints }].into_iter(), None)
}

/// The calibration on these pictures, each seen through all crops.
fn calibrated<'a>(pictures: impl IntoIterator<Item = &'a Picture>) -> Option<Calibration> {
    let mut neutral = CalibrationBuilder::default();
    for picture in pictures {
        if let Sighting::Person(person) = person(picture.crops.iter().cloned(), picture.face) {
            let _ = neutral.add(&person);
        }
    }
    neutral.calibration().ok()
}

fn calibration(session: &Session) -> Calibration {
    calibrated(session.neutrals()).unwrap()
}

/// The same without the face mesh, for pictures of which only joints are moved.
fn calibration_by_joints(session: &Session) -> Calibration {
    let mut neutral = CalibrationBuilder::default();
    for picture in session.neutrals() {
        if let Sighting::Person(person) = person(picture.crops.iter().cloned(), None) {
            neutral.add(&person).unwrap();
        }
    }
    neutral.calibration().unwrap()
}

fn posture(joints: Landmarks, calibration: Option<&Calibration>) -> Option<Posture> {
    match observe(&sighting(joints), calibration) {
        Measurement::Posture(posture) => Some(posture),
        Measurement::Nobody | Measurement::Unclear(_) => None,
    }
}

fn angles(posture: &Posture) -> Vec<f64> {
    posture
        .angles
        .into_iter()
        .filter_map(|(_, angle)| angle)
        .flat_map(|angle| [Some(angle.degrees), angle.change, Some(angle.error)])
        .flatten()
        .collect()
}

#[test]
fn who_is_calibrated_on_a_strong_slouch_is_warned_and_who_sits_well_is_not() {
    let (mut well, mut warned, mut slouched, mut caught) = (0, 0, 0, 0);
    for session in &sessions() {
        for picture in &session.pictures {
            let Some(calibration) = calibrated([picture]) else {
                continue;
            };
            let warning = matches!(
                calibration.warning(),
                Some(CalibrationWarning::HeadForward { .. })
            );
            // Healthy adults have a craniovertebral angle of 50.6 +- 2.1 (Lau 2009).
            let craniovertebral = 90.0 - picture.forward_head;
            if craniovertebral > 50.0 {
                (well, warned) = (well + 1, warned + usize::from(warning));
            } else if craniovertebral < 35.0 {
                (slouched, caught) = (slouched + 1, caught + usize::from(warning));
            }
        }
    }
    println!("warned: {warned} of {well} above 50, {caught} of {slouched} below 35 degrees");
    assert!(warned * 10 <= well, "{warned} of {well}");
    assert!(caught * 2 >= slouched, "{caught} of {slouched}");
}

#[test]
fn what_lies_at_the_pictures_edge_is_not_measured() {
    let mid = |joints: &Landmarks, left, right| {
        (joints.points[left as usize].y + joints.points[right as usize].y) / 2.0
    };
    let (mut low, mut high) = (0, 0);
    for session in &sessions() {
        let joints = &session.neutrals()[0].crops[0].joints;
        let shoulders = mid(joints, Joint::LeftShoulder, Joint::RightShoulder);
        let eyes = mid(joints, Joint::LeftEye, Joint::RightEye);
        let mouth = mid(joints, Joint::MouthLeft, Joint::MouthRight);
        let forehead = eyes - 0.81 * (mouth - eyes);
        let seen = |down| {
            let moved = Moved { down, ..Moved::NOT }.apply(joints.clone());
            observe(&sighting(moved), Some(&calibration_by_joints(session)))
        };
        let cut = |reason| Measurement::Unclear(reason);
        // The shoulders' middle at 0.98 and 0.96 of the height, the forehead beyond the top and below it.
        let lower = seen(0.98 - shoulders);
        assert_eq!(lower, cut(UnclearReason::ShouldersOutOfPicture));
        let upper = seen(-0.01 - forehead);
        assert_eq!(upper, cut(UnclearReason::HeadCutOff), "{}", session.name);
        low += usize::from(matches!(seen(0.96 - shoulders), Measurement::Posture(_)));
        high += usize::from(matches!(seen(0.01 - forehead), Measurement::Posture(_)));
    }
    // One shoulder alone may lie beyond the edge.
    println!("measured inside the edges: {low} and {high}");
    assert!(low >= 15 && high == 20, "{low} {high}");
}

#[test]
fn a_calibration_from_before_the_face_mesh_measures_by_the_joints() {
    for session in sessions().iter().filter(|session| front(session)) {
        let calibration = calibration(session);
        assert!(!calibration.lacks_face(), "{}", session.name);
        let mut stored = serde_json::to_value(&calibration).unwrap();
        stored["neutral"].as_object_mut().unwrap().remove("face");
        for crop in stored["by_crop"].as_array_mut().unwrap() {
            crop[1].as_object_mut().unwrap().remove("face");
        }
        let old: Calibration = serde_json::from_value(stored.clone()).unwrap();
        assert!(old.lacks_face());
        assert_eq!(serde_json::to_value(&old).unwrap(), stored);
        for picture in session.others() {
            let seen = |face, calibration: &Calibration| {
                let seen = observe(
                    &person(picture.crops.iter().cloned(), face),
                    Some(calibration),
                );
                match seen {
                    Measurement::Posture(posture) => Some(posture),
                    Measurement::Nobody | Measurement::Unclear(_) => None,
                }
            };
            let now = seen(picture.face, &old);
            assert!(now.is_none_or(|posture| posture.basis == Basis::Joints));
            // A face that showed when calibrated and is hidden now: the head looks away or far down.
            assert_eq!(seen(None, &calibration), None, "{}", picture.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn angles_do_not_change_when_the_picture_is_shifted_or_scaled(
        which in 0_usize..560, scale in 0.85_f32..1.15, right in -0.1_f32..0.1, down in -0.1_f32..0.1,
    ) {
        let sessions = sessions();
        let session = &sessions[which / 28];
        let Some(picture) = session.pictures.get(which % 28) else { return Ok(()) };
        let calibration = calibration_by_joints(session);
        let joints = &picture.crops[0].joints;
        let moved = Moved { scale, right, down }.apply(joints.clone());
        for calibration in [None, Some(&calibration)] {
            // What the move pushes out of the picture is not measured, and not wrongly either.
            let (Some(here), Some(there)) = (posture(joints.clone(), calibration), posture(moved.clone(), calibration)) else {
                continue;
            };
            for (here, there) in angles(&here).into_iter().zip(angles(&there)) {
                prop_assert!((here - there).abs() < 0.05, "{here} {there}");
            }
        }
    }

    #[test]
    fn joints_that_are_no_numbers_give_no_angles_that_are_none(
        which in 0_usize..560, wild in proptest::collection::vec((0..Joint::COUNT, 0_usize..3, 0_usize..6), 1..6),
    ) {
        let sessions = sessions();
        let session = &sessions[which / 28];
        let Some(picture) = session.pictures.get(which % 28) else { return Ok(()) };
        let mut joints = picture.crops[0].joints.clone();
        for (joint, part, value) in wild {
            let value = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 0.0][value];
            let point = &mut joints.points[joint];
            match part {
                0 => point.x = value,
                1 => point.y = value,
                _ => point.visibility = value,
            }
        }
        let calibration = calibration(session);
        for calibration in [None, Some(&calibration)] {
            let seen = observe(&sighting(joints.clone()), calibration);
            let verdict = classify(&seen, &Limits::default(), None);
            prop_assert!(verdict.severity.is_none_or(f64::is_finite));
            if let Measurement::Posture(posture) = seen {
                prop_assert!(angles(&posture).into_iter().all(f64::is_finite), "{posture:?}");
            }
        }
    }
}
