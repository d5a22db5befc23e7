//! The joints lie where MediaPipe's own program finds them.
//!
//! A few pictures with its results are in the tree. A folder with many, and with
//! `landmarks.csv`, `landmarks_lite.csv` and `landmarks_heavy.csv` of the same kind,
//! is compared with
//! `SITWELL_POSTURE_SET=FOLDER cargo test --release --test pose -- --ignored --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop where it stands, and prints figures on request"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sitwell::folders::HEAVY_FILE;
use sitwell::frame::Frame;
use sitwell::image::read_picture;
use sitwell::landmarks::Sighting;
use sitwell::pose::{CropPlan, Pose, PoseModel};
use sitwell::settings::ModelVariant;

/// Points of the head and the shoulders.
const POINTS: usize = 13;
/// Shares of the picture's height.
const MEDIAN: f64 = 0.004;
const PERCENTILE_95: f64 = 0.015;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pose(variant: ModelVariant) -> Pose {
    Pose::load(variant, &[root().join("models").join(HEAVY_FILE)]).unwrap()
}

fn frame(path: &Path) -> Frame {
    Frame {
        pixels: read_picture(path).unwrap(),
        at: Timestamp::UNIX_EPOCH,
    }
}

struct Comparison {
    agree: usize,
    pictures: usize,
    /// Distances in picture heights, in order.
    distances: Vec<f64>,
}

impl Comparison {
    fn at(&self, share: f64) -> f64 {
        self.distances[((self.distances.len() - 1) as f64 * share) as usize]
    }

    fn print(&self, variant: ModelVariant) {
        println!(
            "{variant:?}: found agrees on {} of {}, median {:.3} %, 95th percentile {:.3} % of the picture's height",
            self.agree,
            self.pictures,
            100.0 * self.at(0.5),
            100.0 * self.at(0.95)
        );
    }
}

/// Looks at the pictures and compares with a table of `file`, `x0`, `y0`, ... and perhaps `ok`.
fn compare(variant: ModelVariant, table: &Path, pictures: &Path) -> Comparison {
    let text = fs::read_to_string(table).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut pose = pose(variant);
    let mut comparison = Comparison {
        agree: 0,
        pictures: 0,
        distances: Vec::new(),
    };
    for line in lines {
        let row: BTreeMap<&str, &str> = header.iter().copied().zip(line.split(',')).collect();
        let frame = frame(&pictures.join(row["file"]));
        let (width, height) = (
            f64::from(frame.pixels.width()),
            f64::from(frame.pixels.height()),
        );
        let found = row.get("ok").is_none_or(|ok| *ok == "1");
        comparison.pictures += 1;
        match pose.detect(&frame, CropPlan::Single).unwrap() {
            Sighting::Person(person) if found => {
                comparison.agree += 1;
                for (index, point) in person.crops[0]
                    .joints
                    .points
                    .iter()
                    .take(POINTS)
                    .enumerate()
                {
                    let theirs =
                        |axis: &str| row[&*format!("{axis}{index}")].parse::<f64>().unwrap();
                    let across = f64::from(point.x) - theirs("x") * width / height;
                    let down = f64::from(point.y) - theirs("y");
                    comparison.distances.push(across.hypot(down));
                }
            }
            Sighting::Nobody if !found => comparison.agree += 1,
            Sighting::Person(_) | Sighting::Nobody => {}
        }
    }
    comparison.distances.sort_by(f64::total_cmp);
    comparison
}

#[test]
fn joints_lie_where_mediapipe_finds_them() {
    let folder = root().join("tests/fixtures/landmarks");
    for (variant, table) in [
        (ModelVariant::Lite, "lite.csv"),
        (ModelVariant::Full, "full.csv"),
        (ModelVariant::Heavy, "heavy.csv"),
    ] {
        let comparison = compare(variant, &folder.join(table), &folder);
        comparison.print(variant);
        assert_eq!(comparison.agree, comparison.pictures);
        assert!(
            comparison.at(0.5) <= MEDIAN,
            "{variant:?}: median {}",
            comparison.at(0.5)
        );
        assert!(
            comparison.at(0.95) <= PERCENTILE_95,
            "{variant:?}: 95th percentile {}",
            comparison.at(0.95)
        );
    }
}

#[test]
#[ignore = "needs a folder with many pictures, see above"]
fn joints_lie_where_mediapipe_finds_them_in_many_pictures() {
    let folder = PathBuf::from(std::env::var_os("SITWELL_POSTURE_SET").unwrap());
    for (variant, table) in [
        (ModelVariant::Lite, "landmarks_lite.csv"),
        (ModelVariant::Full, "landmarks.csv"),
        (ModelVariant::Heavy, "landmarks_heavy.csv"),
    ] {
        let comparison = compare(variant, &folder.join(table), &folder.join("pictures"));
        comparison.print(variant);
        assert!(comparison.agree * 100 >= comparison.pictures * 99);
        assert!(comparison.at(0.5) <= MEDIAN);
        assert!(comparison.at(0.95) <= PERCENTILE_95);
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
    for looks in [CropPlan::Single, CropPlan::NextCrop, CropPlan::AllCrops] {
        assert_eq!(
            pose(ModelVariant::Full).detect(&frame, looks).unwrap(),
            Sighting::Nobody
        );
    }
}

#[test]
fn of_two_people_the_larger_is_seen_and_then_followed() {
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

    // Somebody smaller is followed too once they were seen first.
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
        "the one seen before is followed"
    );
}
