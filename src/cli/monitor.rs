//! `sitwell monitor` and `sitwell calibrate`.

use std::path::PathBuf;

use clap::Args;

/// Watches how you sit, until Ctrl-C.
///
/// A recording has its own time, which begins now; what is seen in it is kept
/// like any other. Give --data-dir a folder of its own to keep it apart.
#[derive(Debug, Args)]
pub struct MonitorArgs {
    /// Watch a folder of pictures or a video (this needs ffmpeg) instead of the webcam
    #[arg(long, value_name = "FOLDER|VIDEO")]
    pub source: Option<PathBuf>,
    /// How many pictures of the recording make a second
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "source", value_parser = rate)]
    pub fps: f64,
    /// Play the recording so many times as fast as it was; without it as fast as it can be looked at
    #[arg(long, value_name = "X", requires = "source", value_parser = rate)]
    pub speed: Option<f64>,
}

/// Learns how you sit when you sit well.
///
/// Sit as you mean to and look at your screen. What is learnt belongs to the
/// camera; recordings share one that is called "recording".
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// For how long to look
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(3..=120))]
    pub seconds: u32,
    /// Learn from a folder of pictures or a video (this needs ffmpeg) instead of the webcam
    #[arg(long, value_name = "FOLDER|VIDEO")]
    pub source: Option<PathBuf>,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.01..=100_000.0).contains(&value) => Ok(value),
        Ok(_) => Err("give a number from 0.01 to 100000".to_owned()),
        Err(_) => Err("give a number, such as 2".to_owned()),
    }
}
