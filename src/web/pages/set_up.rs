//! Setting up without a terminal: the steps in their order, each with its button.

use maud::{Markup, html};

use crate::wording::CAMERA_FOR_SHOULDERS;

/// The steps.
pub(in crate::web) fn set_up() -> Markup {
    let button = |action: &str, name: &str| {
        html! { form method="post" action=(action) { button { (name) } } }
    };
    html! {
        h1 { "Set up" }
        ol.setup {
            li.card {
                h2 { "Choose a camera" }
                p { "Sitwell takes the first one that fits. To use another, write part of its name into the settings under camera." }
                p { (CAMERA_FOR_SHOULDERS) }
                div.controls { (button("cameras", "Show the cameras")) a.button href="settings" { "Settings" } }
            }
            li.card {
                h2 { "Check that it can work" }
                p { "This looks through the camera, shows a test notification, and says how to fix what fails. It takes some seconds." }
                div.controls { (button("check", "Check everything")) }
            }
            li.card {
                h2 { "Calibrate" }
                p { "Show Sitwell how you sit when you sit upright, and slouch on purpose to see it noticed." }
                div.controls { a.button href="calibrate" { "Calibrate" } }
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
