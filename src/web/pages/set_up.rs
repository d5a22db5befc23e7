//! Setting up without a terminal: the steps in their order, each with its buttons.

use maud::{Markup, html};

use super::home::no_picture;
use super::settings::field;
use super::with_commands;
use crate::settings::DescribedSetting;
use crate::web::{CheckStatus, DoctorCheck, OfferedCamera};

/// What the page shows.
pub(in crate::web) struct SetUp<'a> {
    pub(in crate::web) cameras: &'a Result<Vec<OfferedCamera>, String>,
    /// The last checks; none before the first.
    pub(in crate::web) checked: Option<&'a Result<Vec<DoctorCheck>, String>>,
    /// The settings of the fourth step, each with what the file sets.
    pub(in crate::web) settings: &'a [(DescribedSetting, Option<String>)],
}

/// The steps.
pub(in crate::web) fn set_up(page: &SetUp<'_>) -> Markup {
    html! {
        h1 { "Set up" }
        ol.setup {
            li.card {
                h2 { "Choose a camera" }
                p { "Head and both shoulders must be in the picture, the shoulders with some room below. The picture shows while you hold a button down; it is not kept." }
                (no_picture())
                (cameras(page.cameras))
            }
            li.card {
                h2 { "Check that it can work" }
                p { "This looks through the camera, shows a test notification, and says how to fix what fails. It takes some seconds." }
                @if let Some(checked) = page.checked { (checks(checked)) }
                div.controls { (button("check", "Check everything")) }
            }
            li.card {
                h2 { "Calibrate" }
                p { "Show Sitwell how you sit when you sit upright. Then slouch on purpose to see whether your camera shows it." }
                div.controls { a.button href="calibrate" { "Calibrate" } }
            }
            li.card {
                h2 { "Say when you work, what is there to stretch with, and how you want to be told" }
                form method="post" action="set-up" {
                    @for (setting, set) in page.settings { (field(setting, set.clone())) }
                    button { "Save" }
                }
            }
            li.card {
                h2 { "Watch" }
                p { "From now on, or whenever you log in." }
                div.controls {
                    (button("start", "Start watching"))
                    (button("login", "Start at login"))
                    (button("no-login", "Do not start at login"))
                }
            }
        }
    }
}

fn button(action: &str, name: &str) -> Markup {
    html! { form method="post" action=(action) { button { (name) } } }
}

fn cameras(cameras: &Result<Vec<OfferedCamera>, String>) -> Markup {
    match cameras {
        Err(error) => html! { p.said.wrong role="alert" { (with_commands(error)) } },
        Ok(cameras) if cameras.is_empty() => html! {
            p.said.wrong role="alert" { "No camera was found. Connect one, then load this page again." }
        },
        Ok(cameras) => html! {
            ul.cameras {
                @for camera in cameras {
                    li {
                        b { (camera.name) } @if camera.is_used { " (chosen)" }
                        p.note.path { (camera.id) }
                        @if let Some(trouble) = &camera.trouble {
                            p { (with_commands(trouble)) }
                        }
                        @if camera.is_usable {
                            div.controls {
                                button type="button" data-hold={ "view?camera=" (escaped(&camera.id)) } data-shows="picture"
                                    aria-label={ "Hold to see the picture of " (camera.name) } { "Hold to see its picture" }
                                @if !camera.is_used {
                                    form method="post" action="set-up" {
                                        input type="hidden" name="camera.device" value=(camera.id);
                                        button aria-label={ "Use " (camera.name) } { "Use this camera" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        },
    }
}

/// A text as it is written in an address: every byte that could mean something else, as its number.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                escaped.push(char::from(byte));
            }
            _ => escaped += &format!("%{byte:02X}"),
        }
    }
    escaped
}

/// What each check found, with a way to fix it.
fn checks(checked: &Result<Vec<DoctorCheck>, String>) -> Markup {
    let checks = match checked {
        Ok(checks) => checks,
        Err(error) => return html! { p.said.wrong role="alert" { (with_commands(error)) } },
    };
    let failed = checks
        .iter()
        .filter(|check| check.status == CheckStatus::Problem);
    let failed = failed.count();
    let is_ok = checks.iter().all(|check| check.status == CheckStatus::Ok);
    html! {
        p.said.wrong[!is_ok] role="status" {
            @match failed {
                0 if is_ok => "Everything is OK.",
                0 => "No check failed, but some could not run.",
                1 => "1 check failed.",
                _ => { (failed) " checks failed." },
            }
        }
        dl.checks {
            @for check in checks {
                dt { (sign(check.status)) " " (check.name) }
                dd {
                    (with_commands(&check.message))
                    @if let Some(fix) = &check.fix { p { (with_commands(fix)) } }
                    @if check.status != CheckStatus::Ok { (way_to_fix(check.name)) }
                }
            }
        }
    }
}

/// Colour is not the only sign.
fn sign(status: CheckStatus) -> Markup {
    match status {
        CheckStatus::Ok => html! { span.ok { "OK" } },
        CheckStatus::Problem => html! { strong.fails { "Fails" } },
        CheckStatus::Unknown => html! { span { "Not known" } },
    }
}

/// The page or button where a failed check is put right, if there is one.
fn way_to_fix(check: &str) -> Markup {
    match check {
        "settings" | "notifications" | "model" => {
            html! { a href="settings" { "Open the settings" } }
        }
        "calibration" => html! { a href="calibrate" { "Calibrate" } },
        "autostart" => button("login", "Start at login"),
        "monitor" => button("restart", "Restart the monitor"),
        _ => Markup::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_that_is_busy_can_be_chosen_and_one_that_never_works_cannot() {
        let page = |is_usable| {
            let camera = OfferedCamera {
                id: "usb-1/C920".to_owned(),
                name: "C920".to_owned(),
                is_used: false,
                is_usable,
                trouble: Some("the camera is in use by zoom".to_owned()),
            };
            cameras(&Ok(vec![camera])).into_string()
        };
        for is_usable in [true, false] {
            let page = page(is_usable);
            assert!(page.contains("in use by zoom"), "{page}");
            assert_eq!(page.contains("Use this camera"), is_usable, "{page}");
        }
    }

    #[test]
    fn a_cameras_id_survives_in_an_address() {
        assert_eq!(
            escaped("usb-0000:00:14.0-1/HD Cam&x=\u{e9}"),
            "usb-0000%3A00%3A14.0-1%2FHD%20Cam%26x%3D%C3%A9"
        );
    }
}
