//! The addresses of setting up.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, PoisonError};

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::settings::changed;
use super::{Shared, act, page};
use crate::settings::{self, described, value_in};
use crate::web::pages::{self, Page, SetUp};
use crate::web::{App, DashboardAction, DoctorCheck};

/// The settings that somebody who sets up is asked for.
const ASKED_FOR: [&str; 3] = ["watch.schedule", "stretch.equipment", "notify.dim_edges"];

pub(super) async fn show(State(app): Shared) -> Response {
    show_with(app, BTreeMap::new()).await
}

/// The page. Values that were refused stand in their fields.
async fn show_with(app: Arc<App>, refused: BTreeMap<String, String>) -> Response {
    page(app, Page::SetUp, move |app| {
        // A file that cannot be read is told on the page of the settings.
        let file = settings::path(app.options.settings.as_deref()).ok();
        let text = file.and_then(|file| fs::read_to_string(file).ok());
        let text = text.unwrap_or_default();
        let asked_for = described()
            .into_iter()
            .flat_map(|group| group.settings)
            .filter(|setting| ASKED_FOR.contains(&setting.path.as_str()))
            .map(|setting| {
                let refused = refused.get(&setting.path).cloned();
                let set = refused.or_else(|| value_in(&text, &setting.path));
                (setting, set)
            });
        pages::set_up(&SetUp {
            cameras: &(app.options.cameras)(),
            checked: checked(app).as_ref(),
            settings: &asked_for.collect::<Vec<_>>(),
        })
    })
    .await
}

/// The last checks. They are shown once.
fn checked(app: &App) -> Option<Result<Vec<DoctorCheck>, String>> {
    let mut checked = app.checked.lock().unwrap_or_else(PoisonError::into_inner);
    checked.take()
}

pub(super) async fn change(
    State(app): Shared,
    Form(values): Form<BTreeMap<String, String>>,
) -> Response {
    match changed(&app, &values, Page::SetUp).await {
        Some(answer) => answer,
        None => show_with(app, values).await,
    }
}

pub(super) async fn check(State(app): Shared) -> Response {
    let shared = Arc::clone(&app);
    let done = tokio::task::spawn_blocking(move || (shared.options.check)()).await;
    let found = done.unwrap_or_else(|error| Err(error.to_string()));
    *app.checked.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    Redirect::to(Page::SetUp.address()).into_response()
}

pub(super) async fn login(State(app): Shared) -> Response {
    act(app, DashboardAction::StartAtLogin, Page::SetUp).await
}

pub(super) async fn no_login(State(app): Shared) -> Response {
    act(app, DashboardAction::DoNotStartAtLogin, Page::SetUp).await
}
