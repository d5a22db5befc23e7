//! Lists the cameras and selects the one to use.
//!
//! Indexes change when cameras are plugged in and out, so a camera is identified by its port and name.

use std::fmt;
use std::time::Duration;

use super::format::{FormatOffer, PixelLayout};
use super::{CameraChoice, CameraError, backend};

/// A camera that can be captured from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCamera {
    /// The system's number, which may change when cameras are plugged in and out.
    pub index: u32,
    /// Its name, such as `HD Pro Webcam C920`.
    pub name: String,
    /// Its port, such as `usb-0000:00:14.0-1`; empty where the system does not say.
    pub bus: String,
    /// Its device, such as `/dev/video0`, where the system names one.
    pub node: Option<String>,
    /// A program makes its pictures (OBS, v4l2loopback).
    pub is_virtual: bool,
    /// The formats it offers.
    pub offers: Vec<FormatOffer>,
    /// Why it cannot be used, if so.
    pub error: Option<CameraError>,
}

impl ListedCamera {
    /// The stable id: port and name.
    #[must_use]
    pub fn id(&self) -> String {
        match self.bus.as_str() {
            "" => self.name.clone(),
            bus => format!("{bus}/{}", self.name),
        }
    }

    /// Whether it offers colour pictures that Sitwell can read, as far as that is known.
    fn has_colour(&self) -> bool {
        let mut offers = self.offers.iter();
        self.is_waited_for()
            || offers
                .any(|offer| !matches!(offer.layout, PixelLayout::Grey | PixelLayout::Other(_)))
    }

    /// Whether it cannot be asked now but will work later. What it offers is not known then.
    fn is_waited_for(&self) -> bool {
        matches!(
            self.error,
            Some(CameraError::Busy { .. } | CameraError::Passing { .. })
        )
    }

    fn is_usable(&self) -> bool {
        self.error.is_none() || self.is_waited_for()
    }
}

impl ListedCamera {
    /// Why `auto` takes `better` in its place, for people.
    #[must_use]
    pub fn disadvantage(&self, better: &ListedCamera) -> &'static str {
        let (ours, theirs) = (self.rank(), better.rank());
        if ours.1 && !theirs.1 {
            "its pictures are grey"
        } else if ours.2 && !theirs.2 {
            "its name says infrared or depth"
        } else if ours.3 && !theirs.3 {
            "a program makes its pictures"
        } else if ours.4 && !theirs.4 {
            "its pictures are smaller"
        } else {
            "another camera comes first"
        }
    }

    /// Smaller is better. A colour picture matters more than a real camera, because an infrared
    /// camera sees neither light nor clothes as the pose model was taught. An infrared camera without
    /// a telling name is small: 640 x 480 at most.
    fn rank(&self) -> (bool, bool, bool, bool, bool, u32) {
        let is_small = !self.is_waited_for() && self.offers.iter().all(|offer| offer.height < 720);
        (
            !self.is_usable(),
            !self.has_colour(),
            self.is_named_infrared(),
            self.is_virtual,
            is_small,
            self.index,
        )
    }

    /// Whether its name says that it sees infrared or depth. Many wrap their grey pictures in MJPEG
    /// or YUYV, so the format does not tell.
    fn is_named_infrared(&self) -> bool {
        let name = self.name.to_lowercase();
        let mut words = name.split(|c: char| !c.is_alphanumeric());
        words.any(|word| matches!(word, "ir" | "infrared" | "depth"))
    }
}

/// Why a camera was selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectionReason {
    /// It is the only one.
    OnlyOne,
    /// No other camera can be used.
    OnlyUsable,
    /// It is a real camera with colour pictures.
    RealWithColour,
    /// No camera is better: this one is virtual or gives grey pictures.
    NothingBetter,
    /// The settings name its id.
    Id,
    /// Its name contains the one in the settings.
    Name,
    /// The settings name its index.
    Index,
    /// The settings name an id, and a camera of that name is on another port now.
    MovedPort,
}

