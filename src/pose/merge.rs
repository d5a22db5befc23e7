//! Merges the joints that several crops of one picture give.

use crate::landmarks::{Joint, Landmark, Landmarks, WorldPoint};
use crate::statistics;

/// A joint further than this from the crops' median is an outlier, most often because the model took
/// left for right. In picture heights: about five times the usual difference between crops of the
/// posture set.
const MAX_DISTANCE: f32 = 0.03;

/// Merges the joints of one person in one picture: each becomes the mean of those near the median.
///
/// # Panics
///
/// When there are no joints.
#[must_use]
pub fn merge<'a>(crops: impl IntoIterator<Item = &'a Landmarks>) -> Landmarks {
    let crops: Vec<&Landmarks> = crops.into_iter().collect();
    let points = std::array::from_fn(|joint| {
        let each: Vec<Landmark> = crops.iter().map(|crop| crop.points[joint]).collect();
        let centre = (
            median(&each, |point| point.x),
            median(&each, |point| point.y),
        );
        let near: Vec<Landmark> = each
            .iter()
            .copied()
            .filter(|point| (point.x - centre.0).hypot(point.y - centre.1) <= MAX_DISTANCE)
            .collect();
        // When no two agree the median is the best guess there is.
        let (x, y) = match near.len() {
            0 => centre,
            _ => (mean(&near, |point| point.x), mean(&near, |point| point.y)),
        };
        Landmark {
            x,
            y,
            z: median(&each, |point| point.z),
            visibility: median(&each, |point| point.visibility),
            presence: median(&each, |point| point.presence),
        }
    });
    let world: [WorldPoint; Joint::COUNT] = std::array::from_fn(|joint| {
        let each: Vec<WorldPoint> = crops.iter().map(|crop| crop.world[joint]).collect();
        WorldPoint {
            x: median(&each, |point| point.x),
            y: median(&each, |point| point.y),
            z: median(&each, |point| point.z),
        }
    });
    Landmarks {
        points,
        world,
        presence: median(&crops, |crop| crop.presence),
        picture: crops[0].picture,
    }
}

fn mean<T>(values: &[T], pick: impl Fn(&T) -> f32) -> f32 {
    let values: Vec<f64> = values.iter().map(|value| pick(value).into()).collect();
    statistics::mean(&values) as f32
}

fn median<T>(values: &[T], pick: impl Fn(&T) -> f32) -> f32 {
    let values = values.iter().map(|value| f64::from(pick(value)));
    statistics::median(values).unwrap_or_default() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PictureSize;

    fn all_at(x: f32) -> Landmarks {
        Landmarks {
            points: [Landmark {
                x,
                ..Landmark::default()
            }; Joint::COUNT],
            world: [WorldPoint::default(); Joint::COUNT],
            presence: 1.0,
            picture: PictureSize {
                width: 640,
                height: 480,
            },
        }
    }

    #[test]
    fn crops_that_agree_are_averaged() {
        let merged = merge(&[all_at(0.50), all_at(0.52), all_at(0.51)]);
        assert!((merged.points[0].x - 0.51).abs() < 1e-6);
    }

    #[test]
    fn a_crop_that_took_left_for_right_is_left_out() {
        let merged = merge(&[all_at(0.50), all_at(0.51), all_at(0.90), all_at(0.52)]);
        assert!((merged.points[0].x - 0.51).abs() < 1e-6);
    }
}
