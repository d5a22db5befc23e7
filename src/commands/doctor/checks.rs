//! Everything that is looked at but the camera: settings, model, notifications, history, log.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use jiff::Timestamp;

use super::finding::Finding;
use super::view::ViewFindings;
use crate::autostart::{AutostartState, standing};
use crate::commands::autostart::by;
use crate::commands::start::MonitorInstance;
use crate::control::{ControlError, DaemonStatus};
use crate::daemon::log;
use crate::history::{FILE_NAME, History, HistoryError};
use crate::notify::{self, Attempt, Notice};
use crate::pose::Pose;
use crate::settings::{self, LoadedSettings};
use crate::settings::{Channel, NotifySettings, PoseSettings};
use crate::{folders, wording as words};

pub(super) fn settings(loaded: &Result<LoadedSettings>, asked: Option<&Path>) -> Finding {
    match loaded {
        Ok(LoadedSettings {
            file: Some(file), ..
        }) => Finding::well("settings", format!("{} is well", file.display())),
        Ok(_) => {
            let place = settings::path(asked).map(|place| place.display().to_string());
            let place = place.unwrap_or_else(|_| "settings file".to_owned());
            Finding::well("settings", format!("the defaults; there is no {place}"))
        }
        Err(error) => Finding::wrong(
            "settings",
            format!("{error:#}"),
            "`sitwell config edit` opens the file; a running monitor goes on as before meanwhile.",
        ),
    }
}

/// Whether a monitor runs; none is well too, it may be wanted so.
pub(super) fn monitor(asked: &Result<Box<DaemonStatus>, ControlError>) -> Finding {
    match asked {
        Ok(status) => match &status.settings_trouble {
            None => Finding::well(
                "monitor",
                format!("running (process {}): {}", status.process, status.words),
            ),
            Some(trouble) => Finding::wrong(
                "monitor",
                format!("running with earlier settings: {trouble}"),
                "`sitwell config edit` opens the file.",
            ),
        },
        Err(ControlError::NoMonitor) => {
            Finding::well("monitor", "not running; `sitwell start` has it watch")
        }
        Err(error) => Finding::wrong("monitor", error.to_string(), ""),
    }
}

/// Loads the model, and gives it to look with.
pub(super) fn model(settings: &PoseSettings) -> (Finding, Option<Pose>) {
    let began = clock();
    let name = format!("{:?}", settings.model).to_lowercase();
    match Pose::load(settings.model, &folders::heavy_model()) {
        Ok(pose) => {
            let seconds = began.elapsed().as_secs_f64();
            let says = format!("the {name} model loads in {seconds:.1} s");
            (Finding::well("model", says), Some(pose))
        }
        Err(error) => (
            Finding::wrong(
                "model",
                error.to_string(),
                "Or set `model = \"full\"` in [pose].",
            ),
            None,
        ),
    }
}

pub(super) fn notifications(settings: &NotifySettings, at: Timestamp) -> Finding {
    let what = "notifications";
    match settings.channel {
        Channel::Off => return Finding::well(what, "off, as the settings say"),
        Channel::Terminal => {
            return Finding::well(what, "in the monitor's terminal, as the settings say");
        }
        Channel::Desktop => {}
    }
    let notice = Notice {
        at,
        title: "Sitwell can reach you".to_owned(),
        body: "A test by sitwell doctor. It goes away by itself.".to_owned(),
        actions: Vec::new(),
    };
    match notify::attempt(settings, &notice) {
        Attempt::Shown => Finding::well(what, "the desktop has shown one"),
        Attempt::Quiet => Finding::well(
            what,
            "the desktop does not want to be disturbed now, so none is shown",
        ),
        Attempt::Failed(why) => Finding::wrong(
            what,
            format!("the desktop shows none: {why}"),
            "Start a notification service, such as dunst or mako; until then you are told in the monitor's terminal.",
        ),
    }
}

