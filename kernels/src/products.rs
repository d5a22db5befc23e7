//! Products of a packed matrix and panels of values: what pointwise convolutions are made of.

use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// Rows of the matrix that are multiplied at a time.
pub(crate) const ROWS: usize = 6;
/// Vectors of values that they are multiplied with. Twelve sums, two vectors of values and two weights fill the
/// sixteen registers of AVX2.
pub(crate) const VECTORS: usize = 2;

/// How many values a panel holds.
#[inline(always)]
pub(crate) fn panel<S: Simd>() -> usize {
    VECTORS * S::f32s::LEN
}

/// Sums of `ROWS` rows.
pub(crate) type Sums<S> = [[<S as Simd>::f32s; VECTORS]; ROWS];

/// Reorders a matrix for a [`Block`](crate::Block): six rows at a time, column by column, zeros for rows that lack.
/// `weights` holds one row after the other. `biases`, one for each row, become a further column.
#[must_use]
pub fn pack(weights: &[f32], columns: usize, biases: Option<&[f32]>) -> Vec<f32> {
    let rows: Vec<&[f32]> = weights.chunks_exact(columns.max(1)).collect();
    let mut packed = Vec::new();
    for group in 0..rows.len().div_ceil(ROWS) {
        let in_group = group * ROWS..(group + 1) * ROWS;
        for column in 0..columns {
            let weight = |row: usize| rows.get(row).map_or(0.0, |row| row[column]);
            packed.extend(in_group.clone().map(weight));
        }
        if let Some(biases) = biases {
            packed.extend(in_group.map(|row| biases.get(row).copied().unwrap_or(0.0)));
        }
    }
    packed
}

/// All sums zero.
#[inline(always)]
pub(crate) fn zeros<S: Simd>(simd: S) -> Sums<S> {
    [[S::f32s::splat(simd, 0.0); VECTORS]; ROWS]
}

/// Adds weights times values to sums, for each input: a weight for each row, and a panel's values from a slice's start.
#[inline(always)]
pub(crate) fn multiply<'a, S: Simd>(
    simd: S,
    weights: &[f32],
    inputs: impl Iterator<Item = &'a [f32]>,
    mut sums: Sums<S>,
) -> Sums<S> {
    let lanes = S::f32s::LEN;
    for (weights, values) in weights.as_chunks::<ROWS>().0.iter().zip(inputs) {
        let values = &values[..VECTORS * lanes];
        let first = S::f32s::from_slice(simd, &values[..lanes]);
        let second = S::f32s::from_slice(simd, &values[lanes..]);
        for (sums, weight) in sums.iter_mut().zip(weights) {
            let weight = S::f32s::splat(simd, *weight);
            sums[0] = first.mul_add(weight, sums[0]);
            sums[1] = second.mul_add(weight, sums[1]);
        }
    }
    sums
}
