//! Samples a square of a picture.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch, f32x8, i32x8};

use crate::level::level;

/// Values that are computed at a time.
const LANES: usize = 8;

/// A picture that continues beyond its edges.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'p> {
    /// Red, green and blue, pixel by pixel and row by row.
    pub pixels: &'p [u8],
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What red, green and blue are outside. Without it the pixels at the edge go on.
    pub outside: Option<u8>,
}

/// Where samples lie, in pixels of the picture: whole numbers are pixels.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    /// The first one.
    pub origin: (f32, f32),
    /// From a sample to the next one of its row.
    pub across: (f32, f32),
    /// From a sample to the one below.
    pub down: (f32, f32),
    /// Samples of a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

/// Interpolates linearly between four pixels for each sample. `values` gets a plane for each colour, from `range.0`
/// (black) to `range.1` (white). If it is too short the rest is left out.
pub fn sample(picture: Picture<'_>, grid: Grid, range: (f32, f32), values: &mut [f32]) {
    dispatch!(level(), simd => rows(simd, picture, grid, range, values));
}

#[inline(always)]
fn rows<S: Simd>(simd: S, picture: Picture<'_>, grid: Grid, range: (f32, f32), values: &mut [f32]) {
    // Outside `vectorize` code is compiled for the oldest processor.
    simd.vectorize(
        #[inline(always)]
        || {
            let Grid {
                origin,
                across,
                down,
                columns,
                rows,
            } = grid;
            let plane = columns * rows;
            let all = |value| f32x8::splat(simd, value);
            let numbers = f32x8::from_slice(simd, &[0., 1., 2., 3., 4., 5., 6., 7.]);
            let (red, rest) = values.split_at_mut(plane.min(values.len()));
            let (green, blue) = rest.split_at_mut(plane.min(rest.len()));
            let lines = red.chunks_mut(columns).zip(green.chunks_mut(columns));
            for (row, ((red, green), blue)) in lines.zip(blue.chunks_mut(columns)).enumerate() {
                let row = row as f32;
                let x = origin.0 + row * down.0;
                let y = origin.1 + row * down.1;
                let parts = red.chunks_mut(LANES).zip(green.chunks_mut(LANES));
                for (part, ((red, green), blue)) in parts.zip(blue.chunks_mut(LANES)).enumerate() {
                    let column = numbers + all((part * LANES) as f32);
                    let x = column.mul_add(all(across.0), all(x));
                    let y = column.mul_add(all(across.1), all(y));
                    let found = colours(simd, picture, x, y, range);
                    for (to, found) in [red, green, blue].into_iter().zip(&found) {
                        let length = to.len();
                        to.copy_from_slice(&found.as_slice()[..length]);
                    }
                }
            }
        },
    );
}

/// The colours of some samples.
#[inline(always)]
fn colours<S: Simd>(
    simd: S,
    picture: Picture<'_>,
    x: f32x8<S>,
    y: f32x8<S>,
    range: (f32, f32),
) -> [f32x8<S>; 3] {
    let (left, top) = (x.floor(), y.floor());
    let (along, below) = (x - left, y - top);
    let (left, top): (i32x8<S>, i32x8<S>) = (left.to_int(), top.to_int());
    let (left, top) = (left.as_slice(), top.as_slice());
    // They lie on a line: what holds for both ends holds between them.
    let is_within = [0, LANES - 1]
        .iter()
        .all(|end| picture.is_within(left[*end], top[*end]));
    let mut corners = [[0; LANES]; 4];
    for (n, (left, top)) in left.iter().zip(top).enumerate() {
        let square = if is_within {
            picture.square(*left, *top)
        } else {
            None
        };
        let square = square.unwrap_or_else(|| picture.square_at_edge(*left, *top));
        for (corners, corner) in corners.iter_mut().zip(square) {
            corners[n] = corner;
        }
    }
    let [a, b, c, d] = &corners;
    let low_byte = i32x8::splat(simd, 255);
    let (black, gain) = (range.0, (range.1 - range.0) / 255.0);
    let (black, gain) = (f32x8::splat(simd, black), f32x8::splat(simd, gain));
    let mut found = [black; 3];
    for (found, shift) in found.iter_mut().zip([0, 8, 16]) {
        let a: f32x8<S> = ((i32x8::from_slice(simd, a) >> shift) & low_byte).to_float();
        let b: f32x8<S> = ((i32x8::from_slice(simd, b) >> shift) & low_byte).to_float();
        let c: f32x8<S> = ((i32x8::from_slice(simd, c) >> shift) & low_byte).to_float();
        let d: f32x8<S> = ((i32x8::from_slice(simd, d) >> shift) & low_byte).to_float();
        let upper = (b - a).mul_add(along, a);
        let lower = (d - c).mul_add(along, c);
        *found = (lower - upper).mul_add(below, upper).mul_add(gain, black);
    }
    found
}

