//! The addresses of the stretches.

use axum::extract::{Form, Query, State};
use axum::response::Response;
use jiff::SignedDuration;
use serde::Deserialize;

use super::{Shared, act, page};
use crate::posture::Fault;
use crate::stretch::{GuidedSession, survey};
use crate::web::DashboardAction;
use crate::web::pages::{self, Page};

#[derive(Deserialize)]
pub(super) struct Filter {
    fault: Option<Fault>,
}

pub(super) async fn all(State(app): Shared, Query(filter): Query<Filter>) -> Response {
    page(app, Page::Stretches, move |app| match app.stretches() {
        Ok((settings, catalogue)) => {
            pages::stretches(filter.fault, &survey(&catalogue, filter.fault, &settings))
        }
        Err(error) => pages::trouble("Stretches", &error),
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct StretchId {
    id: String,
}

pub(super) async fn one(State(app): Shared, Query(named): Query<StretchId>) -> Response {
    page(app, Page::Stretches, move |app| match app.stretches() {
        Ok((_, catalogue)) => match catalogue.get(&named.id) {
            Some(stretch) => pages::stretch(stretch),
            None => pages::trouble("Stretches", "There is no such stretch."),
        },
        Err(error) => pages::trouble("Stretches", &error),
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Held {
    stretch: String,
    /// For how many seconds somebody moved.
    moved: f64,
    /// Whether the guide came to its end.
    over: bool,
}

/// Keeps what became of a guided session.
pub(super) async fn held(State(app): Shared, Form(held): Form<Held>) -> Response {
    let outcome = app.stretches().ok().and_then(|(_, catalogue)| {
        let stretch = catalogue.get(&held.stretch)?;
        let moved = SignedDuration::try_from_secs_f64(held.moved).ok()?;
        Some(GuidedSession::new(vec![stretch]).outcome(moved, held.over))
    });
    match outcome {
        Some(outcome) => {
            let action = DashboardAction::KeepStretch {
                stretch: held.stretch,
                outcome,
            };
            act(app, action, Page::Stretches).await
        }
        None => super::missing().await,
    }
}