impl fmt::Display for SelectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SelectionReason::OnlyOne => "the only camera",
            SelectionReason::OnlyUsable => "the only camera that can be used",
            SelectionReason::RealWithColour => "a real camera with colour pictures",
            SelectionReason::NothingBetter => "no real camera with colour pictures is there",
            SelectionReason::Id => "its id is the one in the settings",
            SelectionReason::Name => "its name is the one in the settings",
            SelectionReason::Index => "its index is the one in the settings",
            SelectionReason::MovedPort => "it has the name in the settings, on another port",
        })
    }
}

/// The longest that drivers may take to list their formats. Our choice: a device is asked in
/// milliseconds, and a driver that hangs never answers.
const LIST_LIMIT: Duration = Duration::from_secs(4);

/// The cameras of this machine, sorted by index, without metadata and output devices.
///
/// Each device is opened for an instant to read its formats. No camera is switched on.
///
/// # Errors
///
/// [`CameraError::Driver`] if the system cannot list them.
pub fn list() -> Result<Vec<ListedCamera>, CameraError> {
    let (sender, listed) = crossbeam_channel::bounded(1);
    std::thread::spawn(move || sender.send(backend::list()));
    let hangs = |_| CameraError::Driver {
        what: "it does not say which cameras there are".to_owned(),
    };
    let mut cameras = listed.recv_timeout(LIST_LIMIT).map_err(hangs)??;
    cameras.sort_by_key(|camera| camera.index);
    Ok(cameras)
}

/// The cameras to try, best first. Only `auto` has more than one.
///
/// # Errors
///
/// As [`select`].
pub(super) fn candidates<'a>(
    cameras: &'a [ListedCamera],
    choice: &CameraChoice,
) -> Result<Vec<&'a ListedCamera>, CameraError> {
    let (first, _) = select(cameras, choice)?;
    let mut candidates: Vec<&ListedCamera> = cameras.iter().collect();
    candidates
        .retain(|camera| *camera == first || (*choice == CameraChoice::Auto && camera.is_usable()));
    candidates.sort_by_key(|camera| camera.rank());
    Ok(candidates)
}

/// The camera to use, and why it was selected.
///
/// # Errors
///
/// [`CameraError::Missing`] with the setting and the cameras that exist.
pub fn select<'a>(
    cameras: &'a [ListedCamera],
    choice: &CameraChoice,
) -> Result<(&'a ListedCamera, SelectionReason), CameraError> {
    let selected = match choice {
        CameraChoice::Auto => auto(cameras),
        CameraChoice::Index(index) => {
            let camera = cameras.iter().find(|camera| camera.index == *index);
            camera.map(|camera| (camera, SelectionReason::Index))
        }
        CameraChoice::Named(text) => named(cameras, text),
    };
    selected.ok_or_else(|| CameraError::Missing {
        wanted: (*choice != CameraChoice::Auto).then(|| choice.to_string()),
        found: cameras
            .iter()
            .map(|camera| format!("{}: {}", camera.index, camera.name))
            .collect(),
    })
}

fn auto(cameras: &[ListedCamera]) -> Option<(&ListedCamera, SelectionReason)> {
    let best = cameras.iter().min_by_key(|camera| camera.rank())?;
    let usable = cameras.iter().filter(|camera| camera.is_usable());
    let reason = if cameras.len() == 1 {
        SelectionReason::OnlyOne
    } else if best.is_usable() && usable.count() == 1 {
        SelectionReason::OnlyUsable
    } else if best.is_virtual || !best.has_colour() || best.is_named_infrared() {
        SelectionReason::NothingBetter
    } else {
        SelectionReason::RealWithColour
    };
    Some((best, reason))
}

