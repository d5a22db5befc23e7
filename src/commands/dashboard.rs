//! `sitwell dashboard`: starts the pages, and opens the browser on them.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::calibrate::{self, CalibrationProgress};
use super::{autostart, cameras, config, control, doctor, history, report, start, stretch};
use crate::cli::{AutostartAction, CalibrateArgs, DashboardArgs, PauseArgs, PrintArgs};
use crate::clock::now;
use crate::daemon::recent_history::{HeldStretch, RecentHistory};
use crate::history::FILE_NAME;
use crate::web::{CalibrationView, Dashboard, DashboardAction, DashboardOptions};
use crate::{folders, settings};

/// The page that takes the browser to the dashboard, in the data folder.
pub(super) const REDIRECT: &str = "dashboard.html";

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
    let (data, file, source) = (
        data_dir.map(Path::to_owned),
        config.map(Path::to_owned),
        args.source.clone(),
    );
    let calibrate = move |profile: &str, show: &mut dyn FnMut(CalibrationView)| {
        let args = CalibrateArgs {
            profile: profile.to_owned(),
            source: source.clone(),
            ..CalibrateArgs::default()
        };
        calibrate(&args, data.as_deref(), file.as_deref(), show)
            .map_err(|error| format!("{error:#}"))
    };
    let dashboard = Dashboard::bind(DashboardOptions {
        folder: folder.clone(),
        data_dir: data_dir.map(Path::to_owned),
        settings: config.map(Path::to_owned),
        port: args.port,
        perform: Box::new(perform),
        calibrate: Box::new(calibrate),
    })
    .with_context(|| match args.port {
        0 => "cannot listen on 127.0.0.1".to_owned(),
        port => format!("cannot listen on 127.0.0.1:{port}; try another --port, or none"),
    })?;
    let redirect = folder.join(REDIRECT);
    if args.no_open {
        writeln!(
            out,
            "open this in your browser; it works once: {}",
            dashboard.address()
        )?;
    } else {
        // A process's words are no secret; a file that only the user can read is.
        folders::write_whole(&redirect, |out| write!(out, "{}", dashboard.redirect()))
            .with_context(|| format!("cannot write {}", redirect.display()))?;
        report::open_page(&redirect)?;
        writeln!(out, "the dashboard is open in your browser; Ctrl-C ends it")?;
    }
    out.flush()?;
    let served = dashboard.serve();
    if !args.no_open {
        // It leads nowhere now. Whether it can be deleted changes nothing.
        let _ = std::fs::remove_file(&redirect);
    }
    served.context("cannot serve the dashboard")
}

/// Calibrates, and returns the answer.
fn calibrate(
    args: &CalibrateArgs,
    data_dir: Option<&Path>,
    file: Option<&Path>,
    show: &mut dyn FnMut(CalibrationView),
) -> Result<String> {
    let mut answer = Vec::new();
    let config = settings::load(file)?.settings;
    calibrate::calibrate(
        args,
        data_dir,
        &config,
        &now(),
        &mut answer,
        &mut |progress| {
            if let CalibrationProgress::Observed { hint, left, person } = progress {
                show(CalibrationView {
                    hint: hint.words(),
                    left,
                    skeleton: person.map(|person| (&person.merged).into()),
                });
            }
        },
    )?;
    Ok(String::from_utf8_lossy(&answer).trim_end().to_owned())
}

/// Does what a button asks for, as the subcommand for it does, and returns its answer.
fn perform(
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
        DashboardAction::ListCameras => cameras::list(&settings::load(file)?.settings.camera, out)?,
        DashboardAction::Check => {
            let count = doctor::write_findings(&[], data_dir, file, &now(), out)?;
            match count.is_ok() {
                true => writeln!(out, "{}", doctor::ALL_OK)?,
                false => writeln!(out, "{count}")?,
            }
        }
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
        DashboardAction::ChangeSettings(changes) => config::change(&changes, file, data_dir, out)?,
        DashboardAction::Wipe => history::wipe(&folders::data(data_dir)?, None, true, out)?,
    }
    Ok(String::from_utf8_lossy(&answer).trim_end().to_owned())
}
