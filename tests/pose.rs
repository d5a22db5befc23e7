//! The joints lie where `MediaPipe`'s own program finds them.
//!
//! The repository has a few pictures with its results. `cargo bench --bench mediapipe -- FOLDER`
//! compares many.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and prints figures on request"
)]

mod mediapipe;

use jiff::Timestamp;
use sitwell::frame::Frame;
use sitwell::landmarks::{Person, Sighting};
use sitwell::pose::{CropPlan, Pose, PoseModel};
use sitwell::posture::{CalibrationBuilder, Measurement, View, observe};
use sitwell::settings::ModelVariant;

use mediapipe::{compare, frame, pose, root};

const PLANS: [CropPlan; 5] = [
    CropPlan::Single,
    CropPlan::NextCrop,
    CropPlan::IfMoved,
    CropPlan::Round,
    CropPlan::AllCrops,
];

#[test]
fn joints_lie_where_mediapipe_finds_them() {
    let folder = root().join("tests/fixtures/landmarks");
    for (variant, table) in [
        (ModelVariant::Full, "full.csv"),
        (ModelVariant::Heavy, "heavy.csv"),
    ] {
        let comparison = compare(variant, &folder.join(table), &folder);
        assert_eq!(comparison.agree, comparison.pictures);
        comparison.check();
    }
}

#[test]
fn an_empty_room_holds_nobody() {
    let frame = Frame {
        pixels: image::RgbImage::from_fn(640, 480, |x, y| {
            image::Rgb([(x / 4) as u8, (y / 4) as u8, 90])
        }),
        at: Timestamp::UNIX_EPOCH,
    };
    for plan in PLANS {
        assert_eq!(
            pose(ModelVariant::Full).detect(&frame, plan).unwrap(),
            Sighting::Nobody
        );
    }
}

#[test]
fn rounded_shoulders_show_from_in_front_and_a_forward_head_is_none() {
    let folder = root().join("tests/fixtures/landmarks");
    let person = |file: &str| -> Person {
        let frame = frame(&folder.join(file));
        match pose(ModelVariant::Full).detect(&frame, CropPlan::Single) {
            Ok(Sighting::Person(person)) => *person,
            other => panic!("{file}: {other:?}"),
        }
    };
    let mut builder = CalibrationBuilder::default();
    builder
        .add(&person("s02_front_top_00_neutral.jpg"))
        .unwrap();
    let calibration = builder.calibration().unwrap();
    assert!(!calibration.lacks_shoulders());
    for (file, expected) in [
        ("s02_front_top_00_neutral.jpg", 0.0),
        ("s02_front_top_05_fht.jpg", 0.3),
        ("s02_front_top_09_protract.jpg", 14.5),
    ] {
        let sighting = Sighting::Person(Box::new(person(file)));
        let Measurement::Posture(posture) = observe(&sighting, Some(&calibration)) else {
            panic!("{file} shows no posture");
        };
        assert_eq!(posture.view, View::Front);
        let shoulders = posture.angles.rounded_shoulders.unwrap();
        let apart = shoulders.change.unwrap() - expected;
        assert!(apart.abs() < 2.0 * shoulders.error, "{file}: {shoulders:?}");
    }
}

#[test]
fn somebody_whom_mediapipe_misses_is_found_at_the_second_try() {
    let picture = frame(&root().join("tests/fixtures/landmarks/s12_side_22_campitch.jpg"));
    for plan in PLANS {
        let Sighting::Person(person) = pose(ModelVariant::Full).detect(&picture, plan).unwrap()
        else {
            panic!("nobody was found");
        };
        let nose = person.merged.points[0];
        // The true place of the nose's tip, in 480 pixels.
        let (x, y) = (277.48 / 480.0, 225.52 / 480.0);
        assert!((nose.x - x).hypot(nose.y - y) < 0.03, "{nose:?}");
    }
}

#[test]
fn of_two_people_the_larger_is_found_and_then_followed() {
    let person =
        frame(&root().join("tests/fixtures/landmarks/s02_front_top_00_neutral.jpg")).pixels;
    let far = image::imageops::resize(&person, 400, 300, image::imageops::FilterType::Triangle);
    let side_by_side = |left: &image::RgbImage, right: &image::RgbImage| {
        let mut room = image::RgbImage::from_pixel(1040, 480, image::Rgb([60, 60, 60]));
        image::imageops::replace(&mut room, left, 0, 480 - i64::from(left.height()));
        image::imageops::replace(
            &mut room,
            right,
            i64::from(left.width()),
            480 - i64::from(right.height()),
        );
        Frame {
            pixels: room,
            at: Timestamp::UNIX_EPOCH,
        }
    };
    let nose =
        |pose: &mut Pose, frame: &Frame| match pose.detect(frame, CropPlan::NextCrop).unwrap() {
            Sighting::Person(person) => person.crops[0].joints.points[0].x,
            Sighting::Nobody => panic!("nobody was found"),
        };
    let both = side_by_side(&person, &far);
    let mut pose = pose(ModelVariant::Full);
    assert!(
        nose(&mut pose, &both) < 1.33,
        "the larger person is on the left"
    );

    // A smaller person is followed too if they were found first.
    let mut alone = both.clone();
    image::imageops::replace(
        &mut alone.pixels,
        &image::RgbImage::from_pixel(640, 480, image::Rgb([60, 60, 60])),
        0,
        0,
    );
    let mut pose = self::pose(ModelVariant::Full);
    assert!(nose(&mut pose, &alone) > 1.33);
    assert!(
        nose(&mut pose, &both) > 1.33,
        "the person found before is followed"
    );
}

#[test]
fn who_has_not_moved_is_not_measured_anew_for_twenty_seconds() {
    let picture = frame(&root().join("tests/fixtures/landmarks/s02_front_top_00_neutral.jpg"));
    let mut pose = pose(ModelVariant::Full);
    let mut observe = |second: i64, right: i64| {
        let mut pixels = picture.pixels.clone();
        image::imageops::replace(&mut pixels, &picture.pixels, right, 0);
        let at = Timestamp::from_second(second).unwrap();
        match pose
            .detect(&Frame { pixels, at }, CropPlan::IfMoved)
            .unwrap()
        {
            Sighting::Person(person) => *person,
            Sighting::Nobody => panic!("nobody was found"),
        }
    };
    let first = observe(0, 0);
    assert!(first.face.is_some());
    // Half a centimetre aside is no move, and nothing creeps: the first place counts.
    assert_eq!(observe(7, 4), first);
    assert_eq!(observe(14, -4), first);
    // The next crop's turn.
    let again = observe(21, 0);
    assert_ne!(again.crops[0].crop, first.crops[0].crop);
    assert_eq!(observe(28, 0), again);
    let moved = observe(29, 20);
    assert_ne!(moved.crops[0].crop, again.crops[0].crop);
    let aside = moved.merged.points[0].x - again.merged.points[0].x;
    assert!(aside > 0.02, "{aside}");
    // Without a clock that goes forward nothing is taken for granted.
    let back = observe(-3600, 20);
    assert_ne!(back.crops[0].crop, moved.crops[0].crop);
}
