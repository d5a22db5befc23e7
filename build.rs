//! Deflates the models that the program carries, so that one binary stays small:
//! the detector's sparse weights shrink to two fifths.

use std::error::Error;
use std::fs::File;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::DeflateEncoder;

const MODELS: [&str; 3] = ["pose_detection", "pose_landmark_lite", "pose_landmark_full"];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    for model in MODELS {
        let from = format!("models/{model}.onnx");
        println!("cargo::rerun-if-changed={from}");
        let to = File::create(out.join(format!("{model}.deflate")))?;
        let mut deflated = DeflateEncoder::new(to, Compression::best());
        std::io::copy(
            &mut File::open(&from).map_err(|e| format!("{from}: {e}"))?,
            &mut deflated,
        )?;
        deflated.finish()?;
    }
    Ok(())
}
