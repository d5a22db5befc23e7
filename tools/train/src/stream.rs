//! Plays recordings made of the set's pictures as the monitor plays a camera: consecutive
//! observations, a camera's noise, and the filter.

use std::collections::BTreeMap;

use image::RgbImage;
use jiff::{SignedDuration, Timestamp};
use sitwell::frame::Frame;
use sitwell::image::quality::PictureQuality;
use sitwell::landmarks::Sighting;
use sitwell::perception::{PerceptionSettings, PostureTracker};
use sitwell::pose::{CropPlan, Pose, PoseModel};
use sitwell::posture::{CalibrationBuilder, FilterState, Moment};
use sitwell::settings::ModelVariant;

use super::figures::NOT_A_SLOUCH;
use super::set::{Row, Set, number, picture_of};

/// Standard deviation of each value, of 255: a webcam indoors.
const NOISE: f32 = 4.0;
const STEADY: SignedDuration = SignedDuration::from_secs(5);
const DOUBTFUL: SignedDuration = SignedDuration::from_millis(1500);

/// The results of one view.
#[derive(Default)]
struct Tally {
    errors: Vec<f64>,
    /// Postures that are not a slouch, and those of them that are called one at the end.
    calm: usize,
    called: Vec<String>,
    /// The largest standard deviation of a still sitter.
    jitter: f64,
    observations: usize,
    thorough: usize,
}

/// Plays every session: calibrated for 10 s, each pose after 10 s of the neutral for 30 s.
pub(crate) fn play(set: &Set, views: &[String]) {
    let mut sessions: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    let wanted = |row: &&Row| views.is_empty() || views.contains(&row["view"]);
    for row in set.rows().iter().filter(wanted) {
        sessions.entry(&row["session"]).or_default().push(row);
    }
    let sessions: Vec<Vec<&Row>> = sessions.into_values().collect();
    let halves = [0, 1].map(|half| sessions.iter().skip(half).step_by(2).collect::<Vec<_>>());
    let played: Vec<(String, Tally)> = std::thread::scope(|scope| {
        let threads = halves.map(|half| {
            scope.spawn(move || {
                half.into_iter()
                    .map(|rows| session(rows))
                    .collect::<Vec<_>>()
            })
        });
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut views: BTreeMap<String, Tally> = BTreeMap::new();
    for (view, session) in played {
        let all = views.entry(view).or_default();
        all.errors.extend(session.errors);
        all.calm += session.calm;
        all.called.extend(session.called);
        all.jitter = all.jitter.max(session.jitter);
        all.observations += session.observations;
        all.thorough += session.thorough;
    }
    println!("\nrecordings, each pose held for 30 s; of people who were fitted to");
    for (view, all) in views {
        println!(
            "  {view:12} forward head is off by {:.2} degrees in {} poses; a still sitter jitters by {:.2} at most; {} of {} observations through a round of crops",
            all.errors.iter().sum::<f64>() / all.errors.len() as f64,
            all.errors.len(),
            all.jitter,
            all.thorough,
            all.observations
        );
        println!(
            "  {view:12} {} of {} postures that are not a slouch are called one: {:?}",
            all.called.len(),
            all.calm,
            all.called
        );
    }
}

/// A noisy camera and the pose model behind it.
struct Camera {
    pose: Pose,
    seed: u32,
}

impl Camera {
    fn observe(&mut self, picture: &RgbImage, plan: CropPlan, at: Timestamp) -> Sighting {
        let mut pixels = picture.clone();
        for value in pixels.iter_mut() {
            // The sum of two uniform numbers has a deviation of 1 / sqrt(6).
            let noise = (self.random() + self.random() - 1.0) * NOISE * 6_f32.sqrt();
            *value = (f32::from(*value) + noise).round() as u8;
        }
        self.pose.detect(&Frame { pixels, at }, plan).unwrap()
    }

    /// Uniform from 0 to 1.
    fn random(&mut self) -> f32 {
        self.seed = self
            .seed
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        (self.seed >> 8) as f32 / (1 << 24) as f32
    }
}

fn session(rows: &[&Row]) -> (String, Tally) {
    let (neutrals, others): (Vec<&Row>, Vec<&Row>) = rows
        .iter()
        .copied()
        .partition(|row| row["pose"] == "neutral");
    let base = neutrals.iter().map(|row| number(row, "fha")).sum::<f64>() / neutrals.len() as f64;
    let upright: Vec<RgbImage> = neutrals.iter().map(|row| picture_of(row)).collect();
    let mut camera = Camera {
        pose: Pose::load(ModelVariant::Full, &[]).unwrap(),
        seed: 1,
    };
    let mut at = Timestamp::UNIX_EPOCH;
    let mut neutral = CalibrationBuilder::default();
    for second in 0..11 {
        let picture = &upright[second % upright.len()];
        if let Sighting::Person(person) = camera.observe(picture, CropPlan::AllCrops, at) {
            let _ = neutral.add(&person);
        }
    }
    let mut tally = Tally::default();
    let Ok(calibration) = neutral.calibration() else {
        println!("no calibration for {}", rows[0]["session"]);
        return (rows[0]["view"].clone(), tally);
    };
    // The changes that are seen, and whether the last observation is a slouch.
    let mut sit = |tracker: &mut PostureTracker, picture: &RgbImage, seconds: i64| {
        let end = at + SignedDuration::from_secs(seconds);
        let (mut changes, mut is_slouch, mut wait) = (Vec::<f64>::new(), false, STEADY);
        while at + wait <= end {
            at += wait;
            let crops = tracker.crop_plan(at);
            tally.observations += 1;
            tally.thorough += usize::from(crops == CropPlan::Round);
            let sighting = camera.observe(picture, crops, at);
            let factor = PictureQuality::of(picture).error_factor();
            let observation = tracker.observe(&sighting, crops, factor, at);
            wait = match observation.filter {
                FilterState::Settled => STEADY,
                FilterState::Doubtful => DOUBTFUL,
            };
            is_slouch = matches!(observation.moment, Moment::Slouched(_));
            changes.extend(
                observation
                    .posture
                    .and_then(|posture| posture.angles.forward_head?.change),
            );
        }
        at = end;
        (changes, is_slouch)
    };
    let mut tracker = PostureTracker::new(Some(calibration.clone()), PerceptionSettings::default());
    let (still, _) = sit(&mut tracker, &upright[0], 150);
    let mean = still.iter().sum::<f64>() / still.len() as f64;
    let squares = still.iter().map(|change| (change - mean).powi(2));
    let jitter = (squares.sum::<f64>() / still.len() as f64).sqrt();
    let (mut errors, mut calm, mut called) = (Vec::new(), 0, Vec::new());
    for row in others {
        let mut tracker =
            PostureTracker::new(Some(calibration.clone()), PerceptionSettings::default());
        sit(&mut tracker, &upright[0], 10);
        let (held, is_slouch) = sit(&mut tracker, &picture_of(row), 30);
        let truth = number(row, "fha") - base;
        errors.extend(held.last().map(|change| (change - truth).abs()));
        if NOT_A_SLOUCH.contains(&&*row["pose"]) {
            calm += 1;
            called.extend(is_slouch.then(|| row["file"].clone()));
        }
    }
    (tally.errors, tally.calm, tally.called) = (errors, calm, called);
    tally.jitter = jitter;
    (rows[0]["view"].clone(), tally)
}
