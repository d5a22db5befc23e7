//! Writes the joints of a part of the set, for tests that have no pictures.

use std::fmt::Write;

use sitwell::landmarks::{Face, FaceShape, Joint, Landmarks};
use sitwell::pose::Crop;
use sitwell::posture::MEASURED;

use super::set::{Row, Set};

/// The number of subjects whose sessions from the front are written, and from other views.
const FRONT: usize = 9;
const OTHERS: usize = 4;
/// The number of subjects who are written with headphones on, and in which postures.
const WORN: usize = 4;
const WORN_POSES: [&str; 5] = ["neutral", "fht", "pitch", "yaw", "near"];

/// Writes `tests/fixtures/posture/joints.csv`.
pub(crate) fn write(set: &Set) {
    let is_kept = |row: &Row| {
        let is_front = row["view"].starts_with("front");
        let among = if is_front { FRONT } else { OTHERS };
        subject(row).is_some_and(|subject| subject < among)
    };
    write_rows(set, "joints", is_kept);
}

/// Writes `tests/fixtures/posture/headphones.csv`, of the set with headphones drawn on.
pub(crate) fn write_worn(set: &Set) {
    let is_kept = |row: &Row| {
        row["view"].starts_with("front")
            && subject(row).is_some_and(|subject| subject < WORN)
            && WORN_POSES.contains(&&*row["pose"])
    };
    write_rows(set, "headphones", is_kept);
}

/// The number of a subject of the posture set; further sets have none of theirs in the files.
fn subject(row: &Row) -> Option<usize> {
    row["subject"].strip_prefix('s')?.parse().ok()
}

/// A row for each crop that observations take.
fn write_rows(set: &Set, name: &str, is_kept: impl Fn(&Row) -> bool) {
    let mut text = String::from("session,view,pose,picture,crop,forward_head");
    for joint in MEASURED {
        let name = Joint::ALL[joint as usize].1;
        write!(text, ",{name}_x,{name}_y").unwrap();
    }
    text.push_str(",left_shoulder_visibility,right_shoulder_visibility");
    text.push_str(",face_x,face_y,face_size,face_pitch,face_width,face_ears\n");
    for row in set.rows().iter().filter(|row| is_kept(row)) {
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
    std::fs::write(format!("tests/fixtures/posture/{name}.csv"), text).unwrap();
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

/// Lengths in hundred-thousandths of the picture's height, the pitch in ten-thousandths of a radian, the shape
/// in ten-thousandths; empty cells where there is no face.
fn face_cells(face: Option<Face>) -> String {
    let shown = face.and_then(|face| Some((face, face.shape?)));
    shown.map_or(",,,,,,".into(), |(face, FaceShape { width, ears })| {
        let lengths = [face.x, face.y, face.size].map(|length| format!("{:.0}", length * 1e5));
        let others = [face.pitch, width, ears].map(|value| format!("{:.0}", value * 1e4));
        format!(",{},{}", lengths.join(","), others.join(","))
    })
}
