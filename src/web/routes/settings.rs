//! The addresses of the settings and of what is kept.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::SignedDuration;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::{Shared, act, chain, page, perform, refusal, say, tell};
use crate::clock::now;
use crate::folders;
use crate::history::History;
use crate::posture::{AngleKind, SlouchLimit};
use crate::record::Period;
use crate::report::slouches_beyond;
use crate::settings::{self, PostureSettings, SettingChange, described, value_in};
use crate::web::pages::{self, KeptFile, Page, WhatIf};
use crate::web::{App, DashboardAction};

pub(super) async fn all(State(app): Shared) -> Response {
    all_with(app, BTreeMap::new()).await
}

/// The page. Values that were refused stand in their fields.
async fn all_with(app: Arc<App>, refused: BTreeMap<String, String>) -> Response {
    page(app, Page::Settings, move |app| {
        let requested = app.options.settings.as_deref();
        let file = match settings::path(requested) {
            Ok(file) => file,
            Err(error) => return pages::trouble("Settings", &error.to_string()),
        };
        let mistake = settings::load(requested).err().map(|error| chain(&error));
        // A file that cannot be read is the mistake above.
        let text = fs::read_to_string(&file).unwrap_or_default();
        pages::settings(&described(), &file, mistake.as_deref(), &|path| {
            refused.get(path).cloned().or_else(|| value_in(&text, path))
        })
    })
    .await
}

pub(super) async fn change(
    State(app): Shared,
    Form(values): Form<BTreeMap<String, String>>,
) -> Response {
    match changed(&app, &values, Page::Settings).await {
        Some(answer) => answer,
        None => all_with(app, values).await,
    }
}

/// Changes what a form says. None if it is refused: the next page says why.
pub(super) async fn changed(
    app: &Arc<App>,
    values: &BTreeMap<String, String>,
    then: Page,
) -> Option<Response> {
    let changes = values.iter().map(|(path, value)| SettingChange {
        path: path.clone(),
        value: value.clone(),
    });
    let action = DashboardAction::ChangeSettings(changes.collect());
    match perform(app, action).await {
        Ok(answer) => Some(say(app, Ok(answer), then)),
        Err(error) => {
            tell(app, Err(error));
            None
        }
    }
}

#[derive(Deserialize)]
pub(super) struct OtherLimit {
    /// The setting.
    path: String,
    value: String,
}

/// What another limit would have meant.
pub(super) async fn what_if(State(app): Shared, Query(limit): Query<OtherLimit>) -> Response {
    let mut known = AngleKind::ALL.into_iter();
    let angle = known.find(|angle| limit.path.strip_prefix(pages::LIMITS) == Some(angle.id()));
    let Some(angle) = angle else {
        return super::missing().await;
    };
    let counted = spawn_blocking(move || {
        pages::what_if(&limit.path, &count(&app, angle, &limit.value)).into_string()
    });
    match counted.await {
        Ok(words) => Html(words).into_response(),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "This cannot be counted."),
    }
}

fn count(app: &App, angle: AngleKind, value: &str) -> Result<WhatIf, String> {
    let settings = app.settings();
    let mut posture = settings.posture;
    let default = PostureSettings::default().limits[angle];
    posture.limits[angle] = match value.trim() {
        "" => default,
        value => SlouchLimit(
            value
                .parse()
                .map_err(|_| "A limit is a number of degrees.")?,
        ),
    };
    let history = History::open_to_read(&app.history()).map_err(|error| error.to_string())?;
    let history = history.ok_or("There is no history yet to compare with.")?;
    let profiles = history.profiles().map_err(|error| error.to_string())?;
    let latest = profiles.into_iter().max_by_key(|profile| profile.taken.at);
    let calibration = latest.and_then(|profile| profile.calibration);
    let calibration = calibration.ok_or("Calibrate first: limits count from your neutral.")?;
    let degrees = |posture: &PostureSettings| {
        let limit = pages::limits_with(&calibration, posture.limits())[angle];
        limit.ok_or("Your camera's view does not show this angle.")
    };
    let now = now().timestamp();
    let days = SignedDuration::from_hours(24 * WhatIf::DAYS);
    let period = Period {
        from: now.saturating_sub(days).unwrap_or(now),
        to: now,
    };
    let minutes = history
        .read(period)
        .map_err(|error| error.to_string())?
        .minutes;
    if minutes.iter().all(|minute| minute.angles[angle].is_none()) {
        return Err("The last days have no angles to compare with.".to_owned());
    }
    let onset = settings.monitor.episodes.onset;
    let slouches = |limit| slouches_beyond(&minutes, angle, limit, onset);
    Ok(WhatIf {
        now: slouches(degrees(&settings.posture)?),
        then: slouches(degrees(&posture)?),
        onset,
    })
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
