//! Which of the formats that a camera offers to take: a pure choice.
//!
//! The best is a 640-wide colour picture at a low rate. Whatever a camera offers, the nearest
//! format that can be decoded is taken.

use std::fmt;

use super::CameraMode;
use crate::frame::PictureSize;

/// The preferred width in pixels. The pose model reads 256 x 256, and `landmarks.csv` of the
/// rendered set was made from 640-wide pictures.
pub(super) const WANTED_WIDTH: u32 = 640;

/// The preferred height. Of two equally wide offers the taller one, up to this, shows more of the trunk.
pub(super) const WANTED_HEIGHT: u32 = 480;

/// The lowest rate, in frames a second, at which a requested frame is at most 250 ms old.
const LOWEST_FRESH_RATE: f64 = 4.0;

/// The rate for a stream that is kept open: as low as is still fresh, with one frame to spare.
pub(super) const CONTINUOUS_RATE: f64 = 5.0;

/// The rate for a glance. Exposure control counts frames, not seconds, so a fast stream settles
/// sooner and the camera is closed sooner.
pub(super) const GLANCE_RATE: f64 = 30.0;

/// How a camera arranges its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelLayout {
    /// Luma for each pixel, chroma for each pair.
    Yuyv,
    /// As YUYV, chroma first.
    Uyvy,
    /// A plane of luma, then one of both chromas for each 2 x 2 pixels.
    Nv12,
    /// A plane of luma, then one of each chroma for each 2 x 2 pixels: U, then V.
    Yu12,
    /// As YU12: V, then U.
    Yv12,
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
    /// One JPEG picture a frame.
    Mjpeg,
    /// Luma only, as infrared cameras give.
    Grey,
    /// Any other, by its four-character code. Sitwell cannot read it.
    Other([u8; 4]),
}

/// The layouts that can be read, most preferred first, with Video4Linux's code and a name.
/// Virtual cameras fed by phones (DroidCam), gphoto2 and ffmpeg often offer YU12 or UYVY and nothing else.
///
/// The uncompressed ones cost about the same to convert (0.5 to 1 ms at 640 x 480) and cannot be
/// corrupt; JPEG costs 1.3 to 1.8 ms and can.
pub(super) const READABLE: [(PixelLayout, [u8; 4], &str); 9] = [
    (PixelLayout::Yuyv, *b"YUYV", "YUYV"),
    (PixelLayout::Uyvy, *b"UYVY", "UYVY"),
    (PixelLayout::Nv12, *b"NV12", "NV12"),
    (PixelLayout::Yu12, *b"YU12", "YU12"),
    (PixelLayout::Yv12, *b"YV12", "YV12"),
    (PixelLayout::Rgb, *b"RGB3", "RGB"),
    (PixelLayout::Bgr, *b"BGR3", "BGR"),
    (PixelLayout::Mjpeg, *b"MJPG", "MJPEG"),
    (PixelLayout::Grey, *b"GREY", "grey"),
];

impl PixelLayout {
    /// From a four-character code of Video4Linux.
    #[must_use]
    pub fn from_fourcc(code: [u8; 4]) -> Self {
        let known = READABLE.iter().find(|(_, known, _)| *known == code);
        known.map_or(PixelLayout::Other(code), |(layout, ..)| *layout)
    }

    /// The four-character code of Video4Linux, if the layout can be read.
    #[cfg(target_os = "linux")]
    pub(super) fn fourcc(self) -> Option<[u8; 4]> {
        self.preference().map(|place| READABLE[place].1)
    }

    /// The place in the order of preference; `None` if the layout cannot be read.
    fn preference(self) -> Option<usize> {
        READABLE.iter().position(|(layout, ..)| *layout == self)
    }
}

impl fmt::Display for PixelLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.preference()) {
            (_, Some(place)) => f.write_str(READABLE[place].2),
            (PixelLayout::Other(code), _) => f.write_str(String::from_utf8_lossy(code).trim()),
            (_, None) => fmt::Debug::fmt(self, f),
        }
    }
}

/// Frames a second, as the fraction that the camera states: 29.97 is 30000/1001.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameRate {
    /// The numerator.
    pub frames: u32,
    /// The denominator.
    pub seconds: u32,
}

impl FrameRate {
    /// The rate of a camera that states none.
    pub(super) const UNKNOWN: FrameRate = FrameRate {
        frames: 0,
        seconds: 0,
    };

    /// A whole number of frames a second.
    #[must_use]
    pub fn whole(frames: u32) -> Self {
        FrameRate { frames, seconds: 1 }
    }

    /// Frames a second; 0 if the camera states no sensible rate.
    #[must_use]
    pub fn per_second(self) -> f64 {
        if self.seconds == 0 {
            return 0.0;
        }
        f64::from(self.frames) / f64::from(self.seconds)
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.2}", self.per_second());
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// The format of a stream, as the driver set it.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamFormat {
    pub(super) layout: PixelLayout,
    pub(super) size: PictureSize,
    /// Bytes from one row to the next (V4L2's `bytesperline`), of the luma plane if there are
    /// planes. Some drivers pad their rows. 0 if rows follow each other without a gap.
    pub(super) stride: usize,
}

/// One format that a camera offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormatOffer {
    /// How its pixels are arranged.
    pub layout: PixelLayout,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Frames a second.
    pub rate: FrameRate,
}

impl FormatOffer {
    /// The picture's size.
    #[must_use]
    pub fn size(self) -> PictureSize {
        PictureSize {
            width: self.width,
            height: self.height,
        }
    }
}

