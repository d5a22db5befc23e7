//! Convolution of a picture's few channels, as in the first layer of the networks.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch};

use crate::level::level;
use crate::plane::Plane;
use crate::products::{ROWS, multiply, panel, zeros};
use crate::{Activation, Geometry};

/// Filters all channels of `input`, padded with zeros, into each channel of `output`. `geometry` is of the input.
///
/// `weights` holds a row of filters for each output, channel by channel, with `biases`, [packed](crate::pack).
///
/// # Panics
///
/// When a slice is too short for the geometry.
pub fn dense(
    geometry: Geometry,
    weights: &[f32],
    activation: Activation,
    input: &[f32],
    output: &mut [f32],
) {
    dispatch!(level(), simd => convolve(simd, geometry, weights, activation, input, output));
}

#[inline(always)]
fn convolve<S: Simd>(
    simd: S,
    geometry: Geometry,
    weights: &[f32],
    activation: Activation,
    input: &[f32],
    output: &mut [f32],
) {
    // Outside `vectorize` code is compiled for the oldest processor.
    simd.vectorize(
        #[inline(always)]
        || {
            let step = panel::<S>();
            let (height, width) = (geometry.out_height(), geometry.out_width());
            let plane = Plane::new(geometry, 1);
            let length = plane.length(step);
            let outputs = plane.outputs().next_multiple_of(step);
            let starts = (0..geometry.channels).map(|channel| channel * length);
            let taps: Vec<usize> = starts
                .flat_map(|start| plane.taps.iter().map(move |tap| start + tap))
                .collect();
            let mut elements = vec![0.0; geometry.channels * length];
            let ones = vec![1.0; outputs];
            let mut sums = vec![0.0; ROWS * outputs];
            for row in 0..height {
                let channels = input.chunks_exact(geometry.height * geometry.width);
                for (channel, elements) in channels.zip(elements.chunks_exact_mut(length)) {
                    plane.fill(channel, row, elements);
                }
                let groups = weights.chunks_exact(ROWS * (taps.len() + 1));
                let outs = output.chunks_mut(ROWS * height * width);
                for (weights, outs) in groups.zip(outs) {
                    for from in (0..outputs).step_by(step) {
                        let elements = taps.iter().map(|tap| &elements[tap + from..]);
                        group(
                            simd,
                            weights,
                            elements.chain([&ones[..]]),
                            activation,
                            &mut sums[from..],
                            outputs,
                        );
                    }
                    let planes = outs.chunks_exact_mut(height * width);
                    for (to, from) in planes.zip(sums.chunks_exact(outputs)) {
                        to[row * width..][..width].copy_from_slice(&from[..width]);
                    }
                }
            }
        },
    );
}

/// A panel of some outputs, `apart` from each other.
#[inline(always)]
fn group<'a, S: Simd>(
    simd: S,
    weights: &[f32],
    inputs: impl Iterator<Item = &'a [f32]>,
    activation: Activation,
    all: &mut [f32],
    apart: usize,
) {
    let (low, high) = activation.limits();
    let (low, high) = (S::f32s::splat(simd, low), S::f32s::splat(simd, high));
    let sums = multiply(simd, weights, inputs, zeros(simd));
    for (row, sums) in sums.iter().enumerate() {
        let to = &mut all[row * apart..][..panel::<S>()];
        for (sum, to) in sums.iter().zip(to.chunks_exact_mut(S::f32s::LEN)) {
            sum.max(low).min(high).store_slice(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Stride, pack};

    #[test]
    fn each_output_is_the_sum_over_all_channels() {
        let (height, width, side, channels, outputs) = (6, 9, 3, 2, 7);
        let number = |n: usize| ((n * 7 + 3) % 11) as f32 - 5.0;
        let input: Vec<f32> = (0..channels * height * width).map(number).collect();
        let weights: Vec<f32> = (0..outputs * channels * side * side).map(number).collect();
        let biases: Vec<f32> = (0..outputs).map(number).collect();
        for (stride, pad_before) in [(Stride::One, 1), (Stride::Two, 1), (Stride::Two, 0)] {
            let geometry = Geometry {
                side,
                stride,
                pad_before,
                pad_after: 1,
                channels,
                height,
                width,
            };
            let packed = pack(&weights, channels * side * side, Some(&biases));
            let [_, _, rows, columns] = geometry.out_shape();
            let mut found = vec![f32::NAN; outputs * rows * columns];
            dense(geometry, &packed, Activation::Relu6, &input, &mut found);
            let at = |channel: usize, row: usize, column: usize| {
                let row = row.checked_sub(pad_before).filter(|row| *row < height);
                let column = column
                    .checked_sub(pad_before)
                    .filter(|column| *column < width);
                row.zip(column).map_or(0.0, |(row, column)| {
                    input[(channel * height + row) * width + column]
                })
            };
            for (n, found) in found.iter().enumerate() {
                let (output, row, column) = (n / (rows * columns), n / columns % rows, n % columns);
                let mut sum = biases[output];
                for tap in 0..channels * side * side {
                    let (channel, y, x) = (tap / (side * side), tap / side % side, tap % side);
                    let step = stride as usize;
                    sum += weights[output * channels * side * side + tap]
                        * at(channel, row * step + y, column * step + x);
                }
                assert_eq!(*found, sum.clamp(0.0, 6.0), "{geometry:?}");
            }
        }
    }
}
