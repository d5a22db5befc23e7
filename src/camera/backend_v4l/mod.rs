//! Video4Linux as a custom backend of nokhwa.
//!
//! nokhwa's own V4L2 backend waits for a frame without a time limit, ignores the length and the
//! error flag that the driver reports, and refuses rates such as 29.97, unknown current formats and
//! grey cameras. This one uses the same `v4l` crate and does none of that. On macOS and Windows
//! nokhwa's own backends are used.

mod devices;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::process::ChildStdout;
use std::time::Duration;

use nokhwa::camera_traits::CaptureBackendTrait;
use nokhwa::utils::{
    ApiBackend, CameraControl, CameraFormat, CameraIndex, CameraInfo, ControlValueSetter,
    FrameFormat, KnownCameraControl, Resolution,
};
use nokhwa::{Buffer, Camera, NokhwaError};
use rustix::pipe::fcntl_setpipe_size;
use rustix::time::{ClockId, clock_gettime};
use v4l::buffer::{Flags, Metadata, Type};
use v4l::io::traits::CaptureStream;
use v4l::prelude::MmapStream;
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC, Fraction};

use super::format::{self, FormatOffer, PixelLayout, StreamFormat};
use super::{CameraError, CameraMode, ListedCamera};
use devices::{DeviceCapabilities, frame_rate, node};

pub(super) use devices::list;

/// A camera that sends nothing for this long has stalled. The slowest rate taken is 4 a second; in
/// the dark some cameras fall to 1.
const STALL_LIMIT: Duration = Duration::from_secs(3);

/// A timestamp older than this comes from another clock.
const MAX_AGE: Duration = Duration::from_secs(10);

/// How a stall is encoded in nokhwa's texts: ETIMEDOUT.
const TIMED_OUT: &str = "os error 110";

/// Enlarges a pipe from the usual 64 KB, so that a whole frame crosses in one go.
pub(super) fn enlarge_pipe(pipe: &ChildStdout) {
    const FRAME_SIZE: usize = 1024 * 1024;
    // Where the system refuses, more goes are needed.
    let _ = fcntl_setpipe_size(pipe, FRAME_SIZE);
}

/// Opens a camera and starts its stream. The driver may choose another format than the wanted one.
pub(super) fn open(
    camera: &ListedCamera,
    mode: CameraMode,
) -> Result<(Camera, StreamFormat), CameraError> {
    let node = node(camera.index);
    let failed = |error: io::Error| match CameraError::from_io(&error, &node) {
        // It existed when the cameras were listed.
        CameraError::Missing { .. } => CameraError::Unplugged,
        other => other,
    };
    let device = Device::new(camera.index as usize).map_err(failed)?;
    let caps = DeviceCapabilities::query(&device).map_err(failed)?;
    if caps.name != camera.name || caps.bus != camera.bus {
        // The node belongs to another camera now.
        return Err(CameraError::Unplugged);
    }
    let unusable = || CameraError::NoUsableFormat {
        offered: format::layouts(&camera.offers),
    };
    let offer = format::choose_format(&camera.offers, mode).ok_or_else(unusable)?;
    let fourcc = FourCC::new(&offer.layout.fourcc().ok_or_else(unusable)?);
    let set = Capture::set_format(&device, &Format::new(offer.width, offer.height, fourcc))
        .map_err(failed)?;
    if offer.rate.per_second() > 0.0 {
        // Many drivers have no rates. Whichever they keep is good enough.
        let interval = Fraction::new(offer.rate.seconds, offer.rate.frames);
        let _ = Capture::set_params(&device, &Parameters::new(interval));
    }
    let rate = Capture::params(&device).map_or(offer.rate, |actual| frame_rate(actual.interval));
    let actual = FormatOffer {
        layout: PixelLayout::from_fourcc(set.fourcc.repr),
        width: set.width,
        height: set.height,
        rate,
    };
    if matches!(actual.layout, PixelLayout::Other(_)) {
        return Err(CameraError::NoUsableFormat {
            offered: actual.layout.to_string(),
        });
    }
    let stream_format = StreamFormat {
        layout: actual.layout,
        size: actual.size(),
        stride: set.stride as usize,
    };
    let backend = Backend {
        info: CameraInfo::new(
            &camera.name,
            &node,
            &camera.bus,
            CameraIndex::Index(camera.index),
        ),
        format: nokhwa_format(actual),
        device,
        stream: None,
    };
    let mut nokhwa = Camera::with_custom(
        CameraIndex::Index(camera.index),
        ApiBackend::Video4Linux,
        Box::new(backend),
    );
    nokhwa
        .open_stream()
        .map_err(|error| CameraError::from_text(&error.to_string()))?;
    Ok((nokhwa, stream_format))
}

fn nokhwa_format(offer: FormatOffer) -> CameraFormat {
    let layout = match offer.layout {
        PixelLayout::Yuyv => FrameFormat::YUYV,
        PixelLayout::Nv12 => FrameFormat::NV12,
        PixelLayout::Rgb => FrameFormat::RAWRGB,
        PixelLayout::Bgr => FrameFormat::RAWBGR,
        PixelLayout::Mjpeg => FrameFormat::MJPEG,
        // Only a label: frames are decoded in `convert`.
        PixelLayout::Uyvy
        | PixelLayout::Yu12
        | PixelLayout::Yv12
        | PixelLayout::Grey
        | PixelLayout::Other(_) => FrameFormat::GRAY,
    };
    CameraFormat::new_from(
        offer.width,
        offer.height,
        layout,
        offer.rate.per_second().round() as u32,
    )
}

