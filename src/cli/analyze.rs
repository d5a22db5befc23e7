//! `sitwell analyze`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::settings::ModelVariant;

/// What to measure, and against what.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --neutral the angles are rough and nothing is called a slouch: people differ \
                  more from each other than a slouch differs from sitting well."
)]
pub struct AnalyzeArgs {
    /// PNG or JPEG pictures, folders of them, or videos (these need ffmpeg)
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A picture of the same person sitting well, seen by the same camera; may be given several times
    #[arg(long, value_name = "PICTURE")]
    pub neutral: Vec<PathBuf>,
    /// How to print what is found; json and csv give one row a picture
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Also write each picture with the joints and angles drawn on it to this folder
    #[arg(long, value_name = "DIR")]
    pub overlay: Option<PathBuf>,
    /// The pose model, else that of the settings; heavy is the most exact and takes about four times as long
    #[arg(long, value_parser = model())]
    pub model: Option<ModelVariant>,
    /// Look at a video every so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds)]
    pub every: f64,
}

/// How `analyze` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// A line a picture, to read
    #[default]
    Text,
    /// A JSON object a line
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

/// Takes the name of a model and lists the names in the help.
fn model() -> impl TypedValueParser<Value = ModelVariant> {
    let names = ModelVariant::ALL.map(ModelVariant::id);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<ModelVariant>())
}
