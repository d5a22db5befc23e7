//! `sitwell monitor` and `sitwell calibrate`.

use std::path::PathBuf;

use clap::Args;
use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Arguments of `monitor`.
#[derive(Debug, Args)]
#[command(
    after_help = "A recording has its own time. The history keeps its results like those of any other day. To keep \
                  them separate, use another --data-dir."
)]
pub struct MonitorArgs {
    /// Use this calibration instead of the camera's latest
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Watch a folder of pictures or a video instead of the webcam; videos need ffmpeg
    #[arg(long, value_name = "FOLDER|VIDEO")]
    pub source: Option<PathBuf>,
    /// When the recording began, such as 2026-11-23T10:00; the default is now
    #[arg(long, value_name = "TIME", requires = "source", value_parser = local)]
    pub began: Option<Zoned>,
    /// The recording's pictures per second
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "source", value_parser = rate)]
    pub fps: f64,
    /// Play the recording at this multiple of its speed; without it, as fast as possible
    #[arg(long, value_name = "X", requires = "source", value_parser = rate)]
    pub speed: Option<f64>,
    /// Leave the terminal, so that closing it does not end the monitor
    #[arg(long, hide = true)]
    pub detached: bool,
}

/// Arguments of `calibrate`.
#[derive(Debug, Args)]
#[command(
    after_help = "Sit as you want to sit and look at your screen. A calibration belongs to the camera; all recordings \
                  share a camera called \"recording\". If a calibration fails, the last one stays in force."
)]
pub struct CalibrateArgs {
    /// For how many seconds to observe you
    #[arg(long, value_name = "SECONDS", default_value_t = SECONDS, value_parser = clap::value_parser!(u32).range(3..=120))]
    pub seconds: u32,
    /// Its name, for example to keep sitting and standing apart
    #[arg(long, value_name = "NAME", default_value = PROFILE)]
    pub profile: String,
    /// Learn from a folder of pictures or a video instead of the webcam; videos need ffmpeg
    #[arg(long, value_name = "FOLDER|VIDEO")]
    pub source: Option<PathBuf>,
    /// The recording's pictures per second
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "source", value_parser = rate)]
    pub fps: f64,
}

/// Our choice: the length of a calibration in seconds, without those in which the posture is unclear.
const SECONDS: u32 = 10;
/// The default name.
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

/// A time in this computer's time zone.
fn local(text: &str) -> Result<Zoned, String> {
    text.parse::<DateTime>()
        .and_then(|time| time.to_zoned(TimeZone::system()))
        .map_err(|_| "give a date and time, such as 2026-11-23T10:00".to_owned())
}
