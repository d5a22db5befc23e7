//! Video4Linux, plugged into nokhwa through its door for backends of one's own.
//!
//! nokhwa's V4L2 backend waits for a picture without a time limit, hands out
//! the whole buffer whatever the driver says of its length and state, and
//! refuses rates such as 29.97, current formats that it does not know and
//! cameras that give grey. This one stands on the same `v4l` crate and does
//! none of that. On macOS and Windows nokhwa's own backends are used.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
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
use v4l::capability::Flags as Capability;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::FrameSizeEnum;
use v4l::io::traits::CaptureStream;
use v4l::prelude::MmapStream;
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC, Fraction};

use super::format::{self, FormatOffer, FrameRate, PixelLayout};
use super::{CameraError, CameraMode, ListedCamera};

/// A camera that sends nothing for so long is stalled. The slowest rate taken
/// is 4 a second; in the dark some cameras fall to 1.
const STALL: Duration = Duration::from_secs(3);

/// A driver's stamp older than this is of another clock.
const OLDEST_STAMP: Duration = Duration::from_secs(10);

/// How a stall is said through nokhwa's texts: ETIMEDOUT.
const TIMED_OUT: &str = "os error 110";

pub(super) fn list() -> Result<Vec<ListedCamera>, CameraError> {
    let mut cameras = Vec::new();
    for index in indexes() {
        let node = node(index);
        let listed = match Device::new(index as usize) {
            Ok(device) => ask(index, &device),
            Err(error) => Some(unasked(index, CameraError::from_io(&error, &node))),
        };
        cameras.extend(listed);
    }
    Ok(cameras)
}

/// Lets a pipe hold a whole picture, so that it crosses in one go. The usual 64 KB take fifteen.
pub(super) fn widen(pipe: &ChildStdout) {
    const PICTURE: usize = 1024 * 1024;
    // Where it may not be so large it stays as it is.
    let _ = fcntl_setpipe_size(pipe, PICTURE);
}

fn indexes() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/dev") else {
        return Vec::new();
    };
    let mut indexes: Vec<u32> = entries
        .filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .to_str()?
                .strip_prefix("video")?
                .parse()
                .ok()
        })
        .collect();
    indexes.sort_unstable();
    indexes
}

fn node(index: u32) -> String {
    format!("/dev/video{index}")
}

/// `None` for nodes that are not cameras: metadata, output, codecs.
fn ask(index: u32, device: &Device) -> Option<ListedCamera> {
    let caps = match device.query_caps() {
        Ok(caps) => caps,
        Err(error) => return Some(unasked(index, CameraError::from_io(&error, &node(index)))),
    };
    if !caps.capabilities.contains(Capability::VIDEO_CAPTURE)
        || caps.capabilities.contains(Capability::VIDEO_M2M)
    {
        return None;
    }
    Some(ListedCamera {
        index,
        name: caps.card,
        is_virtual: caps.driver.contains("loopback"),
        bus: caps.bus,
        node: Some(node(index)),
        offers: offers(device),
        trouble: None,
    })
}

/// A camera that cannot be opened is listed with the reason, under the kernel's name for it.
fn unasked(index: u32, trouble: CameraError) -> ListedCamera {
    let name =
        fs::read_to_string(format!("/sys/class/video4linux/video{index}/name")).unwrap_or_default();
    ListedCamera {
        index,
        name: name.trim().to_owned(),
        bus: String::new(),
        node: Some(node(index)),
        is_virtual: false,
        offers: Vec::new(),
        trouble: Some(trouble),
    }
}

fn offers(device: &Device) -> Vec<FormatOffer> {
    let mut offers = Vec::new();
    for description in device.enum_formats().unwrap_or_default() {
        let layout = PixelLayout::from_fourcc(description.fourcc.repr);
        if matches!(layout, PixelLayout::Other(_)) {
            // Only its name is of use; asking for sizes takes hundreds of calls on some devices.
            let rate = FrameRate {
                pictures: 0,
                seconds: 0,
            };
            offers.push(FormatOffer {
                layout,
                width: 0,
                height: 0,
                rate,
            });
            continue;
        }
        for (width, height) in sizes(device, description.fourcc) {
            for rate in rates(device, description.fourcc, width, height) {
                offers.push(FormatOffer {
                    layout,
                    width,
                    height,
                    rate,
                });
            }
        }
    }
    offers
}

