//! `sitwell tray`: the icon in the panel, which follows the monitor and does what its menu asks for.

use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use jiff::Zoned;

use super::dashboard;
use super::edge_nudge::EdgeNudge;
use super::start::MonitorInstance;
use crate::cli::TrayArgs;
use crate::clock::{instant, now};
use crate::control::{self, ControlError};
use crate::notify::{Notice, NoticeEvent, Notifier, notifier};
use crate::tray::{TrayAction, TrayEnd, TrayState, TrayUpdate};
use crate::web::DashboardAction;
use crate::{folders, settings, terminal};

/// How long to wait for a monitor before asking whether one runs. Where the system tells that one
/// starts, the wait ends then. Our choice: rare enough to cost nothing.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// How many clicks may wait for one that is being followed. Our choice.
const CLICKS: usize = 4;

/// A second click within this time is part of a double click. Our choice.
const DOUBLE_CLICK: Duration = Duration::from_secs(2);

/// Runs `sitwell tray` until the user quits or logs out.
pub(super) fn run(
    args: &TrayArgs,
    data_dir: Option<&Path>,
    config: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    folders::create_private(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let tray = Arc::new(Tray {
        data_dir: data_dir.map(Path::to_owned),
        config: config.map(Path::to_owned),
        instance: MonitorInstance::new(data_dir, config)?,
        failures: Mutex::new(None),
    });
    let (updates, changes) = flume::unbounded();
    let (clicks, clicked) = flume::bounded(CLICKS);
    let (zone, told) = (now.time_zone().clone(), updates.clone());
    let mut edges = EdgeNudge::new(tray.config.clone());
    thread::Builder::new()
        .name("follow".to_owned())
        .spawn(move || {
            let mut last = None;
            control::follow_status(&folder, LONGEST_WAIT, |news| {
                if let Some(news) = &news {
                    edges.follow(news);
                }
                let state = news.map(|news| TrayState::new(&news, &zone));
                if state.is_some() && state != last {
                    last.clone_from(&state);
                    if let Some(state) = state
                        && told.send(TrayUpdate::State(state)).is_err()
                    {
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            });
        })?;
    let start = args.start.then(|| {
        let tray = Arc::clone(&tray);
        // The icon does not wait for a camera that opens slowly.
        thread::spawn(move || tray.follow_click(TrayAction::Start))
    });
    thread::Builder::new()
        .name("clicks".to_owned())
        .spawn(move || tray.follow_clicks(&clicked, &updates))?;
    let end = crate::tray::show(&changes, clicks);
    if let Some(start) = start {
        // Without a panel the monitor is started too.
        let _ = start.join();
    }
    match end? {
        TrayEnd::Quit | TrayEnd::BusLost => {}
        TrayEnd::ShownByAnother => writeln!(out, "the icon is in the panel already")?,
    }
    Ok(())
}

/// What the menu works on.
struct Tray {
    data_dir: Option<PathBuf>,
    config: Option<PathBuf>,
    instance: MonitorInstance,
    /// Shows what did not work; none before the first time.
    failures: Mutex<Option<Box<dyn Notifier>>>,
}

impl Tray {
    /// Does what each click asks for, until the icon is gone.
    fn follow_clicks(
        &self,
        clicked: &flume::Receiver<TrayAction>,
        updates: &flume::Sender<TrayUpdate>,
    ) {
        let mut last: Option<(TrayAction, Instant)> = None;
        for action in clicked {
            let is_double = last.is_some_and(|(earlier, at)| {
                earlier == action && instant().duration_since(at) < DOUBLE_CLICK
            });
            if !is_double {
                self.follow_click(action);
            }
            last = Some((action, instant()));
            if action == TrayAction::Quit {
                // The icon may be gone already.
                let _ = updates.send(TrayUpdate::Quit);
            }
        }
    }

    fn follow_click(&self, action: TrayAction) {
        if let Err(error) = self.perform(action) {
            self.tell(&format!("{error:#}"));
        }
    }

    fn perform(&self, action: TrayAction) -> Result<()> {
        let data_dir = self.data_dir.as_deref();
        let as_dashboard =
            |action| dashboard::perform(action, data_dir, self.config.as_deref()).map(drop);
        match action {
            TrayAction::Start => as_dashboard(DashboardAction::Start),
            TrayAction::Pause(length) => as_dashboard(DashboardAction::Pause(length)),
            TrayAction::Resume => as_dashboard(DashboardAction::Resume),
            TrayAction::StretchNow => super::control::nudge_me(data_dir, &mut Vec::new()),
            TrayAction::Calibrate => start_own(&self.instance, "dashboard --calibrate"),
            TrayAction::OpenDashboard => start_own(&self.instance, "dashboard"),
            TrayAction::Quit => match self.instance.stop(&mut Vec::new()) {
                Err(error) if is_no_monitor(&error) => Ok(()),
                ended => ended,
            },
        }
    }

    /// Shows what did not work, as a notification or wherever the settings say.
    fn tell(&self, problem: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.is_none() {
            let settings =
                settings::load(self.config.as_deref()).map(|loaded| loaded.settings.notify);
            // Nothing is asked, so no answer is waited for.
            let (events, _) = crossbeam_channel::unbounded::<NoticeEvent>();
            let fallback = Box::new(terminal::stderr());
            *failures = notifier(&settings.unwrap_or_default(), events, fallback)
                .ok()
                .flatten();
        }
        if let Some(notifier) = failures.as_mut() {
            // What cannot be shown anywhere, nobody can be told.
            let _ = notifier.show(&Notice {
                guide: "",
                at: now().timestamp(),
                title: "Sitwell: that did not work".to_owned(),
                body: problem.to_owned(),
                actions: Vec::new(),
            });
        }
    }
}

/// Shows the icon from a process that outlives this one. It ends at once if the icon is there already.
pub(super) fn show_icon(data_dir: Option<&Path>, config: Option<&Path>) -> Result<()> {
    start_own(&MonitorInstance::new(data_dir, config)?, "tray")
}

/// Starts a subcommand of this program in a process of its own, for the same history and settings.
fn start_own(instance: &MonitorInstance, subcommand: &str) -> Result<()> {
    let launch = instance.launch()?;
    let words = launch.words(subcommand);
    let (program, rest) = words.split_first().context("there is nothing to start")?;
    let mut process = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C in this process's terminal is not meant for it.
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    // So that the system forgets it when it has ended.
    thread::Builder::new()
        .name("own-process".to_owned())
        .spawn(move || process.wait())?;
    Ok(())
}

fn is_no_monitor(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<ControlError>(),
        Some(ControlError::NoMonitor)
    )
}