/// Whether the history is sound and can be written. None is made where there is none yet.
pub(super) fn history(folder: &Path) -> Finding {
    let path = folder.join(FILE_NAME);
    if !path.exists() {
        return match writable(folder) {
            Ok(()) => Finding::well(
                "history",
                format!("none yet; {} can be written", folder.display()),
            ),
            Err(error) => Finding::wrong(
                "history",
                format!("{} cannot be written: {error}", folder.display()),
                "Let your user write there, or name another folder with --data-dir.",
            ),
        };
    }
    let looked = History::open(&path).and_then(|mut history| {
        history.check()?;
        history.try_writing()
    });
    match looked {
        Ok(()) => Finding::well("history", format!("{} is sound", path.display())),
        Err(error) => {
            let mend = match &error {
                HistoryError::Damaged { .. } => {
                    "The monitor sets it aside by itself when it starts, and begins a new one."
                }
                HistoryError::DiskFull { .. } => "Make room on the disk.",
                HistoryError::ReadOnly { .. } => "Let your user write the file and its folder.",
                _ => "",
            };
            Finding::wrong("history", error.to_string(), mend)
        }
    }
}

/// Whether there is a calibration for the camera, since when, and whether it fits.
pub(super) fn calibration(folder: &Path, seen: &ViewFindings, now: Timestamp) -> Finding {
    let what = "calibration";
    let mend = "Sit as you mean to and run `sitwell calibrate`.";
    let Some(camera) = &seen.camera else {
        return Finding::unknown(what, "it belongs to a camera, and there is none");
    };
    let found = History::open_read_only(&folder.join(FILE_NAME))
        .and_then(|history| history.calibration(camera, None));
    match found {
        Ok(Some(calibration)) => {
            let taken = format!(
                "taken {} ({})",
                words::ago(calibration.taken.at, now),
                calibration.taken.profile
            );
            if seen.is_stale {
                let says =
                    format!("{taken}; it does not fit any more, as after the camera was moved");
                Finding::wrong(what, says, mend)
            } else {
                let found = words::calibration(&calibration.calibration);
                Finding::well(what, format!("{taken}: {found}"))
            }
        }
        Ok(None) | Err(HistoryError::Missing { .. }) => {
            Finding::wrong(what, format!("none for {camera}"), mend)
        }
        Err(error) => Finding::wrong(what, error.to_string(), ""),
    }
}

/// Whether what starts at login, if anything does, is this program.
pub(super) fn autostart(instance: Result<MonitorInstance>) -> Finding {
    let what = "autostart";
    let mend = "Run `sitwell autostart enable`.";
    let standing =
        instance.and_then(|instance| Ok(standing(&folders::autostart()?, &instance.launch()?)?));
    match standing {
        Ok(AutostartState::Off) => Finding::well(
            what,
            "off; `sitwell autostart enable` has Sitwell start when you log in",
        ),
        Ok(AutostartState::On(way)) => {
            Finding::well(what, format!("Sitwell starts when you log in, {}", by(way)))
        }
        Ok(AutostartState::Elsewhere { program, .. }) => Finding::wrong(
            what,
            format!("what starts when you log in is {program}, not this program"),
            mend,
        ),
        Ok(AutostartState::Changed { file, .. }) => Finding::wrong(
            what,
            format!(
                "{} is missing or is not as it would be written now",
                file.display()
            ),
            mend,
        ),
        Err(error) => Finding::wrong(what, format!("{error:#}"), ""),
    }
}

/// Where the monitor's log is.
pub(super) fn log(folder: &Path) -> Finding {
    let file = folder.join(log::FILE_NAME);
    match writable(folder) {
        Ok(()) => Finding::well("log", file.display().to_string()),
        Err(error) => Finding::wrong(
            "log",
            format!("{} cannot be written: {error}", file.display()),
            "Let your user write there; Sitwell watches without a log meanwhile.",
        ),
    }
}

/// Whether a file can be made in a folder, or in what it would be made in.
fn writable(folder: &Path) -> std::io::Result<()> {
    let there = folder.ancestors().find(|folder| folder.is_dir());
    let there = there.unwrap_or(Path::new("."));
    // The file has no name and is gone at once.
    fs::metadata(there)?;
    tempfile::tempfile_in(there).map(drop)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the model takes to load is real time"
)]
fn clock() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_used_are_told_with_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, "[notify]\nchanel = \"off\"\n").unwrap();
        let mut out = Vec::new();
        let finding = settings(
            &settings::load(Some(&file)).map_err(anyhow::Error::from),
            Some(&file),
        );
        finding.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("WRONG  settings"), "{text}");
        assert!(text.contains("line 2: notify.chanel"), "{text}");
        assert!(text.contains("`sitwell config edit`"), "{text}");
    }
}
