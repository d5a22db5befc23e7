//! The addresses of the check with a photograph.

use axum::body::{Body, Bytes};
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::civil::DateTime;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::{Shared, file, page, perform, refusal, say_at};
use crate::clock::now;
use crate::history::{History, HistoryError};
use crate::record::{Period, PhotoCheck};
use crate::report::photo_checks_csv;
use crate::web::pages::{self, Page};
use crate::web::{App, ClickedPhoto, DashboardAction};

/// The page's address.
const ADDRESS: &str = "photo";

/// The address that guesses.
pub(super) const GUESS: &str = "photo-guess";

/// The largest photograph to guess on. Our choice: the page's script makes it smaller first, to less than half of this.
pub(super) const MAX_BYTES: usize = 2_000_000;

pub(super) async fn show(State(app): Shared) -> Response {
    page(app, Page::Review, |app| match checks(app) {
        Ok(checks) => {
            let calendar = app.settings().report.calendar(now().time_zone());
            pages::photo(&checks, &calendar)
        }
        Err(error) => pages::trouble("Check it with a photograph", &error.to_string()),
    })
    .await
}

fn checks(app: &App) -> Result<Vec<PhotoCheck>, HistoryError> {
    let history = History::open_to_read(&app.history())?;
    history.map_or(Ok(Vec::new()), |history| {
        history.photo_checks(Period::ALWAYS)
    })
}

#[derive(Deserialize)]
pub(super) struct Clicked {
    /// Eight numbers: tragus and C7, twice, rightwards and downwards in pixels.
    points: String,
    /// On this computer's clock.
    taken: String,
}

pub(super) async fn compare(State(app): Shared, Form(clicked): Form<Clicked>) -> Response {
    let answer = match clicked_photo(&clicked) {
        Ok(photo) => perform(&app, DashboardAction::CheckPhoto(photo)).await,
        Err(error) => Err(error.to_owned()),
    };
    say_at(&app, answer, ADDRESS)
}

/// Where tragus and C7 may be, or why there is no guess. The photograph is gone with the answer.
pub(super) async fn guess(State(app): Shared, photograph: Bytes) -> Response {
    let guessed = spawn_blocking(move || (app.options.guess)(&photograph)).await;
    let answer = match guessed.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(points) => serde_json::json!(points),
        Err(reason) => serde_json::json!({ "trouble": reason }),
    };
    ([(CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}

fn clicked_photo(clicked: &Clicked) -> Result<ClickedPhoto, &'static str> {
    let numbers: Result<Vec<f64>, _> = clicked.points.split(' ').map(str::parse).collect();
    let numbers = numbers.map_err(|_| "click the tragus and C7 twice each")?;
    let [ax, ay, bx, by, cx, cy, dx, dy] = numbers[..] else {
        return Err("click the tragus and C7 twice each");
    };
    let taken: Result<DateTime, _> = clicked.taken.parse();
    let taken = taken.and_then(|taken| taken.to_zoned(now().time_zone().clone()));
    Ok(ClickedPhoto {
        taken: taken
            .map_err(|_| "say when the photograph was taken")?
            .timestamp(),
        clicks: [((ax, ay), (bx, by)), ((cx, cy), (dx, dy))],
    })
}

/// The angles alone, to give away.
pub(super) async fn csv(State(app): Shared) -> Response {
    let written = spawn_blocking(move || {
        let mut out = Vec::new();
        let checks = checks(&app).map_err(|error| error.to_string())?;
        photo_checks_csv(&checks, &mut out).map_err(|error| error.to_string())?;
        Ok::<_, String>(out)
    });
    match written.await.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(out) => file("sitwell-photo-checks.csv", Body::from(out)),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}
