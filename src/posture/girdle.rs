//! How the shoulder girdle in front differs from the neutral one.
//!
//! No feature that joints or the face mesh give carries protraction from there. A network that looks at the shoulders
//! does, and it tells forward head and the trunk's lean as well; this is its last part, which compares two descriptions
//! (`tools/shoulders/network.py`, `readout.py`).

use std::sync::LazyLock;

use ndarray::{Array1, ArrayView1, ArrayView2, concatenate};

use super::features::GirdleChange;
use crate::landmarks::Girdle;

/// Weights and biases as `tools/shoulders/readout.py` writes them: 32-bit floats, little endian.
const WEIGHTS: &[u8] = include_bytes!("../../models/shoulder_change.f32");
static NUMBERS: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let (numbers, _) = WEIGHTS.as_chunks::<4>();
    numbers.iter().copied().map(f32::from_le_bytes).collect()
});

/// Inputs of the comparison: what changed, and the neutral itself.
const INPUTS: usize = 2 * Girdle::VALUES;
/// Units of each hidden layer.
const HIDDEN: usize = 64;
/// Changes of points count this many times as much as they are.
const POINTS: f32 = 4.0;

/// The mean of several descriptions; none unless both ways of looking are among them.
#[must_use]
pub fn mean(girdles: &[Girdle]) -> Option<Girdle> {
    let of = |side: fn(&Girdle) -> Option<&Vec<f32>>| {
        let sides = girdles.iter().filter_map(side);
        let sides: Vec<Array1<f32>> = sides.map(|values| values.clone().into()).collect();
        let count = sides.len() as f32;
        let sum = sides.into_iter().reduce(|a, b| a + b)?;
        Some((sum / count).to_vec())
    };
    Some(Girdle {
        plain: Some(of(|girdle| girdle.plain.as_ref())?),
        mirrored: Some(of(|girdle| girdle.mirrored.as_ref())?),
    })
}

/// The change from one description to another: the mean of the ways of looking that both have. None of descriptions
/// that another version stored.
#[must_use]
pub fn change(now: &Girdle, neutral: &Girdle) -> Option<GirdleChange> {
    let plain = now.plain.as_ref().zip(neutral.plain.as_ref());
    let mirrored = now.mirrored.as_ref().zip(neutral.mirrored.as_ref());
    let sides: Vec<GirdleChange> = [plain, mirrored]
        .into_iter()
        .flatten()
        .map(|(now, neutral)| side(now, neutral))
        .collect::<Option<_>>()?;
    GirdleChange::mean(&sides)
}

fn side(now: &[f32], neutral: &[f32]) -> Option<GirdleChange> {
    if now.len() != Girdle::VALUES || neutral.len() != Girdle::VALUES {
        return None;
    }
    let (now, neutral) = (ArrayView1::from(now), ArrayView1::from(neutral));
    let difference = &now - &neutral;
    let (seen, moved) = difference
        .view()
        .split_at(ndarray::Axis(0), Girdle::EMBEDDING);
    let (before, places) = neutral.split_at(ndarray::Axis(0), Girdle::EMBEDDING);
    let moved = &moved * POINTS;
    let inputs = concatenate![ndarray::Axis(0), seen, before, moved, places];
    let mut rest = ArrayView1::from(&NUMBERS[..]);
    let first = layer(&mut rest, INPUTS, HIDDEN, inputs.view())?.mapv(|sum| sum.max(0.0));
    let second = layer(&mut rest, HIDDEN, HIDDEN, first.view())?.mapv(|sum| sum.max(0.0));
    let degrees = layer(&mut rest, HIDDEN, GirdleChange::COUNT, second.view())?;
    let degrees = degrees.mapv(f64::from).to_vec();
    Some(GirdleChange::of(degrees.try_into().ok()?))
}

/// Weights times inputs and biases; takes both from the front of `numbers`.
fn layer(
    numbers: &mut ArrayView1<'_, f32>,
    inputs: usize,
    outputs: usize,
    values: ArrayView1<'_, f32>,
) -> Option<Array1<f32>> {
    let count = inputs * outputs;
    if numbers.len() < count + outputs {
        return None;
    }
    let (weights, rest) = numbers.split_at(ndarray::Axis(0), count);
    let (biases, rest) = rest.split_at(ndarray::Axis(0), outputs);
    *numbers = rest;
    let weights: ArrayView2<'_, f32> = weights.into_shape_with_order((inputs, outputs)).ok()?;
    Some(values.dot(&weights) + biases)
}

#[cfg(test)]
mod tests {
    use super::super::{Basis, Calibration, FaceFeatures, Features, JointFeatures, angles};
    use super::*;

    #[test]
    fn all_weights_are_used() {
        let layers = [
            (INPUTS, HIDDEN),
            (HIDDEN, HIDDEN),
            (HIDDEN, GirdleChange::COUNT),
        ];
        let numbers: usize = layers.iter().map(|(from, to)| from * to + to).sum();
        assert_eq!(NUMBERS.len(), numbers);
    }

    #[test]
    fn what_another_version_stored_is_not_compared() {
        let girdle = |values: usize| Girdle {
            plain: Some(vec![0.5; values]),
            mirrored: Some(vec![0.5; values]),
        };
        let fits = girdle(Girdle::VALUES);
        assert!(change(&fits, &fits).is_some());
        assert_eq!(change(&fits, &girdle(Girdle::VALUES - 2)), None);
        assert_eq!(mean(&[]), None);
        let half = Girdle {
            mirrored: None,
            ..fits.clone()
        };
        assert!(change(&half, &fits).is_some());
        assert_eq!(mean(std::slice::from_ref(&half)), None);
        assert_eq!(mean(&[half, fits.clone()]), Some(fits.clone()));
        assert_eq!(mean(&[fits.clone(), fits.clone()]), Some(fits));
    }

    #[test]
    fn what_the_network_finds_counts_unless_the_camera_has_moved() {
        let features = |girdle: Option<[f64; GirdleChange::COUNT]>| Features {
            face: Some(FaceFeatures::of([0.2, -1.0, 0.1, 0.0, -0.8, 0.7, 0.8])),
            girdle: girdle.map(GirdleChange::of),
            ..JointFeatures::of([0.0; JointFeatures::COUNT]).into()
        };
        let calibration = Calibration::from_features(&[features(None)]).unwrap();
        let measured = |girdle, basis| {
            let posture = angles::posture(&features(girdle), Some(&calibration), basis).unwrap();
            let head = posture.angles.forward_head.unwrap();
            (posture.basis, head.change.unwrap())
        };
        let reclined = Some([0.0, -8.0, -8.0]);
        let (basis, change) = measured(reclined, None);
        assert_eq!(basis, Basis::ShoulderGirdle);
        let (without, upright) = measured(None, None);
        assert_eq!(without, Basis::FaceMesh);
        assert!(change < upright - 0.5, "{change} {upright}");
        let moved = Some(Basis::MovedCamera);
        assert_eq!(measured(reclined, moved), measured(None, moved));
    }
}
