//! Writes the joints of a part of the set, for tests that have no pictures.

use std::fmt::Write;

use sitwell::landmarks::{Face, Joint, Landmarks};
use sitwell::pose::Crop;
use sitwell::posture::MEASURED;

use super::set::Set;

/// The number of subjects whose sessions from the front are written, and from other views.
const FRONT: usize = 9;
const OTHERS: usize = 4;

/// Writes `tests/fixtures/posture/joints.csv`: a row for each crop that observations take.
pub(crate) fn write(set: &Set) {
    let mut text = String::from("session,view,pose,picture,crop,forward_head");
    for joint in MEASURED {
        let name = Joint::ALL[joint as usize].1;
        write!(text, ",{name}_x,{name}_y").unwrap();
    }
    text.push_str(",left_shoulder_visibility,right_shoulder_visibility");
    text.push_str(",face_x,face_y,face_size,face_pitch\n");
    for row in set.rows() {
        let subject: usize = row["subject"].trim_start_matches('s').parse().unwrap();
        let subjects = if row["view"].starts_with("front") {
            FRONT
        } else {
            OTHERS
        };
        if subject >= subjects {
            continue;
        }
        let Some(plain) = set.merged(&row["file"], &[0]) else {
            continue;
        };
        for crop in Crop::COMMON.chain(Crop::further(&plain)) {
            let Some(joints) = set.merged(&row["file"], &[crop]) else {
                continue;
            };
            writeln!(
                text,
                "{},{},{},{},{crop},{}{}{}",
                row["session"],
                row["view"],
                row["pose"],
                row["file"].trim_end_matches(".jpg"),
                row["fha"],
                cells(&joints),
                face_cells(set.face(&row["file"]))
            )
            .unwrap();
        }
    }
    std::fs::create_dir_all("tests/fixtures/posture").unwrap();
    std::fs::write("tests/fixtures/posture/joints.csv", text).unwrap();
}

/// Coordinates in ten-thousandths of the picture's height, visibilities in per cent.
fn cells(joints: &Landmarks) -> String {
    let mut text = String::new();
    for joint in MEASURED {
        let point = joints[joint];
        for value in [point.x, point.y] {
            write!(text, ",{:.0}", value * 10_000.0).unwrap();
        }
    }
    for joint in [Joint::LeftShoulder, Joint::RightShoulder] {
        write!(text, ",{:.0}", joints[joint].visibility * 100.0).unwrap();
    }
    text
}

/// Lengths in hundred-thousandths of the picture's height, the pitch in ten-thousandths of a radian;
/// empty cells where there is no face.
fn face_cells(face: Option<Face>) -> String {
    face.map_or(",,,,".into(), |face| {
        let lengths = [face.x, face.y, face.size].map(|length| format!("{:.0}", length * 1e5));
        format!(",{},{:.0}", lengths.join(","), face.pitch * 1e4)
    })
}