impl fmt::Display for FormatOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}x{}", self.layout, self.width, self.height)?;
        if self.rate.per_second() > 0.0 {
            write!(f, " at {}/s", self.rate)?;
        }
        Ok(())
    }
}

/// The offer to take, or `None` if none can be read.
#[must_use]
pub fn choose_format(offers: &[FormatOffer], mode: CameraMode) -> Option<FormatOffer> {
    offers
        .iter()
        .copied()
        .filter(|offer| offer.width > 0 && offer.height > 0)
        .filter_map(|offer| Some((rank(offer, offer.layout.preference()?, mode), offer)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, offer)| offer)
}

/// The layouts of some offers, for people: `YUYV and MJPEG`.
pub(super) fn layouts(offers: &[FormatOffer]) -> String {
    let mut names: Vec<String> = Vec::new();
    for offer in offers {
        let name = offer.layout.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [] => "no format at all".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Smaller is better. The fields are compared in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Grey pictures are the last resort.
    grey: bool,
    /// Pixels below the wanted width.
    narrow: u32,
    /// Too slow to be fresh.
    slow: bool,
    /// Pixels above the wanted width: each costs transfer and decoding.
    wide: u32,
    /// Distance to the wanted height.
    height: u32,
    /// Distance to the wanted rate, in thousandths of a frame a second.
    rate: u64,
    layout: usize,
}

fn rank(offer: FormatOffer, layout: usize, mode: CameraMode) -> Rank {
    let rate = offer.rate.per_second();
    let wanted = match mode {
        CameraMode::Continuous => CONTINUOUS_RATE,
        CameraMode::Glance => GLANCE_RATE,
    };
    Rank {
        grey: offer.layout == PixelLayout::Grey,
        narrow: WANTED_WIDTH.saturating_sub(offer.width),
        slow: rate < LOWEST_FRESH_RATE,
        wide: offer.width.saturating_sub(WANTED_WIDTH),
        height: offer.height.abs_diff(WANTED_HEIGHT),
        rate: ((rate - wanted).abs() * 1000.0) as u64,
        layout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "YUYV 640x480 30" or "MJPG 640x480 30000/1001".
    fn offer(text: &str) -> FormatOffer {
        let mut words = text.split(' ');
        let code: [u8; 4] = words.next().unwrap().as_bytes().try_into().unwrap();
        let (width, height) = words.next().unwrap().split_once('x').unwrap();
        let rate = words.next().unwrap();
        let (frames, seconds) = rate.split_once('/').unwrap_or((rate, "1"));
        FormatOffer {
            layout: PixelLayout::from_fourcc(code),
            width: width.parse().unwrap(),
            height: height.parse().unwrap(),
            rate: FrameRate {
                frames: frames.parse().unwrap(),
                seconds: seconds.parse().unwrap(),
            },
        }
    }

    fn chosen(offers: &[&str], mode: CameraMode) -> String {
        let offers: Vec<FormatOffer> = offers.iter().map(|text| offer(text)).collect();
        choose_format(&offers, mode).map_or("nothing".to_owned(), |offer| offer.to_string())
    }

    #[test]
    fn the_cheapest_fresh_format_is_taken_from_whatever_is_there() {
        let laptop = [
            "MJPG 1280x720 30",
            "MJPG 640x480 30",
            "YUYV 1280x720 10",
            "YUYV 640x480 30",
            "YUYV 640x480 15",
            "YUYV 640x480 15/2",
            "YUYV 640x480 5",
            "YUYV 640x360 30",
            "YUYV 320x240 30",
        ];
        let rows: [(&[&str], &str, &str); 10] = [
            (&laptop, "YUYV 640x480 at 5/s", "YUYV 640x480 at 30/s"),
            (
                &["MJPG 640x480 30000/1001"],
                "MJPEG 640x480 at 29.97/s",
                "MJPEG 640x480 at 29.97/s",
            ),
            (
                &["YUYV 640x480 15/2", "YUYV 640x480 30"],
                "YUYV 640x480 at 7.5/s",
                "YUYV 640x480 at 30/s",
            ),
            (
                &["YUYV 640x480 2", "YUYV 640x480 10"],
                "YUYV 640x480 at 10/s",
                "YUYV 640x480 at 10/s",
            ),
            (
                &["YUYV 1280x720 3", "MJPG 1280x720 30"],
                "MJPEG 1280x720 at 30/s",
                "MJPEG 1280x720 at 30/s",
            ),
            (
                &["MJPG 1920x1080 30", "MJPG 1280x720 30"],
                "MJPEG 1280x720 at 30/s",
                "MJPEG 1280x720 at 30/s",
            ),
            (
                &["YUYV 320x240 30", "YUYV 160x120 30"],
                "YUYV 320x240 at 30/s",
                "YUYV 320x240 at 30/s",
            ),
            (
                &["GREY 640x480 30", "NV12 1280x720 30"],
                "NV12 1280x720 at 30/s",
                "NV12 1280x720 at 30/s",
            ),
            (
                &["GREY 640x360 15"],
                "grey 640x360 at 15/s",
                "grey 640x360 at 15/s",
            ),
            (&["H264 640x480 30"], "nothing", "nothing"),
        ];
        for (offers, continuous, glance) in rows {
            assert_eq!(
                chosen(offers, CameraMode::Continuous),
                continuous,
                "{offers:?}"
            );
            assert_eq!(chosen(offers, CameraMode::Glance), glance, "{offers:?}");
        }
    }

    #[test]
    fn a_camera_that_states_no_rate_is_still_used() {
        assert_eq!(
            chosen(&["YUYV 640x480 0/0"], CameraMode::Glance),
            "YUYV 640x480"
        );
    }
}
