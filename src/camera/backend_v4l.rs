//! Video4Linux as a custom backend of nokhwa.
//!
//! nokhwa's own V4L2 backend waits for a frame without a time limit, ignores the length and the
//! error flag that the driver reports, and refuses rates such as 29.97, unknown current formats and
//! grey cameras. This one uses the same `v4l` crate and does none of that. On macOS and Windows
//! nokhwa's own backends are used.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::process::ChildStdout;
use std::time::Duration;
use std::{fs, io};

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
use v4l::v4l_sys::v4l2_capability;
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC, Fraction, v4l2};

use super::format::{self, FormatOffer, FrameRate, PixelLayout, StreamFormat};
use super::{CameraError, CameraMode, ListedCamera};

/// A camera that sends nothing for this long has stalled. The slowest rate taken is 4 a second; in
/// the dark some cameras fall to 1.
const STALL_LIMIT: Duration = Duration::from_secs(3);

/// A timestamp older than this comes from another clock.
const MAX_AGE: Duration = Duration::from_secs(10);

/// How a stall is encoded in nokhwa's texts: ETIMEDOUT.
const TIMED_OUT: &str = "os error 110";

pub(super) fn list() -> Result<Vec<ListedCamera>, CameraError> {
    let describe = |index| {
        let described = Device::new(index as usize).and_then(|device| describe(index, &device));
        described.unwrap_or_else(|error| Some(unusable(index, &error)))
    };
    Ok(indexes().into_iter().filter_map(describe).collect())
}

/// Enlarges a pipe from the usual 64 KB, so that a whole frame crosses in one go.
pub(super) fn enlarge_pipe(pipe: &ChildStdout) {
    const FRAME_SIZE: usize = 1024 * 1024;
    // Where the system refuses, more goes are needed.
    let _ = fcntl_setpipe_size(pipe, FRAME_SIZE);
}

fn indexes() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/dev") else {
        return Vec::new();
    };
    let index = |entry: fs::DirEntry| {
        let name = entry.file_name();
        name.to_str()?.strip_prefix("video")?.parse().ok()
    };
    entries.filter_map(|entry| index(entry.ok()?)).collect()
}

fn node(index: u32) -> String {
    format!("/dev/video{index}")
}

/// `None` for nodes that are not cameras: metadata, output, codecs.
fn describe(index: u32, device: &Device) -> io::Result<Option<ListedCamera>> {
    let caps = device.query_caps()?;
    let bits = capability_bits(device)?;
    if !caps.capabilities.contains(Capability::VIDEO_CAPTURE)
        || caps.capabilities.contains(Capability::VIDEO_M2M)
    {
        return Ok(None);
    }
    let offers = offers(device);
    Ok(Some(ListedCamera {
        index,
        name: caps.card,
        is_virtual: is_virtual(&caps.driver, &caps.bus, device_path(index).as_deref()),
        bus: caps.bus,
        node: Some(node(index)),
        error: lasting_error(bits, &offers),
        offers,
    }))
}

/// `V4L2_CAP_IO_MC`: the pipeline before this node must be set up by a program that knows the image
/// processor (Intel IPU6 and IPU7, Raspberry Pi). Until then streaming fails.
const IO_MC: u32 = 0x2000_0000;

/// Why a device can never be used, if so.
fn lasting_error(capabilities: u32, offers: &[FormatOffer]) -> Option<CameraError> {
    if capabilities & IO_MC != 0 {
        Some(CameraError::RawSensor)
    } else if capabilities & Capability::STREAMING.bits() == 0 {
        Some(CameraError::CannotStream)
    } else if format::choose_format(offers, CameraMode::Glance).is_none() {
        Some(CameraError::NoUsableFormat {
            offered: format::layouts(offers),
        })
    } else {
        None
    }
}

/// The capabilities of a device, with the bits that the `v4l` crate drops.
#[expect(
    unsafe_code,
    reason = "VIDIOC_QUERYCAP fills a struct of plain numbers of this very type"
)]
fn capability_bits(device: &Device) -> io::Result<u32> {
    let mut caps = MaybeUninit::<v4l2_capability>::zeroed();
    // SAFETY: all zeros are a valid value of the struct, and the kernel writes no more than it.
    let caps = unsafe {
        v4l2::ioctl(
            device.handle().fd(),
            v4l2::vidioc::VIDIOC_QUERYCAP,
            caps.as_mut_ptr().cast(),
        )?;
        caps.assume_init()
    };
    Ok(caps.device_caps)
}

/// Whether a program makes the camera's pictures. The kernel files a device without hardware under
/// `virtual`, whatever its driver calls itself (DroidCam: "Droidcam"); akvcam has a bus of its own.
fn is_virtual(driver: &str, bus: &str, device: Option<&Path>) -> bool {
    let names = [driver, bus].map(str::to_lowercase);
    let is_named = |word| names.iter().any(|name| name.contains(word));
    device.is_some_and(|path| path.starts_with("/sys/devices/virtual"))
        || is_named("loopback")
        || is_named("akvcam")
}

/// Where the kernel files the device.
fn device_path(index: u32) -> Option<PathBuf> {
    fs::canonicalize(format!("/sys/class/video4linux/video{index}")).ok()
}

