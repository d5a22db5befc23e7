//! Which cameras there are, and which one is meant.
//!
//! Indexes change when a camera is unplugged or another is plugged in first,
//! so a camera is known by where it is connected and what it is called.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::format::{FormatOffer, PixelLayout};
use super::{CameraChoice, CameraError, backend};

/// A camera that can be captured from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedCamera {
    /// The system's number, which may be another one tomorrow.
    pub index: u32,
    /// Its name, such as `HD Pro Webcam C920`.
    pub name: String,
    /// Where it is connected, such as `usb-0000:00:14.0-1`; empty where the system does not say.
    pub bus: String,
    /// The device, such as `/dev/video0`, where it has a name.
    pub node: Option<String>,
    /// Made by a program (OBS, v4l2loopback), not by a lens.
    pub is_virtual: bool,
    /// What it offers.
    pub offers: Vec<FormatOffer>,
    /// Why it could not be asked, if so.
    pub trouble: Option<CameraError>,
}

impl ListedCamera {
    /// The stable id: bus and name. It stays when the index changes.
    #[must_use]
    pub fn id(&self) -> String {
        if self.bus.is_empty() {
            return self.name.clone();
        }
        format!("{}/{}", self.bus, self.name)
    }

    /// Whether it gives colour pictures that Sitwell can read.
    fn sees_colour(&self) -> bool {
        self.offers
            .iter()
            .any(|offer| !matches!(offer.layout, PixelLayout::Grey | PixelLayout::Other(_)))
    }
}

/// Why a camera was picked, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectionReason {
    /// It is the only one.
    OnlyOne,
    /// It is the first real camera with colour pictures.
    FirstReal,
    /// No camera is better; it is made by a program or sees only grey.
    NothingBetter,
    /// Its stable id was asked for.
    Id,
    /// Its name contains what was asked for.
    Name,
    /// Its index was asked for.
    Index,
    /// What was asked for was an id; a camera of that name is connected elsewhere now.
    MovedPort,
}

impl fmt::Display for SelectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SelectionReason::OnlyOne => "the only camera",
            SelectionReason::FirstReal => "the first real camera with colour pictures",
            SelectionReason::NothingBetter => "no real camera with colour pictures is there",
            SelectionReason::Id => "its id is the one in the settings",
            SelectionReason::Name => "its name is the one in the settings",
            SelectionReason::Index => "its index is the one in the settings",
            SelectionReason::MovedPort => "it has the name in the settings, on another port",
        })
    }
}

/// The cameras of this machine, sorted by index. Metadata and output devices are not among them.
///
/// Each camera is opened for an instant to be asked what it offers; none is switched on.
///
/// # Errors
///
/// [`CameraError::Driver`] if the system cannot be asked at all.
pub fn list() -> Result<Vec<ListedCamera>, CameraError> {
    let mut cameras = backend::list()?;
    cameras.sort_by_key(|camera| camera.index);
    Ok(cameras)
}

/// The camera that is meant, and why it is that one.
///
/// # Errors
///
/// [`CameraError::Missing`] with what was wanted and what is there.
pub fn select<'a>(
    cameras: &'a [ListedCamera],
    choice: &CameraChoice,
) -> Result<(&'a ListedCamera, SelectionReason), CameraError> {
    let found = match choice {
        CameraChoice::Auto => auto(cameras),
        CameraChoice::Index(index) => cameras
            .iter()
            .find(|camera| camera.index == *index)
            .map(|camera| (camera, SelectionReason::Index)),
        CameraChoice::Named(text) => named(cameras, text),
    };
    found.ok_or_else(|| CameraError::Missing {
        wanted: (*choice != CameraChoice::Auto).then(|| choice.to_string()),
        found: cameras
            .iter()
            .map(|camera| format!("{}: {}", camera.index, camera.name))
            .collect(),
    })
}

fn auto(cameras: &[ListedCamera]) -> Option<(&ListedCamera, SelectionReason)> {
    if let [only] = cameras {
        return Some((only, SelectionReason::OnlyOne));
    }
    let best = cameras
        .iter()
        .min_by_key(|camera| (camera.is_virtual, !camera.sees_colour(), camera.index))?;
    let because = if best.is_virtual || !best.sees_colour() {
        SelectionReason::NothingBetter
    } else {
        SelectionReason::FirstReal
    };
    Some((best, because))
}

