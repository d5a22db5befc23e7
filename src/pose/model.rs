//! Loads the networks into tract.

use std::path::PathBuf;
use std::sync::Arc;

use prost::Message;
use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::optim::Optimizer;

use super::graph::{WeightStorage, translate};
use super::memory;
use crate::folders::HEAVY_FILE;
use crate::settings::ModelVariant;

/// What can go wrong between a model file and a pose.
#[derive(Debug, thiserror::Error)]
pub enum PoseError {
    /// The heavy model is not embedded, and its file was not found.
    #[error(
        "the heavy model is not installed: looked for {}; copy {HEAVY_FILE} there from the models folder of Sitwell's source, or use the full model",
        join(.candidates)
    )]
    HeavyMissing {
        /// The paths that were tried.
        candidates: Vec<PathBuf>,
    },
    /// The model's file could not be read.
    #[error("cannot read the model {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not the expected model.
    #[error(
        "{name} is not a pose model that Sitwell can run; get the file again from Sitwell's source"
    )]
    Unusable {
        /// The embedded model's name, or the file's path.
        name: String,
        /// tract's reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The model loaded, but inference failed.
    #[error("the {stage} model failed on a picture")]
    Failed {
        /// `detector`, `landmark`, `face mesh` or `shoulder`.
        stage: &'static str,
        /// tract's reason.
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

const DETECTOR: &[u8] = include_bytes!("../../models/pose_detection.onnx");
const FACE: &[u8] = include_bytes!("../../models/face_mesh.onnx");
const GIRDLE: &[u8] = include_bytes!("../../models/shoulder_girdle.onnx");
const FULL: &[u8] = include_bytes!("../../models/pose_landmark_full.onnx");

/// Loads the person detector. It seldom runs, so it keeps its weights in 16 bits.
pub(super) fn detector() -> Result<Network, PoseError> {
    embedded("the built-in detector", DETECTOR, WeightStorage::Float16)
}

/// Loads the face mesh.
pub(super) fn face() -> Result<Network, PoseError> {
    embedded("the built-in face mesh", FACE, WeightStorage::Float32)
}

/// Loads the network of the shoulder girdle.
pub(super) fn girdle() -> Result<Network, PoseError> {
    embedded(
        "the built-in shoulder network",
        GIRDLE,
        WeightStorage::Float32,
    )
}

/// Loads a landmark model. The heavy one comes from the first of `heavy` that is a file.
pub(super) fn landmarker(variant: ModelVariant, heavy: &[PathBuf]) -> Result<Network, PoseError> {
    match variant {
        ModelVariant::Full => embedded("the built-in full model", FULL, WeightStorage::Float32),
        ModelVariant::Heavy => {
            let path = heavy.iter().find(|path| path.is_file());
            let path = path.ok_or_else(|| PoseError::HeavyMissing {
                candidates: heavy.to_vec(),
            })?;
            let onnx = std::fs::read(path).map_err(|source| PoseError::Unreadable {
                path: path.clone(),
                source,
            })?;
            load(&path.display().to_string(), &onnx, WeightStorage::Float32)
        }
    }
}

fn embedded(name: &str, onnx: &'static [u8], weights: WeightStorage) -> Result<Network, PoseError> {
    let network = load(name, onnx, weights);
    memory::release_pages(onnx);
    network
}

fn load(name: &str, onnx: &[u8], weights: WeightStorage) -> Result<Network, PoseError> {
    let network = ModelProto::decode(onnx)
        .map_err(TractError::from)
        .and_then(|model| translate(model, weights))
        .and_then(declutter)
        .and_then(TypedModel::into_optimized)
        .and_then(IntoRunnable::into_runnable)
        .map_err(|source| PoseError::Unusable {
            name: name.to_owned(),
            source: source.into(),
        });
    memory::release_freed();
    network
}

/// Runs tract's first pass a few changes at a time. tract drops the constants that a change
/// replaces only between such steps; in one step it would hold several copies of most weights.
fn declutter(mut graph: TypedModel) -> TractResult<TypedModel> {
    const CHANGES_AT_A_TIME: usize = 4;
    // There are fewer changes than nodes, and `into_optimized` does the rest if there is any.
    for _ in 0..graph.nodes.len() / CHANGES_AT_A_TIME {
        let step = Optimizer::declutter().stopping_at(CHANGES_AT_A_TIME);
        step.optimize(&mut graph)?;
    }
    Ok(graph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_heavy_model_says_where_it_was_looked_for() {
        let error = landmarker(ModelVariant::Heavy, &["/nowhere/heavy.onnx".into()]).unwrap_err();
        assert!(error.to_string().contains("/nowhere/heavy.onnx"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_a_model_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heavy.onnx");
        for bytes in [&b"not a network"[..], &FULL[..FULL.len() / 2], &[]] {
            std::fs::write(&path, bytes).unwrap();
            let error = landmarker(ModelVariant::Heavy, std::slice::from_ref(&path)).unwrap_err();
            assert!(error.to_string().contains("heavy.onnx"), "{error}");
        }
    }
}
