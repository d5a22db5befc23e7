//! The figures in the module's documentation: three ways of smoothing on synthetic observations.

use jiff::{SignedDuration, Timestamp};

use super::{FilterState, PerAngle, TemporalFilter};
use crate::posture::JointFeatures;

#[path = "../../../../tests/posture/noise.rs"]
mod noise;

use noise::Noise;

/// Crops that take turns.
const CROPS: usize = 4;
/// How far crops lie apart at a posture that is not the neutral, and a crop from itself, in degrees, one
/// standard deviation each: as on recordings of the posture set.
const BETWEEN_CROPS: f64 = 4.6;
const WITHIN_A_CROP: f64 = 0.6;
/// The default of the monitor.
const MAX_GAP: SignedDuration = SignedDuration::from_secs(30);
/// Seconds between observations.
const STEP: f64 = 5.0;

/// A way of smoothing.
trait Filter {
    /// Takes in an observation and says what is believed and how many seconds until the next observation.
    fn observe(&mut self, sitter: &mut Sitter, at: f64) -> (f64, f64);
}

/// Somebody who holds a posture.
struct Sitter {
    degrees: f64,
    errors: [f64; CROPS],
    noise: Noise,
    turn: usize,
}

impl Sitter {
    fn upright(seed: u64) -> Sitter {
        Sitter {
            degrees: 0.0,
            errors: [0.0; CROPS],
            noise: Noise(seed),
            turn: 0,
        }
    }

    fn takes(&mut self, degrees: f64) {
        self.degrees = degrees;
        for error in &mut self.errors {
            *error = BETWEEN_CROPS * self.noise.normal();
        }
    }

    fn through(&mut self, crop: usize) -> f64 {
        self.degrees + self.errors[crop] + WITHIN_A_CROP * self.noise.normal()
    }

    fn next(&mut self) -> usize {
        self.turn += 1;
        self.turn % CROPS
    }
}

impl Filter for TemporalFilter {
    fn observe(&mut self, sitter: &mut Sitter, at: f64) -> (f64, f64) {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(at);
        let crops = if self.wants_round(at, MAX_GAP) {
            (0..CROPS).collect()
        } else {
            vec![sitter.next()]
        };
        let cut = |crop: usize| {
            let mut values = [0.0; JointFeatures::COUNT];
            values[0] = sitter.through(crop);
            (crop, JointFeatures::of(values).into())
        };
        let crops: Vec<_> = crops.into_iter().map(cut).collect();
        if crops.len() > 1 {
            self.record_round(at);
        }
        self.push(&crops, at, MAX_GAP, |features| {
            PerAngle::from_fn(|_| features.joints.ear_height)
        });
        let again = match self.state() {
            FilterState::Settled => STEP,
            FilterState::Doubtful => 1.5,
        };
        (self.features().unwrap().joints.ear_height, again)
    }
}

/// Casiez, Roussel and Vogel, "1 euro filter", CHI 2012; cut-offs in Hz.
struct OneEuro {
    min_cutoff: f64,
    beta: f64,
    last: Option<(f64, f64, f64)>,
}

impl Filter for OneEuro {
    fn observe(&mut self, sitter: &mut Sitter, at: f64) -> (f64, f64) {
        let crop = sitter.next();
        let value = sitter.through(crop);
        let (level, speed) = match self.last {
            None => (value, 0.0),
            Some((before, speed, then)) => {
                let step = at - then;
                let alpha =
                    |cutoff: f64| 1.0 / (1.0 + 1.0 / (std::f64::consts::TAU * cutoff * step));
                let slow = alpha(self.min_cutoff);
                let speed = speed + slow * ((value - before) / step - speed);
                let fast = alpha(self.min_cutoff + self.beta * speed.abs());
                (before + fast * (value - before), speed)
            }
        };
        self.last = Some((level, speed, at));
        (level, STEP)
    }
}

/// The median of the last so many seconds.
struct Median {
    seconds: f64,
    observations: Vec<(f64, f64)>,
}

impl Filter for Median {
    fn observe(&mut self, sitter: &mut Sitter, at: f64) -> (f64, f64) {
        let crop = sitter.next();
        self.observations.push((sitter.through(crop), at));
        self.observations
            .retain(|(_, then)| at - then < self.seconds);
        let mut values: Vec<f64> = self.observations.iter().map(|(value, _)| *value).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let level = if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(values[middle - 1], values[middle])
        };
        (level, STEP)
    }
}

/// Makes a filter.
type New<'a> = &'a dyn Fn() -> Box<dyn Filter>;

/// What a change shows.
struct Change {
    /// How far off the angle is half a minute later, on average.
    error: f64,
    /// Seconds until 70 % of it shows and stays, on average.
    delay: f64,
}

fn change(new: New, degrees: f64) -> Change {
    let runs = 500;
    let (mut error, mut delay) = (0.0, 0.0);
    for run in 0..runs {
        let (mut filter, mut sitter) = (new(), Sitter::upright(run));
        let mut at = 0.0;
        while at < 120.0 {
            at += filter.observe(&mut sitter, at).1;
        }
        sitter.takes(degrees);
        let (began, mut level, mut shown) = (at, 0.0, None);
        while at - began <= 30.0 {
            let (believed, again) = filter.observe(&mut sitter, at);
            level = believed;
            shown = match shown {
                _ if level < 0.7 * degrees => None,
                None => Some(at - began),
                shown => shown,
            };
            at += again;
        }
        error += (level - degrees).abs();
        delay += shown.unwrap_or(30.0);
    }
    Change {
        error: error / runs as f64,
        delay: delay / runs as f64,
    }
}

/// How far one observation of 40 degrees moves the output of a still sitter, in degrees.
fn moved(new: New) -> f64 {
    let (mut filter, mut sitter) = (new(), Sitter::upright(3));
    let (mut at, mut before) = (0.0, 0.0);
    while at < 300.0 {
        let (level, again) = filter.observe(&mut sitter, at);
        before = level;
        at += again;
    }
    sitter.degrees = 40.0;
    (filter.observe(&mut sitter, at).0 - before).abs()
}

#[test]
fn the_figures_in_the_documentation_are_true() {
    let ways: [(&str, New); 3] = [
        ("one-euro", &|| {
            Box::new(OneEuro {
                min_cutoff: 0.009,
                beta: 0.002,
                last: None,
            })
        }),
        ("median", &|| {
            Box::new(Median {
                seconds: 40.0,
                observations: Vec::new(),
            })
        }),
        ("this", &|| Box::new(TemporalFilter::default())),
    ];
    let mut table = String::from(
        "| filter | a change of 12: error, delay | of 6 | an outlier |\n|---|---|---|---|\n",
    );
    for (name, new) in ways {
        let (large, small) = (change(new, 12.0), change(new, 6.0));
        table += &format!(
            "| {name} | {:.1}, {:.0} s | {:.1}, {:.0} s | {:.1} |\n",
            large.error,
            large.delay,
            small.error,
            small.delay,
            moved(new),
        );
    }
    insta::assert_snapshot!(table, @r"
    | filter | a change of 12: error, delay | of 6 | an outlier |
    |---|---|---|---|
    | one-euro | 2.2, 20 s | 1.9, 22 s | 11.3 |
    | median | 2.3, 24 s | 2.2, 26 s | 0.0 |
    | this | 1.8, 4 s | 1.8, 9 s | 0.0 |
    ");
    let documented: String = include_str!("../temporal.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! |"))
        .map(|row| format!("|{row}\n"))
        .collect();
    assert_eq!(documented, table, "the module's documentation");
}