impl Picture<'_> {
    /// Whether a pixel and the next of its row are in the picture, and so are the two below or their nearest.
    /// At a desk half of a crop lies below the picture, so rows beyond the edge count as well.
    #[inline(always)]
    fn is_within(&self, left: i32, top: i32) -> bool {
        (0..self.width as i32 - 1).contains(&left)
            && (self.outside.is_none() || (0..self.height as i32 - 1).contains(&top))
    }

    /// Two pixels of a row and the two below them, red in the lowest byte of each. Both of a row are read at once.
    #[inline(always)]
    fn square(&self, left: i32, top: i32) -> Option<[i32; 4]> {
        let pair = |row: i32| {
            let row = row.min(self.height as i32 - 1).max(0);
            let start = (row as usize * self.width as usize + left as usize) * 3;
            let both = u64::from_le_bytes(*self.pixels.get(start..)?.first_chunk::<8>()?);
            Some([both as i32, (both >> 24) as i32])
        };
        let ([a, b], [c, d]) = (pair(top)?, pair(top.wrapping_add(1))?);
        Some([a, b, c, d])
    }

    /// The same pixel by pixel.
    #[cold]
    fn square_at_edge(&self, left: i32, top: i32) -> [i32; 4] {
        let (right, below) = (left.wrapping_add(1), top.wrapping_add(1));
        [(left, top), (right, top), (left, below), (right, below)]
            .map(|(column, row)| self.at(column, row))
    }

    fn at(&self, column: i32, row: i32) -> i32 {
        let (width, height) = (self.width as i32, self.height as i32);
        // Unlike `clamp` these do not panic on a picture without pixels.
        let nearest = (column.min(width - 1).max(0), row.min(height - 1).max(0));
        if let Some(colour) = self.outside
            && nearest != (column, row)
        {
            return i32::from_le_bytes([colour, colour, colour, 0]);
        }
        let start = (nearest.1 as usize * width as usize + nearest.0 as usize) * 3;
        match self.pixels.get(start..start + 3) {
            Some(&[red, green, blue]) => i32::from_le_bytes([red, green, blue, 0]),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples of a picture of 3 by 2 pixels, whose values are ten times the column, the row and a colour's number.
    fn sampled(grid: Grid, outside: Option<u8>) -> Vec<f32> {
        let value = |n: usize| 10 * (n / 3 % 3 + 3 * (n / 9)) + n % 3;
        let pixels: Vec<u8> = (0..18).map(|n| value(n) as u8).collect();
        let picture = Picture {
            pixels: &pixels,
            width: 3,
            height: 2,
            outside,
        };
        let mut values = vec![f32::NAN; 3 * grid.columns * grid.rows];
        sample(picture, grid, (0.0, 255.0), &mut values);
        values
    }

    #[test]
    fn between_pixels_colours_are_interpolated() {
        let grid = Grid {
            origin: (0.5, 0.0),
            across: (1.0, 0.0),
            down: (0.0, 0.5),
            columns: 2,
            rows: 2,
        };
        let expected = [5., 15., 20., 30., 6., 16., 21., 31., 7., 17., 22., 32.];
        for (found, expected) in sampled(grid, None).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        }
    }

    #[test]
    fn outside_the_edge_goes_on_or_it_is_black() {
        let grid = Grid {
            origin: (-3.0, -3.0),
            across: (8.0, 0.0),
            down: (0.0, 8.0),
            columns: 2,
            rows: 2,
        };
        let edge = [0., 20., 30., 50., 1., 21., 31., 51., 2., 22., 32., 52.];
        assert_eq!(sampled(grid, None), edge);
        assert_eq!(sampled(grid, Some(0)), [0.0; 12]);
        assert_eq!(sampled(grid, Some(7)), [7.0; 12]);
    }

    #[test]
    fn rows_of_any_length_are_sampled_wherever_they_lie() {
        for (side, origin) in [
            (9, (0.0, 0.0)),
            (1, (f32::NAN, 1e30)),
            (8, (f32::INFINITY, -1e30)),
        ] {
            let grid = Grid {
                origin,
                across: (0.0, 0.0),
                down: (0.0, 0.0),
                columns: side,
                rows: side,
            };
            let values = sampled(grid, None);
            assert_eq!(values.len(), 3 * side * side);
            if origin.0 == 0.0 {
                assert_eq!((values[0], values[80], values[242]), (0.0, 0.0, 2.0));
            }
        }
    }
}
