//! Draws the icons: strokes with round ends in a square, smoothed at their edges.

use std::f32::consts::TAU;

use super::state::TrayIcon;

/// Width and height in pixels, and the pixels row by row, each as alpha, red, green and blue: an
/// image as StatusNotifierItem wants it.
pub(super) type Pixmap = (i32, i32, Vec<u8>);

/// The sizes that panels ask for, in pixels; the largest is for screens with small pixels.
const SIZES: [u16; 6] = [16, 22, 24, 32, 48, 64];

/// A line through points, in parts of the square, y down.
struct Stroke {
    points: Vec<(f32, f32)>,
    /// Half its width.
    radius: f32,
}

/// The icon in every size.
pub(super) fn pixmaps(icon: TrayIcon) -> Vec<Pixmap> {
    let (strokes, colour) = (strokes(icon), colour(icon));
    SIZES.map(|size| draw(&strokes, colour, size)).to_vec()
}

/// Red, green and blue. Each stands out from white and from dark panels, and no two have the
/// same shape, so that nobody has to tell colours apart.
fn colour(icon: TrayIcon) -> [u8; 3] {
    match icon {
        TrayIcon::Fine => [0x1f, 0x9d, 0x6b],
        TrayIcon::Slouched => [0xd0, 0x74, 0x1c],
        TrayIcon::CannotSee => [0xb0, 0x6c, 0xc4],
        TrayIcon::NotCalibrated => [0x3d, 0x86, 0xd8],
        TrayIcon::Paused | TrayIcon::Stopped => [0x84, 0x84, 0x84],
    }
}

fn strokes(icon: TrayIcon) -> Vec<Stroke> {
    let line = |points: &[(f32, f32)], radius| Stroke {
        points: points.to_vec(),
        radius,
    };
    // A circle or a part of one; turns count from the right, clockwise.
    let arc = |(x, y): (f32, f32), size: f32, from: f32, to: f32, radius| {
        const STEPS: u8 = 24;
        let point = |step: u8| {
            let turn = TAU * (from + (to - from) * f32::from(step) / f32::from(STEPS));
            (x + size * turn.cos(), y + size * turn.sin())
        };
        Stroke {
            points: (0..=STEPS).map(point).collect(),
            radius,
        }
    };
    match icon {
        // Somebody on a chair, seen from the side: head over shoulders over hips.
        TrayIcon::Fine => vec![
            line(&[(0.40, 0.19)], 0.15),
            line(
                &[(0.40, 0.48), (0.40, 0.74), (0.74, 0.74), (0.80, 0.92)],
                0.08,
            ),
        ],
        // The same with a bent back and the head in front.
        TrayIcon::Slouched => vec![
            line(&[(0.72, 0.30)], 0.15),
            line(
                &[
                    (0.52, 0.44),
                    (0.34, 0.50),
                    (0.24, 0.64),
                    (0.30, 0.74),
                    (0.74, 0.74),
                    (0.80, 0.92),
                ],
                0.08,
            ),
        ],
        TrayIcon::Paused => vec![
            line(&[(0.32, 0.20), (0.32, 0.80)], 0.10),
            line(&[(0.68, 0.20), (0.68, 0.80)], 0.10),
        ],
        // An eye, struck through.
        TrayIcon::CannotSee => vec![
            arc((0.5, 0.80), 0.50, 0.625, 0.875, 0.05),
            arc((0.5, 0.20), 0.50, 0.125, 0.375, 0.05),
            line(&[(0.5, 0.5)], 0.12),
            line(&[(0.16, 0.86), (0.84, 0.14)], 0.05),
        ],
        // A cross-hair.
        TrayIcon::NotCalibrated => vec![
            arc((0.5, 0.5), 0.28, 0.0, 1.0, 0.06),
            line(&[(0.5, 0.08), (0.5, 0.34)], 0.05),
            line(&[(0.5, 0.66), (0.5, 0.92)], 0.05),
            line(&[(0.08, 0.5), (0.34, 0.5)], 0.05),
            line(&[(0.66, 0.5), (0.92, 0.5)], 0.05),
        ],
        // The sign on switches.
        TrayIcon::Stopped => vec![
            arc((0.5, 0.54), 0.34, -0.17, 0.67, 0.07),
            line(&[(0.5, 0.14), (0.5, 0.48)], 0.07),
        ],
    }
}

