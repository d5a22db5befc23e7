//! Compares the joints with those that MediaPipe's own program finds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use sitwell::folders::HEAVY_FILE;
use sitwell::frame::Frame;
use sitwell::image::read_picture;
use sitwell::landmarks::Sighting;
use sitwell::pose::{CropPlan, Pose, PoseModel};
use sitwell::settings::ModelVariant;

/// Points of the head and the shoulders.
const POINTS: usize = 13;
/// The most that distances may be, as shares of the picture's height.
const MEDIAN: f64 = 0.004;
const PERCENTILE_95: f64 = 0.015;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn pose(variant: ModelVariant) -> Pose {
    Pose::load(variant, &[root().join("models").join(HEAVY_FILE)]).unwrap()
}

pub(crate) fn frame(path: &Path) -> Frame {
    Frame {
        pixels: read_picture(path).unwrap(),
        at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) struct Comparison {
    variant: ModelVariant,
    pub(crate) agree: usize,
    pub(crate) pictures: usize,
    /// Distances in picture heights, in order.
    distances: Vec<f64>,
}

impl Comparison {
    fn at(&self, share: f64) -> f64 {
        self.distances[((self.distances.len() - 1) as f64 * share) as usize]
    }

    /// Prints the figures, then demands that the distances are small.
    pub(crate) fn check(&self) {
        let (variant, median, high) = (self.variant, self.at(0.5), self.at(0.95));
        println!(
            "{variant:?}: found agrees on {} of {}, median {:.3} %, 95th percentile {:.3} % of the picture's height",
            self.agree,
            self.pictures,
            100.0 * median,
            100.0 * high
        );
        assert!(median <= MEDIAN, "{variant:?}: median {median}");
        assert!(high <= PERCENTILE_95, "{variant:?}: 95th percentile {high}");
    }
}

/// Runs the model on the pictures of a table with the columns `file`, `x0`, `y0`, ... and perhaps `ok`.
pub(crate) fn compare(variant: ModelVariant, table: &Path, pictures: &Path) -> Comparison {
    let text = fs::read_to_string(table).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut pose = pose(variant);
    let mut comparison = Comparison {
        variant,
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
