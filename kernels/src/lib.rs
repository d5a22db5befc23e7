//! The one computation of Sitwell that needs the processor's vectors and that no library gives:
//! depthwise convolution, each channel filtered by itself.
//!
//! tract's own works value by value on processors other than ARM's, and took half of a look. Here a
//! channel's plane is laid out so that each tap of the filter is one shift of it; then outputs
//! are computed eight at a time, whatever the plane's width.
//!
//! It is a crate of its own so that it is optimised in debug builds too: there, tests that look at
//! pictures would take minutes.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, f32x8};

/// Floats in a vector.
const LANES: usize = 8;

/// What happens to a sum before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    /// Nothing.
    Open,
    /// It is clipped to 0 to 6, as after most layers of the networks.
    Relu6,
}

/// Where the filters go, in elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Geometry {
    /// Side of a filter.
    pub side: usize,
    /// From one output to the next.
    pub stride: Stride,
    /// Zeros above and on the left.
    pub before: usize,
    /// Zeros below and on the right.
    pub after: usize,
    /// How many planes there are.
    pub channels: usize,
    /// Rows of a plane, without the zeros.
    pub height: usize,
    /// Columns of a plane, without the zeros.
    pub width: usize,
}

/// From one output to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum Stride {
    /// An output for each element.
    One = 1,
    /// An output for each second row and column.
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
        (length + self.before + self.after - self.side) / self.stride as usize + 1
    }

    /// Of the output: one picture, its channels, height and width.
    #[must_use]
    pub fn out_shape(&self) -> [usize; 4] {
        [1, self.channels, self.out_height(), self.out_width()]
    }
}

/// Filters each channel of `input` by itself, with zeros around it.
///
/// `filters` are one after the other, row by row; `bias` is what each channel's sums begin with.
/// What is too short leaves the rest of `output` as it is.
pub fn depthwise(
    geometry: Geometry,
    filters: &[f32],
    bias: &[f32],
    ends: Ends,
    input: &[f32],
    output: &mut [f32],
) {
    let ends = match ends {
        Ends::Open => (f32::NEG_INFINITY, f32::INFINITY),
        Ends::Relu6 => (0.0, 6.0),
    };
    let level = Level::new();
    dispatch!(level, simd => convolve(simd, geometry, filters, bias, ends, input, output));
}

/// A plane with the zeros around it. At a stride of two its odd rows and columns lie apart from the
/// even ones, in four phases, so that outputs that follow each other read elements that do.
struct Plane {
    geometry: Geometry,
    /// Of a row of a phase. Rows follow each other, so between two rows some outputs are in vain.
    width: usize,
    /// Elements of a phase.
    phase: usize,
    elements: Vec<f32>,
    /// For each tap of a filter, how far its element is from the output's place.
    taps: Vec<usize>,
    outputs: Vec<f32>,
}

impl Plane {
    fn new(geometry: Geometry) -> Plane {
        let (side, stride) = (geometry.side, geometry.stride as usize);
        let more = (side - 1) / stride;
        let width = geometry.out_width() + more;
        let phase = width * (geometry.out_height() + more);
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
            // The last outputs in vain read beyond the last phase.
            elements: vec![0.0; phase * stride * stride + outputs],
            taps: (0..side * side).map(tap).collect(),
            outputs: vec![0.0; outputs],
        }
    }

    /// Takes in a channel. The zeros stay from channel to channel.
    #[inline(always)]
    fn fill(&mut self, channel: &[f32]) {
        let Geometry { stride, before, .. } = self.geometry;
        let rows = self.phase / self.width * stride as usize;
        let lines = channel.chunks_exact(self.geometry.width);
        for (row, line) in (before..rows).zip(lines) {
            match stride {
                Stride::One => {
                    let to = &mut self.elements[row * self.width..][before..self.width];
                    for (to, from) in to.iter_mut().zip(line) {
                        *to = *from;
                    }
                }
                Stride::Two => {
                    let at = row % 2 * 2 * self.phase + row / 2 * self.width;
                    let (even, odd) = self.elements[at..].split_at_mut(self.phase);
                    let (even, odd) = (&mut even[..self.width], &mut odd[..self.width]);
                    let (first, second) = match before % 2 {
                        0 => (&mut even[before / 2..], &mut odd[before / 2..]),
                        _ => (&mut odd[before / 2..], &mut even[before / 2 + 1..]),
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
    fn filter<S: Simd>(&mut self, simd: S, filter: &[f32], bias: f32, ends: (f32, f32)) {
        /// So many vectors at once keep the processor busy while each sum waits for its last.
        const MANY: usize = 8;
        let (many, few) = self.outputs.as_chunks_mut::<{ MANY * LANES }>();
        let (elements, taps) = (&self.elements, &self.taps);
        let rest = many.len() * MANY * LANES;
        // Not through a closure: called twice, it would be a function without the processor's vectors.
        for (from, out) in (0..).step_by(MANY * LANES).zip(many) {
            sums::<S, MANY>(simd, &elements[from..], taps, filter, bias, ends, out);
        }
        for (from, out) in (rest..).step_by(LANES).zip(few.chunks_exact_mut(LANES)) {
            sums::<S, 1>(simd, &elements[from..], taps, filter, bias, ends, out);
        }
    }
}

/// `N` vectors of outputs that follow each other.
#[inline(always)]
fn sums<S: Simd, const N: usize>(
    simd: S,
    elements: &[f32],
    taps: &[usize],
    filter: &[f32],
    bias: f32,
    ends: (f32, f32),
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
        sum.max(all(ends.0)).min(all(ends.1)).store_slice(out);
    }
}

#[inline(always)]
fn convolve<S: Simd>(
    simd: S,
    geometry: Geometry,
    filters: &[f32],
    bias: &[f32],
    ends: (f32, f32),
    input: &[f32],
    output: &mut [f32],
) {
    // Without `vectorize` the closure's code would be that of the oldest processor.
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
                plane.filter(simd, filter, bias, ends);
                let rows = plane.outputs.chunks_exact(plane.width);
                for (to, row) in out.chunks_exact_mut(out_width).zip(rows) {
                    to.copy_from_slice(&row[..out_width]);
                }
            }
        },
    );
}
