//! `sitwell` without a subcommand, at a terminal: guides new users through the setup. Users who have
//! calibrated get the status and the most useful commands.
//!
//! Nothing happens without a yes. No answer counts as a no.

use std::env::consts::OS;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use jiff::Zoned;

use super::start::MonitorInstance;
use super::status::write_status;
use super::{autostart, calibrate, doctor, stretch_setup};
use crate::cli::{AutostartAction, CalibrateArgs, Cli, PrintArgs};
use crate::control::{ControlError, read_status};
use crate::history::{FILE_NAME, History, HistoryError};
use crate::{folders, settings, terminal};

/// The commands for everyday use.
const COMMANDS: &str =
    "  sitwell report week --open   your week as a page; sitwell report shows today in the terminal
  sitwell status               what Sitwell is doing, and your day so far
  sitwell pause 30m            stop watching for a while; sitwell resume ends the pause
  sitwell stretch              a stretch that fits, with a timer
  sitwell calibrate            learn your posture again, for example after you moved the camera
  sitwell doctor               find out what is wrong
  sitwell --help               all commands
";

/// The folder and the settings file in use.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnboardingPaths<'a> {
    pub(super) data: Option<&'a Path>,
    pub(super) config: Option<&'a Path>,
}

/// Runs without a subcommand.
pub(super) fn greet(files: OnboardingPaths<'_>, now: &Zoned, out: &mut impl Write) -> Result<()> {
    let stdin = io::stdin();
    if stdin.is_terminal() && io::stdout().is_terminal() {
        run(files, now, &mut stdin.lock(), out)?;
    } else {
        write!(out, "{}", Cli::help())?;
    }
    Ok(out.flush()?)
}

/// Guides a new user, or writes the status.
fn run(
    files: OnboardingPaths<'_>,
    now: &Zoned,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    if is_calibrated(&folders::data(files.data)?)? {
        return greet_again(files, now, out);
    }
    writeln!(
        out,
        "Sitwell watches how you sit through your webcam, and tells you when you have been slouching\n\
         for a while. No picture is stored or sent. The setup has four steps.\n\
         Nothing happens without your yes."
    )?;
    if let Some(words) = untried(OS) {
        writeln!(out, "\n{words}")?;
    }
    check(files, now, answers, out)?;
    learn(files, now, answers, out)?;
    place_stretches(files, answers, out)?;
    start(files, answers, out)?;
    write!(
        out,
        "\nIn a day or two your first reports are worth reading. The commands to know:\n\n{COMMANDS}"
    )?;
    Ok(())
}

/// The warning at the first start on a system where nobody has run Sitwell.
pub(super) fn untried(system: &str) -> Option<String> {
    let name = match system {
        "linux" => return None,
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    };
    Some(format!(
        "Nobody has tried Sitwell on {name} yet. What it does with the camera, notifications and the start at login\n\
         follows the system's manuals only. If something does not work, sitwell doctor says what."
    ))
}

/// Whether any camera has a calibration.
pub(super) fn is_calibrated(folder: &Path) -> Result<bool, HistoryError> {
    let file = folder.join(FILE_NAME);
    Ok(match History::open_to_read(&file)? {
        Some(history) => !history.profiles()?.is_empty(),
        None => false,
    })
}

fn greet_again(files: OnboardingPaths<'_>, now: &Zoned, out: &mut impl Write) -> Result<()> {
    match read_status(&folders::data(files.data)?) {
        Ok(status) => write_status(&status, now.time_zone(), out)?,
        Err(ControlError::NoMonitor) => {
            writeln!(out, "Sitwell is not running. To start it: sitwell start")?;
        }
        Err(error) => writeln!(out, "{error}")?,
    }
    write!(out, "\n{COMMANDS}")?;
    Ok(())
}

fn check(
    files: OnboardingPaths<'_>,
    now: &Zoned,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    writeln!(
        out,
        "\n1. Check that everything works. This opens the camera for a moment and shows a test notification."
    )?;
    if !agreed("Check now?", answers, out)? {
        return Ok(writeln!(out, "Later: sitwell doctor")?);
    }
    // The calibration is the next step.
    let count = doctor::write_findings(&["calibration"], files.data, files.config, now, out)?;
    if !count.is_ok() {
        writeln!(
            out,
            "You can go on, but Sitwell needs this to be fixed. Ctrl-C ends the setup; to begin it\n\
             again: sitwell"
        )?;
    }
    Ok(())
}

