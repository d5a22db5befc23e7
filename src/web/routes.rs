//! Which address gives which page.

mod calibrate;
mod photo;
mod picture;
mod review;
mod set_up;
mod settings;
mod stretches;

use std::convert::Infallible;
use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Form, Query, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures_lite::stream::unfold;
use jiff::tz::TimeZone;
use maud::Markup;
use serde::Deserialize;

use super::live::Monitoring;
use super::pages::{self, Page, RecentPast};
use super::server::ConnectionLimits;
use super::{App, DashboardAction, assets, guard};
use crate::control::{PauseLength, read_status};
use crate::history::{History, HistoryError};
use crate::record::Period;
use crate::report::Agreement;

/// The address that takes the token.
const OPEN: &str = "/open";

/// The longest body of a request. Our choice: many times the settings file.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The content type of our own pages.
const HTML: &str = "text/html; charset=utf-8";

/// What every response says.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

type Shared = State<Arc<App>>;

/// Every address. Nothing is reached without the guard.
pub(super) fn all(app: &Arc<App>, limits: ConnectionLimits) -> Router {
    let at = |name: &str| format!("{}/{name}", app.session.base());
    let door = Arc::clone(app);
    Router::new()
        .route(OPEN, get(open))
        .route(&at(""), get(home))
        .route(&at("live"), get(live))
        .route(&at("picture"), get(picture::of_monitor))
        .route(&at("view"), get(picture::of_camera))
        .route(&at("open-page"), get(open_page))
        .route(&at("review"), get(review::days))
        .route(&at("slouch"), get(review::slouch))
        .route(&at("not-a-slouch"), post(review::not_a_slouch))
        .route(&at("proposal"), post(review::settle_proposal))
        .route(&at("photo"), get(photo::show).post(photo::compare))
        .route(&at(photo::GUESS), post(photo::guess))
        .route(&at("photo-checks.csv"), get(photo::csv))
        .route(&at("photo.js"), get(photo_script))
        .route(&at("desk-change"), post(review::desk_change))
        .route(&at("report.csv"), get(review::report_csv))
        .route(&at("report.json"), get(review::report_json))
        .route(&at("history.csv"), get(review::history_csv))
        .route(&at("history.json"), get(review::history_json))
        .route(
            &at("calibrate"),
            get(calibrate::show).post(calibrate::start),
        )
        .route(&at("calibration"), get(calibrate::live))
        .route(&at("keep-calibration"), post(calibrate::keep))
        .route(&at("drop-calibration"), post(calibrate::discard))
        .route(&at("slouch-test"), post(calibrate::slouch))
        .route(&at("stretches"), get(stretches::all))
        .route(&at("stretch"), get(stretches::one))
        .route(&at("stretched"), post(stretches::held))
        .route(
            &at("own-stretches"),
            get(stretches::own).post(stretches::save_own),
        )
        .route(&at("guide.js"), get(guide))
        .route(&at("settings"), get(settings::all).post(settings::change))
        .route(&at("what-if"), get(settings::what_if))
        .route(&at("privacy"), get(settings::privacy))
        .route(&at("wipe"), post(settings::wipe))
        .route(&at("style.css"), get(style))
        .route(&at("script.js"), get(script))
        .route(&at("alive"), get(alive))
        .route(&at("set-up"), get(set_up::show).post(set_up::change))
        .route(&at("check"), post(set_up::check))
        .route(&at("login"), post(set_up::login))
        .route(&at("no-login"), post(set_up::no_login))
        .route(&at("start"), post(start))
        .route(&at("restart"), post(restart))
        .route(&at("pause"), post(pause))
        .route(&at("resume"), post(resume))
        .fallback(missing)
        .method_not_allowed_fallback(missing)
        .with_state(Arc::clone(app))
        .layer(from_fn(move |request: Request, next: Next| {
            admit(Arc::clone(&door), limits, request, next)
        }))
}