/// A camera whose reader never waits longer than [`STALL_LIMIT`].
struct Backend {
    info: CameraInfo,
    format: CameraFormat,
    device: Device,
    stream: Option<MmapStream<'static>>,
}

impl CaptureBackendTrait for Backend {
    fn open_stream(&mut self) -> Result<(), NokhwaError> {
        let mut stream = MmapStream::new(&self.device, Type::VideoCapture)
            .map_err(|error| NokhwaError::OpenStreamError(error.to_string()))?;
        stream.set_timeout(STALL_LIMIT);
        self.stream = Some(stream);
        Ok(())
    }

    fn is_stream_open(&self) -> bool {
        self.stream.is_some()
    }

    fn stop_stream(&mut self) -> Result<(), NokhwaError> {
        self.stream = None;
        Ok(())
    }

    /// The bytes that the driver filled, with the time of its timestamp.
    fn frame(&mut self) -> Result<Buffer, NokhwaError> {
        let (bytes, meta) = next(self.stream.as_mut())?;
        Ok(Buffer::with_timestamp(
            self.format.resolution(),
            bytes,
            self.format.format(),
            taken_at(meta),
        ))
    }

    fn frame_raw(&mut self) -> Result<Cow<'_, [u8]>, NokhwaError> {
        next(self.stream.as_mut()).map(|(bytes, _)| Cow::Borrowed(bytes))
    }

    fn backend(&self) -> ApiBackend {
        ApiBackend::Video4Linux
    }

    fn camera_info(&self) -> &CameraInfo {
        &self.info
    }

    fn camera_format(&self) -> CameraFormat {
        self.format
    }

    fn resolution(&self) -> Resolution {
        self.format.resolution()
    }

    fn frame_rate(&self) -> u32 {
        self.format.frame_rate()
    }

    fn frame_format(&self) -> FrameFormat {
        self.format.format()
    }

    fn refresh_camera_format(&mut self) -> Result<(), NokhwaError> {
        Ok(())
    }

    fn compatible_list_by_resolution(
        &mut self,
        _: FrameFormat,
    ) -> Result<HashMap<Resolution, Vec<u32>>, NokhwaError> {
        Err(unsupported())
    }

    fn compatible_fourcc(&mut self) -> Result<Vec<FrameFormat>, NokhwaError> {
        Err(unsupported())
    }

    fn set_camera_format(&mut self, _: CameraFormat) -> Result<(), NokhwaError> {
        Err(unsupported())
    }

    fn set_resolution(&mut self, _: Resolution) -> Result<(), NokhwaError> {
        Err(unsupported())
    }

    fn set_frame_rate(&mut self, _: u32) -> Result<(), NokhwaError> {
        Err(unsupported())
    }

    fn set_frame_format(&mut self, _: FrameFormat) -> Result<(), NokhwaError> {
        Err(unsupported())
    }

    fn camera_control(&self, _: KnownCameraControl) -> Result<CameraControl, NokhwaError> {
        Err(unsupported())
    }

    fn camera_controls(&self) -> Result<Vec<CameraControl>, NokhwaError> {
        Err(unsupported())
    }

    fn set_camera_control(
        &mut self,
        _: KnownCameraControl,
        _: ControlValueSetter,
    ) -> Result<(), NokhwaError> {
        Err(unsupported())
    }
}

/// The format is chosen before nokhwa gets the camera, and controls stay as the user set them.
fn unsupported() -> NokhwaError {
    NokhwaError::UnsupportedOperationError(ApiBackend::Video4Linux)
}

fn next<'a>(
    stream: Option<&'a mut MmapStream<'static>>,
) -> Result<(&'a [u8], &'a Metadata), NokhwaError> {
    let stream =
        stream.ok_or_else(|| NokhwaError::ReadFrameError("stream not started".to_owned()))?;
    match CaptureStream::next(stream) {
        // An empty frame counts as damaged, which the driver says it is.
        Ok((_, meta)) if meta.flags.contains(Flags::ERROR) => Ok((&[], meta)),
        Ok((bytes, meta)) => Ok((&bytes[..bytes.len().min(meta.bytesused as usize)], meta)),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Err(NokhwaError::ReadFrameError(TIMED_OUT.to_owned()))
        }
        Err(error) => Err(NokhwaError::ReadFrameError(error.to_string())),
    }
}

/// When the frame was taken, since 1970, by the driver's monotonic timestamp; `None` if it has none.
fn taken_at(meta: &Metadata) -> Option<Duration> {
    let read = |clock| {
        let now = clock_gettime(clock);
        Some(Duration::new(
            now.tv_sec.try_into().ok()?,
            now.tv_nsec.try_into().ok()?,
        ))
    };
    let age = read(ClockId::Monotonic)?.checked_sub(Duration::from(meta.timestamp))?;
    let monotonic = meta.flags & Flags::TIMESTAMP_MASK == Flags::TIMESTAMP_MONOTONIC;
    if !monotonic || age > MAX_AGE {
        return None;
    }
    read(ClockId::Realtime)?.checked_sub(age)
}
