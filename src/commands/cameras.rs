//! `sitwell cameras`: what there is, and which one would be used.

use std::io::{self, Write};

use anyhow::Result;

use crate::camera::capture_process::child;
use crate::camera::{self, FormatOffer, ListedCamera, PixelLayout};
use crate::cli::CaptureChildArgs;
use crate::settings::{Camera, CameraChoice, CameraMode};

/// Lists the cameras on standard output.
///
/// # Errors
///
/// The system cannot be asked, or standard output is gone.
pub(super) fn list(camera: &Camera) -> Result<()> {
    let cameras = camera::list()?;
    write(
        &mut io::stdout().lock(),
        &cameras,
        &camera.device,
        camera.mode,
    )?;
    Ok(())
}

/// Is the capture child.
///
/// # Errors
///
/// The pipe to the parent broke.
pub(super) fn capture(arguments: &CaptureChildArgs) -> Result<()> {
    Ok(child::run(&arguments.camera, arguments.mode)?)
}

fn write(
    to: &mut impl Write,
    cameras: &[ListedCamera],
    choice: &CameraChoice,
    mode: CameraMode,
) -> io::Result<()> {
    let found = camera::select(cameras, choice);
    for camera in cameras {
        let used = found.as_ref().is_ok_and(|(used, _)| *used == camera);
        writeln!(
            to,
            "{}{}: {}",
            if used { "* " } else { "  " },
            camera.index,
            camera.name
        )?;
        writeln!(to, "     id       {}", camera.id())?;
        match &camera.trouble {
            Some(trouble) => writeln!(to, "     cannot be used: {trouble}")?,
            None => {
                for (n, line) in offers(camera).iter().enumerate() {
                    writeln!(
                        to,
                        "     {}   {line}",
                        if n == 0 { "offers" } else { "      " }
                    )?;
                }
            }
        }
        if let (true, Ok((_, because))) = (used, &found) {
            match camera::choose_format(&camera.offers, mode) {
                Some(offer) => {
                    writeln!(to, "     would be used ({because}): {offer}")?;
                    writeln!(to, "     {mode} mode: {}", light(mode))?;
                }
                None if camera.trouble.is_none() => {
                    writeln!(
                        to,
                        "     would be chosen ({because}), but Sitwell reads none of its formats"
                    )?;
                }
                None => {}
            }
        }
        if let Some(advice) = camera
            .trouble
            .as_ref()
            .and_then(camera::CameraError::advice)
        {
            writeln!(to, "     {advice}")?;
        }
    }
    if let Err(error) = found {
        writeln!(to, "{error}")?;
        if let Some(advice) = error.advice() {
            writeln!(to, "{advice}")?;
        }
    }
    Ok(())
}

/// What the camera's own light does, so that nobody has to wonder who is watching.
fn light(mode: CameraMode) -> &'static str {
    match mode {
        CameraMode::Glance => "its light goes on for about a second every few seconds",
        CameraMode::Continuous => "its light stays on as long as Sitwell watches",
    }
}

/// One line for each layout that can be read, with its sizes and their highest rates.
fn offers(camera: &ListedCamera) -> Vec<String> {
    let mut lines: Vec<(PixelLayout, Vec<FormatOffer>)> = Vec::new();
    let mut unreadable: Vec<PixelLayout> = Vec::new();
    for &offer in &camera.offers {
        if matches!(offer.layout, PixelLayout::Other(_)) {
            unreadable.push(offer.layout);
            continue;
        }
        match lines.iter_mut().find(|(layout, _)| *layout == offer.layout) {
            None => lines.push((offer.layout, vec![offer])),
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
    let mut lines: Vec<String> = lines
        .iter()
        .map(|(layout, sizes)| {
            format!(
                "{layout} {}",
                sizes.iter().map(size).collect::<Vec<_>>().join(", ")
            )
        })
        .collect();
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
    use crate::camera::{CameraError, FrameRate};

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
            trouble: None,
        };
        let locked = ListedCamera {
            index: 0,
            name: "Integrated Camera".to_owned(),
            bus: String::new(),
            node: Some("/dev/video0".to_owned()),
            is_virtual: false,
            offers: vec![],
            trouble: Some(CameraError::NoPermission {
                device: Some("/dev/video0".to_owned()),
            }),
        };
        insta::assert_snapshot!(listing(&[locked, c920], "auto"), @r#"
              0: Integrated Camera
                 id       Integrated Camera
                 cannot be used: no permission to use the camera /dev/video0
                 Let your user read it: `sudo usermod -aG video $USER`, then log in again.
            * 2: HD Pro Webcam C920
                 id       usb-0000:00:14.0-1/HD Pro Webcam C920
                 offers   YUYV 640x480 (30/s), 1280x720 (10/s)
                          MJPEG 640x480 (30/s)
                          1 format that Sitwell cannot read
                 would be used (the first real camera with colour pictures): YUYV 640x480 at 30/s
                 glance mode: its light goes on for about a second every few seconds
            "#);
        insta::assert_snapshot!(listing(&[], "auto"), @r#"
            no camera was found
            Connect a camera, or open its shutter or switch.
            "#);
    }
}
