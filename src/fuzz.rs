//! What bytes from outside reach: one target for each door. `fuzz/` runs the targets under libFuzzer;
//! the test below runs them on mutated seeds. No part of the program.

use crate::{camera, control, image, pose, settings, stretch, web};

/// A door for bytes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Takes the bytes. Only a panic is a fault.
    pub run: fn(&[u8]),
    /// Bytes from which others are made.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All doors.
pub const TARGETS: [Target; 9] = [
    Target {
        name: "settings",
        run: settings::fuzz,
        seeds: || vec![settings::EXAMPLE.into()],
    },
    Target {
        name: "stretches",
        run: stretch::fuzz,
        seeds: || {
            let all: &str = include_str!("stretch/catalogue/desk.toml");
            all.split("\n[[stretch]]\n")
                .map(|one| format!("[[stretch]]\n{one}").into())
                .collect()
        },
    },
    Target {
        name: "pictures",
        run: |bytes| drop(image::decode_picture("picture", bytes)),
        seeds: small_pictures,
    },
    Target {
        name: "recordings",
        run: image::fuzz_video,
        seeds: || {
            vec![
                b"P6\n2 1\n255\nabcdefP6\n1 1\n255\nxyz".to_vec(),
                b"one line\nInvalid data found\n".to_vec(),
            ]
        },
    },
    Target {
        name: "frames",
        run: camera::fuzz_frame,
        seeds: || {
            let mut seeds = small_pictures();
            seeds.push(vec![7; 16 * 12 * 3 + 4]);
            seeds
        },
    },
    Target {
        name: "capture_messages",
        run: camera::fuzz_message,
        seeds: || {
            vec![
                b"N\x09\0\0\0\"opening\"".to_vec(),
                b"N\x18\0\0\0{\"opened\":{\"camera\":\"x\"}}".to_vec(),
                [
                    &b"F\x16\0\0\0"[..],
                    &[0; 8],
                    &[2, 0, 0, 0, 1, 0, 0, 0],
                    b"abcdef",
                ]
                .concat(),
            ]
        },
    },
    Target {
        name: "detections",
        run: pose::fuzz,
        seeds: || {
            let values: [f32; 18] = [
                0.9, 0.2, 0.2, 0.8, 0.8, 0.5, 0.6, 0.5, 0.2, 0.8, 0.3, 0.3, 0.9, 0.9, 0.6, 0.7,
                0.6, 0.3,
            ];
            vec![
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            ]
        },
    },
    Target {
        name: "control",
        run: control::fuzz,
        seeds: || {
            let lines = [
                "\"status\"\n",
                "{\"pause\":{\"until\":\"2026-11-27T10:00:00Z\"}}\n",
                "{\"not_a_slouch\":{\"nudge\":\"2026-11-27T10:00:00Z\"}}\n",
                "{\"refused\":{\"why\":\"busy\"}}\n",
                "{\"shown\":{\"title\":\"Stand up\"}}\n",
            ];
            lines.map(Vec::from).to_vec()
        },
    },
    Target {
        name: "dashboard",
        run: web::fuzz::request,
        seeds: web::fuzz::seeds,
    },
];

/// Runs the target of this name.
///
/// # Panics
///
/// There is none, or it found a fault.
#[expect(
    clippy::panic,
    reason = "a fuzz target of another name is a mistake in fuzz/"
)]
pub fn run(name: &str, bytes: &[u8]) {
    match TARGETS.iter().find(|target| target.name == name) {
        Some(target) => (target.run)(bytes),
        None => panic!("there is no fuzz target {name}"),
    }
}

