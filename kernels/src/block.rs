//! A whole block of the networks in one pass: pointwise, depthwise and pointwise convolution.
//!
//! Done one after the other, each writes planes of up to 4 MB that the next one reads, and waits for memory. Here some
//! rows at a time go through all three, so that what lies between stays in the cache.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch};

use crate::level::level;
use crate::plane::Plane;
use crate::products::{ROWS, VECTORS, multiply, panel, zeros};
use crate::{Activation, Geometry};

/// Channels that pass through the block together.
const TOGETHER: usize = 48;
/// Bytes that one pass may use: our choice, for second-level caches of 512 KB and more.
const CACHE: usize = 384 << 10;

/// What is added to a block's outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Residual {
    /// Nothing.
    None,
    /// The block's input. Channels that it lacks count as zero.
    Input,
    /// The largest of each two by two values of it, likewise.
    Pooled,
}

/// A block's sizes and weights. Its input has `expand`'s columns less one as channels, or else the filters' channels;
/// its output as many as there are biases.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// From the input's channels to the filters', with biases, [packed](crate::pack); clipped to 0 to 6.
    pub expand: Option<&'a [f32]>,
    /// Of the depthwise convolution.
    pub geometry: Geometry,
    /// Its filters, one after the other, row by row.
    pub filters: &'a [f32],
    /// Its biases.
    pub filter_biases: &'a [f32],
    /// After it.
    pub activation: Activation,
    /// From the filters' channels to the output's, [packed](crate::pack).
    pub project: &'a [f32],
    /// Of the outputs.
    pub biases: &'a [f32],
    /// Added to the outputs.
    pub residual: Residual,
    /// What is negative then is multiplied by its channel's slope.
    pub slopes: &'a [f32],
    /// What is larger then is set to this.
    pub most: f32,
}

impl Block<'_> {
    /// Computes `output` from `input`, both channel by channel.
    ///
    /// # Panics
    ///
    /// When a slice is too short for the geometry.
    pub fn run(&self, input: &[f32], output: &mut [f32]) {
        dispatch!(level(), simd => pass(simd, self, input, output));
    }

    fn in_channels(&self) -> usize {
        let channels = self.geometry.channels;
        self.expand.map_or(channels, |weights| {
            weights.len() / channels.next_multiple_of(ROWS) - 1
        })
    }
}

/// The buffers of one pass.
struct Buffers {
    /// The input's channels and a channel of ones (so that biases are not added to the zeros around a picture), by panels.
    inputs: Vec<f32>,
    /// That channel of ones, over the whole picture.
    ones: Vec<f32>,
    /// A channel on its way there.
    channel: Vec<f32>,
    /// Some channels before the filters.
    planes: Vec<f32>,
    /// Channels after the filters, by panels.
    filtered: Vec<f32>,
    /// The outputs' sums, channel by channel.
    sums: Vec<f32>,
}

#[inline(always)]
fn pass<S: Simd>(simd: S, block: &Block<'_>, input: &[f32], output: &mut [f32]) {
    // Outside `vectorize` code is compiled for the oldest processor.
    simd.vectorize(
        #[inline(always)]
        || {
            let step = panel::<S>();
            let height = block.geometry.out_height();
            let strips = strips(block, step);
            let rows = height.div_ceil(strips);
            let plane = Plane::new(block.geometry, rows);
            let (length, outputs) = (plane.length(step), plane.outputs().next_multiple_of(step));
            let inputs = block.expand.map_or(0, |_| block.in_channels() + 1);
            let mut buffers = Buffers {
                inputs: vec![0.0; plane.elements().next_multiple_of(step) * inputs],
                ones: vec![
                    1.0;
                    block
                        .expand
                        .map_or(0, |_| block.geometry.height * block.geometry.width)
                ],
                channel: vec![0.0; length],
                planes: vec![0.0; length * ROWS],
                filtered: vec![0.0; outputs * TOGETHER],
                sums: vec![0.0; outputs * block.biases.len().next_multiple_of(ROWS)],
            };
            for first in (0..height).step_by(rows) {
                strip(simd, block, &plane, first, input, &mut buffers);
                let rows = rows.min(height - first);
                finish(
                    block,
                    &plane,
                    first..first + rows,
                    outputs,
                    &buffers.sums,
                    input,
                    output,
                );
            }
        },
    );
}

