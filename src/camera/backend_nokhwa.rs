//! macOS and Windows: nokhwa's own backends (AVFoundation, Media Foundation).
//!
//! These systems share a camera between programs and ask the user for permission. Written from
//! nokhwa's sources and not tried on such a machine yet.

use std::process::ChildStdout;

use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, CameraInfo, FrameFormat, RequestedFormat,
    RequestedFormatType,
};
use nokhwa::{Camera, NokhwaError, query};

use super::format::{self, FormatOffer, FrameRate, PixelLayout, StreamFormat};
use super::{CameraError, CameraMode, ListedCamera};

/// The layouts that nokhwa gives without decoding them.
const READABLE: [FrameFormat; 6] = [
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
    FrameFormat::MJPEG,
    FrameFormat::GRAY,
];

pub(super) fn list() -> Result<Vec<ListedCamera>, CameraError> {
    let infos = query(ApiBackend::Auto).map_err(camera_error)?;
    Ok(infos.iter().filter_map(listed).collect())
}

/// These systems have no setting for the size of a pipe.
pub(super) fn enlarge_pipe(_pipe: &ChildStdout) {}

fn listed(info: &CameraInfo) -> Option<ListedCamera> {
    let index = info.index().as_index().ok()?;
    let (offers, error) = match prepare(index).and_then(|mut camera| offers(&mut camera)) {
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
        error,
    })
}

/// A camera in any format, its stream not started.
fn prepare(index: u32) -> Result<Camera, CameraError> {
    let any =
        RequestedFormat::with_formats(RequestedFormatType::AbsoluteHighestFrameRate, &READABLE);
    Camera::new(CameraIndex::Index(index), any).map_err(camera_error)
}

fn offers(camera: &mut Camera) -> Result<Vec<FormatOffer>, CameraError> {
    let formats = camera.compatible_camera_formats().map_err(camera_error)?;
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
) -> Result<(Camera, StreamFormat), CameraError> {
    let mut camera = prepare(listed.index)?;
    let formats = camera.compatible_camera_formats().map_err(camera_error)?;
    let offers: Vec<FormatOffer> = formats.iter().copied().map(offer).collect();
    let wanted =
        format::choose_format(&offers, mode).ok_or_else(|| CameraError::NoUsableFormat {
            offered: format::layouts(&offers),
        })?;
    if let Some(exact) = formats.into_iter().find(|format| offer(*format) == wanted) {
        let request = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &READABLE);
        camera.set_camera_requset(request).map_err(camera_error)?;
    }
    camera.open_stream().map_err(camera_error)?;
    let actual = offer(camera.camera_format());
    let format = StreamFormat {
        layout: actual.layout,
        size: actual.size(),
        stride: 0,
    };
    Ok((camera, format))
}

fn camera_error(error: NokhwaError) -> CameraError {
    CameraError::from_text(&error.to_string())
}