/// A JPEG and a PNG of a few pixels, made here.
fn small_pictures() -> Vec<Vec<u8>> {
    let picture =
        ::image::RgbImage::from_fn(16, 12, |x, y| ::image::Rgb([x as u8 * 9, y as u8 * 9, 90]));
    let written = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, format)
            .map(|()| bytes.into_inner())
    };
    let formats = [::image::ImageFormat::Jpeg, ::image::ImageFormat::Png];
    formats
        .into_iter()
        .filter_map(|format| written(format).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::panic::{self, AssertUnwindSafe};
    use std::path::Path;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::clock::instant;

    /// Numbers that follow from a seed (xorshift64*).
    struct Random(u64);

    impl Random {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
        }

        fn range(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
            let start = self.below(bytes.len() + 1);
            let length = self.below(64).min(bytes.len() - start);
            start..start + length
        }
    }

    /// Numbers at which code errs, as they lie in memory and in text.
    const NUMBERS: [&[u8]; 14] = [
        &[0; 4],
        &[0xff; 4],
        &[0xff, 0xff, 0xff, 0x7f],
        &[0, 0, 0, 0x80],
        &[0, 0, 0x80, 0x7f],
        &[0, 0, 0xc0, 0x7f],
        &[0xff, 0xd8, 0xff, 0xd9],
        b"0",
        b"-1",
        b"99999999999999999999",
        b"1e308",
        b"nan",
        b"\"\"",
        "\u{fffd}\u{1f4a9}".as_bytes(),
    ];

    fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(6) {
            let range = random.range(&bytes);
            match random.below(7) {
                0 => {
                    if let Some(byte) = bytes.get_mut(range.start) {
                        *byte ^= 1 << random.below(8);
                    }
                }
                1 => drop(bytes.drain(range)),
                2 => {
                    let copy = bytes[range.clone()].to_vec();
                    drop(bytes.splice(range.start..range.start, copy));
                }
                3 => {
                    let other = &seeds[random.below(seeds.len())];
                    let part = other[random.range(other)].to_vec();
                    drop(bytes.splice(range, part));
                }
                4 => {
                    let number = NUMBERS[random.below(NUMBERS.len())];
                    let end = (range.start + number.len()).min(bytes.len());
                    drop(bytes.splice(range.start..end, number.iter().copied()));
                }
                5 => {
                    let number = NUMBERS[random.below(NUMBERS.len())];
                    drop(bytes.splice(range.start..range.start, number.iter().copied()));
                }
                _ => bytes.truncate(range.start),
            }
        }
        bytes
    }

    /// The inputs on which a target once failed, and further seeds.
    fn stored(name: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/fuzz")
            .join(name);
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        files
            .map(|file| std::fs::read(file.path()).unwrap())
            .collect()
    }

    struct Tried {
        inputs: u64,
        slowest: Duration,
        /// The first input that made it panic.
        failed: Option<Vec<u8>>,
    }

    /// Runs a target on its seeds and then on mutated ones.
    fn try_out(target: &Target, seed: u64, goes_on: impl Fn(u64) -> bool) -> Tried {
        let mut seeds = (target.seeds)();
        seeds.extend(stored(target.name));
        let mut random = Random(seed);
        let mut tried = Tried {
            inputs: 0,
            slowest: Duration::ZERO,
            failed: None,
        };
        while tried.failed.is_none() && goes_on(tried.inputs) {
            let input = match seeds.get(tried.inputs as usize) {
                Some(seed) => seed.clone(),
                None => mutated(&seeds, &mut random),
            };
            let began = instant();
            let ran = panic::catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
            tried.slowest = tried.slowest.max(began.elapsed());
            tried.inputs += 1;
            tried.failed = ran.is_err().then_some(input);
        }
        tried
    }

    /// Inputs for each target in a run of all tests. Our choice: it takes seconds.
    const INPUTS: u64 = 300;

    /// No input takes so long, however busy the machine: a hang.
    const LONGEST: Duration = Duration::from_secs(20);

    /// `SITWELL_FUZZ_SECONDS=600 SITWELL_FUZZ_SEED=7 cargo test --lib fuzz -- --nocapture` tries longer.
    #[test]
    fn no_target_panics_or_hangs_on_mutated_input() {
        let number = |name: &str| {
            std::env::var(name)
                .ok()
                .and_then(|text| text.parse::<u64>().ok())
        };
        let seconds = number("SITWELL_FUZZ_SECONDS").map(Duration::from_secs);
        let seed = number("SITWELL_FUZZ_SEED").unwrap_or(1).max(1);
        let began = instant();
        let goes_on = |inputs: u64| match seconds {
            Some(seconds) => Instant::elapsed(&began) < seconds,
            None => inputs < INPUTS,
        };
        let tried: BTreeMap<&str, Tried> = thread::scope(|scope| {
            let threads = TARGETS.map(|target| {
                (
                    target.name,
                    scope.spawn(move || try_out(&target, seed, goes_on)),
                )
            });
            let ended = threads.map(|(name, thread)| (name, thread.join().unwrap()));
            ended.into()
        });
        let mut failed = Vec::new();
        for (
            name,
            Tried {
                inputs,
                slowest,
                failed: input,
            },
        ) in tried
        {
            println!("{name}: {inputs} inputs, the slowest {slowest:?}");
            if let Some(input) = input {
                let file = std::env::temp_dir().join(format!("sitwell-fuzz-{name}"));
                std::fs::write(&file, input).unwrap();
                failed.push(file);
            }
            assert!(slowest < LONGEST, "{name} hung");
        }
        assert!(
            failed.is_empty(),
            "these inputs make their targets panic: {failed:?}"
        );
    }
}