/// Refuses what is not from our own pages, within the limits. Adds the headers that every response has.
async fn admit(app: Arc<App>, limits: ConnectionLimits, request: Request, next: Next) -> Response {
    let mut response = match check(&app, limits, request).await {
        Ok(request) => next.run(request).await,
        Err(refused) => refused,
    };
    // The framework's own answer to a query or form that it cannot read names types, not words.
    let kind = response.headers().get(CONTENT_TYPE);
    if response.status().is_client_error() && kind.is_some_and(|kind| kind != HTML) {
        response = refusal(response.status(), "This address or form cannot be read.");
    }
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

async fn check(app: &App, limits: ConnectionLimits, request: Request) -> Result<Request, Response> {
    let (head, body) = request.into_parts();
    if let Err((status, reason)) = guard::check(&head.method, &head.uri, &head.headers, app.port) {
        return Err(refusal(status, reason));
    }
    if head.uri.path() != OPEN && !app.session.admits(&head.headers) {
        return Err(refusal(
            StatusCode::FORBIDDEN,
            "This browser has not been let in, or the dashboard was started again. Run sitwell dashboard.",
        ));
    }
    app.open_pages.note();
    if head.method == Method::GET {
        return Ok(Request::from_parts(head, Body::empty()));
    }
    let longest = match head.uri.path().rsplit_once('/') {
        Some((_, photo::GUESS)) => photo::MAX_BYTES,
        _ => MAX_BODY_BYTES,
    };
    match tokio::time::timeout(limits.body, to_bytes(body, longest)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(head, Body::from(bytes))),
        Ok(Err(_)) => Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "That is too much.")),
        Err(_) => Err(refusal(StatusCode::REQUEST_TIMEOUT, "That took too long.")),
    }
}

fn refusal(status: StatusCode, reason: &str) -> Response {
    (status, Html(pages::problem(reason).into_string())).into_response()
}

async fn missing() -> Response {
    refusal(StatusCode::NOT_FOUND, "There is no such page.")
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

/// Exchanges the token for the cookie. The page goes on by itself: after a redirect a browser
/// would count the file that it came from, and leave out a cookie for this site alone.
async fn open(State(app): Shared, token: Result<Query<Token>, QueryRejection>) -> Response {
    let token = token.ok();
    let cookie = token.and_then(|Query(token)| app.session.redeem(&token.token));
    match cookie {
        Some(cookie) => {
            let page = app.options.first_page.address().trim_start_matches("./");
            let on = pages::redirect(&format!("{}/{page}", app.session.base()));
            ([(SET_COOKIE, cookie)], Html(on.into_string())).into_response()
        }
        None => refusal(
            StatusCode::FORBIDDEN,
            "This address has been used; it works once. Run sitwell dashboard again.",
        ),
    }
}

async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], assets::style()).into_response()
}

async fn script() -> Response {
    javascript(assets::SCRIPT)
}

async fn guide() -> Response {
    javascript(assets::GUIDE)
}

async fn photo_script() -> Response {
    javascript(assets::PHOTO)
}

fn javascript(text: &'static str) -> Response {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response()
}

/// Renders a page in a thread of its own: files and sockets would hold up the others.
async fn page(
    app: Arc<App>,
    page: Page,
    content: impl FnOnce(&App) -> Markup + Send + 'static,
) -> Response {
    let rendered = tokio::task::spawn_blocking(move || {
        let said = app
            .said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        pages::frame(page, said.as_ref(), &content(&app)).into_string()
    });
    match rendered.await {
        Ok(page) => Html(page).into_response(),
        Err(_) => refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "This page cannot be shown.",
        ),
    }
}

async fn home(State(app): Shared) -> Response {
    page(app, Page::Home, |app| {
        let now = match read_status(&app.options.folder) {
            Ok(status) => Monitoring::Running(status),
            Err(error) => error.into(),
        };
        // The review page says what is wrong with a history that cannot be read.
        let proposal = review::any_proposal(app).ok().flatten();
        pages::home(
            &now,
            &recent_past(app, &now),
            proposal.as_ref(),
            &TimeZone::system(),
        )
    })
    .await
}

