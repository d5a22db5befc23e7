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

#[cfg(target_os = "linux")]
#[test]
fn a_busy_camera_is_listed_with_the_program_that_uses_it() {
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().canonicalize().unwrap().join("video0");
    std::fs::write(&node, "").unwrap();
    let mut user = std::process::Command::new("sleep")
        .arg("60")
        .stdin(std::fs::File::open(&node).unwrap())
        .spawn()
        .unwrap();
    let busy = |bus| {
        let mut camera = ListedCamera {
            node: Some(node.display().to_string()),
            error: Some(CameraError::Busy { by: None }),
            ..camera(0, bus, "C920", PixelLayout::Yuyv)
        };
        camera.name_user();
        camera.error.unwrap().to_string()
    };
    let said = [busy("usb-1"), busy("platform:v4l2loopback-000")];
    user.kill().unwrap();
    user.wait().unwrap();
    // The program that makes a virtual camera's pictures has it open, too.
    let by = ["sleep", "another program"];
    assert_eq!(said, by.map(|by| format!("the camera is in use by {by}")));
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