/// Lists a camera that cannot be opened under the kernel's name for it.
fn unusable(index: u32, error: &io::Error) -> ListedCamera {
    let name =
        fs::read_to_string(format!("/sys/class/video4linux/video{index}/name")).unwrap_or_default();
    let node = node(index);
    ListedCamera {
        index,
        name: name.trim().to_owned(),
        bus: String::new(),
        error: Some(CameraError::from_io(error, &node)),
        node: Some(node),
        is_virtual: false,
        offers: Vec::new(),
    }
}

fn offers(device: &Device) -> Vec<FormatOffer> {
    let mut offers = Vec::new();
    for description in device.enum_formats().unwrap_or_default() {
        let fourcc = description.fourcc;
        let layout = PixelLayout::from_fourcc(fourcc.repr);
        let sizes = match layout {
            // Only its name is of use. Reading the sizes takes hundreds of calls on some devices.
            PixelLayout::Other(_) => vec![(0, 0)],
            _ => sizes(device, fourcc),
        };
        for (width, height) in sizes {
            for rate in rates(device, fourcc, width, height) {
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

/// The sizes of a format. Of a range only the size nearest to the wanted one matters.
fn sizes(device: &Device, fourcc: FourCC) -> Vec<(u32, u32)> {
    let nearest = |wanted: u32, min: u32, max: u32, step: u32| {
        let wanted = wanted.clamp(min, max.max(min));
        min + (wanted - min) / step.max(1) * step.max(1)
    };
    let size = |size: FrameSizeEnum| match size {
        FrameSizeEnum::Discrete(size) => (size.width, size.height),
        FrameSizeEnum::Stepwise(r) => (
            nearest(format::WANTED_WIDTH, r.min_width, r.max_width, r.step_width),
            nearest(
                format::WANTED_HEIGHT,
                r.min_height,
                r.max_height,
                r.step_height,
            ),
        ),
    };
    let frames = device.enum_framesizes(fourcc).unwrap_or_default();
    let mut sizes: Vec<(u32, u32)> = frames.into_iter().map(|frame| size(frame.size)).collect();
    if sizes.is_empty() {
        // A driver may list no sizes; the current one is valid.
        sizes.extend(Capture::format(device).map(|now| (now.width, now.height)));
    }
    sizes
}

fn frame_rate(interval: Fraction) -> FrameRate {
    FrameRate {
        frames: interval.denominator,
        seconds: interval.numerator,
    }
}

fn rates(device: &Device, fourcc: FourCC, width: u32, height: u32) -> Vec<FrameRate> {
    let mut rates = Vec::new();
    if width > 0 {
        let intervals = device.enum_frameintervals(fourcc, width, height);
        for interval in intervals.unwrap_or_default() {
            match interval.interval {
                FrameIntervalEnum::Discrete(interval) => rates.push(frame_rate(interval)),
                FrameIntervalEnum::Stepwise(range) => {
                    // The shortest interval is the highest rate.
                    let (fastest, slowest) = (frame_rate(range.min), frame_rate(range.max));
                    rates.extend([fastest, slowest]);
                    let span = slowest.per_second()..fastest.per_second();
                    let wanted = [format::CONTINUOUS_RATE, format::GLANCE_RATE];
                    let within = wanted.into_iter().filter(|wanted| span.contains(wanted));
                    rates.extend(within.map(|rate| FrameRate::whole(rate as u32)));
                }
            }
        }
    }
    if rates.is_empty() {
        rates.push(FrameRate::UNKNOWN);
    }
    rates
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
    let caps = device.query_caps().map_err(failed)?;
    if caps.card != camera.name || caps.bus != camera.bus {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_stream_or_be_read_is_told_from_a_camera() {
        let offer = |code| FormatOffer {
            layout: PixelLayout::from_fourcc(code),
            width: 640,
            height: 480,
            rate: FrameRate::UNKNOWN,
        };
        let streams = Capability::STREAMING.bits() | Capability::VIDEO_CAPTURE.bits();
        let (yuyv, bayer) = (offer(*b"YUYV"), offer(*b"BA10"));
        let only_bayer = CameraError::NoUsableFormat {
            offered: "BA10".to_owned(),
        };
        let rows = [
            (streams, vec![yuyv, bayer], None),
            (streams | IO_MC, vec![yuyv], Some(CameraError::RawSensor)),
            (streams, vec![bayer], Some(only_bayer)),
            (
                Capability::VIDEO_CAPTURE.bits(),
                vec![yuyv],
                Some(CameraError::CannotStream),
            ),
        ];
        for (bits, offers, wanted) in rows {
            assert_eq!(lasting_error(bits, &offers), wanted, "{bits:x} {offers:?}");
        }
    }

    #[test]
    fn a_virtual_camera_is_known_whatever_its_driver_is_called() {
        let usb = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-7/1-7:1.0/video4linux/video0";
        let none = "/sys/devices/virtual/video4linux/video7";
        let rows = [
            ("uvcvideo", "usb-0000:00:14.0-7", Some(usb), false),
            ("bcm2835 mmal", "platform:bcm2835-v4l2-0", None, false),
            (
                "v4l2 loopback",
                "platform:v4l2loopback-000",
                Some(none),
                true,
            ),
            ("Droidcam", "platform:v4l2loopback_dc-000", Some(none), true),
            ("Droidcam", "platform:v4l2loopback_dc-000", None, true),
            ("akvcam", "platform:akvcam-0", None, true),
            ("anything", "platform:anything", Some(none), true),
        ];
        for (driver, bus, device, wanted) in rows {
            let found = is_virtual(driver, bus, device.map(Path::new));
            assert_eq!(found, wanted, "{driver} {bus} {device:?}");
        }
    }
}
