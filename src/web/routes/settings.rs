//! The addresses of the settings and of what is kept.

use std::collections::BTreeMap;
use std::fs;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Shared, act, chain, page, refusal};
use crate::folders;
use crate::settings::{self, SettingChange, described, value_in};
use crate::web::pages::{self, KeptFile, Page};
use crate::web::{App, DashboardAction};

pub(super) async fn all(State(app): Shared) -> Response {
    page(app, Page::Settings, |app| {
        let requested = app.options.settings.as_deref();
        let file = match settings::path(requested) {
            Ok(file) => file,
            Err(error) => return pages::trouble("Settings", &error.to_string()),
        };
        let mistake = settings::load(requested).err().map(|error| chain(&error));
        // A file that cannot be read is the mistake above.
        let text = fs::read_to_string(&file).unwrap_or_default();
        pages::settings(&described(), &file, mistake.as_deref(), &|path| {
            value_in(&text, path)
        })
    })
    .await
}

pub(super) async fn change(
    State(app): Shared,
    Form(values): Form<BTreeMap<String, String>>,
) -> Response {
    act(app, changes(values), Page::Settings).await
}

/// What a form changes.
pub(super) fn changes(values: BTreeMap<String, String>) -> DashboardAction {
    let changes = values
        .into_iter()
        .map(|(path, value)| SettingChange { path, value });
    DashboardAction::ChangeSettings(changes.collect())
}

pub(super) async fn privacy(State(app): Shared) -> Response {
    page(app, Page::Privacy, |app| {
        let days = app.settings().history.keep_minutes_days;
        pages::privacy(&kept(app), days)
    })
    .await
}

/// The files that hold something about the person.
fn kept(app: &App) -> Vec<KeptFile> {
    let log = folders::log(app.options.data_dir.as_deref()).ok();
    let settings = settings::path(app.options.settings.as_deref()).ok();
    let files = [
        ("History and calibrations", Some(app.history())),
        (
            "Log of starts and problems, without names",
            log.map(|folder| folder.join(folders::LOG_FILE)),
        ),
        ("Settings", settings),
    ];
    let kept = files.into_iter().filter_map(|(what, path)| {
        let path = path?;
        Some(KeptFile {
            what,
            bytes: fs::metadata(&path).ok().map(|file| file.len()),
            path: path.display().to_string(),
        })
    });
    kept.collect()
}

#[derive(Deserialize)]
pub(super) struct Confirmed {
    confirm: String,
}

pub(super) async fn wipe(State(app): Shared, Form(confirmed): Form<Confirmed>) -> Response {
    if !confirmed.confirm.trim().eq_ignore_ascii_case("delete") {
        return refusal(
            StatusCode::BAD_REQUEST,
            "Type delete to confirm. Nothing was deleted.",
        );
    }
    act(app, DashboardAction::Wipe, Page::Privacy).await
}
