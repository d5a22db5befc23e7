//! The figures in the module's documentation: three ways of smoothing on synthetic looks.

use jiff::{SignedDuration, Timestamp};

use super::{LOOK_ERROR, Smooth};

#[path = "../../../tests/posture/noise.rs"]
mod noise;

use noise::Noise;

/// Makes a filter.
type New<'a> = &'a dyn Fn() -> Box<dyn Filter>;

trait Filter {
    fn push(&mut self, value: f64, at: f64) -> f64;
}

impl Filter for Smooth {
    fn push(&mut self, value: f64, at: f64) -> f64 {
        Smooth::push(
            self,
            value,
            Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(at),
        )
    }
}

/// Casiez, Roussel and Vogel, "1 euro filter", CHI 2012; cut-offs in Hz.
struct OneEuro {
    min_cutoff: f64,
    beta: f64,
    last: Option<(f64, f64, f64)>,
}

impl Filter for OneEuro {
    fn push(&mut self, value: f64, at: f64) -> f64 {
        let Some((before, speed, then)) = self.last else {
            self.last = Some((value, 0.0, at));
            return value;
        };
        let step = at - then;
        let alpha = |cutoff: f64| 1.0 / (1.0 + 1.0 / (std::f64::consts::TAU * cutoff * step));
        let slow = alpha(self.min_cutoff);
        let speed = speed + slow * ((value - before) / step - speed);
        let level = before + alpha(self.min_cutoff + self.beta * speed.abs()) * (value - before);
        self.last = Some((level, speed, at));
        level
    }
}

/// The median of the last so many seconds.
struct Median {
    seconds: f64,
    looks: Vec<(f64, f64)>,
}

impl Filter for Median {
    fn push(&mut self, value: f64, at: f64) -> f64 {
        self.looks.push((value, at));
        self.looks.retain(|(_, then)| at - then < self.seconds);
        let mut values: Vec<f64> = self.looks.iter().map(|(value, _)| *value).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(values[middle - 1], values[middle])
        }
    }
}

/// The standard deviation for a still sitter, in degrees.
fn jitter(new: New, step: f64) -> f64 {
    let (mut filter, mut noise) = (new(), Noise(1));
    let outputs: Vec<f64> = (0..20_000)
        .map(|n| filter.push(LOOK_ERROR * noise.normal(), f64::from(n) * step))
        .skip(100)
        .collect();
    let mean = outputs.iter().sum::<f64>() / outputs.len() as f64;
    (outputs
        .iter()
        .map(|output| (output - mean).powi(2))
        .sum::<f64>()
        / outputs.len() as f64)
        .sqrt()
}

/// Seconds from the first look after a step of so many degrees until 70 % of
/// it shows, on average.
fn delay(new: New, step: f64, degrees: f64) -> f64 {
    let mut noise = Noise(2);
    let runs = 500;
    let total: f64 = (0..runs)
        .map(|_| {
            let mut filter = new();
            for n in 0..60 {
                filter.push(LOOK_ERROR * noise.normal(), f64::from(n) * step);
            }
            let late = (60..)
                .find(|n| {
                    filter.push(degrees + LOOK_ERROR * noise.normal(), f64::from(*n) * step)
                        >= 0.7 * degrees
                })
                .unwrap_or(0);
            f64::from(late - 60) * step
        })
        .sum();
    total / f64::from(runs)
}

/// How far one look of 40 degrees moves the output of a still sitter, in degrees.
fn moved(new: New, step: f64) -> f64 {
    let (mut filter, mut noise) = (new(), Noise(3));
    let mut before = 0.0;
    for n in 0..60 {
        before = filter.push(LOOK_ERROR * noise.normal(), f64::from(n) * step);
    }
    (filter.push(40.0, 60.0 * step) - before).abs()
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
                seconds: 50.0,
                looks: Vec::new(),
            })
        }),
        ("this", &|| Box::new(Smooth::default())),
    ];
    let mut table = String::from(
        "| way | jitter at 2.5 / 5 / 10 s | a slouch of 12 at 2.5 / 5 s | of 6 | a wild look |\n|---|---|---|---|---|\n",
    );
    for (name, new) in ways {
        table += &format!(
            "| {name} | {:.1} / {:.1} / {:.1} | {:.0} s / {:.0} s | {:.0} s / {:.0} s | {:.1} |\n",
            jitter(new, 2.5),
            jitter(new, 5.0),
            jitter(new, 10.0),
            delay(new, 2.5, 12.0),
            delay(new, 5.0, 12.0),
            delay(new, 2.5, 6.0),
            delay(new, 5.0, 6.0),
            moved(new, 5.0),
        );
    }
    insta::assert_snapshot!(table, @r"
    | way | jitter at 2.5 / 5 / 10 s | a slouch of 12 at 2.5 / 5 s | of 6 | a wild look |
    |---|---|---|---|---|
    | one-euro | 0.7 / 0.9 / 1.2 | 17 s / 19 s | 19 s / 20 s | 11.3 |
    | median | 0.7 / 0.9 / 1.3 | 26 s / 26 s | 31 s / 30 s | 0.0 |
    | this | 0.6 / 0.9 / 1.2 | 3 s / 7 s | 23 s / 24 s | 0.0 |
    ");
    let documented: String = include_str!("../smooth.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! |"))
        .map(|row| format!("|{row}\n"))
        .collect();
    assert_eq!(documented, table, "the module's documentation");
}
