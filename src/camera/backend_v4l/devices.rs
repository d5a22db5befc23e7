//! The video devices of this machine: which are cameras, what they offer and why one cannot be used.

use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::{fs, io};

use v4l::capability::Flags as Capability;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::FrameSizeEnum;
use v4l::v4l_sys::v4l2_capability;
use v4l::video::Capture;
use v4l::{Device, FourCC, Fraction, v4l2};

use super::super::format::{self, FormatOffer, FrameRate, PixelLayout};
use super::super::{CameraError, CameraMode, ListedCamera};

pub(in crate::camera) fn list() -> Result<Vec<ListedCamera>, CameraError> {
    let describe = |index| {
        let described = Device::new(index as usize).and_then(|device| describe(index, &device));
        described.unwrap_or_else(|error| Some(unusable(index, &error)))
    };
    Ok(indexes().into_iter().filter_map(describe).collect())
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

pub(super) fn node(index: u32) -> String {
    format!("/dev/video{index}")
}

/// `None` for nodes that are not cameras: metadata, output, codecs.
fn describe(index: u32, device: &Device) -> io::Result<Option<ListedCamera>> {
    let caps = DeviceCapabilities::query(device)?;
    if caps.bits & Capability::VIDEO_CAPTURE.bits() == 0
        || caps.bits & Capability::VIDEO_M2M.bits() != 0
    {
        return Ok(None);
    }
    let offers = offers(device);
    Ok(Some(ListedCamera {
        index,
        is_virtual: is_virtual(&caps.driver, &caps.bus, device_path(index).as_deref()),
        name: caps.name,
        bus: caps.bus,
        node: Some(node(index)),
        error: lasting_error(caps.bits, &offers),
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

/// What a device says of itself. The `v4l` crate drops some bits and panics at a name that is not
/// UTF-8.
#[derive(Debug)]
pub(super) struct DeviceCapabilities {
    driver: String,
    pub(super) name: String,
    pub(super) bus: String,
    bits: u32,
}

impl DeviceCapabilities {
    #[expect(
        unsafe_code,
        reason = "VIDIOC_QUERYCAP fills a struct of plain numbers of this very type"
    )]
    pub(super) fn query(device: &Device) -> io::Result<DeviceCapabilities> {
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
        let text = |bytes: &[u8]| {
            let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            String::from_utf8_lossy(text).into_owned()
        };
        Ok(DeviceCapabilities {
            driver: text(&caps.driver),
            name: text(&caps.card),
            bus: text(&caps.bus_info),
            bits: caps.device_caps,
        })
    }
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
        is_virtual: is_virtual("", "", device_path(index).as_deref()),
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

/// The sizes of a format.
fn sizes(device: &Device, fourcc: FourCC) -> Vec<(u32, u32)> {
    let frames = device.enum_framesizes(fourcc).unwrap_or_default();
    let sizes = frames.into_iter().flat_map(|frame| sizes_of(&frame.size));
    let mut sizes: Vec<(u32, u32)> = sizes.collect();
    if sizes.is_empty() {
        // A driver may list no sizes; the current one is valid.
        sizes.extend(Capture::format(device).map(|now| (now.width, now.height)));
    }
    sizes
}

/// The size itself. Of a range, the size nearest to the wanted one and the largest, which shows what
/// kind of camera it is.
fn sizes_of(size: &FrameSizeEnum) -> Vec<(u32, u32)> {
    let nearest = |wanted: u32, min: u32, max: u32, step: u32| {
        let wanted = wanted.clamp(min, max.max(min));
        min + (wanted - min) / step.max(1) * step.max(1)
    };
    match size {
        FrameSizeEnum::Discrete(size) => vec![(size.width, size.height)],
        FrameSizeEnum::Stepwise(r) => {
            let width = |wanted| nearest(wanted, r.min_width, r.max_width, r.step_width);
            let height = |wanted| nearest(wanted, r.min_height, r.max_height, r.step_height);
            let mut sizes = vec![
                (width(format::WANTED_WIDTH), height(format::WANTED_HEIGHT)),
                (width(r.max_width), height(r.max_height)),
            ];
            sizes.dedup();
            sizes
        }
    }
}

pub(super) fn frame_rate(interval: Fraction) -> FrameRate {
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

impl CameraError {
    /// From an error on a device node.
    pub(super) fn from_io(error: &io::Error, node: &str) -> Self {
        match CameraError::from_os(error.raw_os_error().unwrap_or(0), &error.to_string()) {
            CameraError::NoPermission { .. } => CameraError::NoPermission {
                device: Some(node.to_owned()),
            },
            other => other,
        }
    }
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
    fn a_range_of_sizes_shows_the_one_to_take_and_the_largest() {
        let range = |min: u32, max: u32, step: u32| {
            FrameSizeEnum::Stepwise(v4l::framesize::Stepwise {
                min_width: min,
                max_width: max,
                step_width: step,
                min_height: min,
                max_height: max,
                step_height: step,
            })
        };
        let rows = [
            (range(16, 1920, 16), vec![(640, 480), (1920, 1920)]),
            (range(32, 1000, 100), vec![(632, 432), (932, 932)]),
            (range(240, 320, 0), vec![(320, 320)]),
            (range(800, 800, 8), vec![(800, 800)]),
        ];
        for (size, wanted) in rows {
            assert_eq!(sizes_of(&size), wanted, "{size:?}");
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
