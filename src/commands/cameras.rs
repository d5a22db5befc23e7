//! `sitwell cameras`: lists the cameras and says which one is used.

use std::io::{self, Write};

use anyhow::Result;

use crate::camera::capture_process::child;
use crate::camera::{self, CameraError, FormatOffer, ListedCamera, PixelLayout, WAIT_FOR_CAMERA};
use crate::cli::{CaptureChildArgs, ConfinedRole};
use crate::confinement;
use crate::settings::{CameraChoice, CameraMode, CameraSettings};

/// Lists the cameras.
///
/// # Errors
///
/// The system cannot list them, or nothing can be written.
pub(super) fn list(settings: &CameraSettings, out: &mut impl Write) -> Result<()> {
    let cameras = camera::list()?;
    Ok(write(out, &cameras, &settings.device, settings.mode)?)
}

/// Runs the capture child.
///
/// # Errors
///
/// The pipe to the parent broke.
pub(super) fn capture(arguments: &CaptureChildArgs) -> Result<()> {
    if let Some(role) = arguments.probe {
        let probe = match role {
            ConfinedRole::Camera => confinement::probe_camera_process(),
            ConfinedRole::Monitor => confinement::probe_monitor(),
        };
        serde_json::to_writer(io::stdout(), &probe)?;
        return Ok(());
    }
    Ok(child::run(&arguments.camera, arguments.mode)?)
}

fn write(
    to: &mut impl Write,
    cameras: &[ListedCamera],
    choice: &CameraChoice,
    mode: CameraMode,
) -> io::Result<()> {
    let selected = camera::select(cameras, choice);
    for camera in cameras {
        let reason = selected.as_ref().ok().filter(|(used, _)| *used == camera);
        let reason = reason.map(|(_, reason)| reason);
        let mark = if reason.is_some() { '*' } else { ' ' };
        writeln!(to, "{mark} {}: {}", camera.index, camera.name)?;
        writeln!(to, "     id       {}", camera.id())?;
        if let Some(error) = &camera.error {
            write_trouble(to, camera, error)?;
            if let Some(reason) = reason.filter(|_| camera.is_usable()) {
                writeln!(to, "     would be used ({reason}) once that is over")?;
            }
            continue;
        }
        for (n, line) in offers(camera).iter().enumerate() {
            let label = if n == 0 { "offers" } else { "" };
            writeln!(to, "     {label:6}   {line}")?;
        }
        if let Some(reason) = reason {
            if let Some(offer) = camera::choose_format(&camera.offers, mode) {
                writeln!(to, "     would be used ({reason}): {offer}")?;
                writeln!(to, "     {mode} mode: {}", light(mode))?;
            }
        } else if let Ok((used, _)) = &selected {
            let because = match choice {
                CameraChoice::Auto => camera.disadvantage(used),
                _ => "the settings name another camera",
            };
            writeln!(to, "     not used: {because}")?;
            let id = camera.id();
            writeln!(
                to,
                "     to use it: `device = \"{id}\"` in [camera] of the settings"
            )?;
        }
    }
    if let Err(error) = selected {
        writeln!(to, "{error}")?;
        if let Some(advice) = error.advice() {
            writeln!(to, "{advice}")?;
        }
    }
    Ok(())
}

/// Why a camera does not work, for now or at all, and what the user can do about it.
fn write_trouble(
    to: &mut impl Write,
    camera: &ListedCamera,
    error: &CameraError,
) -> io::Result<()> {
    let how_long = if camera.is_usable() {
        "for now,"
    } else {
        "cannot be used:"
    };
    writeln!(to, "     {how_long} {error}")?;
    let advice = match error {
        CameraError::Busy { .. } => Some(WAIT_FOR_CAMERA),
        _ => error.advice(),
    };
    if let Some(advice) = advice {
        writeln!(to, "     {advice}")?;
    }
    Ok(())
}

/// What the camera's light does, so that nobody wonders who is watching.
fn light(mode: CameraMode) -> &'static str {
    match mode {
        CameraMode::Glance => "its light goes on for about a second every few seconds",
        CameraMode::Continuous => "its light stays on as long as Sitwell watches",
    }
}

