//! Compares the joints in many pictures with those that MediaPipe's own program finds.
//!
//! `cargo bench --bench mediapipe -- FOLDER`. The folder holds `pictures/` and, for the models full
//! and heavy, `landmarks.csv` and `landmarks_heavy.csv`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints and may panic"
)]

#[path = "../tests/mediapipe/mod.rs"]
#[allow(dead_code, reason = "the test uses more of it")]
mod mediapipe;

use std::path::PathBuf;

use sitwell::settings::ModelVariant;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        println!("give a folder with many pictures: cargo bench --bench mediapipe -- FOLDER");
        return;
    };
    for (variant, table) in [
        (ModelVariant::Full, "landmarks.csv"),
        (ModelVariant::Heavy, "landmarks_heavy.csv"),
    ] {
        let pictures = folder.join("pictures");
        let comparison = mediapipe::compare(variant, &folder.join(table), &pictures);
        assert!(comparison.agree * 100 >= comparison.pictures * 99);
        comparison.check();
    }
}
