//! The pages. What the report shows too is made of the report's own parts.

mod calibrate;
mod chart;
mod gauge;
mod home;
mod mirror;
mod photo;
mod proposal;
mod review;
mod set_up;
mod settings;
mod stretches;

use maud::{Markup, html};

use crate::report::html::document;

pub(super) use calibrate::{calibrate, calibration, limits_with};
pub(super) use home::{
    RecentPast, SPAN, home, live, missing_picture, no_picture, shown_picture, view,
};
pub(super) use photo::photo;
pub(super) use review::{ReviewedSlouch, around, review, slouch};
pub(super) use set_up::{SetUp, set_up};
pub(super) use settings::{KeptFile, LIMITS, WhatIf, privacy, settings, what_if};
pub(super) use stretches::{own_stretches, stretch, stretches};

/// The pages of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Home,
    Review,
    Stretches,
    Calibrate,
    SetUp,
    Settings,
    Privacy,
}

impl Page {
    const ALL: [Page; 7] = [
        Page::Home,
        Page::Review,
        Page::Stretches,
        Page::Calibrate,
        Page::SetUp,
        Page::Settings,
        Page::Privacy,
    ];

    /// Its address in the folder of all pages.
    pub(super) fn address(self) -> &'static str {
        match self {
            Page::Home => "./",
            Page::Review => "review",
            Page::Stretches => "stretches",
            Page::Calibrate => "calibrate",
            Page::SetUp => "set-up",
            Page::Settings => "settings",
            Page::Privacy => "privacy",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Page::Home => "Now",
            Page::Review => "Review",
            Page::Stretches => "Stretches",
            Page::Calibrate => "Calibrate",
            Page::SetUp => "Set up",
            Page::Settings => "Settings",
            Page::Privacy => "Privacy",
        }
    }

    /// The stream of events that it listens to.
    fn stream(self) -> &'static str {
        match self {
            Page::Home => "live",
            Page::Calibrate => "calibration",
            Page::Review | Page::Stretches | Page::SetUp | Page::Settings | Page::Privacy => {
                "open-page"
            }
        }
    }
}

/// A page with the menu, what the last button did, and its own content.
pub(super) fn frame(page: Page, said: Option<&Result<String, String>>, content: &Markup) -> Markup {
    let head = html! {
        link rel="icon" href="data:,";
        link rel="stylesheet" href="style.css";
        script src="script.js" defer {}
    };
    let body = html! {
        a.skip href="#content" { "Skip to the content" }
        header.top {
            nav aria-label="Pages" {
                b { "Sitwell" }
                @for other in Page::ALL {
                    a href=(other.address()) aria-current=[(other == page).then_some("page")] { (other.name()) }
                }
            }
        }
        main #content tabindex="-1" data-stream=(page.stream()) {
            p #lost role="alert" hidden {
                "This page has lost the dashboard and shows what was last known. If it does not come back, run sitwell dashboard again."
            }
            @match said {
                Some(Ok(answer)) => p.said.lines[answer.contains('\n')] role="status" { (with_commands(answer)) },
                Some(Err(error)) => p.said.wrong role="alert" { "It did not work: " (with_commands(error)) },
                None => {},
            }
            (content)
        }
    };
    document(&format!("Sitwell: {}", page.name()), &head, &body)
}

/// Words with commands in them, which stand between backticks as in the terminal.
fn with_commands(words: &str) -> Markup {
    html! {
        @for (n, part) in words.split('`').enumerate() {
            @if n % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}

/// The content of a page that cannot show what it should.
pub(super) fn trouble(title: &str, why: &str) -> Markup {
    html! {
        h1 { (title) }
        p.said.wrong role="alert" { (with_commands(why)) }
    }
}

/// A page that takes the browser on to an address. It has no script, and nobody learns where it came from.
pub(super) fn redirect(address: &str) -> Markup {
    let head = html! {
        meta name="referrer" content="no-referrer";
        meta http-equiv="refresh" content={ "0; url=" (address) };
    };
    let body = html! { main { p { a href=(address) { "Open the dashboard" } } } };
    document("Sitwell", &head, &body)
}

/// A page that says why there is nothing else.
pub(super) fn problem(words: &str) -> Markup {
    let body = html! { main { h1 { "Sitwell" } p { (words) } } };
    document("Sitwell", &Markup::default(), &body)
}