/// In how many parts the rows pass.
fn strips(block: &Block<'_>, step: usize) -> usize {
    let height = block.geometry.out_height();
    let bytes = |rows: usize| {
        let plane = Plane::new(block.geometry, rows);
        let inputs = block.expand.map_or(0, |_| block.in_channels() + 1);
        let outputs = plane.outputs().next_multiple_of(step);
        4 * (plane.elements() * (inputs + ROWS + 1) + outputs * (TOGETHER + block.biases.len()))
    };
    (1..height)
        .find(|strips| bytes(height.div_ceil(*strips)) <= CACHE)
        .unwrap_or(height)
}

/// The sums of some rows of outputs.
#[inline(always)]
fn strip<S: Simd>(
    simd: S,
    block: &Block<'_>,
    plane: &Plane,
    first: usize,
    input: &[f32],
    buffers: &mut Buffers,
) {
    let Buffers {
        inputs,
        ones,
        channel,
        planes,
        filtered,
        sums,
    } = buffers;
    let step = panel::<S>();
    let Geometry {
        side,
        channels,
        height,
        width,
        ..
    } = block.geometry;
    let picture = height * width;
    let length = plane.length(step);
    let outputs = plane.outputs().next_multiple_of(step);
    let columns = block.in_channels() + 1;
    if block.expand.is_some() {
        let all = input.chunks_exact(picture).chain([&ones[..]]);
        for (column, from) in all.enumerate() {
            plane.fill(from, first, channel);
            let panels = inputs.chunks_exact_mut(step * columns);
            for (to, from) in panels.zip(channel.chunks_exact(step)) {
                to[column * step..][..step].copy_from_slice(from);
            }
        }
    }
    for (sums, bias) in sums.chunks_exact_mut(outputs).zip(block.biases) {
        sums.fill(*bias);
    }
    for start in (0..channels).step_by(TOGETHER) {
        let together = TOGETHER.min(channels - start);
        for group in (start..start + together).step_by(ROWS) {
            match block.expand {
                Some(weights) => {
                    let weights = &weights[group * columns..][..ROWS * columns];
                    expand(simd, weights, inputs, planes, length);
                }
                None => {
                    let from = input[group * picture..].chunks_exact(picture);
                    for (from, to) in from.zip(planes.chunks_exact_mut(length)) {
                        plane.fill(from, first, to);
                    }
                }
            }
            let used = ROWS.min(channels - group);
            for (row, elements) in planes.chunks_exact(length).enumerate().take(used) {
                let filter = &block.filters[(group + row) * side * side..][..side * side];
                let bias = block.filter_biases[group + row];
                let place = (group + row - start) * step;
                let to = &mut filtered[..outputs * together];
                filter_panels(
                    simd,
                    block.activation,
                    plane,
                    elements,
                    filter,
                    bias,
                    to,
                    step * together,
                    place,
                );
            }
        }
        for (at, values) in filtered[..outputs * together]
            .chunks_exact(step * together)
            .enumerate()
        {
            project(
                simd,
                block,
                start,
                together,
                values,
                &mut sums[at * step..],
                outputs,
            );
        }
    }
}

