//! All checks but those of the camera: settings, model, notifications, history, log.

use std::path::Path;

use anyhow::{Error, Result};
use jiff::Timestamp;

use super::finding::Finding;
use super::view::ViewFindings;
use crate::autostart::{self, AutostartState};
use crate::clock::instant;
use crate::commands::start::MonitorInstance;
use crate::control::{ControlError, DaemonStatus};
use crate::history::{FILE_NAME, History};
use crate::notify::{self, Attempt, Notice};
#[cfg(all(unix, not(target_os = "macos")))]
use crate::overlay::DimmedEdges;
use crate::pose::Pose;
use crate::settings::{self, Channel, LoadedSettings, NotifySettings, PoseSettings};
#[cfg(all(unix, not(target_os = "macos")))]
use crate::tray::{self, TrayPresence};
use crate::{folders, wording};

pub(super) fn settings(loaded: &Result<LoadedSettings>, config: Option<&Path>) -> Finding {
    match loaded {
        Ok(LoadedSettings {
            file: Some(file), ..
        }) => Finding::ok("settings", format!("{} is OK", file.display())),
        Ok(_) => {
            let path = settings::path(config).map(|path| path.display().to_string());
            let path = path.unwrap_or_else(|_| "settings file".to_owned());
            Finding::ok("settings", format!("the defaults; there is no {path}"))
        }
        Err(error) => Finding::problem(
            "settings",
            format!("{error:#}"),
            "Run `sitwell config edit`. Until then a running monitor keeps its earlier settings.",
        ),
    }
}

/// Whether a monitor runs. Without one nothing is wrong.
pub(super) fn monitor(status: &Result<Box<DaemonStatus>, ControlError>) -> Finding {
    match status {
        Ok(status) => match &status.settings_trouble {
            None => Finding::ok(
                "monitor",
                format!("running (process {}): {}", status.process, status.words),
            ),
            Some(trouble) => Finding::problem(
                "monitor",
                format!("running with earlier settings: {trouble}"),
                "Run `sitwell config edit`.",
            ),
        },
        Err(ControlError::NoMonitor) => {
            Finding::ok("monitor", "not running; `sitwell start` starts it")
        }
        Err(error) => Finding::problem("monitor", error.to_string(), ""),
    }
}

/// Loads the model, which later checks use.
pub(super) fn model(settings: &PoseSettings) -> (Finding, Option<Pose>) {
    let began = instant();
    let name = settings.model;
    match Pose::load(settings.model, &folders::heavy_model()) {
        Ok(pose) => {
            let seconds = began.elapsed().as_secs_f64();
            let says = format!("the {name} model loads in {seconds:.1} s");
            (Finding::ok("model", says), Some(pose))
        }
        Err(error) => (
            Finding::problem(
                "model",
                error.to_string(),
                "Or set `model = \"full\"` under [pose].",
            ),
            None,
        ),
    }
}

pub(super) fn notifications(settings: &NotifySettings, at: Timestamp) -> Finding {
    let check = "notifications";
    match settings.channel {
        Channel::Off => return Finding::ok(check, "off, as the settings say"),
        Channel::Terminal => {
            return Finding::ok(check, "in the monitor's terminal, as the settings say");
        }
        Channel::Desktop => {}
    }
    let notice = Notice {
        guide: "",
        at,
        title: "Sitwell can show notifications".to_owned(),
        body: "A test by sitwell doctor. It disappears by itself.".to_owned(),
        actions: Vec::new(),
    };
    match notify::attempt(settings, &notice) {
        Attempt::Shown => Finding::ok(check, "the desktop shows them"),
        Attempt::Quiet => Finding::ok(check, "not tested: \"do not disturb\" is on"),
        Attempt::Failed(reason) => Finding::problem(
            check,
            format!("the desktop shows none: {reason}"),
            "Start a notification service, such as dunst or mako. Until then nudges appear in the monitor's terminal.",
        ),
    }
}

/// Whether the panel shows Sitwell's icon. A desktop without a tray is nothing to fix.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn tray() -> Finding {
    let message = match tray::presence() {
        Ok(TrayPresence::Shown) => "the panel shows Sitwell's icon".to_owned(),
        Ok(TrayPresence::Empty) => {
            "the panel shows icons; `sitwell tray` adds Sitwell's".to_owned()
        }
        Ok(TrayPresence::None) => {
            "none on this desktop; notifications and the menu entry do without".to_owned()
        }
        Err(error) => format!("none: {error}"),
    };
    Finding::ok("tray", message)
}

/// Whether the edges of the screens can be dimmed; none where the settings do not want that.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn edges(settings: &NotifySettings) -> Option<Finding> {
    let check = "edges";
    settings.dim_edges.then(|| match DimmedEdges::new() {
        Ok(_) => Finding::ok(
            check,
            "the screens' edges can be dimmed while the icon is in the panel",
        ),
        Err(error) => Finding::problem(
            check,
            format!("{:#}", Error::from(error)),
            "Set `dim_edges = false` under [notify] if the notifications do.",
        ),
    })
}

