//! Lists the cameras and selects the one to use.
//!
//! Indexes change when cameras are plugged in and out, so a camera is identified by its port and name.

use std::fmt;
use std::time::Duration;

use super::format::{FormatOffer, PixelLayout};
use super::holders::holders;
use super::state::names;
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
    /// Why it cannot be used, for now or at all, if so.
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
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        matches!(
            self.error,
            Some(CameraError::Busy { .. } | CameraError::Passing { .. })
        )
    }

    /// Whether it works, now or later.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.error.is_none() || self.is_waited_for()
    }

    /// The device that programs use one at a time. A virtual camera's is also open in the program that makes its pictures.
    pub(super) fn contended_node(&self) -> Option<&str> {
        self.node.as_deref().filter(|_| !self.is_virtual)
    }

    /// If it is busy, says by whom.
    fn name_user(&mut self) {
        let node = self.contended_node().map(str::to_owned);
        if let (Some(CameraError::Busy { by }), Some(node)) = (&mut self.error, node) {
            *by = names(&holders(&node, &[std::process::id()]));
        }
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
    cameras.iter_mut().for_each(ListedCamera::name_user);
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
mod tests;