/// Some channels from all inputs, clipped to 0 to 6.
#[inline(always)]
fn expand<S: Simd>(simd: S, weights: &[f32], inputs: &[f32], planes: &mut [f32], length: usize) {
    let (step, lanes) = (panel::<S>(), S::f32s::LEN);
    let (low, high) = (S::f32s::splat(simd, 0.0), S::f32s::splat(simd, 6.0));
    let panels = inputs.chunks_exact(step * weights.len() / ROWS);
    // The last input is one within the picture, and zero around it.
    for (at, values) in panels.enumerate() {
        let ones = &values[values.len() - step..];
        if ones.iter().all(|one| *one == 0.0) {
            for row in 0..ROWS {
                planes[row * length + at * step..][..step].fill(0.0);
            }
            continue;
        }
        let sums = multiply(simd, weights, values.chunks_exact(step), zeros(simd));
        for (row, sums) in sums.iter().enumerate() {
            let to = &mut planes[row * length + at * step..][..step];
            for (to, sum) in to.chunks_exact_mut(lanes).zip(sums) {
                sum.max(low).min(high).store_slice(to);
            }
        }
    }
}

/// Filters one channel into its place in each panel.
#[expect(
    clippy::too_many_arguments,
    reason = "one caller; a type for them would only move them"
)]
#[inline(always)]
fn filter_panels<S: Simd>(
    simd: S,
    activation: Activation,
    plane: &Plane,
    elements: &[f32],
    filter: &[f32],
    bias: f32,
    to: &mut [f32],
    panel_length: usize,
    place: usize,
) {
    let step = panel::<S>();
    let mut many = to.chunks_exact_mut(4 * panel_length);
    let mut from = 0;
    for panels in &mut many {
        let (one, two) = panels.split_at_mut(2 * panel_length);
        let ((one, two), (three, four)) = (
            one.split_at_mut(panel_length),
            two.split_at_mut(panel_length),
        );
        let to = [one, two, three, four].map(|panel| &mut panel[place..][..step]);
        sums::<S, 4>(
            simd,
            activation,
            &elements[from..],
            &plane.taps,
            filter,
            bias,
            to,
        );
        from += 4 * step;
    }
    for panel in many.into_remainder().chunks_exact_mut(panel_length) {
        let to = [&mut panel[place..][..step]];
        sums::<S, 1>(
            simd,
            activation,
            &elements[from..],
            &plane.taps,
            filter,
            bias,
            to,
        );
        from += step;
    }
}

/// Consecutive panels of outputs.
#[inline(always)]
fn sums<S: Simd, const N: usize>(
    simd: S,
    activation: Activation,
    elements: &[f32],
    taps: &[usize],
    filter: &[f32],
    bias: f32,
    to: [&mut [f32]; N],
) {
    let lanes = S::f32s::LEN;
    let step = panel::<S>();
    let mut sums = [[S::f32s::splat(simd, bias); VECTORS]; N];
    for (&tap, &weight) in taps.iter().zip(filter) {
        let weight = S::f32s::splat(simd, weight);
        let from = &elements[tap..][..N * step];
        for (sums, from) in sums.iter_mut().zip(from.chunks_exact(step)) {
            for (sum, from) in sums.iter_mut().zip(from.chunks_exact(lanes)) {
                *sum = S::f32s::from_slice(simd, from).mul_add(weight, *sum);
            }
        }
    }
    let (low, high) = activation.limits();
    let (low, high) = (S::f32s::splat(simd, low), S::f32s::splat(simd, high));
    for (sums, to) in sums.iter().zip(to) {
        for (sum, to) in sums.iter().zip(to.chunks_exact_mut(lanes)) {
            sum.max(low).min(high).store_slice(to);
        }
    }
}

/// Adds what some filtered channels give to a panel of all outputs.
#[inline(always)]
fn project<S: Simd>(
    simd: S,
    block: &Block<'_>,
    start: usize,
    together: usize,
    values: &[f32],
    all: &mut [f32],
    outputs: usize,
) {
    let (step, lanes) = (panel::<S>(), S::f32s::LEN);
    let groups = block.project.chunks_exact(block.geometry.channels * ROWS);
    for (group, weights) in groups.enumerate() {
        let weights = &weights[start * ROWS..][..together * ROWS];
        let mut sums = zeros(simd);
        for (row, sums) in sums.iter_mut().enumerate() {
            let from = &all[(group * ROWS + row) * outputs..][..step];
            for (sum, from) in sums.iter_mut().zip(from.chunks_exact(lanes)) {
                *sum = S::f32s::from_slice(simd, from);
            }
        }
        let sums = multiply(simd, weights, values.chunks_exact(step), sums);
        for (row, sums) in sums.iter().enumerate() {
            let to = &mut all[(group * ROWS + row) * outputs..][..step];
            for (sum, to) in sums.iter().zip(to.chunks_exact_mut(lanes)) {
                sum.store_slice(to);
            }
        }
    }
}

