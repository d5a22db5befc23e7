//! `sitwell dashboard`: starts the pages, and opens the browser on them.

mod camera;

use std::env::consts::OS;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};

use self::camera::DashboardCamera;
use super::browser::{OwnPage, delete_dead_links, open_page};
use super::onboarding::{is_calibrated, untried};
use super::{
    appeal, autostart, config, control, desk_change, doctor, history, photo_check, start, stretch,
};
use crate::cli::{AutostartAction, DashboardArgs, PauseArgs, PrintArgs};
use crate::clock::now;
use crate::confinement::forbid_internet;
use crate::control::reload;
use crate::daemon::recent_history::{HeldStretch, RecentHistory};
use crate::history::{FILE_NAME, History};
use crate::web::{Dashboard, DashboardAction, DashboardOptions, Page};
use crate::{folders, settings};

/// Runs `sitwell dashboard` until Ctrl-C, or until nobody has had a page open for a while.
pub(super) fn run(
    args: &DashboardArgs,
    data_dir: Option<&Path>,
    config: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    folders::create_private(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let (data, file) = (data_dir.map(Path::to_owned), config.map(Path::to_owned));
    let perform = move |action: DashboardAction| {
        perform(action, data.as_deref(), file.as_deref()).map_err(|error| format!("{error:#}"))
    };
    let (data, file) = (data_dir.map(Path::to_owned), config.map(Path::to_owned));
    let check = move || {
        doctor::findings(data.as_deref(), file.as_deref(), &now())
            .map_err(|error| format!("{error:#}"))
    };
    let file = config.map(Path::to_owned);
    let camera = Arc::new(DashboardCamera {
        data: data_dir.map(Path::to_owned),
        config: config.map(Path::to_owned),
        source: args.source.clone(),
    });
    let listed = Arc::clone(&camera);
    // What is wrong with a history that cannot be read, the pages say.
    let is_new = !is_calibrated(&folder).unwrap_or(true);
    let needs_set_up = args.start && is_new;
    let dashboard = Dashboard::bind(DashboardOptions {
        folder: folder.clone(),
        data_dir: data_dir.map(Path::to_owned),
        settings: config.map(Path::to_owned),
        first_page: match (args.calibrate, needs_set_up) {
            (true, _) => Page::Calibrate,
            (false, true) => Page::SetUp,
            (false, false) => Page::Home,
        },
        port: args.port,
        perform: Box::new(perform),
        check: Box::new(check),
        guess: Box::new(move |photograph| {
            photo_check::guess(photograph, file.as_deref()).map_err(|error| format!("{error:#}"))
        }),
        cameras: Box::new(move || listed.list().map_err(|error| format!("{error:#}"))),
        camera: Box::new(move |task, show| {
            camera
                .perform(task, show)
                .map_err(|error| format!("{error:#}"))
        }),
    })
    .with_context(|| match args.port {
        0 => "cannot listen on 127.0.0.1".to_owned(),
        port => format!("cannot listen on 127.0.0.1:{port}; try another --port, or none"),
    })?;
    if args.start && !needs_set_up {
        // The browser is not kept waiting for a camera that opens slowly.
        dashboard
            .begin_with(DashboardAction::Start)
            .context("cannot start a thread")?;
    }
    #[cfg(all(unix, not(target_os = "macos")))]
    if args.start {
        super::tray::show_icon(data_dir, config)?;
    }
    if is_new && let Some(words) = untried(OS) {
        writeln!(out, "{words}")?;
    }
    delete_dead_links(&folder);
    let mut redirect = None;
    if args.no_open {
        writeln!(
            out,
            "open this in your browser; it works once: {}",
            dashboard.address()
        )?;
    } else {
        // A process's words are no secret; a file that only the user can read is.
        let port = dashboard.port();
        let redirect = redirect.insert(OwnPage::Dashboard { port }.place(&folder));
        folders::write_whole(redirect, |out| write!(out, "{}", dashboard.redirect()))
            .with_context(|| format!("cannot write {}", redirect.display()))?;
        match open_page(redirect) {
            Ok(()) => writeln!(out, "the dashboard is open in your browser; Ctrl-C ends it")?,
            // The page still leads here.
            Err(error) => writeln!(out, "{error:#}; Ctrl-C ends the dashboard")?,
        }
    }
    out.flush()?;
    // Not earlier: the browser and the icon in the panel would inherit it, and the icon opens dashboards.
    forbid_internet();
    let served = dashboard.serve();
    if let Some(redirect) = redirect {
        // It leads nowhere now. Whether it can be deleted changes nothing.
        let _ = std::fs::remove_file(redirect);
    }
    served.context("cannot serve the dashboard")
}

/// Does what a button asks for, as the subcommand for it does, and returns its answer.
pub(super) fn perform(
    action: DashboardAction,
    data_dir: Option<&Path>,
    file: Option<&Path>,
) -> Result<String> {
    let mut answer = Vec::new();
    let out = &mut answer;
    let instance = || start::MonitorInstance::new(data_dir, file);
    match action {
        DashboardAction::Start => {
            settings::load(file)?;
            instance()?.start(out)?;
        }
        DashboardAction::Restart => {
            settings::load(file)?;
            instance()?.restart(out)?;
        }
        DashboardAction::Pause(length) => {
            let until = PauseArgs {
                until: vec![length.words().to_owned()],
            };
            let settings = settings::load(file)?.settings.report;
            control::pause(&until, data_dir, &settings, &now(), out)?;
        }
        DashboardAction::Resume => control::resume(data_dir, out)?,
        DashboardAction::StartAtLogin => {
            let action = AutostartAction::Enable(PrintArgs { print: false });
            autostart::run(action, &instance()?.launch()?, out)?;
        }
        DashboardAction::DoNotStartAtLogin => {
            let action = AutostartAction::Disable(PrintArgs { print: false });
            autostart::run(action, &instance()?.launch()?, out)?;
        }
        DashboardAction::KeepStretch {
            stretch: id,
            outcome,
        } => {
            let at = now().timestamp();
            let past = RecentHistory::read(folders::data(data_dir)?.join(FILE_NAME), at)?;
            let held = HeldStretch {
                stretch: id,
                outcome,
            };
            stretch::keep(&past, None, &held, at)?;
            out.extend(stretch::comment_on(outcome).bytes());
        }
        DashboardAction::KeepCalibration(taken) => {
            let folder = folders::data(data_dir)?;
            History::open(&folder.join(FILE_NAME))?.calibrate(&taken.new)?;
            // A monitor that does not run measures against it when it starts.
            let _ = reload(&folder);
            write!(out, "{}", taken.words)?;
        }
        DashboardAction::ChangeOwnStretches(text) => {
            config::change_own_stretches(&text, file, data_dir, out)?;
        }
        DashboardAction::ChangeSettings(changes) => config::change(&changes, file, data_dir, out)?,
        DashboardAction::Appeal(nudge) => appeal::mark_nudge(nudge, data_dir, &now(), out)?,
        DashboardAction::SettleProposal { fault, change } => {
            match change {
                Some(change) => config::change(&[change], file, data_dir, out)?,
                None => write!(
                    out,
                    "Nothing changes. After three more false alarms Sitwell proposes something again."
                )?,
            }
            appeal::settle(fault, &folders::data(data_dir)?, now().timestamp())?;
        }
        DashboardAction::CheckPhoto(photo) => photo_check::run(&photo, data_dir, out)?,
        DashboardAction::NoteDeskChange(what) => {
            desk_change::run(what, data_dir, now().timestamp(), out)?;
        }
        DashboardAction::Wipe => history::wipe(&folders::data(data_dir)?, None, true, out)?,
    }
    Ok(String::from_utf8_lossy(&answer).trim_end().to_owned())
}