/// One line for each layout that can be read, with its sizes and their highest rates.
fn offers(camera: &ListedCamera) -> Vec<String> {
    let mut layouts: Vec<(PixelLayout, Vec<FormatOffer>)> = Vec::new();
    let mut unreadable: Vec<PixelLayout> = Vec::new();
    for &offer in &camera.offers {
        if matches!(offer.layout, PixelLayout::Other(_)) {
            unreadable.push(offer.layout);
            continue;
        }
        match layouts
            .iter_mut()
            .find(|(layout, _)| *layout == offer.layout)
        {
            None => layouts.push((offer.layout, vec![offer])),
            Some((_, sizes)) => match sizes.iter_mut().find(|size| size.size() == offer.size()) {
                None => sizes.push(offer),
                Some(known) if known.rate.per_second() < offer.rate.per_second() => *known = offer,
                Some(_) => {}
            },
        }
    }
    unreadable.dedup();
    let size = |offer: &FormatOffer| match offer.rate.per_second() {
        0.0 => format!("{}x{}", offer.width, offer.height),
        _ => format!("{}x{} ({}/s)", offer.width, offer.height, offer.rate),
    };
    let line = |(layout, sizes): &(PixelLayout, Vec<FormatOffer>)| {
        let sizes: Vec<String> = sizes.iter().map(size).collect();
        format!("{layout} {}", sizes.join(", "))
    };
    let mut lines: Vec<String> = layouts.iter().map(line).collect();
    match unreadable.len() {
        0 => {}
        1 => lines.push("1 format that Sitwell cannot read".to_owned()),
        more => lines.push(format!("{more} formats that Sitwell cannot read")),
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::FrameRate;

    fn offer(layout: PixelLayout, width: u32, height: u32, rate: u32) -> FormatOffer {
        FormatOffer {
            layout,
            width,
            height,
            rate: FrameRate::whole(rate),
        }
    }

    fn listing(cameras: &[ListedCamera], choice: &str) -> String {
        let mut out = Vec::new();
        write(
            &mut out,
            cameras,
            &choice.parse().unwrap(),
            CameraMode::Glance,
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cameras_are_listed_with_the_one_that_would_be_used_and_why() {
        let c920 = ListedCamera {
            index: 2,
            name: "HD Pro Webcam C920".to_owned(),
            bus: "usb-0000:00:14.0-1".to_owned(),
            node: Some("/dev/video2".to_owned()),
            is_virtual: false,
            offers: vec![
                offer(PixelLayout::Yuyv, 640, 480, 30),
                offer(PixelLayout::Yuyv, 640, 480, 15),
                offer(PixelLayout::Yuyv, 1280, 720, 10),
                offer(PixelLayout::Mjpeg, 640, 480, 30),
                offer(PixelLayout::Other(*b"H264"), 640, 480, 30),
            ],
            error: None,
        };
        let locked = ListedCamera {
            index: 0,
            name: "Integrated Camera".to_owned(),
            bus: String::new(),
            node: Some("/dev/video0".to_owned()),
            is_virtual: false,
            offers: vec![],
            error: Some(CameraError::NoPermission {
                device: Some("/dev/video0".to_owned()),
            }),
        };
        let infrared = ListedCamera {
            index: 1,
            name: "Integrated IR Camera".to_owned(),
            ..c920.clone()
        };
        insta::assert_snapshot!(listing(&[locked.clone(), infrared, c920], "auto"), @r#"
              0: Integrated Camera
                 id       Integrated Camera
                 cannot be used: no permission to use the camera /dev/video0
                 Let your user read it: `sudo usermod -aG video $USER`, then log in again.
              1: Integrated IR Camera
                 id       usb-0000:00:14.0-1/Integrated IR Camera
                 offers   YUYV 640x480 (30/s), 1280x720 (10/s)
                          MJPEG 640x480 (30/s)
                          1 format that Sitwell cannot read
                 not used: its name says infrared or depth
                 to use it: `device = "usb-0000:00:14.0-1/Integrated IR Camera"` in [camera] of the settings
            * 2: HD Pro Webcam C920
                 id       usb-0000:00:14.0-1/HD Pro Webcam C920
                 offers   YUYV 640x480 (30/s), 1280x720 (10/s)
                          MJPEG 640x480 (30/s)
                          1 format that Sitwell cannot read
                 would be used (a real camera with colour pictures): YUYV 640x480 at 30/s
                 glance mode: its light goes on for about a second every few seconds
            "#);
        let busy = ListedCamera {
            error: Some(CameraError::Busy {
                by: Some("zoom".to_owned()),
            }),
            ..locked.clone()
        };
        insta::assert_snapshot!(listing(&[busy], "auto"), @"
            * 0: Integrated Camera
                 id       Integrated Camera
                 for now, the camera is in use by zoom
                 End the other program, or wait: Sitwell watches when the camera is free.
                 would be used (the only camera) once that is over
            ");
        insta::assert_snapshot!(listing(&[], "auto"), @r#"
            no camera was found
            Connect a camera, or open its shutter or switch.
            "#);
    }
}
