//! The addresses of the review: days, one slouch, exports.

use std::io::{self, Write};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures_lite::stream::unfold;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::{Shared, act, file, page, perform, refusal, say_at};
use crate::clock::now;
use crate::history::{ExportError, History, HistoryError, export_csv, export_json, summarize};
use crate::posture::Fault;
use crate::record::{Answer, DeskChangeKind, Nudge, Period};
use crate::report::{self, Agreement, Days, Drawing, LimitInForce, Proposal, Summary};
use crate::settings::SettingChange;
use crate::stretch::{self, Catalogue, drawing};
use crate::web::pages::{self, Page, ReviewedSlouch};
use crate::web::{App, DashboardAction};

/// How much of an export is made before the browser has taken it.
const CHUNKS: usize = 4;
const CHUNK_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default = "today")]
    days: String,
}

fn today() -> String {
    "today".to_owned()
}

pub(super) async fn days(State(app): Shared, Query(asked): Query<Asked>) -> Response {
    page(app, Page::Review, move |app| {
        match summary(app, &asked.days) {
            Ok((summary, today)) => {
                pages::review(&asked.days, &summary, today, &find_stretch(&catalogue(app)))
            }
            Err(error) => pages::trouble("How you sat", &error),
        }
    })
    .await
}

/// Sums up the days of a text. Gives today's date too.
fn summary(app: &App, days: &str) -> Result<(Summary, Date), String> {
    let now = now();
    let settings = app.settings().report;
    let calendar = settings.calendar(now.time_zone());
    let today = calendar.date_of(now.timestamp());
    let days = Days::parse(days, today, settings.week_starts.weekday())
        .map_err(|error| error.to_string())?;
    let summary = summarize(&app.history(), days, now.timestamp(), &calendar);
    Ok((summary.map_err(|error| error.to_string())?, today))
}

/// The stretches. Where the user's own cannot be read, the page of the stretches says why.
fn catalogue(app: &App) -> Catalogue {
    app.stretches()
        .map_or_else(|_| stretch::catalogue().clone(), |(_, catalogue)| catalogue)
}

