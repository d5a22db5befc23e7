//! The addresses of the stretches.

use std::fs;
use std::path::PathBuf;

use axum::extract::{Form, Query, State};
use axum::response::Response;
use jiff::SignedDuration;
use serde::Deserialize;

use super::{Shared, act, chain, page, perform, say};
use crate::posture::Fault;
use crate::settings::{self, own_stretches_in_use};
use crate::stretch::{GuidedSession, survey};
use crate::web::pages::{self, Page};
use crate::web::{App, DashboardAction};

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

/// The file of own stretches.
pub(super) async fn own(State(app): Shared) -> Response {
    page(app, Page::Stretches, |app| match own_file(app) {
        Ok(file) => {
            // There is none before the first is saved.
            let text = fs::read_to_string(&file).unwrap_or_default();
            pages::own_stretches(&file, &text, None)
        }
        Err(error) => pages::trouble("Your own stretches", &error),
    })
    .await
}

fn own_file(app: &App) -> Result<PathBuf, String> {
    let requested = app.options.settings.as_deref();
    let file = settings::path(requested).map_err(|error| chain(&error))?;
    Ok(own_stretches_in_use(&app.settings().stretch, &file))
}

#[derive(Deserialize)]
pub(super) struct OwnText {
    text: String,
}

/// Saves the file of own stretches. A mistake is shown above the text that has it.
pub(super) async fn save_own(State(app): Shared, Form(own): Form<OwnText>) -> Response {
    // Forms end their lines as the network does.
    let text = own.text.replace("\r\n", "\n");
    let action = DashboardAction::ChangeOwnStretches(text.clone());
    let error = match perform(&app, action).await {
        Ok(answer) => return say(&app, Ok(answer), Page::Stretches),
        Err(error) => error,
    };
    page(app, Page::Stretches, move |app| match own_file(app) {
        Ok(file) => pages::own_stretches(&file, &text, Some(&error)),
        Err(error) => pages::trouble("Your own stretches", &error),
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