/// What the history says beside the status. Nothing if it cannot be read; the review page says why.
fn recent_past(app: &App, now: &Monitoring) -> RecentPast {
    let Monitoring::Running(status) = now else {
        return RecentPast::default();
    };
    let period = Period {
        from: status.at.saturating_sub(pages::SPAN).unwrap_or(status.at),
        to: status.at,
    };
    let read = || -> Result<Option<RecentPast>, HistoryError> {
        let Some(history) = History::open_to_read(&app.history())? else {
            return Ok(None);
        };
        Ok(Some(RecentPast {
            minutes: history.read(period)?.minutes,
            agreement: Agreement::of(&history.photo_checks(Period::ALWAYS)?),
        }))
    };
    read().ok().flatten().unwrap_or_default()
}

/// The changing parts of the home page, whenever they change. While it lasts the page counts as open.
async fn live(State(app): Shared) -> Response {
    let mut latest = app.live.subscribe();
    // What is known already is sent at once.
    latest.mark_changed();
    let open = app.open_pages.open();
    let events = unfold((app, latest, open), |(app, mut latest, open)| async move {
        let now = loop {
            latest.changed().await.ok()?;
            let now = Arc::clone(&latest.borrow_and_update());
            if !matches!(*now, Monitoring::Connecting) {
                break now;
            }
        };
        let shared = Arc::clone(&app);
        let rendered = tokio::task::spawn_blocking(move || {
            let past = recent_past(&shared, &now);
            pages::live(&now, &past, &TimeZone::system()).into_string()
        });
        let event = Event::default().data(rendered.await.ok()?);
        Some((Ok::<_, Infallible>(event), (app, latest, open)))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Says nothing. While it lasts the page counts as open.
async fn open_page(State(app): Shared) -> Response {
    let events = unfold(app.open_pages.open(), |open| async move {
        std::future::pending::<()>().await;
        Some((Ok::<_, Infallible>(Event::default()), open))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Says that a page is open that is not in front, and so has no stream.
async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn start(State(app): Shared) -> Response {
    act(app, DashboardAction::Start, Page::Home).await
}

async fn restart(State(app): Shared) -> Response {
    act(app, DashboardAction::Restart, Page::Home).await
}

async fn resume(State(app): Shared) -> Response {
    act(app, DashboardAction::Resume, Page::Home).await
}

#[derive(Deserialize)]
struct Pause {
    length: PauseLength,
}

async fn pause(State(app): Shared, Form(pause): Form<Pause>) -> Response {
    act(app, DashboardAction::Pause(pause.length), Page::Home).await
}

/// Does what a button says, and shows the answer on a page.
async fn act(app: Arc<App>, action: DashboardAction, then: Page) -> Response {
    let answer = perform(&app, action).await;
    say(&app, answer, then)
}

/// Does what a button says in a thread of its own.
async fn perform(app: &Arc<App>, action: DashboardAction) -> Result<String, String> {
    let shared = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || (shared.options.perform)(action)).await;
    done.unwrap_or_else(|error| Err(error.to_string()))
}

/// Shows an answer on a page.
fn say(app: &App, answer: Result<String, String>, then: Page) -> Response {
    say_at(app, answer, then.address())
}

/// Shows an answer on the page with this address.
fn say_at(app: &App, answer: Result<String, String>, address: &str) -> Response {
    tell(app, answer);
    Redirect::to(address).into_response()
}

/// Puts an answer on the page that is shown next.
fn tell(app: &App, answer: Result<String, String>) {
    *app.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
}

/// A file to keep.
fn file(name: &str, body: Body) -> Response {
    let kind = match name.ends_with("csv") {
        true => "text/csv; charset=utf-8",
        false => "application/json",
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    (
        [
            (CONTENT_TYPE, kind.to_owned()),
            (CONTENT_DISPOSITION, disposition),
        ],
        body,
    )
        .into_response()
}

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |words, cause| {
        format!("{words}: {cause}")
    })
}