/// A stretch's name and drawing.
fn find_stretch(catalogue: &Catalogue) -> impl Fn(&str) -> Option<Drawing> {
    |id| {
        Some(Drawing {
            name: catalogue.name_of(id).to_owned(),
            svg: catalogue.get(id).and_then(drawing::svg).unwrap_or_default(),
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Began {
    at: Timestamp,
}

pub(super) async fn slouch(State(app): Shared, Query(began): Query<Began>) -> Response {
    page(app, Page::Review, move |app| {
        match one_slouch(app, began.at) {
            Ok(Some(reviewed)) => {
                let catalogue = catalogue(app);
                let name = |id: &str| catalogue.name_of(id).to_owned();
                let calendar = app.settings().report.calendar(now().time_zone());
                pages::slouch(&reviewed, &calendar, &name)
            }
            Ok(None) => pages::trouble("A slouch", "No slouch began at that time."),
            Err(error) => pages::trouble("A slouch", &error.to_string()),
        }
    })
    .await
}

/// The slouch that began at an instant, with what was recorded around it.
fn one_slouch(app: &App, at: Timestamp) -> Result<Option<ReviewedSlouch>, HistoryError> {
    let Some(history) = History::open_to_read(&app.history())? else {
        return Ok(None);
    };
    let instant = Period {
        from: at,
        to: at
            .saturating_add(SignedDuration::from_millis(1))
            .unwrap_or(at),
    };
    let Some(slouch) = history.read(instant)?.episodes.into_iter().next() else {
        return Ok(None);
    };
    let records = history.read(pages::around(&slouch))?;
    let during = |nudge: &&Nudge| slouch.from <= nudge.at && nudge.at <= slouch.to;
    let mut nudges = records.nudges.iter().filter(during);
    let is_appealed = nudges.any(|nudge| nudge.answer == Answer::NotASlouch);
    let proposal = match is_appealed {
        true => proposal(app, &history, slouch.fault)?,
        false => None,
    };
    Ok(Some(ReviewedSlouch {
        slouch,
        records,
        agreement: Agreement::of(&history.photo_checks(Period::ALWAYS)?),
        proposal,
    }))
}

/// The days whose false alarms count together.
fn proposal_period() -> Period {
    let now = now().timestamp();
    let days = SignedDuration::from_hours(24 * Proposal::DAYS);
    Period {
        from: now.saturating_sub(days).unwrap_or(now),
        to: now,
    }
}

/// What may end false alarms of any kind that come again.
pub(super) fn any_proposal(app: &App) -> Result<Option<Proposal>, HistoryError> {
    let Some(history) = History::open_to_read(&app.history())? else {
        return Ok(None);
    };
    // Most people have none, and the nudges alone are read at once.
    let mut nudges = history.nudges(proposal_period())?;
    nudges.retain(|nudge| nudge.answer == Answer::NotASlouch);
    for fault in Fault::ALL {
        if nudges.iter().any(|nudge| nudge.fault == fault)
            && let Some(proposal) = proposal(app, &history, fault)?
        {
            return Ok(Some(proposal));
        }
    }
    Ok(None)
}

/// What may end false alarms of a kind that come again.
fn proposal(app: &App, history: &History, fault: Fault) -> Result<Option<Proposal>, HistoryError> {
    let records = history.read(proposal_period())?;
    let settings = app.settings();
    let limit = |angle| LimitInForce {
        set: settings.posture.limits[angle].0,
        scaled: settings.posture.limits()[angle].0,
    };
    let onset = settings.monitor.episodes.onset;
    Ok(Proposal::for_fault(&records, fault, limit, onset))
}

#[derive(Deserialize)]
pub(super) struct FalseAlarm {
    nudge: Timestamp,
    /// The beginning of the slouch whose page asks, if it is not the first page.
    slouch: Option<Timestamp>,
}

pub(super) async fn not_a_slouch(State(app): Shared, Form(alarm): Form<FalseAlarm>) -> Response {
    let answer = perform(&app, DashboardAction::Appeal(alarm.nudge)).await;
    say_at(&app, answer, &page_of(alarm.slouch))
}

/// The page that asked: that of a slouch, or the first one.
fn page_of(slouch: Option<Timestamp>) -> String {
    match slouch {
        Some(slouch) => format!("slouch?at={slouch}"),
        None => Page::Home.address().to_owned(),
    }
}

#[derive(Deserialize)]
pub(super) struct Settled {
    fault: Fault,
    slouch: Option<Timestamp>,
    /// The setting that a yes changes.
    setting: Option<String>,
    value: Option<String>,
}

pub(super) async fn settle_proposal(State(app): Shared, Form(settled): Form<Settled>) -> Response {
    let change = settled.setting.zip(settled.value);
    let action = DashboardAction::SettleProposal {
        fault: settled.fault,
        change: change.map(|(path, value)| SettingChange { path, value }),
    };
    let answer = perform(&app, action).await;
    say_at(&app, answer, &page_of(settled.slouch))
}

#[derive(Deserialize)]
pub(super) struct Changed {
    what: DeskChangeKind,
}

pub(super) async fn desk_change(State(app): Shared, Form(changed): Form<Changed>) -> Response {
    act(
        app,
        DashboardAction::NoteDeskChange(changed.what),
        Page::Review,
    )
    .await
}

pub(super) async fn report_csv(State(app): Shared, Query(asked): Query<Asked>) -> Response {
    report_file(app, asked, "sitwell-report.csv", |summary, out| {
        report::csv(summary, out)
    })
    .await
}

pub(super) async fn report_json(State(app): Shared, Query(asked): Query<Asked>) -> Response {
    report_file(app, asked, "sitwell-report.json", |summary, out| {
        report::json(summary, out)
    })
    .await
}

async fn report_file(
    app: Arc<App>,
    asked: Asked,
    name: &'static str,
    write: impl FnOnce(&Summary, &mut Vec<u8>) -> io::Result<()> + Send + 'static,
) -> Response {
    let written = tokio::task::spawn_blocking(move || {
        let (summary, _) = summary(&app, &asked.days)?;
        let mut out = Vec::new();
        write(&summary, &mut out).map_err(|error| error.to_string())?;
        Ok::<_, String>(out)
    });
    match written.await {
        Ok(Ok(out)) => file(name, Body::from(out)),
        Ok(Err(error)) => refusal(StatusCode::BAD_REQUEST, &error),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

pub(super) async fn history_csv(State(app): Shared) -> Response {
    let path = app.history();
    export("sitwell-history.csv", move |out| export_csv(&path, out))
}

pub(super) async fn history_json(State(app): Shared) -> Response {
    let path = app.history();
    export("sitwell-history.json", move |out| export_json(&path, out))
}

/// Sends an export while it is made, because ten years are too long for memory.
fn export(
    name: &'static str,
    write: impl FnOnce(&mut io::BufWriter<Chunks>) -> Result<(), ExportError> + Send + 'static,
) -> Response {
    let (chunks, parts) = mpsc::channel(CHUNKS);
    tokio::task::spawn_blocking(move || {
        let failed = chunks.clone();
        let mut out = io::BufWriter::with_capacity(CHUNK_BYTES, Chunks(chunks));
        let written = write(&mut out).and_then(|()| Ok(out.flush()?));
        if let Err(error) = written {
            // The browser sees a download that broke off.
            let _ = failed.blocking_send(Err(io::Error::other(error)));
        }
    });
    let parts = unfold(parts, |mut parts| async move {
        parts.recv().await.map(|part| (part, parts))
    });
    file(name, Body::from_stream(parts))
}

/// Writes into the body of a response.
struct Chunks(mpsc::Sender<io::Result<Bytes>>);

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0
            .blocking_send(Ok(Bytes::copy_from_slice(bytes)))
            .map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
