//! The address of the camera's picture: a stream that lasts while somebody looks.

use std::convert::Infallible;
use std::path::Path;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_lite::stream::unfold;
use maud::Markup;
use tokio::sync::watch;

use super::Shared;
use crate::control::{ControlError, FollowedPicture};
use crate::web::pages;

/// The pictures of the monitor's camera. Closing the stream closes the connection to the monitor.
pub(super) async fn show(State(app): Shared) -> Response {
    let (pictures, shown) = watch::channel(pages::no_picture());
    let folder = app.options.folder.clone();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = follow(&folder, &pictures) {
            pictures.send_replace(pages::missing_picture(&error.to_string()));
        }
    });
    let open = app.open_pages.open();
    let events = unfold((shown, open), |(mut shown, open)| async move {
        shown.changed().await.ok()?;
        let event = Event::default().data(shown.borrow_and_update().0.clone());
        Some((Ok::<_, Infallible>(event), (shown, open)))
    });
    Sse::new(events).into_response()
}

/// Passes on each picture until nobody looks any more.
fn follow(folder: &Path, pictures: &watch::Sender<Markup>) -> Result<(), ControlError> {
    let mut followed = FollowedPicture::connect(folder)?;
    while !pictures.is_closed() {
        if let Some(preview) = followed.next()? {
            pictures.send_replace(pages::shown_picture(&preview));
        }
    }
    Ok(())
}
