//! Measures an hour of watching: the real binary at its defaults on a made-up hour.
//!
//! `cargo bench --bench hour`. A person sits at a desk, moves a little all the time, glances about
//! and slouches twice. The monitor decodes only pictures that are due, so the hour can be played
//! fast. It excludes the camera's cost, which `benches/camera` measures. It needs Linux's `/proc`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and prints, and may panic"
)]

mod processor_time;

use std::fs;
use std::io::{BufRead, BufReader, Cursor};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use jiff::Timestamp;
use sitwell::frame::Frame;
use sitwell::pose::{CropPlan, Pose, PoseModel};
use sitwell::settings::ModelVariant;

use processor_time::median_of;

/// One picture a second.
const PICTURES: usize = 3600;

/// Variants of each posture: other noise, another place, another brightness.
const KINDS: usize = 24;

/// A person's sway from picture to picture, in pixels.
const SWAY: f32 = 5.0;

/// The noise of a webcam indoors, of 255.
const NOISE: f32 = 4.0;

/// Processor time in `/proc` is counted in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// The demo's picture that shows the posture at this second of the hour.
fn posture(second: usize) -> usize {
    match (second / 60, second % 60) {
        // Two slouches, one of four minutes and one of three.
        (15..19 | 41..44, _) => 5 + second % 2,
        // Leaning in for a moment, which is not a slouch.
        (4 | 9 | 23 | 28 | 34 | 52, 20..32) => 3,
        // Three upright postures by turns.
        (minute, _) => minute / 3 % 3,
    }
}

/// Pseudo-random numbers from 0 to 1.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 24) as f32
    }

    /// From `-reach` to `reach`, near zero more often.
    fn around(&mut self, reach: f32) -> f32 {
        (self.next() + self.next() - 1.0) * reach
    }
}

/// The same posture a moment later.
fn later(picture: &RgbImage, numbers: &mut Numbers) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let (dx, dy) = (numbers.around(SWAY), numbers.around(SWAY / 2.0));
    let brightness = 1.0 + numbers.around(0.02);
    let at = |at: u32, by: f32, end: u32| (at as f32 + by).clamp(0.0, end as f32 - 1.0) as u32;
    let moved = RgbImage::from_fn(width, height, |x, y| {
        let from = picture.get_pixel(at(x, dx, width), at(y, dy, height));
        let grain = numbers.around(NOISE);
        image::Rgb(
            from.0
                .map(|value| (f32::from(value) * brightness + grain) as u8),
        )
    });
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 85)
        .encode_image(&moved)
        .unwrap();
    jpeg
}

/// Writes the hour as a folder of pictures and returns the first one.
fn record(folder: &Path) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/demo/frames");
    let stock = folder.with_extension("stock");
    fs::create_dir_all(&stock).unwrap();
    fs::create_dir_all(folder).unwrap();
    let mut numbers = Numbers(1);
    for picture in 0..7 {
        let clean = image::open(root.join(format!("{}.jpg", picture + 1)));
        let clean = clean.unwrap().into_rgb8();
        for kind in 0..KINDS {
            let file = stock.join(format!("{picture}-{kind}.jpg"));
            fs::write(file, later(&clean, &mut numbers)).unwrap();
        }
    }
    for second in 0..PICTURES {
        let kind = (numbers.next() * KINDS as f32) as usize;
        fs::hard_link(
            stock.join(format!("{}-{kind}.jpg", posture(second))),
            folder.join(format!("{second:04}.jpg")),
        )
        .unwrap();
    }
    fs::read(folder.join("0000.jpg")).unwrap()
}

/// Processor time from a JPEG in memory to landmarks, while a person is tracked.
fn one_observation(jpeg: &[u8]) -> Duration {
    let mut pose = Pose::load(ModelVariant::default(), &[]).unwrap();
    let mut observe = || {
        let picture = image::load(Cursor::new(jpeg), image::ImageFormat::Jpeg);
        let frame = Frame {
            pixels: picture.unwrap().into_rgb8(),
            at: Timestamp::UNIX_EPOCH,
        };
        pose.detect(&frame, CropPlan::NextCrop).unwrap();
    };
    observe();
    median_of(40, observe)
}

/// The processor time of the child processes that have ended.
fn children_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    // `cutime` and `cstime` of proc(5).
    let times = fields.split_whitespace().skip(13).take(2);
    TICK * times.map(|time| time.parse::<u32>().unwrap()).sum::<u32>()
}

/// A line of `/proc/PID/status`, in megabytes.
fn megabytes(process: u32, what: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(what))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn main() {
    let desk = tempfile::tempdir().unwrap();
    let hour = desk.path().join("hour");
    let first = record(&hour);
    let sitwell = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .args(words)
            .arg("--source")
            .arg(&hour)
            .env("SITWELL_CONFIG_DIR", desk.path())
            .env("SITWELL_DATA_DIR", desk.path().join("data"))
            // At this level the log has a line for each observation, which are counted below.
            .env("SITWELL_LOG", "trace")
            .stdin(Stdio::null());
        command
    };
    fs::write(
        desk.path().join("config.toml"),
        "[notify]\nchannel = \"terminal\"\n",
    )
    .unwrap();
    assert!(sitwell(&["calibrate"]).output().unwrap().status.success());

    let observation = one_observation(&first);
    let before = children_time();
    let mut watching = sitwell(&["monitor"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut resident = Vec::new();
    let mut greatest = 0.0_f64;
    let mut slouches = 0;
    for line in BufReader::new(watching.stderr.take().unwrap()).lines() {
        slouches += usize::from(line.unwrap().contains("saved: a slouch"));
        resident.extend(megabytes(watching.id(), "VmRSS:"));
        greatest = greatest.max(megabytes(watching.id(), "VmHWM:").unwrap_or_default());
    }
    assert!(watching.wait().unwrap().success());
    let hour_time = children_time() - before;
    let log = fs::read_to_string(desk.path().join("data/monitor.log")).unwrap();
    let observations = log.lines().filter(|line| line.contains(" TRACE ")).count();

    println!("an hour through `sitwell monitor`, {PICTURES} pictures, {slouches} slouches kept");
    println!(
        "  processor time      {:8.1} s, {:.2} % of a core",
        hour_time.as_secs_f64(),
        hour_time.as_secs_f64() / 36.0
    );
    println!("  observations        {observations:8}");
    println!(
        "  one observation     {:8.1} ms",
        observation.as_secs_f64() * 1e3
    );
    println!(
        "  the hour / one      {:8.0}",
        hour_time.div_duration_f64(observation)
    );
    println!(
        "  one of the hour     {:8.2} x one on its own",
        hour_time.div_duration_f64(observation) / observations as f64
    );
    println!(
        "  resident            {:8.1} MB at first, {:.1} MB at the end, {greatest:.1} MB at most",
        resident[0],
        resident[resident.len() - 1]
    );
}