fn draw(strokes: &[Stroke], [red, green, blue]: [u8; 3], size: u16) -> Pixmap {
    let scale = f32::from(size);
    let mut pixels = Vec::with_capacity(4 * usize::from(size) * usize::from(size));
    for y in 0..size {
        for x in 0..size {
            let at = ((f32::from(x) + 0.5) / scale, (f32::from(y) + 0.5) / scale);
            let outside = strokes
                .iter()
                .map(|stroke| distance(stroke, at) - stroke.radius)
                .fold(f32::INFINITY, f32::min);
            // An edge is one pixel wide.
            let cover = (0.5 - outside * scale).clamp(0.0, 1.0);
            pixels.extend([(cover * 255.0).round() as u8, red, green, blue]);
        }
    }
    (size.into(), size.into(), pixels)
}

/// How far a point is from the line.
fn distance(stroke: &Stroke, (x, y): (f32, f32)) -> f32 {
    let first = stroke.points.iter();
    let last = first.clone().skip(1).chain(stroke.points.last());
    let to_segment = |(&(ax, ay), &(bx, by)): (&(f32, f32), &(f32, f32))| {
        let (dx, dy) = (bx - ax, by - ay);
        let length = dx * dx + dy * dy;
        let along = match length > 0.0 {
            true => (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0),
            false => 0.0,
        };
        (x - ax - along * dx).hypot(y - ay - along * dy)
    };
    first
        .zip(last)
        .map(to_segment)
        .fold(f32::INFINITY, f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [TrayIcon; 6] = [
        TrayIcon::Fine,
        TrayIcon::Slouched,
        TrayIcon::Paused,
        TrayIcon::CannotSee,
        TrayIcon::NotCalibrated,
        TrayIcon::Stopped,
    ];

    /// Relative luminance as WCAG 2.2 defines it.
    fn luminance(colour: [u8; 3]) -> f64 {
        let [red, green, blue] = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            match part <= 0.04045 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn every_icon_stands_out_on_light_and_dark_panels() {
        let contrast = |one: f64, other: f64| (one.max(other) + 0.05) / (one.min(other) + 0.05);
        for icon in ALL {
            for panel in [[0xff; 3], [0x2b; 3], [0; 3]] {
                let contrast = contrast(luminance(colour(icon)), luminance(panel));
                // WCAG asks for 3 of what a drawing must show.
                assert!(contrast >= 3.0, "{icon:?} on {panel:?}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn no_two_icons_have_the_same_shape_in_any_size() {
        let shapes = |icon| {
            let alpha = |(width, _, pixels): Pixmap| {
                let alpha: Vec<u8> = pixels.chunks(4).map(|pixel| pixel[0]).collect();
                (width, alpha)
            };
            pixmaps(icon).into_iter().map(alpha).collect::<Vec<_>>()
        };
        for (n, icon) in ALL.into_iter().enumerate() {
            for other in &ALL[..n] {
                for ((size, one), (_, other_shape)) in shapes(icon).iter().zip(&shapes(*other)) {
                    let differing = one.iter().zip(other_shape);
                    let differing = differing.filter(|(a, b)| a.abs_diff(**b) > 128).count();
                    // A tenth of the square. Our choice: much more than a smoothed edge.
                    let least = one.len() / 10;
                    assert!(differing > least, "{icon:?} {other:?} {size}: {differing}");
                }
            }
        }
    }

    #[test]
    fn an_icon_has_every_size_whole_and_leaves_its_corners_free() {
        for icon in ALL {
            let pixmaps = pixmaps(icon);
            assert_eq!(pixmaps.len(), SIZES.len());
            for (width, height, pixels) in pixmaps {
                assert_eq!(pixels.len(), 4 * (width * height) as usize);
                assert!(pixels.chunks(4).any(|pixel| pixel[0] == 255), "{icon:?}");
                assert_eq!(pixels[0], 0, "{icon:?}");
                assert_eq!(pixels[pixels.len() - 4], 0, "{icon:?}");
            }
        }
    }
}
