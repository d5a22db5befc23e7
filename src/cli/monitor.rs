//! `sitwell monitor` and `sitwell calibrate`.

use std::path::PathBuf;

use clap::Args;
use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Watches how you sit, until Ctrl-C.
#[derive(Debug, Args)]
#[command(
    after_help = "A recording has its own time. What is seen in it is kept like any other day; give it a \
                  --data-dir of its own to keep it apart."
)]
pub struct MonitorArgs {
    /// Measure against this calibration rather than the camera's latest
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Watch a folder of pictures or a video (this needs ffmpeg) instead of the webcam
    #[arg(long, value_name = "FOLDER|VIDEO")]
    pub source: Option<PathBuf>,
    /// When the recording was taken, such as 2026-11-23T10:00; without it now
    #[arg(long, value_name = "TIME", requires = "source", value_parser = local)]
    pub began: Option<Zoned>,
    /// How many pictures of the recording make a second
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "source", value_parser = rate)]
    pub fps: f64,
    /// Play the recording so many times as fast as it was; without it as fast as it can be looked at
    #[arg(long, value_name = "X", requires = "source", value_parser = rate)]
    pub speed: Option<f64>,
    /// Leave the terminal, so that closing it does not end the watching
    #[arg(long, hide = true)]
    pub detached: bool,
}

/// Learns how you sit when you sit well.
#[derive(Debug, Args)]
#[command(
    after_help = "Sit as you mean to and look at your screen. What is learnt belongs to the camera; recordings \
                  share one that is called \"recording\". A calibration that fails leaves the last one in force."
)]
pub struct CalibrateArgs {
    /// For how long to look
    #[arg(long, value_name = "SECONDS", default_value_t = SECONDS, value_parser = clap::value_parser!(u32).range(3..=120))]
    pub seconds: u32,
    /// What to call it, to keep sitting and standing apart
    #[arg(long, value_name = "NAME", default_value = PROFILE)]
    pub profile: String,
    /// Learn from a folder of pictures or a video (this needs ffmpeg) instead of the webcam
    #[arg(long, value_name = "FOLDER|VIDEO")]
    pub source: Option<PathBuf>,
    /// How many pictures of the recording make a second
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "source", value_parser = rate)]
    pub fps: f64,
}

/// A calibration takes so long unless asked otherwise, in seconds of being seen well. Ours.
const SECONDS: u32 = 10;
/// What it is called unless asked otherwise.
const PROFILE: &str = "sitting";

impl Default for CalibrateArgs {
    fn default() -> CalibrateArgs {
        CalibrateArgs {
            seconds: SECONDS,
            profile: PROFILE.to_owned(),
            source: None,
            fps: 1.0,
        }
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.01..=100_000.0).contains(&value) => Ok(value),
        Ok(_) => Err("give a number from 0.01 to 100000".to_owned()),
        Err(_) => Err("give a number, such as 2".to_owned()),
    }
}

/// A time of this place.
fn local(text: &str) -> Result<Zoned, String> {
    text.parse::<DateTime>()
        .and_then(|time| time.to_zoned(TimeZone::system()))
        .map_err(|_| "give a date and time, such as 2026-11-23T10:00".to_owned())
}
