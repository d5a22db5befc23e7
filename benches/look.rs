//! What one look costs, stage by stage, and how soon the first result is there.
//!
//! `cargo bench --bench look`. Times depend on the machine, so compare the
//! ratios in the last column: each stage against a tracked look with `full`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and prints"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sitwell::frame::Frame;
use sitwell::monitor::Observer;
use sitwell::pose::{HEAVY_FILE, Looks, Pose, PoseModel, Variant};
use sitwell::posture::Limits;

const ROUNDS: usize = 30;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let jpeg = std::fs::read(root.join("src/commands/demo/desk/1.jpg")).unwrap();
    let decode = || image::load_from_memory(&jpeg).unwrap().into_rgb8();
    let frame = Frame {
        pixels: decode(),
        at: Timestamp::UNIX_EPOCH,
    };
    let heavy = [root.join("models").join(HEAVY_FILE)];
    let load = |variant, looks| Pose::load(variant, &heavy, looks).unwrap();

    let mut rows: Vec<(String, Duration)> = Vec::new();
    rows.push((
        "decode a 640 x 480 JPEG".to_owned(),
        median(|| drop(black_box(decode()))),
    ));
    for variant in [Variant::Lite, Variant::Full, Variant::Heavy] {
        let mut pose = load(variant, Looks::Following);
        pose.look(&frame).unwrap();
        let look = median(|| drop(black_box(pose.look(&frame).unwrap())));
        rows.push((format!("a tracked look, {variant:?}"), look));
    }
    let mut pose = load(Variant::Full, Looks::Single);
    rows.push((
        "a single picture, Full: detector and all crops".to_owned(),
        median(|| drop(black_box(pose.look(&frame).unwrap()))),
    ));
    let sighting = pose.look(&frame).unwrap();
    let mut observer = Observer::new(None, Limits::default());
    rows.push((
        "measure, smooth and judge".to_owned(),
        median(|| {
            black_box(observer.look(&sighting, frame.at));
        }),
    ));
    let first = median_of(5, || {
        let mut pose = load(Variant::Full, Looks::Following);
        drop(black_box(pose.look(&frame).unwrap()));
    });
    rows.push(("from nothing to the first result, Full".to_owned(), first));

    let tracked = rows
        .iter()
        .find(|(name, _)| name == "a tracked look, Full")
        .map(|(_, time)| *time)
        .unwrap();
    for (name, time) in &rows {
        println!(
            "{name:48} {:9.3} ms  {:7.3} x",
            time.as_secs_f64() * 1e3,
            time.as_secs_f64() / tracked.as_secs_f64()
        );
    }
}

fn median(work: impl FnMut()) -> Duration {
    median_of(ROUNDS, work)
}

fn median_of(rounds: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[rounds / 2]
}
