//! Calibrating: what to do, what the camera sees as a skeleton, and what came of it.

use jiff::Timestamp;
use maud::{Markup, html};

use super::mirror::skeleton;
use crate::history::{Profile, StoredCalibration};
use crate::posture::{AngleKind, Calibration, Limits, PerAngle, angles, limits_of};
use crate::web::camera_tasks::{CameraOutcome, CameraView, TakenCalibration, TaskState};
use crate::wording;

/// The whole page.
pub(in crate::web) fn calibrate(
    state: &TaskState,
    profiles: &[Profile],
    limits: Limits,
    now: Timestamp,
) -> Markup {
    html! {
        h1 { "Calibrate" }
        p {
            "Sitwell measures against your own neutral posture. Sit as you want to sit, look at your screen, and hold still for ten "
            "seconds. Only a skeleton is shown here, as in a mirror; no picture is kept."
        }
        (calibration(state, limits, now))
        @if !profiles.is_empty() {
            h2 { "Your calibrations" }
            div.scroll { table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Camera" } th scope="col" { "Taken" } th scope="col" { "What it found" } } }
                tbody { @for profile in profiles { (row(profile, now)) } }
            } }
            p.note { "A camera's latest is used. A new one replaces that of the same name and camera." }
            h2 { "Now slouch on purpose" }
            p { "This shows whether the camera sees it: press the button, slouch as you do when you are tired, and stay there for ten seconds." }
            form.controls method="post" action="slouch-test" { button { "Slouch now" } }
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
pub(in crate::web) fn calibration(state: &TaskState, limits: Limits, now: Timestamp) -> Markup {
    let taken = match state {
        TaskState::Over(Ok(CameraOutcome::Calibrated(taken))) => Some(taken),
        _ => None,
    };
    let (hint, view) = match state {
        TaskState::None | TaskState::Over(Ok(CameraOutcome::Viewed)) => (String::new(), None),
        TaskState::Starting => ("The camera is opening.".to_owned(), None),
        TaskState::UnderWay(view) => (view.hint.to_owned(), Some(view)),
        TaskState::Over(Ok(CameraOutcome::Calibrated(_))) => {
            ("Is this how you want to sit?".to_owned(), None)
        }
        TaskState::Over(Ok(CameraOutcome::Slouched(words))) => (words.clone(), None),
        TaskState::Over(Err(error)) => (format!("It did not work: {error}"), None),
    };
    let is_under_way = matches!(state, TaskState::Starting | TaskState::UnderWay(_));
    html! {
        p #hint .state role="status" { (hint) }
        div #seen { @if let Some(view) = view { (seen(view)) } }
        div #begin {
            @if let Some(taken) = taken { (accept(taken, limits, now)) }
            @if !is_under_way && taken.is_none() {
                form.controls method="post" action="calibrate" {
                    label for="profile" { "Name" }
                    input #profile name="profile" value="sitting" required maxlength="40" list="names" autocomplete="off";
                    datalist #names { option value="sitting"; option value="standing"; option value="laptop"; }
                    button.main { "Calibrate" }
                }
            }
        }
    }
}

fn seen(view: &CameraView) -> Markup {
    html! {
        @if let Some(left) = view.left {
            p.left { (format!("{:.0} s left", left.as_secs_f64().ceil())) }
        }
        @if let Some(joints) = &view.skeleton { (skeleton(joints, view.problem)) }
    }
}

/// The new neutral beside the old one, with the limits that will apply.
fn accept(taken: &TakenCalibration, limits: Limits, now: Timestamp) -> Markup {
    let neutrals: Vec<(&str, &StoredCalibration)> = [("New", &taken.new)]
        .into_iter()
        .chain(taken.old.iter().map(|old| ("Until now", old)))
        .collect();
    let columns = neutrals
        .iter()
        .map(|(_, stored)| facts(stored, limits, now));
    let columns: Vec<[String; ROWS.len()]> = columns.collect();
    html! {
        p { (taken.words) }
        div.scroll { table.compared {
            thead { tr { td {} @for (name, _) in &neutrals { th scope="col" { (name) } } } }
            tbody { @for (row, name) in ROWS.iter().enumerate() {
                tr { th scope="row" { (name) } @for column in &columns { td { (column[row]) } } }
            } }
        } }
        div.controls {
            form method="post" action="keep-calibration" { button.main { "Accept" } }
            form method="post" action="calibrate" {
                input type="hidden" name="profile" value=(taken.new.taken.profile);
                button { "Redo" }
            }
            form method="post" action="drop-calibration" { button { "Discard" } }
        }
        p.note { @if taken.old.is_some() { "Until you accept, the old one stays in force." } @else { "Until you accept, there is no calibration." } }
    }
}

/// What is compared.
const ROWS: [&str; 6] = [
    "Taken",
    "Camera",
    "Head still within",
    "Neck angle, upright about 50\u{b0}",
    "Limit of forward head",
    "Limit of rounded shoulders",
];

/// The facts of a calibration, in the order of [`ROWS`].
fn facts(stored: &StoredCalibration, limits: Limits, now: Timestamp) -> [String; ROWS.len()] {
    let calibration = &stored.calibration;
    let limit = limits_with(calibration, limits);
    let limit = |angle: AngleKind| match limit[angle] {
        Some(degrees) => format!("{degrees:.0}\u{b0} from neutral"),
        None => "this view does not show it".to_owned(),
    };
    let neck = calibration.rough().angles.forward_head;
    [
        wording::ago(stored.taken.at, now),
        wording::view(calibration.view()).to_owned(),
        format!("{:.1}\u{b0}", calibration.spread().forward_head),
        neck.map_or_else(
            || "not known".to_owned(),
            |neck| {
                format!(
                    "about {:.0}\u{b0} \u{b1} {:.0}\u{b0}",
                    90.0 - neck.degrees,
                    neck.error
                )
            },
        ),
        limit(AngleKind::ForwardHead),
        limit(AngleKind::RoundedShoulders),
    ]
}

/// The changes from this neutral at which an angle is beyond its limit.
pub(in crate::web) fn limits_with(
    calibration: &Calibration,
    limits: Limits,
) -> PerAngle<Option<f64>> {
    let posture = angles::posture(calibration.neutral(), Some(calibration), None);
    let limits = limits.fitted_to(calibration);
    posture.map_or_else(
        |_| PerAngle::default(),
        |posture| limits_of(&posture, &limits),
    )
}
