//! Any numbers as what the networks give: everything that is made of them.

use image::RgbImage;

use super::crop::{Crop, faces_camera};
use super::region::{Border, Mirror};
use super::tracked_region::TrackedRegion;
use super::{detector, face, landmarker, merge};
use crate::frame::PictureSize;
use crate::landmarks::{Joint, Landmark, Landmarks, WorldPoint};

/// Takes bytes as numbers. Only a panic is a fault.
pub(crate) fn fuzz(bytes: &[u8]) {
    let (numbers, _) = bytes.as_chunks();
    let numbers: Vec<f32> = numbers.iter().map(|one| f32::from_le_bytes(*one)).collect();
    let mut cycle = numbers.iter().copied().cycle();
    let mut number = || cycle.next().unwrap_or_default();
    let mut joints = || Landmarks {
        points: std::array::from_fn(|_| Landmark {
            x: number(),
            y: number(),
            ..Landmark::default()
        }),
        world: [WorldPoint::default(); Joint::COUNT],
        presence: 1.0,
        picture: PictureSize {
            width: 16,
            height: 12,
        },
    };
    let (before, now) = (joints(), joints());
    let joints = merge([&before, &now]);
    landmarker::fuzz(&numbers);
    let people = detector::fuzz(&numbers);
    let people = people.into_iter().map(TrackedRegion::new).map(|person| {
        let person = person.updated(&before).updated(&now);
        let round = Crop::round(faces_camera(&joints), numbers.len().is_multiple_of(2));
        Crop::ALL[round[numbers.len() % round.len()]].within(person.region)
    });
    let picture = RgbImage::new(16, 12);
    for region in people.chain(face::fuzz(&numbers, &joints)) {
        let _ = region.sample(&picture, 8, Border::Edge, Mirror::Yes, (0.0, 1.0));
        let _ = region.sample(&picture, 8, Border::Black, Mirror::No, (0.0, 1.0));
    }
}