fn named<'a>(
    cameras: &'a [ListedCamera],
    text: &str,
) -> Option<(&'a ListedCamera, SelectionReason)> {
    let lower = text.to_lowercase();
    let by = |because, matches: &dyn Fn(&ListedCamera) -> bool| {
        cameras
            .iter()
            .find(|camera| matches(camera))
            .map(|camera| (camera, because))
    };
    by(SelectionReason::Id, &|camera| camera.id() == text)
        .or_else(|| {
            by(SelectionReason::Name, &|camera| {
                camera.name.to_lowercase().contains(&lower)
            })
        })
        .or_else(|| {
            let (_, name) = text.rsplit_once('/')?;
            by(SelectionReason::MovedPort, &|camera| camera.name == name)
        })
}

#[cfg(test)]
mod tests {
    use super::super::format::FrameRate;
    use super::*;

    fn camera(index: u32, bus: &str, name: &str, layout: PixelLayout) -> ListedCamera {
        ListedCamera {
            index,
            name: name.to_owned(),
            bus: bus.to_owned(),
            node: Some(format!("/dev/video{index}")),
            is_virtual: bus.contains("loopback"),
            offers: vec![FormatOffer {
                layout,
                width: 640,
                height: 480,
                rate: FrameRate::whole(30),
            }],
            trouble: None,
        }
    }

    #[test]
    fn a_camera_is_found_by_id_name_or_index_and_auto_takes_a_real_one() {
        let cameras = [
            camera(
                0,
                "backend:v4l2loopback-000",
                "OBS Virtual Camera",
                PixelLayout::Yuyv,
            ),
            camera(
                1,
                "usb-0000:00:14.0-8",
                "Integrated IR Camera",
                PixelLayout::Grey,
            ),
            camera(
                2,
                "usb-0000:00:14.0-7",
                "Integrated RGB Camera",
                PixelLayout::Mjpeg,
            ),
            camera(
                4,
                "usb-0000:00:14.0-1",
                "HD Pro Webcam C920",
                PixelLayout::Yuyv,
            ),
        ];
        let rows = [
            ("auto", "2 (the first real camera with colour pictures)"),
            ("", "2 (the first real camera with colour pictures)"),
            ("4", "4 (its index is the one in the settings)"),
            ("c920", "4 (its name is the one in the settings)"),
            (
                "usb-0000:00:14.0-8/Integrated IR Camera",
                "1 (its id is the one in the settings)",
            ),
            (
                "usb-0000:00:14.0-3/HD Pro Webcam C920",
                "4 (it has the name in the settings, on another port)",
            ),
            (
                "brio",
                "no camera matches \"brio\" (found 0: OBS Virtual Camera, 1: Integrated IR Camera, \
                 2: Integrated RGB Camera, 4: HD Pro Webcam C920)",
            ),
            (
                "3",
                "no camera matches \"3\" (found 0: OBS Virtual Camera, 1: Integrated IR Camera, \
                 2: Integrated RGB Camera, 4: HD Pro Webcam C920)",
            ),
        ];
        for (choice, wanted) in rows {
            let said = match select(&cameras, &choice.parse().unwrap()) {
                Ok((camera, because)) => format!("{} ({because})", camera.index),
                Err(error) => error.to_string(),
            };
            assert_eq!(said, wanted, "{choice}");
        }
    }

    #[test]
    fn one_camera_is_taken_whatever_it_is_and_none_is_said() {
        let only = [camera(
            0,
            "backend:v4l2loopback-000",
            "OBS",
            PixelLayout::Yuyv,
        )];
        assert_eq!(
            select(&only, &CameraChoice::Auto).unwrap().1,
            SelectionReason::OnlyOne
        );
        assert_eq!(
            select(&[], &CameraChoice::Auto).unwrap_err().to_string(),
            "no camera was found"
        );
    }
}
