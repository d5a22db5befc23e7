//! `sitwell analyze`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use strum::VariantNames;

use crate::settings::ModelVariant;

/// Arguments of `analyze`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --neutral the angles are rough and nothing is called a slouch: people differ more from \
                  each other than a slouch differs from sitting upright."
)]
pub struct AnalyzeArgs {
    /// PNG or JPEG pictures, folders of them, or videos (these need ffmpeg)
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A picture of the same person sitting upright, from the same camera; may be given several times
    #[arg(long, value_name = "PICTURE")]
    pub neutral: Vec<PathBuf>,
    /// The output format; json and csv have one row per picture
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Also draw the joints and angles on each picture, and write it to this folder
    #[arg(long, value_name = "DIR")]
    pub overlay: Option<PathBuf>,
    /// The pose model instead of that in the settings; heavy is four times as slow as full
    #[arg(long, value_parser = model())]
    pub model: Option<ModelVariant>,
    /// Measure a video every SECONDS seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds)]
    pub every: f64,
}

/// How `analyze` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// A line per picture, to read
    #[default]
    Text,
    /// A JSON object per line
    Json,
    /// A table for a spreadsheet
    Csv,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.04..=3600.0).contains(&value) => Ok(value),
        Ok(_) => Err("give seconds from 0.04 to 3600".to_owned()),
        Err(_) => Err("give a number of seconds, such as 0.5".to_owned()),
    }
}

/// Reads the name of a model and lists the names in the help.
fn model() -> impl TypedValueParser<Value = ModelVariant> {
    PossibleValuesParser::new(ModelVariant::VARIANTS).try_map(|name| name.parse::<ModelVariant>())
}
