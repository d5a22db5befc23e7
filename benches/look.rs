//! Measures one observation, stage by stage, and the time to the first result.
//!
//! `cargo bench --bench look`. Times are processor time. They depend on the machine, so compare the
//! ratios in the last column: each stage against a tracked observation with `full`.
//!
//! `cargo bench --bench look -- --from-jpeg 60` prints only the milliseconds from a JPEG in memory
//! to landmarks, as the median of 60 tracked observations through a crop, and the vector instructions
//! that this processor has. `benches/against_mediapipe.py` reads it. With `--avx2` before it our own
//! convolutions use AVX2 and no more; tract's products, an eighth of the pose network's time, cannot be limited.
#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and prints"
)]

mod processor_time;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sitwell::folders::HEAVY_FILE;
use sitwell::frame::Frame;
use sitwell::image::freeze::FreezeDetector;
use sitwell::image::quality::PictureQuality;
use sitwell::landmarks::Sighting;
use sitwell::perception::{PerceptionSettings, PostureTracker};
use sitwell::pose::{CropPlan, Pose, PoseModel};
use sitwell::posture::{CalibrationBuilder, ErrorFactor};
use sitwell::settings::ModelVariant;
use sitwell_kernels::limit_to_avx2;

use processor_time::median_of;

const ROUNDS: usize = 30;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let jpeg = std::fs::read(root.join("src/commands/demo/frames/1.jpg")).unwrap();
    let is_limited = std::env::args().any(|word| word == "--avx2");
    assert!(!is_limited || limit_to_avx2(), "no AVX2");
    let mut arguments = std::env::args().skip_while(|word| word != "--from-jpeg");
    match arguments.nth(1) {
        Some(rounds) => {
            let time = ms(from_jpeg(&jpeg, rounds.parse().unwrap()));
            let vectors = if is_limited { "AVX2" } else { vectors() };
            println!("{time:.2} {vectors}");
        }
        None => stages(root, &jpeg),
    }
}

/// The widest vector instructions of this processor. tract and the kernels choose by them.
fn vectors() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            "AVX-512"
        } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            "AVX2"
        } else {
            "SSE"
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        "NEON"
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        "none"
    }
}

fn decode(jpeg: &[u8]) -> Frame {
    Frame {
        pixels: image::load_from_memory(jpeg).unwrap().into_rgb8(),
        at: Timestamp::UNIX_EPOCH,
    }
}

fn from_jpeg(jpeg: &[u8], rounds: usize) -> Duration {
    let mut pose = Pose::load(ModelVariant::Full, &[]).unwrap();
    pose.detect(&decode(jpeg), CropPlan::NextCrop).unwrap();
    median_of(rounds, || {
        black_box(pose.detect(&decode(jpeg), CropPlan::NextCrop).unwrap());
    })
}

fn stages(root: &Path, jpeg: &[u8]) {
    let frame = decode(jpeg);
    let heavy = [root.join("models").join(HEAVY_FILE)];
    let load = |variant| Pose::load(variant, &heavy).unwrap();

    let mut rows: Vec<(String, Duration)> = Vec::new();
    let mut row = |name: &str, work: &mut dyn FnMut()| {
        let time = median_of(ROUNDS, work);
        rows.push((name.to_owned(), time));
        time
    };
    row("decode a 640 x 480 JPEG", &mut || {
        black_box(decode(jpeg));
    });
    row("picture quality", &mut || {
        black_box(PictureQuality::of(&frame.pixels));
    });
    let mut freeze = FreezeDetector::default();
    row("freeze detection", &mut || {
        black_box(freeze.is_frozen(&frame));
    });
    for variant in [ModelVariant::Full, ModelVariant::Heavy] {
        let mut pose = load(variant);
        pose.detect(&frame, CropPlan::NextCrop).unwrap();
        row(&format!("a tracked observation, {variant:?}"), &mut || {
            black_box(pose.detect(&frame, CropPlan::NextCrop).unwrap());
        });
    }
    let mut pose = load(ModelVariant::Full);
    row("detecting people in a whole picture", &mut || {
        black_box(pose.person_sizes(&frame.pixels).unwrap());
    });
    row(
        "a single picture, Full: detector and all crops",
        &mut || {
            black_box(pose.detect(&frame, CropPlan::Single).unwrap());
        },
    );
    let sighting = pose.detect(&frame, CropPlan::Single).unwrap();
    let Sighting::Person(person) = &sighting else {
        panic!("the bench's picture shows a person");
    };
    let mut neutral = CalibrationBuilder::default();
    neutral.add(person).unwrap();
    let calibration = Some(neutral.calibration().unwrap());
    let mut tracker = PostureTracker::new(calibration, PerceptionSettings::default());
    row("measuring, filtering and classifying", &mut || {
        let factor = ErrorFactor::default();
        black_box(tracker.observe(&sighting, CropPlan::Single, factor, frame.at));
    });
    let start = Instant::now();
    let first = median_of(5, || {
        let mut pose = load(ModelVariant::Full);
        black_box(pose.detect(&frame, CropPlan::NextCrop).unwrap());
    });
    let elapsed = start.elapsed() / 5;
    rows.push(("loading and the first result, Full".to_owned(), first));

    let tracked = rows
        .iter()
        .find(|(name, _)| name == "a tracked observation, Full")
        .map(|(_, time)| *time)
        .unwrap();
    for (name, time) in &rows {
        println!(
            "{name:48} {:9.3} ms  {:7.3} x",
            ms(*time),
            time.div_duration_f64(tracked)
        );
    }
    println!(
        "The first result came after {:.2} s.",
        elapsed.as_secs_f64()
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