/// Whether the history is sound and writable. A missing one is not made.
pub(super) fn history(folder: &Path) -> Finding {
    let path = folder.join(FILE_NAME);
    if !path.exists() {
        return match writable(folder) {
            Ok(()) => Finding::ok(
                "history",
                format!("none yet; {} is writable", folder.display()),
            ),
            Err(error) => Finding::problem(
                "history",
                format!("{} is not writable: {error}", folder.display()),
                "Make it writable, or name another folder with --data-dir.",
            ),
        };
    }
    let checked = History::open(&path).and_then(|mut history| {
        history.check()?;
        history.try_writing()
    });
    match checked {
        Ok(()) => Finding::ok("history", format!("{} is sound", path.display())),
        // The error says what to do.
        Err(error) => Finding::problem("history", format!("{:#}", Error::from(error)), ""),
    }
}

/// Whether there is a calibration for the camera, how old it is, and whether it fits.
pub(super) fn calibration(folder: &Path, seen: &ViewFindings, now: Timestamp) -> Finding {
    let check = "calibration";
    let fix = "Sit as you want to sit and run `sitwell calibrate`.";
    let Some(camera) = &seen.camera else {
        return Finding::unknown(check, "there is no camera");
    };
    let found = History::open_to_read(&folder.join(FILE_NAME)).and_then(|history| match history {
        Some(history) => history.calibration(camera, None),
        None => Ok(None),
    });
    match found {
        Ok(Some(calibration)) => {
            let taken = format!(
                "taken {} ({})",
                wording::ago(calibration.taken.at, now),
                calibration.taken.profile
            );
            if seen.is_stale {
                let says =
                    format!("{taken}; it no longer fits, perhaps because the camera was moved");
                Finding::problem(check, says, fix)
            } else {
                let found = wording::calibration(&calibration.calibration);
                Finding::ok(check, format!("{taken}: {found}"))
            }
        }
        Ok(None) => Finding::problem(check, format!("none for {camera}"), fix),
        Err(error) => Finding::problem(check, format!("{:#}", Error::from(error)), ""),
    }
}

/// Whether this program starts at login, if any Sitwell does.
pub(super) fn autostart(instance: Result<MonitorInstance>) -> Finding {
    let check = "autostart";
    let fix = "Run `sitwell autostart enable`.";
    let state = instance.and_then(|instance| {
        Ok(autostart::state(
            &folders::autostart()?,
            &instance.launch()?,
        )?)
    });
    match state {
        Ok(AutostartState::Off) => Finding::ok(
            check,
            "off; `sitwell autostart enable` starts Sitwell whenever you log in",
        ),
        Ok(AutostartState::On(method)) => {
            Finding::ok(check, format!("Sitwell starts when you log in, {method}"))
        }
        Ok(AutostartState::OtherProgram { program, .. }) => Finding::problem(
            check,
            format!("{program} starts when you log in, not this program"),
            fix,
        ),
        Ok(AutostartState::Changed { file, .. }) => Finding::problem(
            check,
            format!("{} is missing or not up to date", file.display()),
            fix,
        ),
        Err(error) => Finding::problem(check, format!("{error:#}"), ""),
    }
}

/// Where the monitor's log is, and whether it is writable.
pub(super) fn log(folder: &Path) -> Finding {
    let file = folder.join(folders::LOG_FILE);
    match writable(folder) {
        Ok(()) => Finding::ok("log", file.display().to_string()),
        Err(error) => Finding::problem(
            "log",
            format!("{} is not writable: {error}", file.display()),
            "Make its folder writable. Until then Sitwell watches without a log.",
        ),
    }
}

/// Tries to make a file in a folder, or in the nearest parent folder that exists.
fn writable(folder: &Path) -> std::io::Result<()> {
    let existing = folder.ancestors().find(|folder| folder.is_dir());
    // The file has no name and disappears at once.
    tempfile::tempfile_in(existing.unwrap_or(Path::new("."))).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_to_do_about_a_damaged_history_is_said_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE_NAME), [0; 4096]).unwrap();
        let mut out = Vec::new();
        history(folder.path()).write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("FAIL   history"), "{text}");
        assert!(text.contains("`sitwell monitor` sets it aside"), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }

    #[test]
    fn invalid_settings_are_reported_with_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, "[notify]\nchanel = \"off\"\n").unwrap();
        let mut out = Vec::new();
        let finding = settings(
            &settings::load(Some(&file)).map_err(Error::from),
            Some(&file),
        );
        finding.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("FAIL   settings"), "{text}");
        assert!(text.contains("line 2: notify.chanel"), "{text}");
        assert!(text.contains("`sitwell config edit`"), "{text}");
    }
}
