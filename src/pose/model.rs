//! The networks: where their files are and how they are loaded into tract.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::optim::Optimizer;

use super::graph::{Runs, translate};
use super::memory;
use super::weights::WeightSource;
use crate::folders::HEAVY_FILE;
use crate::settings::ModelVariant;

/// What can go wrong between a model file and a pose.
#[derive(Debug, thiserror::Error)]
pub enum PoseError {
    /// The heavy model is not embedded, and no file was found.
    #[error(
        "the heavy model is not installed: looked for {}; copy {HEAVY_FILE} there from the models folder of Sitwell's source, or use the full model",
        join(.looked_in)
    )]
    HeavyMissing {
        /// Where it was looked for.
        looked_in: Vec<PathBuf>,
    },
    /// The model's file could not be read.
    #[error("cannot read the model {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not the model that is expected.
    #[error(
        "{name} is not a pose model that Sitwell can run; get the file again from Sitwell's source"
    )]
    Unusable {
        /// The embedded model's name, or the file's path.
        name: String,
        /// What tract said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The model loaded but a look failed.
    #[error("the {stage} model failed on a picture")]
    Failed {
        /// `detector` or `landmark`.
        stage: &'static str,
        /// What tract said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn join(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

/// A network that is ready to run, on one thread.
pub(super) type Network = Arc<TypedRunnableModel>;

// Made by build.rs.
const DETECTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pose_detection.packed"));
const LITE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pose_landmark_lite.packed"));
const FULL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pose_landmark_full.packed"));

/// Loads the person detector.
pub(super) fn detector() -> Result<Network, PoseError> {
    built_in("the built-in detector", DETECTOR, Runs::Seldom)
}

/// Loads a landmark model; the heavy one from the first of `places` that is a file.
pub(super) fn landmarker(variant: ModelVariant, places: &[PathBuf]) -> Result<Network, PoseError> {
    match variant {
        ModelVariant::Lite => built_in("the built-in lite model", LITE, Runs::Often),
        ModelVariant::Full => built_in("the built-in full model", FULL, Runs::Often),
        ModelVariant::Heavy => {
            let path = places.iter().find(|path| path.is_file());
            let path = path.ok_or_else(|| PoseError::HeavyMissing {
                looked_in: places.to_vec(),
            })?;
            let mut file = File::open(path).map_err(|source| PoseError::Unreadable {
                path: path.clone(),
                source,
            })?;
            load(
                &path.display().to_string(),
                WeightSource::file(&mut file),
                Runs::Often,
            )
        }
    }
}

fn built_in(name: &str, packed: &'static [u8], runs: Runs) -> Result<Network, PoseError> {
    let network = load(name, WeightSource::packed(packed), runs);
    memory::was_read(packed);
    network
}

fn load(
    name: &str,
    source: TractResult<WeightSource<'_>>,
    runs: Runs,
) -> Result<Network, PoseError> {
    let network = source
        .and_then(|source| translate(source, runs))
        .and_then(settled)
        .and_then(TypedModel::into_optimized)
        .and_then(IntoRunnable::into_runnable)
        .map_err(|source| PoseError::Unusable {
            name: name.to_owned(),
            source: source.into(),
        });
    memory::was_freed();
    network
}

/// The graph as tract likes it best, a few changes at a time. Constants that a change replaces are let go of
/// only between such steps; in one go tract holds several copies of nearly all weights.
fn settled(mut graph: TypedModel) -> TractResult<TypedModel> {
    const CHANGES_AT_A_TIME: usize = 4;
    // There are fewer changes than nodes. What is left to do, if anything is, is done all the same.
    for _ in 0..graph.nodes.len() / CHANGES_AT_A_TIME {
        let some = Optimizer::declutter().stopping_at(CHANGES_AT_A_TIME);
        some.optimize(&mut graph)?;
    }
    Ok(graph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heavy_model_that_is_not_there_says_where_it_was_looked_for() {
        let error = landmarker(ModelVariant::Heavy, &["/nowhere/heavy.onnx".into()]).unwrap_err();
        assert!(error.to_string().contains("/nowhere/heavy.onnx"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_model_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heavy.onnx");
        std::fs::write(&path, b"not a network").unwrap();
        let error = landmarker(ModelVariant::Heavy, &[path]).unwrap_err();
        assert!(error.to_string().contains("heavy.onnx"), "{error}");
    }
}
