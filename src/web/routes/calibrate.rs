//! The addresses of a calibration.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_lite::stream::unfold;
use serde::Deserialize;

use super::{Shared, page};
use crate::clock::now;
use crate::history::{History, Profile};
use crate::web::App;
use crate::web::calibration::Calibrations;
use crate::web::pages::{self, Page};

pub(super) async fn show(State(app): Shared) -> Response {
    page(app, Page::Calibrate, |app| {
        let state = Arc::clone(&app.calibrations.subscribe().borrow());
        pages::calibrate(&state, &profiles(app), now().timestamp())
    })
    .await
}

/// The calibrations that are kept. None if the history cannot be read; the review says why.
fn profiles(app: &App) -> Vec<Profile> {
    let history = History::open_to_read(&app.history()).ok().flatten();
    let profiles = history.and_then(|history| history.profiles().ok());
    profiles.unwrap_or_default()
}

#[derive(Deserialize)]
pub(super) struct ProfileName {
    profile: String,
}

pub(super) async fn start(State(app): Shared, Form(named): Form<ProfileName>) -> Response {
    Calibrations::start(&app, named.profile.trim().to_owned());
    Redirect::to(Page::Calibrate.address()).into_response()
}

/// The changing part of the page. While it lasts the page counts as open.
pub(super) async fn live(State(app): Shared) -> Response {
    let mut states = app.calibrations.subscribe();
    states.mark_changed();
    let events = unfold(
        (states, app.open_pages.open()),
        |(mut states, open)| async move {
            states.changed().await.ok()?;
            let state = Arc::clone(&states.borrow_and_update());
            let event = Event::default().data(pages::calibration(&state).into_string());
            Some((Ok::<_, Infallible>(event), (states, open)))
        },
    );
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}
