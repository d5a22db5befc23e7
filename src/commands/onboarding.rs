//! `sitwell` without a subcommand, at a terminal: leads somebody who has never calibrated through
//! setting it up, and tells everybody else how things stand and what there is to know.
//!
//! Nothing is done without a yes; no answer is a no.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use jiff::Zoned;

use super::start::MonitorInstance;
use super::{autostart, calibrate, doctor, status, stretch_setup};
use crate::cli::{AutostartAction, CalibrateArgs, Cli, PrintArgs};
use crate::control::ControlError;
use crate::history::{FILE_NAME, History, HistoryError};
use crate::{folders, settings};

/// The commands that are enough for most days.
const TO_KNOW: &str =
    "  sitwell report week --open   how your week went, as a page; without the rest: today, here
  sitwell status               what Sitwell is doing, and how today went so far
  sitwell pause 30m            not now; sitwell resume ends it early
  sitwell stretch              a stretch that fits, with a timer
  sitwell calibrate            learn again how you sit well, as after moving the camera
  sitwell doctor               when something is not as it should be
  sitwell --help               all the rest
";

/// Which files are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnboardingPaths<'a> {
    pub(super) data: Option<&'a Path>,
    pub(super) config: Option<&'a Path>,
}

/// Says what there is to say to somebody who gave no subcommand.
///
/// # Errors
///
/// The history or the settings cannot be used, or nothing can be written.
pub(super) fn greet(files: OnboardingPaths<'_>, now: &Zoned, out: &mut impl Write) -> Result<()> {
    let stdin = io::stdin();
    if stdin.is_terminal() && io::stdout().is_terminal() {
        run(files, now, &mut stdin.lock(), out)?;
    } else {
        write!(out, "{}", Cli::help())?;
    }
    Ok(out.flush()?)
}

/// Leads a newcomer, or tells how things stand.
///
/// # Errors
///
/// The history or the settings cannot be used, or nothing can be written.
fn run(
    files: OnboardingPaths<'_>,
    now: &Zoned,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    if is_calibrated(&folders::data(files.data)?)? {
        return told(files, now, out);
    }
    writeln!(
        out,
        "Sitwell watches through your webcam how you sit, and tells you when you have really been\n\
         slouching. No picture is stored or sent. This sets it up, in four steps.\n\
         Nothing is done without your yes."
    )?;
    examine(files, now, answers, out)?;
    learn(files, now, answers, out)?;
    place_stretches(files, answers, out)?;
    stay(files, answers, out)?;
    write!(
        out,
        "\nA day or two from now there is something to read. The commands to know:\n\n{TO_KNOW}"
    )?;
    Ok(())
}

/// Whether any camera has a calibration.
fn is_calibrated(folder: &Path) -> Result<bool, HistoryError> {
    let file = folder.join(FILE_NAME);
    let profiles = match History::open_read_only(&file) {
        Ok(history) => history.profiles()?,
        Err(HistoryError::Missing { .. }) => Vec::new(),
        // Writing once brings it up to date.
        Err(HistoryError::Older { .. }) => History::open(&file)?.profiles()?,
        Err(other) => return Err(other),
    };
    Ok(!profiles.is_empty())
}

fn told(files: OnboardingPaths<'_>, now: &Zoned, out: &mut impl Write) -> Result<()> {
    match status::asked(&folders::data(files.data)?) {
        Ok(status) => status::told(&status, now.time_zone(), out)?,
        Err(ControlError::NoMonitor) => {
            writeln!(
                out,
                "Sitwell is not watching. To have it watch: sitwell start"
            )?;
        }
        Err(error) => writeln!(out, "{error}")?,
    }
    write!(out, "\n{TO_KNOW}")?;
    Ok(())
}

fn examine(
    files: OnboardingPaths<'_>,
    now: &Zoned,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    writeln!(
        out,
        "\n1. Is everything there? This opens the camera for a moment and shows a test notification."
    )?;
    if !agreed("Look now?", answers, out)? {
        return Ok(writeln!(out, "Later: sitwell doctor")?);
    }
    // That there is no calibration is known, and what the next step is for.
    let count = doctor::told_without(&["calibration"], files.data, files.config, now, out)?;
    if !count.is_well() {
        writeln!(
            out,
            "You can go on, but Sitwell does not work well before that is mended. Ctrl-C ends this;\n\
             sitwell begins here again."
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
        "\n2. How you sit when you sit well. Sit upright and at ease, with both shoulders in view of the\n\
         camera, and look at your screen for ten seconds. What comes later is measured against that."
    )?;
    while agreed("Begin?", answers, out)? {
        let loaded = settings::load(files.config).map_err(anyhow::Error::from);
        let learnt = loaded.and_then(|loaded| {
            let args = CalibrateArgs::default();
            calibrate::run(&args, files.data, &loaded.config, now, out, io::stderr())
        });
        match learnt {
            Ok(()) => return Ok(()),
            Err(error) => writeln!(out, "{error:#}\nOnce more?")?,
        }
    }
    writeln!(
        out,
        "Later: sitwell calibrate. Before that no posture is called a slouch."
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
    Ok(or_why_not(done, out)?)
}

fn stay(
    files: OnboardingPaths<'_>,
    answers: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<()> {
    writeln!(
        out,
        "\n4. From now on. Sitwell can watch in the background whenever you are logged in."
    )?;
    let instance = MonitorInstance::new(files.data, files.config)?;
    if agreed("Start it by itself when you log in?", answers, out)? {
        let enable = AutostartAction::Enable(PrintArgs { print: false });
        let done = instance
            .launch()
            .and_then(|launch| autostart::run(enable, &launch, out));
        or_why_not(done, out)?;
    } else {
        writeln!(out, "Later: sitwell autostart enable")?;
    }
    if agreed("Start it now?", answers, out)? {
        let done = instance.start(out);
        or_why_not(done, out)?;
    } else {
        writeln!(out, "Later: sitwell start")?;
    }
    Ok(())
}

/// What could not be done is told, and the rest goes on.
fn or_why_not(done: Result<()>, out: &mut impl Write) -> io::Result<()> {
    match done {
        Ok(()) => Ok(()),
        Err(error) => writeln!(out, "{error:#}"),
    }
}

/// Asks until there is a yes or a no. Where nobody answers any more, that is a no.
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
            let got = agreed("Look now?", &mut answers.as_bytes(), &mut out).unwrap();
            assert_eq!(got, wanted, "{answers:?}");
            assert!(out.starts_with(b"Look now? [y/n] "));
        }
    }
}
