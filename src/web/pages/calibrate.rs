//! Calibrating: what to do, what the camera sees as a skeleton, and what came of it.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::history::Profile;
use crate::landmarks::{Joint, Landmarks};
use crate::web::calibration::{CalibrationState, CalibrationView};
use crate::wording;

/// The whole page.
pub(in crate::web) fn calibrate(
    state: &CalibrationState,
    profiles: &[Profile],
    now: Timestamp,
) -> Markup {
    html! {
        h1 { "Calibrate" }
        p {
            "Sitwell measures against your own neutral posture. Sit as you want to sit, look at your screen, and hold still for ten "
            "seconds. Only a skeleton is shown here, as in a mirror; no picture is kept."
        }
        (calibration(state))
        @if !profiles.is_empty() {
            h2 { "Your calibrations" }
            div.scroll { table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Camera" } th scope="col" { "Taken" } th scope="col" { "What it found" } } }
                tbody { @for profile in profiles { (row(profile, now)) } }
            } }
            p.note { "A camera's latest is used. A new one replaces that of the same name and camera." }
        }
    }
}

fn row(profile: &Profile, now: Timestamp) -> Markup {
    let taken = &profile.taken;
    html! {
        tr {
            th scope="row" { (taken.profile) }
            td { (taken.camera) }
            td { (wording::ago(taken.at, now)) }
            td {
                @match &profile.calibration {
                    Some(calibration) => (wording::calibration(calibration)),
                    None => "made by another version of Sitwell; calibrate again",
                }
            }
        }
    }
}

/// The part that changes.
pub(in crate::web) fn calibration(state: &CalibrationState) -> Markup {
    let (hint, view) = match state {
        CalibrationState::None => (String::new(), None),
        CalibrationState::Starting => ("The camera is opening.".to_owned(), None),
        CalibrationState::UnderWay(view) => (view.hint.to_owned(), Some(view)),
        CalibrationState::Over(Ok(answer)) => (answer.clone(), None),
        CalibrationState::Over(Err(error)) => (format!("It did not work: {error}"), None),
    };
    let is_under_way = matches!(
        state,
        CalibrationState::Starting | CalibrationState::UnderWay(_)
    );
    html! {
        p #hint .state role="status" { (hint) }
        div #seen { @if let Some(view) = view { (seen(view)) } }
        div #begin {
            @if !is_under_way {
                form.controls method="post" action="calibrate" {
                    label for="profile" { "Name" }
                    input #profile name="profile" value="sitting" required maxlength="40" list="names" autocomplete="off";
                    datalist #names { option value="sitting"; option value="standing"; option value="laptop"; }
                    button.main {
                        @if matches!(state, CalibrationState::None) { "Calibrate" } @else { "Calibrate again" }
                    }
                }
            }
            @if matches!(state, CalibrationState::Over(Ok(_))) {
                p { "Now slouch on purpose for ten seconds and " a href="./" { "watch the gauges" }
                    ": the head should go beyond its limit. If it hardly moves, raise the camera by a hand's width and calibrate again." }
            }
        }
    }
}

fn seen(view: &CalibrationView) -> Markup {
    let left = view.left.as_secs_f64().ceil();
    html! {
        p.left { (format!("{left:.0} s left")) }
        @if let Some(joints) = &view.joints { (skeleton(joints)) }
    }
}

/// The joints in the picture's frame, mirrored as people know themselves.
fn skeleton(joints: &Landmarks) -> Markup {
    let (width, height) = (joints.picture.width, joints.picture.height);
    let aspect = width as f32 / height.max(1) as f32;
    let place = |joint: Joint| (aspect - joints[joint].x, joints[joint].y);
    let middle = |a: Joint, b: Joint| {
        let ((ax, ay), (bx, by)) = (place(a), place(b));
        ((ax + bx) / 2.0, (ay + by) / 2.0)
    };
    let shoulders = (place(Joint::LeftShoulder), place(Joint::RightShoulder));
    let ears = (place(Joint::LeftEar), place(Joint::RightEar));
    let neck = (
        middle(Joint::LeftShoulder, Joint::RightShoulder),
        middle(Joint::LeftEar, Joint::RightEar),
    );
    let line = |((x1, y1), (x2, y2)): ((f32, f32), (f32, f32))| {
        html! { line x1=(x1) y1=(y1) x2=(x2) y2=(y2) {} }
    };
    let dots = [
        Joint::Nose,
        Joint::LeftEye,
        Joint::RightEye,
        Joint::LeftEar,
        Joint::RightEar,
        Joint::LeftShoulder,
        Joint::RightShoulder,
    ];
    html! {
        svg.skeleton viewBox=(format!("0 0 {aspect} 1")) role="img" aria-label="You as the camera sees you: head, ears and shoulders" {
            (line(shoulders)) (line(ears)) (line(neck))
            @for joint in dots {
                @let (x, y) = place(joint);
                circle cx=(x) cy=(y) r="0.012" {}
            }
        }
    }
}
