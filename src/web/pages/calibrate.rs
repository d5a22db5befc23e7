//! Calibrating: what to do, what the camera sees as a skeleton, and what came of it.

use jiff::Timestamp;
use maud::{Markup, html};

use super::mirror::skeleton;
use crate::history::Profile;
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
        @if let Some(seen) = &view.skeleton { (skeleton(seen)) }
    }
}