/// Adds what is added to these rows of outputs, bends and clips them, and writes them.
#[inline(always)]
fn finish(
    block: &Block<'_>,
    plane: &Plane,
    rows: std::ops::Range<usize>,
    outputs: usize,
    sums: &[f32],
    input: &[f32],
    output: &mut [f32],
) {
    let Geometry { height, width, .. } = block.geometry;
    let (out_height, out_width) = (block.geometry.out_height(), block.geometry.out_width());
    let channels = output.chunks_exact_mut(out_height * out_width);
    let sums = sums.chunks_exact(outputs).zip(block.slopes);
    for (channel, (to, (sums, &slope))) in channels.zip(sums).enumerate() {
        let added = match block.residual {
            Residual::None => None,
            Residual::Input | Residual::Pooled => input.chunks_exact(height * width).nth(channel),
        };
        let to = &mut to[rows.start * out_width..rows.end * out_width];
        let lines = to
            .chunks_exact_mut(out_width)
            .zip(sums.chunks_exact(plane.width));
        for (row, (to, from)) in rows.clone().zip(lines) {
            let pairs = to.iter_mut().zip(from);
            match (block.residual, added) {
                (Residual::Input, Some(added)) => {
                    for ((to, from), added) in pairs.zip(&added[row * width..]) {
                        *to = bend(from + added, slope, block.most);
                    }
                }
                (Residual::Pooled, Some(added)) => {
                    let (above, below) = added[2 * row * width..][..2 * width].split_at(width);
                    let (above, below) = (above.as_chunks::<2>().0, below.as_chunks::<2>().0);
                    for ((to, from), ([a, b], [c, d])) in pairs.zip(above.iter().zip(below)) {
                        *to = bend(from + a.max(*b).max(c.max(*d)), slope, block.most);
                    }
                }
                _ => {
                    for (to, from) in pairs {
                        *to = bend(*from, slope, block.most);
                    }
                }
            }
        }
    }
}

