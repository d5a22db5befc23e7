//! A channel's plane with zeros around it, laid out so that each tap of a filter is one offset in it.

use crate::{Geometry, Stride};

/// The layout of some rows of outputs and of the elements that they need. At a stride of two odd rows and columns
/// are stored apart from the even ones, in four phases, so that consecutive outputs read consecutive elements.
///
/// Between two rows lie zeros and some outputs that are computed and not used.
pub(crate) struct Plane {
    geometry: Geometry,
    /// Rows of outputs.
    rows: usize,
    /// Of a row of a phase, and of outputs.
    pub(crate) width: usize,
    /// Elements of a phase.
    phase: usize,
    /// For each tap of a filter, the offset of its element from the output's.
    pub(crate) taps: Vec<usize>,
}

impl Plane {
    pub(crate) fn new(geometry: Geometry, rows: usize) -> Plane {
        let (side, stride) = (geometry.side, geometry.stride as usize);
        let margin = (side - 1) / stride;
        // The zeros after a row are also those before the next.
        let shared = match geometry.stride {
            Stride::One => geometry.pad_before.min(geometry.pad_after),
            Stride::Two => 0,
        };
        let width = geometry.out_width() + margin - shared;
        let phase = width * (rows + margin) + shared;
        let tap = |n: usize| {
            let (row, column) = (n / side, n % side);
            (row % stride * stride + column % stride) * phase
                + row / stride * width
                + column / stride
        };
        Plane {
            geometry,
            rows,
            width,
            phase,
            taps: (0..side * side).map(tap).collect(),
        }
    }

    /// The number of outputs, unused ones between the rows included.
    pub(crate) fn outputs(&self) -> usize {
        self.rows * self.width
    }

    /// The number of elements.
    pub(crate) fn elements(&self) -> usize {
        self.phase * self.geometry.stride as usize * self.geometry.stride as usize
    }

    /// The length that a slice of elements needs, where `step` outputs are computed at a time.
    pub(crate) fn length(&self, step: usize) -> usize {
        let last_tap = self.taps.iter().max().copied().unwrap_or(0);
        let read = last_tap + self.outputs().next_multiple_of(step);
        read.max(self.elements().next_multiple_of(step))
    }

    /// Copies what the outputs from row `first` on need of a channel. The zeros beside its rows stay from before.
    #[inline(always)]
    pub(crate) fn fill(&self, channel: &[f32], first: usize, elements: &mut [f32]) {
        let Geometry {
            stride,
            pad_before,
            width: columns,
            height,
            ..
        } = self.geometry;
        let step = stride as usize;
        for row in 0..self.phase / self.width * step {
            let at = row % step * step * self.phase + row / step * self.width;
            let phases = &mut elements[at..];
            let line = (first * step + row)
                .checked_sub(pad_before)
                .filter(|line| *line < height)
                .map(|line| &channel[line * columns..][..columns]);
            let Some(line) = line else {
                for phase in phases.chunks_mut(self.phase).take(step) {
                    phase[..self.width].fill(0.0);
                }
                continue;
            };
            match stride {
                Stride::One => {
                    let to = &mut phases[pad_before..self.width];
                    let used = to.len().min(columns);
                    to[..used].copy_from_slice(&line[..used]);
                }
                Stride::Two => {
                    let (even, odd) = phases.split_at_mut(self.phase);
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
}
