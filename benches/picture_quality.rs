//! What the measures of `image::quality` give for pictures as they are, darkened, blurred and covered.
//!
//! `cargo bench --bench picture_quality -- FOLDER` reads every picture in a folder and prints, for each change,
//! the lowest value, the 5th, 50th and 95th percentile and the highest, and the problems that were found.
//! The thresholds of `src/image/quality.rs` stand on it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a measuring tool prints and stops where it fails"
)]

#[path = "../tests/support/poor_pictures.rs"]
mod poor_pictures;

use std::collections::BTreeMap;

use image::RgbImage;
use sitwell::image::quality::PictureQuality;

use poor_pictures::{covered, darkened};

fn main() {
    let Some(folder) = std::env::args()
        .skip(1)
        .find(|word| !word.starts_with("--"))
    else {
        return eprintln!("usage: cargo bench --bench picture_quality -- FOLDER");
    };
    let mut rows: BTreeMap<String, Vec<PictureQuality>> = BTreeMap::new();
    let mut add = |name: String, picture: &RgbImage| {
        rows.entry(name)
            .or_default()
            .push(PictureQuality::of(picture));
    };
    for file in std::fs::read_dir(folder).unwrap() {
        let Ok(picture) = image::open(file.unwrap().path()) else {
            continue;
        };
        let picture = picture.into_rgb8();
        add("as it is".to_owned(), &picture);
        for to in [0.4, 0.2, 0.1, 0.05] {
            add(format!("dark {to}"), &darkened(&picture, to));
        }
        for sigma in [2.0, 4.0, 8.0] {
            add(
                format!("blur {sigma}"),
                &image::imageops::fast_blur(&picture, sigma),
            );
        }
    }
    for brightness in [2.0, 20.0, 60.0, 120.0, 200.0] {
        add("covered".to_owned(), &covered(brightness));
    }
    for (name, all) in &rows {
        println!("{name}: {} pictures", all.len());
        print_spread("contrast", all, |q| f32::from(q.contrast));
        print_spread("highlight", all, |q| f32::from(q.highlight));
        print_spread("sharpness", all, |q| q.sharpness);
        print_spread("flatness", all, |q| {
            f32::from(q.contrast) / f32::from(q.highlight.max(1))
        });
        let mut problems: BTreeMap<String, usize> = BTreeMap::new();
        for quality in all {
            let problem = quality.problem();
            let problem = problem.map_or("no problem".to_owned(), |problem| problem.to_string());
            *problems.entry(problem).or_default() += 1;
        }
        println!("  {problems:?}");
    }
}

fn print_spread(name: &str, all: &[PictureQuality], measure: impl Fn(&PictureQuality) -> f32) {
    let mut values: Vec<f32> = all.iter().map(measure).collect();
    values.sort_by(f32::total_cmp);
    print!("  {name:10}");
    for share in [0.0, 0.05, 0.5, 0.95, 1.0] {
        print!(
            " {:7.2}",
            values[((values.len() - 1) as f32 * share) as usize]
        );
    }
    println!();
}