fn named<'a>(
    cameras: &'a [ListedCamera],
    text: &str,
) -> Option<(&'a ListedCamera, SelectionReason)> {
    let lower = text.to_lowercase();
    let old_name = text.rsplit_once('/').map(|(_, name)| name);
    let find = |reason, matches: &dyn Fn(&ListedCamera) -> bool| {
        let camera = cameras.iter().find(|camera| matches(camera));
        camera.map(|camera| (camera, reason))
    };
    find(SelectionReason::Id, &|camera| camera.id() == text)
        .or_else(|| {
            find(SelectionReason::Name, &|camera| {
                camera.name.to_lowercase().contains(&lower)
            })
        })
        .or_else(|| {
            find(SelectionReason::MovedPort, &|camera| {
                old_name == Some(camera.name.as_str())
            })
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
            error: None,
        }
    }

    #[test]
    fn a_camera_is_selected_by_id_name_or_index_and_auto_takes_a_real_one() {
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
            ("auto", "2 (a real camera with colour pictures)"),
            ("", "2 (a real camera with colour pictures)"),
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
            let words = match select(&cameras, &choice.parse().unwrap()) {
                Ok((camera, reason)) => format!("{} ({reason})", camera.index),
                Err(error) => error.to_string(),
            };
            assert_eq!(words, wanted, "{choice}");
        }
    }

    #[test]
    fn auto_passes_over_what_cannot_be_used_and_has_the_rest_to_try() {
        let unusable = |index, error| ListedCamera {
            error: Some(error),
            ..camera(index, "pci", "ISYS Capture", PixelLayout::Yuyv)
        };
        let relay = camera(7, "platform:v4l2loopback-000", "Relay", PixelLayout::Yuyv);
        let webcam = camera(2, "usb-1", "C920", PixelLayout::Yuyv);
        let raw = unusable(0, CameraError::RawSensor);
        let silent = unusable(1, CameraError::CannotStream);
        let rows = [
            (
                vec![raw.clone(), silent.clone(), relay.clone()],
                "auto",
                vec![7],
            ),
            (
                vec![raw.clone(), relay.clone(), webcam.clone()],
                "auto",
                vec![2, 7],
            ),
            (vec![raw.clone(), silent.clone()], "auto", vec![0]),
            (vec![raw, relay.clone(), webcam.clone()], "0", vec![0]),
            // A camera that cannot be asked for a moment keeps its place.
            (
                vec![unusable(1, CameraError::Busy { by: None }), relay.clone()],
                "auto",
                vec![1, 7],
            ),
            (
                vec![
                    unusable(
                        1,
                        CameraError::Passing {
                            what: String::new(),
                        },
                    ),
                    webcam,
                ],
                "auto",
                vec![1, 2],
            ),
            (
                vec![
                    ListedCamera {
                        is_virtual: true,
                        ..unusable(1, CameraError::Busy { by: None })
                    },
                    relay,
                ],
                "auto",
                vec![1, 7],
            ),
        ];
        for (cameras, choice, wanted) in rows {
            let candidates = candidates(&cameras, &choice.parse().unwrap()).unwrap();
            let indexes: Vec<u32> = candidates.iter().map(|camera| camera.index).collect();
            assert_eq!(indexes, wanted, "{cameras:?}");
        }
    }

    #[test]
    fn an_infrared_camera_is_not_taken_where_another_sees_colour() {
        let sized = |camera: ListedCamera, height| ListedCamera {
            offers: camera
                .offers
                .iter()
                .map(|&offer| FormatOffer { height, ..offer })
                .collect(),
            ..camera
        };
        let named = |name| camera(0, "usb-1", name, PixelLayout::Mjpeg);
        let colour = camera(2, "usb-2", "Integrated Camera", PixelLayout::Mjpeg);
        let rows = [
            (named("Integrated IR Camera"), colour.clone(), 2),
            (named("USB2.0 FHD UVC: Infrared"), colour.clone(), 2),
            (named("RealSense Depth Module"), colour.clone(), 2),
            // The name does not tell, but the picture is small.
            (
                named("Integrated Camera: Integrated I"),
                sized(colour.clone(), 720),
                2,
            ),
            (named("Integrated Camera: Integrated I"), colour.clone(), 0),
            // No word of its own.
            (named("Air Camera"), colour.clone(), 0),
            // A relayed camera sees colour, a real one only grey.
            (
                camera(0, "usb-1", "Camera", PixelLayout::Grey),
                camera(2, "platform:v4l2loopback-000", "Relay", PixelLayout::Yuyv),
                2,
            ),
        ];
        for (first, second, wanted) in rows {
            let cameras = [first, second];
            let (found, _) = select(&cameras, &CameraChoice::Auto).unwrap();
            assert_eq!(found.index, wanted, "{cameras:?}");
        }
    }

    #[test]
    fn a_single_camera_is_taken_whatever_it_is() {
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