/// Of a range of sizes only the ends and the nearest to the wish matter.
fn sizes(device: &Device, fourcc: FourCC) -> Vec<(u32, u32)> {
    let within = |wanted: u32, min: u32, max: u32, step: u32| {
        let wanted = wanted.clamp(min, max.max(min));
        min + (wanted - min) / step.max(1) * step.max(1)
    };
    let mut sizes: Vec<(u32, u32)> = device
        .enum_framesizes(fourcc)
        .unwrap_or_default()
        .into_iter()
        .map(|frame| match frame.size {
            FrameSizeEnum::Discrete(size) => (size.width, size.height),
            FrameSizeEnum::Stepwise(range) => (
                within(
                    format::WANTED_WIDTH,
                    range.min_width,
                    range.max_width,
                    range.step_width,
                ),
                within(
                    format::WANTED_HEIGHT,
                    range.min_height,
                    range.max_height,
                    range.step_height,
                ),
            ),
        })
        .collect();
    if sizes.is_empty() {
        // A driver may state no sizes at all; what is set now is one.
        sizes.extend(Capture::format(device).map(|now| (now.width, now.height)));
    }
    sizes
}

fn rates(device: &Device, fourcc: FourCC, width: u32, height: u32) -> Vec<FrameRate> {
    let of = |interval: Fraction| FrameRate {
        pictures: interval.denominator,
        seconds: interval.numerator,
    };
    let mut rates = Vec::new();
    for interval in device
        .enum_frameintervals(fourcc, width, height)
        .unwrap_or_default()
    {
        match interval.interval {
            FrameIntervalEnum::Discrete(interval) => rates.push(of(interval)),
            FrameIntervalEnum::Stepwise(range) => {
                // The shortest interval is the highest rate.
                let (fastest, slowest) = (of(range.min), of(range.max));
                rates.extend([fastest, slowest]);
                for wanted in [format::CONTINUOUS_RATE, format::GLANCE_RATE] {
                    if (slowest.per_second()..fastest.per_second()).contains(&wanted) {
                        rates.push(FrameRate::whole(wanted as u32));
                    }
                }
            }
        }
    }
    if rates.is_empty() {
        rates.push(FrameRate {
            pictures: 0,
            seconds: 0,
        });
    }
    rates
}