fn learn(
    files: OnboardingPaths<'_>,
    now: &Zoned,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    writeln!(
        out,
        "\n2. Calibrate. Sit upright and relaxed, with both shoulders in view of the camera, and look at\n\
         your screen for ten seconds. Sitwell then measures changes from this posture."
    )?;
    while agreed("Begin?", answers, out)? {
        let loaded = settings::load(files.config).map_err(anyhow::Error::from);
        let calibrated = loaded.and_then(|loaded| {
            let args = CalibrateArgs::default();
            calibrate::run(
                &args,
                files.data,
                &loaded.settings,
                now,
                out,
                terminal::stderr(),
            )
        });
        match calibrated {
            Ok(()) => return Ok(()),
            Err(error) => writeln!(out, "{error:#}\nTry again?")?,
        }
    }
    writeln!(
        out,
        "Later: sitwell calibrate. Until then Sitwell reports no slouch."
    )?;
    Ok(())
}

fn place_stretches(
    files: OnboardingPaths<'_>,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    writeln!(
        out,
        "\n3. Where you can stretch. Three to five questions about chair, room and floor, so that what\n\
         Sitwell suggests is possible for you. The answers go into the settings."
    )?;
    if !agreed("Answer them now?", answers, out)? {
        return Ok(writeln!(out, "Later: [stretch] in sitwell config edit")?);
    }
    let done = stretch_setup::ask_and_keep(files.config, out, &mut |question, out| {
        agreed(question, answers, out)
    });
    Ok(or_error(done, out)?)
}

fn start(
    files: OnboardingPaths<'_>,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    writeln!(
        out,
        "\n4. Start. Sitwell can watch in the background whenever you are logged in."
    )?;
    let instance = MonitorInstance::new(files.data, files.config)?;
    if agreed("Start it whenever you log in?", answers, out)? {
        let enable = AutostartAction::Enable(PrintArgs { print: false });
        let done = instance
            .launch()
            .and_then(|launch| autostart::run(enable, &launch, out));
        or_error(done, out)?;
    } else {
        writeln!(out, "Later: sitwell autostart enable")?;
    }
    if agreed("Start it now?", answers, out)? {
        let done = instance.start(out);
        or_error(done, out)?;
    } else {
        writeln!(out, "Later: sitwell start")?;
    }
    Ok(())
}

/// Writes an error, so that the setup goes on.
fn or_error(done: Result<()>, out: &mut impl Write) -> io::Result<()> {
    match done {
        Ok(()) => Ok(()),
        Err(error) => writeln!(out, "{error:#}"),
    }
}

/// Asks until there is a yes or a no. The end of the input is a no.
fn agreed(question: &str, answers: &mut impl BufRead, out: &mut impl Write) -> io::Result<bool> {
    loop {
        write!(out, "{question} [y/n] ")?;
        out.flush()?;
        let mut answer = String::new();
        if answers.read_line(&mut answer)? == 0 {
            writeln!(out)?;
            return Ok(false);
        }
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => writeln!(out, "Please answer y or n.")?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nobody_has_tried_sitwell_it_says_so() {
        assert_eq!(untried("linux"), None);
        for (system, name) in [
            ("macos", "macOS"),
            ("windows", "Windows"),
            ("haiku", "haiku"),
        ] {
            let words = untried(system).unwrap();
            assert!(words.starts_with(&format!("Nobody has tried Sitwell on {name} yet.")));
        }
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        let rows = [
            ("y\n", true),
            (" YES \n", true),
            ("n\n", false),
            ("\nperhaps\ny\n", true),
            ("\n", false),
            ("", false),
        ];
        for (answers, wanted) in rows {
            let mut out = Vec::new();
            let got = agreed("Check now?", &mut answers.as_bytes(), &mut out).unwrap();
            assert_eq!(got, wanted, "{answers:?}");
            assert!(out.starts_with(b"Check now? [y/n] "));
        }
    }
}
