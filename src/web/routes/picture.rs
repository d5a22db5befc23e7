//! The addresses of pictures: streams that last while somebody looks.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_lite::stream::unfold;
use maud::Markup;
use serde::Deserialize;
use tokio::sync::watch;

use super::Shared;
use crate::control::{ControlError, FollowedPicture};
use crate::web::App;
use crate::web::camera_tasks::{CameraTask, CameraTasks};
use crate::web::pages;

type Pictures = watch::Sender<Markup>;

/// The pictures of the monitor's camera. Closing the stream closes the connection to the monitor.
pub(super) async fn of_monitor(State(app): Shared) -> Response {
    stream(app, |app, pictures| {
        follow(app, pictures).map_err(|error| error.to_string())
    })
}

fn follow(app: &App, pictures: &Pictures) -> Result<(), ControlError> {
    let mut followed = FollowedPicture::connect(&app.options.folder)?;
    while !pictures.is_closed() {
        if let Some(preview) = followed.next()? {
            pictures.send_replace(pages::shown_picture(&preview));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct CameraId {
    camera: String,
}

/// The pictures of any camera, which the dashboard itself opens. A running monitor pauses meanwhile.
pub(super) async fn of_camera(State(app): Shared, Query(id): Query<CameraId>) -> Response {
    stream(app, |app, pictures| {
        let task = CameraTask::View { camera: id.camera };
        let seen = CameraTasks::perform(app, &task, &mut |view| {
            pictures.send_replace(pages::view(&view));
            match pictures.is_closed() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        seen.map(drop)
    })
}

/// Sends what a thread of its own shows, until it ends or nobody looks any more.
fn stream(
    app: Arc<App>,
    show: impl FnOnce(&App, &Pictures) -> Result<(), String> + Send + 'static,
) -> Response {
    let (pictures, shown) = watch::channel(pages::no_picture());
    let open = app.open_pages.open();
    tokio::task::spawn_blocking(move || {
        if let Err(reason) = show(&app, &pictures) {
            pictures.send_replace(pages::missing_picture(&reason));
        }
    });
    let events = unfold((shown, open), |(mut shown, open)| async move {
        shown.changed().await.ok()?;
        let event = Event::default().data(shown.borrow_and_update().0.clone());
        Some((Ok::<_, Infallible>(event), (shown, open)))
    });
    Sse::new(events).into_response()
}
