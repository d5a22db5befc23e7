//! The addresses of a calibration.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_lite::stream::unfold;
use serde::Deserialize;

use super::{Shared, act, page};
use crate::clock::now;
use crate::history::{History, Profile};
use crate::web::camera_tasks::{CameraTask, CameraTasks};
use crate::web::pages::{self, Page};
use crate::web::{App, DashboardAction};

pub(super) async fn show(State(app): Shared) -> Response {
    page(app, Page::Calibrate, |app| {
        let state = Arc::clone(&app.camera_tasks.subscribe().borrow());
        let limits = app.settings().posture.limits();
        pages::calibrate(&state, &profiles(app), limits, now().timestamp())
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
    let profile = named.profile.trim().to_owned();
    CameraTasks::start(&app, CameraTask::Calibrate { profile });
    Redirect::to(Page::Calibrate.address()).into_response()
}

/// Has somebody slouch on purpose.
pub(super) async fn slouch(State(app): Shared) -> Response {
    CameraTasks::start(&app, CameraTask::Slouch);
    Redirect::to(Page::Calibrate.address()).into_response()
}

/// Keeps the calibration that waits.
pub(super) async fn keep(State(app): Shared) -> Response {
    match app.camera_tasks.take() {
        Some(taken) => {
            act(
                app,
                DashboardAction::KeepCalibration(taken),
                Page::Calibrate,
            )
            .await
        }
        None => Redirect::to(Page::Calibrate.address()).into_response(),
    }
}

/// Forgets the calibration that waits.
pub(super) async fn discard(State(app): Shared) -> Response {
    app.camera_tasks.take();
    Redirect::to(Page::Calibrate.address()).into_response()
}

/// The changing part of the page. While it lasts the page counts as open.
pub(super) async fn live(State(app): Shared) -> Response {
    let mut states = app.camera_tasks.subscribe();
    states.mark_changed();
    let limits = app.settings().posture.limits();
    let open = app.open_pages.open();
    let events = unfold((states, open), move |(mut states, open)| async move {
        states.changed().await.ok()?;
        let state = Arc::clone(&states.borrow_and_update());
        let part = pages::calibration(&state, limits, now().timestamp());
        let event = Event::default().data(part.into_string());
        Some((Ok::<_, Infallible>(event), (states, open)))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}
