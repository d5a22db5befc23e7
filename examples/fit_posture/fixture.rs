//! Writes a part of the set as joints, for tests that run without its pictures.

use std::fmt::Write;

use sitwell::landmarks::{Joint, Landmarks};
use sitwell::pose::Crop;
use sitwell::posture::MEASURED;

use super::set::Set;

/// Every session from the front of so many subjects, and all others of a few.
const FRONT: usize = 9;
const OTHERS: usize = 4;

/// Writes `tests/fixtures/posture/joints.csv`: a row for each crop that looks go through.
pub(crate) fn write(set: &Set) {
    let mut text = String::from("session,view,pose,picture,crop,forward_head");
    for joint in MEASURED {
        let name = Joint::ALL[joint as usize].1;
        write!(text, ",{name}_x,{name}_y").unwrap();
    }
    text.push_str(",left_shoulder_visibility,right_shoulder_visibility\n");
    for row in set.rows() {
        let subject: usize = row["subject"].trim_start_matches('s').parse().unwrap();
        let most = if row["view"].starts_with("front") {
            FRONT
        } else {
            OTHERS
        };
        if subject >= most {
            continue;
        }
        let Some(plain) = set.merged(&row["file"], &[0]) else {
            continue;
        };
        for place in Crop::COMMON.chain(Crop::further(&plain)) {
            let Some(joints) = set.merged(&row["file"], &[place]) else {
                continue;
            };
            writeln!(
                text,
                "{},{},{},{},{place},{}{}",
                row["session"],
                row["view"],
                row["pose"],
                row["file"].trim_end_matches(".jpg"),
                row["fha"],
                cells(&joints)
            )
            .unwrap();
        }
    }
    std::fs::create_dir_all("tests/fixtures/posture").unwrap();
    std::fs::write("tests/fixtures/posture/joints.csv", text).unwrap();
}

/// Ten-thousandths of the picture's height, and per cents.
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