/// Opens a camera and starts its stream. What the driver makes of the wish is taken as it is.
pub(super) fn open(
    camera: &ListedCamera,
    mode: CameraMode,
) -> Result<(Camera, FormatOffer), CameraError> {
    let node = node(camera.index);
    let failed = |error: io::Error| match CameraError::from_io(&error, &node) {
        // It was there when the cameras were listed.
        CameraError::Missing { .. } => CameraError::Unplugged,
        other => other,
    };
    let device = Device::new(camera.index as usize).map_err(failed)?;
    let caps = device.query_caps().map_err(failed)?;
    if caps.card != camera.name || caps.bus != camera.bus {
        // The node is another camera's now.
        return Err(CameraError::Unplugged);
    }
    let none = || CameraError::NoUsableFormat {
        offered: format::layouts(&camera.offers),
    };
    let offer = format::choose_format(&camera.offers, mode).ok_or_else(none)?;
    let fourcc = FourCC::new(&offer.layout.fourcc().ok_or_else(none)?);
    let set = Capture::set_format(&device, &Format::new(offer.width, offer.height, fourcc))
        .map_err(failed)?;
    if offer.rate.per_second() > 0.0 {
        // Many drivers know no rates. Whichever they keep is good enough.
        let interval = Fraction::new(offer.rate.seconds, offer.rate.pictures);
        let _ = Capture::set_params(&device, &Parameters::new(interval));
    }
    let rate = Capture::params(&device).map_or(offer.rate, |now| FrameRate {
        pictures: now.interval.denominator,
        seconds: now.interval.numerator,
    });
    let got = FormatOffer {
        layout: PixelLayout::from_fourcc(set.fourcc.repr),
        width: set.width,
        height: set.height,
        rate,
    };
    if matches!(got.layout, PixelLayout::Other(_)) {
        return Err(CameraError::NoUsableFormat {
            offered: got.layout.to_string(),
        });
    }
    let backend = Backend {
        info: CameraInfo::new(
            &camera.name,
            &node,
            &camera.bus,
            CameraIndex::Index(camera.index),
        ),
        format: nokhwa_format(got),
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
    Ok((nokhwa, got))
}

fn nokhwa_format(offer: FormatOffer) -> CameraFormat {
    let layout = match offer.layout {
        PixelLayout::Yuyv => FrameFormat::YUYV,
        PixelLayout::Nv12 => FrameFormat::NV12,
        PixelLayout::Rgb => FrameFormat::RAWRGB,
        PixelLayout::Bgr => FrameFormat::RAWBGR,
        PixelLayout::Mjpeg => FrameFormat::MJPEG,
        PixelLayout::Grey | PixelLayout::Other(_) => FrameFormat::GRAY,
    };
    CameraFormat::new_from(
        offer.width,
        offer.height,
        layout,
        offer.rate.per_second().round() as u32,
    )
}

impl CameraError {
    /// From an error on a device node.
    fn from_io(error: &io::Error, node: &str) -> Self {
        match CameraError::from_os(error.raw_os_error().unwrap_or(0), &error.to_string()) {
            CameraError::NoPermission { .. } => CameraError::NoPermission {
                device: Some(node.to_owned()),
            },
            other => other,
        }
    }
}

/// A camera that never keeps its reader waiting for more than [`STALL`].
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
        stream.set_timeout(STALL);
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

    /// The next picture: the bytes that the driver filled, with the instant of its stamp.
    fn frame(&mut self) -> Result<Buffer, NokhwaError> {
        let (bytes, meta) = next(self.stream.as_mut())?;
        Ok(Buffer::with_timestamp(
            self.format.resolution(),
            bytes,
            self.format.format(),
            taken(meta),
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
        Err(chosen_already())
    }

    fn compatible_fourcc(&mut self) -> Result<Vec<FrameFormat>, NokhwaError> {
        Err(chosen_already())
    }

    fn set_camera_format(&mut self, _: CameraFormat) -> Result<(), NokhwaError> {
        Err(chosen_already())
    }

    fn set_resolution(&mut self, _: Resolution) -> Result<(), NokhwaError> {
        Err(chosen_already())
    }

    fn set_frame_rate(&mut self, _: u32) -> Result<(), NokhwaError> {
        Err(chosen_already())
    }

    fn set_frame_format(&mut self, _: FrameFormat) -> Result<(), NokhwaError> {
        Err(chosen_already())
    }

    fn camera_control(&self, _: KnownCameraControl) -> Result<CameraControl, NokhwaError> {
        Err(chosen_already())
    }

    fn camera_controls(&self) -> Result<Vec<CameraControl>, NokhwaError> {
        Err(chosen_already())
    }

    fn set_camera_control(
        &mut self,
        _: KnownCameraControl,
        _: ControlValueSetter,
    ) -> Result<(), NokhwaError> {
        Err(chosen_already())
    }
}

/// Formats are settled before nokhwa sees the camera, and controls are left as the user set them.
fn chosen_already() -> NokhwaError {
    NokhwaError::UnsupportedOperationError(ApiBackend::Video4Linux)
}

fn next<'a>(
    stream: Option<&'a mut MmapStream<'static>>,
) -> Result<(&'a [u8], &'a Metadata), NokhwaError> {
    let stream =
        stream.ok_or_else(|| NokhwaError::ReadFrameError("stream not started".to_owned()))?;
    match CaptureStream::next(stream) {
        // A frame that the driver marks as damaged is handed on empty, so that it counts as damaged.
        Ok((_, meta)) if meta.flags.contains(Flags::ERROR) => Ok((&[], meta)),
        Ok((bytes, meta)) => Ok((&bytes[..bytes.len().min(meta.bytesused as usize)], meta)),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Err(NokhwaError::ReadFrameError(TIMED_OUT.to_owned()))
        }
        Err(error) => Err(NokhwaError::ReadFrameError(error.to_string())),
    }
}

/// When the picture was taken, since 1970, by the driver's monotonic stamp; `None` if it has none.
fn taken(meta: &Metadata) -> Option<Duration> {
    let read = |clock| {
        let now = clock_gettime(clock);
        Some(Duration::new(
            now.tv_sec.try_into().ok()?,
            now.tv_nsec.try_into().ok()?,
        ))
    };
    let age = read(ClockId::Monotonic)?.checked_sub(Duration::from(meta.timestamp))?;
    let monotonic = meta.flags & Flags::TIMESTAMP_MASK == Flags::TIMESTAMP_MONOTONIC;
    if !monotonic || age > OLDEST_STAMP {
        return None;
    }
    read(ClockId::Realtime)?.checked_sub(age)
}
