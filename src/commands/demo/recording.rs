//! The built-in recording: six minutes at a desk in seven pictures.

use image::{ImageError, RgbImage};
use jiff::{SignedDuration, Timestamp};

use crate::frame::{Frame, FrameSource};

const PICTURES: [&[u8]; 7] = [
    include_bytes!("frames/1.jpg"),
    include_bytes!("frames/2.jpg"),
    include_bytes!("frames/3.jpg"),
    include_bytes!("frames/4.jpg"),
    include_bytes!("frames/5.jpg"),
    include_bytes!("frames/6.jpg"),
    include_bytes!("frames/7.jpg"),
];

/// Until which second which pictures are seen, in turns of some seconds.
const SCENES: [(i64, &[usize]); 6] = [
    (60, &[0, 1, 2]),
    (75, &[3]),
    (90, &[4]),
    (240, &[5, 6]),
    (250, &[3]),
    (360, &[2, 0, 1]),
];

/// A picture of a scene is seen for so many seconds before the next one's turn.
const TURN: i64 = 4;

/// Plays the recording, a frame a second.
pub(super) struct DemoRecording {
    start: Timestamp,
    second: i64,
}

impl DemoRecording {
    /// How long the recording is.
    pub(super) const LENGTH: SignedDuration = SignedDuration::from_secs(SCENES[SCENES.len() - 1].0);

    pub(super) fn from(start: Timestamp) -> DemoRecording {
        DemoRecording { start, second: 0 }
    }
}

impl FrameSource for DemoRecording {
    type Error = ImageError;

    fn next(&mut self) -> Result<Option<Frame>, ImageError> {
        let second = self.second;
        let Some((_, pictures)) = SCENES.iter().find(|(until, _)| second < *until) else {
            return Ok(None);
        };
        self.second += 1;
        let turn = usize::try_from(second / TURN).unwrap_or_default();
        let pixels: RgbImage =
            image::load_from_memory(PICTURES[pictures[turn % pictures.len()]])?.into_rgb8();
        Ok(Some(Frame {
            pixels,
            at: self.start + SignedDuration::from_secs(second),
        }))
    }
}
