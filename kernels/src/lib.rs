//! Convolutions with the processor's vector instructions, and [`prelu`].
//!
//! tract's depthwise convolution works value by value on processors other than ARM's and took half of an observation's
//! time. Its pointwise convolutions are as fast as the processor where their planes fit into the cache, which those of
//! the first layers do not. So a [`Block`] takes a few rows at a time through a pointwise, a depthwise and another
//! pointwise convolution. A channel's plane is laid out so that each tap of a filter is one offset in it.
//!
//! It is a separate crate so that debug builds optimise it too. Tests that run the pose model would
//! take minutes otherwise.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod block;
mod dense;
mod level;
mod plane;
mod products;
mod sample;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch, f32x8};

pub use block::{Block, Residual};
pub use dense::dense;
use level::level;
pub use level::limit_to_avx2;
use plane::Plane;
pub use products::pack;
pub use sample::{Grid, Picture, sample};

/// Floats in a vector.
const LANES: usize = 8;

/// The function that each sum passes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// None.
    None,
    /// Clips to 0 to 6, as after most layers of the networks.
    Relu6,
}

impl Activation {
    /// The smallest and the largest value after it.
    fn limits(self) -> (f32, f32) {
        match self {
            Activation::None => (f32::NEG_INFINITY, f32::INFINITY),
            Activation::Relu6 => (0.0, 6.0),
        }
    }
}

/// The sizes of a convolution, in elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Geometry {
    /// Side of a filter.
    pub side: usize,
    /// The distance of two outputs.
    pub stride: Stride,
    /// Zeros above and on the left.
    pub pad_before: usize,
    /// Zeros below and on the right.
    pub pad_after: usize,
    /// The number of planes.
    pub channels: usize,
    /// Rows of a plane, without the zeros.
    pub height: usize,
    /// Columns of a plane, without the zeros.
    pub width: usize,
}

/// The distance of two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum Stride {
    /// An output for each element.
    One = 1,
    /// An output for every second row and column.
    Two = 2,
}

impl Geometry {
    fn out_height(&self) -> usize {
        self.out(self.height)
    }

    fn out_width(&self) -> usize {
        self.out(self.width)
    }

    fn out(&self, length: usize) -> usize {
        (length + self.pad_before + self.pad_after - self.side) / self.stride as usize + 1
    }

    /// The output's shape: one picture, channels, height, width.
    #[must_use]
    pub fn out_shape(&self) -> [usize; 4] {
        [1, self.channels, self.out_height(), self.out_width()]
    }
}

/// Filters each channel of `input`, padded with zeros.
///
/// `filters` holds one filter after the other, row by row; `bias` one number for each channel.
/// If a slice is too short the rest of `output` stays as it is.
pub fn depthwise(
    geometry: Geometry,
    filters: &[f32],
    bias: &[f32],
    activation: Activation,
    input: &[f32],
    output: &mut [f32],
) {
    let limits = activation.limits();
    dispatch!(level(), simd => convolve(simd, geometry, filters, bias, limits, input, output));
}

/// Multiplies what is negative by its channel's slope. `plane` is the number of values of a channel.
pub fn prelu(plane: usize, slopes: &[f32], values: &mut [f32]) {
    dispatch!(level(), simd => bend(simd, plane, slopes, values));
}

#[inline(always)]
fn bend<S: Simd>(simd: S, plane: usize, slopes: &[f32], values: &mut [f32]) {
    simd.vectorize(
        #[inline(always)]
        || {
            for (channel, &slope) in values.chunks_exact_mut(plane).zip(slopes) {
                for value in channel {
                    *value = value.max(0.0) + slope * value.min(0.0);
                }
            }
        },
    );
}

#[inline(always)]
fn filter_plane<S: Simd>(
    simd: S,
    taps: &[usize],
    filter: &[f32],
    bias: f32,
    limits: (f32, f32),
    elements: &[f32],
    outputs: &mut [f32],
) {
    /// Independent sums hide the latency of each multiply-add.
    const UNROLL: usize = 8;
    let (many, few) = outputs.as_chunks_mut::<{ UNROLL * LANES }>();
    let rest = many.len() * UNROLL * LANES;
    // No closure: called twice it would not be inlined and would lose the vector instructions.
    for (from, out) in (0..).step_by(UNROLL * LANES).zip(many) {
        sums::<S, UNROLL>(simd, &elements[from..], taps, filter, bias, limits, out);
    }
    for (from, out) in (rest..).step_by(LANES).zip(few.chunks_exact_mut(LANES)) {
        sums::<S, 1>(simd, &elements[from..], taps, filter, bias, limits, out);
    }
}

/// `N` consecutive vectors of outputs.
#[inline(always)]
fn sums<S: Simd, const N: usize>(
    simd: S,
    elements: &[f32],
    taps: &[usize],
    filter: &[f32],
    bias: f32,
    limits: (f32, f32),
    out: &mut [f32],
) {
    let all = |value| f32x8::splat(simd, value);
    let mut sums = [all(bias); N];
    for (&tap, &weight) in taps.iter().zip(filter) {
        let from = elements[tap..][..N * LANES].chunks_exact(LANES);
        for (sum, from) in sums.iter_mut().zip(from) {
            *sum = f32x8::from_slice(simd, from).mul_add(all(weight), *sum);
        }
    }
    for (sum, out) in sums.iter().zip(out.chunks_exact_mut(LANES)) {
        sum.max(all(limits.0)).min(all(limits.1)).store_slice(out);
    }
}

#[inline(always)]
fn convolve<S: Simd>(
    simd: S,
    geometry: Geometry,
    filters: &[f32],
    bias: &[f32],
    limits: (f32, f32),
    input: &[f32],
    output: &mut [f32],
) {
    // Outside `vectorize` code is compiled for the oldest processor.
    simd.vectorize(
        #[inline(always)]
        || {
            let plane = Plane::new(geometry, geometry.out_height());
            let mut elements = vec![0.0; plane.length(LANES)];
            let mut outputs = vec![0.0; plane.outputs().next_multiple_of(LANES)];
            let out_width = geometry.out_width();
            let channels = input.chunks_exact(geometry.height * geometry.width);
            let outs = output.chunks_exact_mut(geometry.out_height() * out_width);
            let filters = filters.chunks_exact(geometry.side * geometry.side);
            for (((channel, out), filter), &bias) in channels.zip(outs).zip(filters).zip(bias) {
                plane.fill(channel, 0, &mut elements);
                filter_plane(
                    simd,
                    &plane.taps,
                    filter,
                    bias,
                    limits,
                    &elements,
                    &mut outputs,
                );
                let rows = outputs.chunks_exact(plane.width);
                for (to, row) in out.chunks_exact_mut(out_width).zip(rows) {
                    to.copy_from_slice(&row[..out_width]);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_its_own_slope_for_negative_values() {
        let mut values = [-2.0, 0.0, 3.0, -1.0, 1.0, -8.0];
        prelu(3, &[0.5, -0.25], &mut values);
        assert_eq!(values, [-1.0, 0.0, 3.0, 0.25, 1.0, 2.0]);
    }
}
