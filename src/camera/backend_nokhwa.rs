//! macOS and Windows: nokhwa's own backends (AVFoundation, Media Foundation).
//!
//! Sharing a camera between programs is the system's business there, and so is
//! asking the user for permission. Written from nokhwa's sources; nobody has
//! yet tried it on such a machine.

use std::process::ChildStdout;

use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, CameraInfo, FrameFormat, RequestedFormat,
    RequestedFormatType,
};
use nokhwa::{Camera, query};

use super::format::{self, FormatOffer, FrameRate, PixelLayout};
use super::{CameraError, CameraMode, ListedCamera};

/// Every layout that nokhwa can hand out raw.
const READABLE: [FrameFormat; 6] = [
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
    FrameFormat::MJPEG,
    FrameFormat::GRAY,
];

pub(super) fn list() -> Result<Vec<ListedCamera>, CameraError> {
    let infos =
        query(ApiBackend::Auto).map_err(|error| CameraError::from_text(&error.to_string()))?;
    Ok(infos.iter().filter_map(listed).collect())
}

/// Pipes are as large as the system makes them.
pub(super) fn widen(_pipe: &ChildStdout) {}

fn listed(info: &CameraInfo) -> Option<ListedCamera> {
    let index = info.index().as_index().ok()?;
    let (offers, trouble) = match prepare(index).and_then(|mut camera| offers(&mut camera)) {
        Ok(offers) => (offers, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    Some(ListedCamera {
        index,
        name: info.human_name(),
        bus: info.misc(),
        node: None,
        is_virtual: info.human_name().to_lowercase().contains("virtual"),
        offers,
        trouble,
    })
}

/// A camera in whichever format it likes; its stream is not started.
fn prepare(index: u32) -> Result<Camera, CameraError> {
    let any =
        RequestedFormat::with_formats(RequestedFormatType::AbsoluteHighestFrameRate, &READABLE);
    Camera::new(CameraIndex::Index(index), any)
        .map_err(|error| CameraError::from_text(&error.to_string()))
}

fn offers(camera: &mut Camera) -> Result<Vec<FormatOffer>, CameraError> {
    let formats = camera
        .compatible_camera_formats()
        .map_err(|error| CameraError::from_text(&error.to_string()))?;
    Ok(formats.into_iter().map(offer).collect())
}

fn offer(format: CameraFormat) -> FormatOffer {
    FormatOffer {
        layout: match format.format() {
            FrameFormat::YUYV => PixelLayout::Yuyv,
            FrameFormat::NV12 => PixelLayout::Nv12,
            FrameFormat::RAWRGB => PixelLayout::Rgb,
            FrameFormat::RAWBGR => PixelLayout::Bgr,
            FrameFormat::MJPEG => PixelLayout::Mjpeg,
            FrameFormat::GRAY => PixelLayout::Grey,
        },
        width: format.width(),
        height: format.height(),
        rate: FrameRate::whole(format.frame_rate()),
    }
}

/// Opens a camera and starts its stream.
pub(super) fn open(
    listed: &ListedCamera,
    mode: CameraMode,
) -> Result<(Camera, FormatOffer), CameraError> {
    let failed = |error: nokhwa::NokhwaError| CameraError::from_text(&error.to_string());
    let mut camera = prepare(listed.index)?;
    let formats = camera.compatible_camera_formats().map_err(failed)?;
    let offers: Vec<FormatOffer> = formats.iter().copied().map(offer).collect();
    let wanted =
        format::choose_format(&offers, mode).ok_or_else(|| CameraError::NoUsableFormat {
            offered: format::layouts(&offers),
        })?;
    if let Some(exact) = formats.into_iter().find(|format| offer(*format) == wanted) {
        let request = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &READABLE);
        camera.set_camera_requset(request).map_err(failed)?;
    }
    camera.open_stream().map_err(failed)?;
    let got = offer(camera.camera_format());
    Ok((camera, got))
}
