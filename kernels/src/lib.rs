//! Two operations with the processor's vector instructions: depthwise convolution, in which each
//! channel has its own filter, and [`prelu`].
//!
//! No library offers them. tract's own convolution works value by value on processors other than ARM's and took
//! half of an observation's time. Here a channel's plane is laid out so that each tap of the filter
//! is one offset in it. So eight outputs are computed at a time, whatever the plane's width.
//!
//! It is a separate crate so that debug builds optimise it too. Tests that run the pose model would
//! take minutes otherwise.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, f32x8};

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
    let limits = match activation {
        Activation::None => (f32::NEG_INFINITY, f32::INFINITY),
        Activation::Relu6 => (0.0, 6.0),
    };
    let level = Level::new();
    dispatch!(level, simd => convolve(simd, geometry, filters, bias, limits, input, output));
}

/// Multiplies what is negative by its channel's slope. `plane` is the number of values of a channel.
pub fn prelu(plane: usize, slopes: &[f32], values: &mut [f32]) {
    let level = Level::new();
    dispatch!(level, simd => bend(simd, plane, slopes, values));
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

/// A zero-padded plane. At a stride of two its odd rows and columns are stored apart from the even
/// ones, in four phases, so that consecutive outputs read consecutive elements.
struct Plane {
    geometry: Geometry,
    /// Of a row of a phase. Between two rows some outputs are computed and not used.
    width: usize,
    /// Elements of a phase.
    phase: usize,
    elements: Vec<f32>,
    /// For each tap of a filter, the offset of its element from the output's.
    taps: Vec<usize>,
    outputs: Vec<f32>,
}

impl Plane {
    fn new(geometry: Geometry) -> Plane {
        let (side, stride) = (geometry.side, geometry.stride as usize);
        let margin = (side - 1) / stride;
        let width = geometry.out_width() + margin;
        let phase = width * (geometry.out_height() + margin);
        let outputs = (geometry.out_height() * width).next_multiple_of(LANES);
        let tap = |n: usize| {
            let (row, column) = (n / side, n % side);
            (row % stride * stride + column % stride) * phase
                + row / stride * width
                + column / stride
        };
        Plane {
            geometry,
            width,
            phase,
            // The last unused outputs read beyond the last phase.
            elements: vec![0.0; phase * stride * stride + outputs],
            taps: (0..side * side).map(tap).collect(),
            outputs: vec![0.0; outputs],
        }
    }

    /// Copies a channel into the plane. The zeros stay from channel to channel.
    #[inline(always)]
    fn fill(&mut self, channel: &[f32]) {
        let Geometry {
            stride, pad_before, ..
        } = self.geometry;
        let rows = self.phase / self.width * stride as usize;
        let lines = channel.chunks_exact(self.geometry.width);
        for (row, line) in (pad_before..rows).zip(lines) {
            match stride {
                Stride::One => {
                    let to = &mut self.elements[row * self.width..][pad_before..self.width];
                    for (to, from) in to.iter_mut().zip(line) {
                        *to = *from;
                    }
                }
                Stride::Two => {
                    let at = row % 2 * 2 * self.phase + row / 2 * self.width;
                    let (even, odd) = self.elements[at..].split_at_mut(self.phase);
                    let (even, odd) = (&mut even[..self.width], &mut odd[..self.width]);
                    let (first, second) = match pad_before % 2 {
                        0 => (&mut even[pad_before / 2..], &mut odd[pad_before / 2..]),
                        _ => (&mut odd[pad_before / 2..], &mut even[pad_before / 2 + 1..]),
                    };
                    let (pairs, last) = line.as_chunks::<2>();
                    if let ([last], Some(first)) = (last, first.get_mut(pairs.len())) {
                        *first = *last;
                    }
                    for ((pair, first), second) in pairs.iter().zip(first).zip(second) {
                        [*first, *second] = *pair;
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn filter<S: Simd>(&mut self, simd: S, filter: &[f32], bias: f32, limits: (f32, f32)) {
        /// Independent sums hide the latency of each multiply-add.
        const UNROLL: usize = 8;
        let (many, few) = self.outputs.as_chunks_mut::<{ UNROLL * LANES }>();
        let (elements, taps) = (&self.elements, &self.taps);
        let rest = many.len() * UNROLL * LANES;
        // No closure: called twice it would not be inlined and would lose the vector instructions.
        for (from, out) in (0..).step_by(UNROLL * LANES).zip(many) {
            sums::<S, UNROLL>(simd, &elements[from..], taps, filter, bias, limits, out);
        }
        for (from, out) in (rest..).step_by(LANES).zip(few.chunks_exact_mut(LANES)) {
            sums::<S, 1>(simd, &elements[from..], taps, filter, bias, limits, out);
        }
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
            let mut plane = Plane::new(geometry);
            let out_width = geometry.out_width();
            let channels = input.chunks_exact(geometry.height * geometry.width);
            let outs = output.chunks_exact_mut(geometry.out_height() * out_width);
            let filters = filters.chunks_exact(geometry.side * geometry.side);
            for (((channel, out), filter), &bias) in channels.zip(outs).zip(filters).zip(bias) {
                plane.fill(channel);
                plane.filter(simd, filter, bias, limits);
                let rows = plane.outputs.chunks_exact(plane.width);
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