/// Multiplies what is negative by the slope, and clips.
#[inline(always)]
fn bend(value: f32, slope: f32, most: f32) -> f32 {
    let bent = if value < 0.0 { slope * value } else { value };
    if bent > most { most } else { bent }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Stride, depthwise, pack};

    /// Numbers between -1 and 1 without a pattern.
    fn numbers(count: usize, mut seed: u32) -> Vec<f32> {
        let mut number = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| number()).collect()
    }

    /// A pointwise convolution, sum by sum.
    fn pointwise(weights: &[f32], biases: &[f32], input: &[f32], plane: usize) -> Vec<f32> {
        let columns = weights.len() / biases.len();
        let rows = weights.chunks_exact(columns).zip(biases);
        let at = |row: &[f32], bias: f32, n: usize| {
            let products = row
                .iter()
                .enumerate()
                .map(|(c, w)| w * input[c * plane + n]);
            bias + products.sum::<f32>()
        };
        rows.flat_map(|(row, bias)| (0..plane).map(move |n| (row, *bias, n)))
            .map(|(row, bias, n)| at(row, bias, n))
            .collect()
    }

    struct Case {
        inputs: usize,
        expands: bool,
        residual: Residual,
        outputs: usize,
        geometry: Geometry,
    }

    /// The largest difference from the three convolutions one after the other.
    fn difference(case: &Case) -> f32 {
        let geometry = case.geometry;
        let Geometry {
            side,
            channels,
            height,
            width,
            ..
        } = geometry;
        let plane = height * width;
        let input = numbers(case.inputs * plane, 1);
        let (wide, wide_biases) = (numbers(channels * case.inputs, 2), numbers(channels, 3));
        let (filters, filter_biases) = (numbers(channels * side * side, 4), numbers(channels, 5));
        let (narrow, biases) = (
            numbers(case.outputs * channels, 6),
            numbers(case.outputs, 7),
        );
        let slopes = numbers(case.outputs, 8);
        let expanded = if case.expands {
            let clip = |value: f32| value.clamp(0.0, 6.0);
            pointwise(&wide, &wide_biases, &input, plane)
                .into_iter()
                .map(clip)
                .collect()
        } else {
            input.clone()
        };
        let [_, _, rows, columns] = geometry.out_shape();
        let mut filtered = vec![0.0; channels * rows * columns];
        depthwise(
            geometry,
            &filters,
            &filter_biases,
            Activation::Relu6,
            &expanded,
            &mut filtered,
        );
        let mut expected = pointwise(&narrow, &biases, &filtered, rows * columns);
        for (n, value) in expected.iter_mut().enumerate() {
            let (channel, row, column) = (n / (rows * columns), n / columns % rows, n % columns);
            let at = |row: usize, column: usize| input[channel * plane + row * width + column];
            *value += match case.residual {
                _ if channel >= case.inputs => 0.0,
                Residual::None => 0.0,
                Residual::Input => at(row, column),
                Residual::Pooled => (0..4)
                    .map(|n| at(2 * row + n / 2, 2 * column + n % 2))
                    .fold(f32::MIN, f32::max),
            };
            *value = (value.max(0.0) + slopes[channel] * value.min(0.0)).min(2.0);
        }
        let expand = pack(&wide, case.inputs, Some(&wide_biases));
        let block = Block {
            expand: case.expands.then_some(&expand[..]),
            geometry,
            filters: &filters,
            filter_biases: &filter_biases,
            activation: Activation::Relu6,
            project: &pack(&narrow, channels, None),
            biases: &biases,
            residual: case.residual,
            slopes: &slopes,
            most: 2.0,
        };
        let mut output = vec![f32::NAN; case.outputs * rows * columns];
        block.run(&input, &mut output);
        let pairs = output.iter().zip(&expected);
        pairs
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, |most, apart| if apart <= most { most } else { apart })
    }

    #[test]
    fn a_block_gives_what_its_parts_give_one_after_the_other() {
        let mut largest = 0.0_f32;
        for (stride, residual, side) in [
            (Stride::One, Residual::Input, 3),
            (Stride::One, Residual::None, 5),
            (Stride::Two, Residual::None, 5),
            (Stride::Two, Residual::Pooled, 3),
        ] {
            for (height, width) in [(2, 2), (6, 10), (16, 16), (30, 64), (128, 128)] {
                for (inputs, channels, outputs) in
                    [(4, 4, 8), (3, 36, 5), (16, 16, 16), (7, 50, 12)]
                {
                    let expands = inputs != channels;
                    let pad_before = if residual == Residual::Pooled {
                        0
                    } else {
                        side / 2
                    };
                    let geometry = Geometry {
                        side,
                        stride,
                        pad_before,
                        pad_after: side / 2,
                        channels,
                        height,
                        width,
                    };
                    let case = Case {
                        inputs,
                        expands,
                        residual,
                        outputs,
                        geometry,
                    };
                    let apart = difference(&case);
                    assert!(apart < 1e-4, "{geometry:?} {inputs} {outputs}: {apart}");
                    largest = largest.max(apart);
                }
            }
        }
        assert!(largest > 0.0);
    }

    #[test]
    fn missing_rows_are_packed_as_zeros() {
        let packed = pack(&[1., 2., 3., 4.], 2, Some(&[9., 10.]));
        let expected = [
            1., 3., 0., 0., 0., 0., 2., 4., 0., 0., 0., 0., 9., 10., 0., 0., 0., 0.,
        ];
        assert_eq!(packed, expected);
    }
}
