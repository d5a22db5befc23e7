//! `sitwell start`, `stop` and `restart`: a monitor in the background.
//!
//! Where the systemd unit is installed and would start just this monitor, it
//! is started through systemd, which then looks after it. It is stopped
//! through its socket either way: a monitor that ends as it was asked to is
//! not started again.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::autostart::{AutostartFile, FileContent, LaunchCommand, systemd};
use crate::control::{ControlError, DaemonStatus, Request, Response, ask};
use crate::daemon::instance_lock::is_one_running;
use crate::folders;

/// While a monitor starts or ends it is looked at again so soon.
const STEP: Duration = Duration::from_millis(50);

/// A monitor answers once its model is loaded. Ours: many times what that takes.
const TO_ANSWER: Duration = Duration::from_secs(60);

/// A camera opens within seconds or is found not to.
const TO_SEE: Duration = Duration::from_secs(8);

/// A monitor ends within a second; a full disk or a swapping machine takes longer.
const TO_END: Duration = Duration::from_secs(10);

/// Which monitor is meant.
pub(super) struct MonitorInstance {
    /// The folder of its history.
    folder: PathBuf,
    /// The folder that was asked for, if one was.
    data: Option<PathBuf>,
    /// The settings that were asked for, if any were.
    settings: Option<PathBuf>,
}

impl MonitorInstance {
    /// The monitor of this program, on this history and with these settings.
    ///
    /// # Errors
    ///
    /// It cannot be told where the history is.
    pub(super) fn new(data_dir: Option<&Path>, config: Option<&Path>) -> Result<MonitorInstance> {
        let absolute =
            |path: PathBuf| std::path::absolute(path).context("cannot tell where we are");
        Ok(MonitorInstance {
            folder: folders::data(data_dir)?,
            data: folders::requested_data(data_dir)
                .map(absolute)
                .transpose()?,
            settings: folders::requested_settings(config)
                .map(absolute)
                .transpose()?,
        })
    }

    /// How it is started.
    ///
    /// # Errors
    ///
    /// It cannot be told where the program is, or a path cannot be written down.
    pub(super) fn launch(&self) -> Result<LaunchCommand> {
        let program = std::env::current_exe().context("cannot tell where sitwell itself is")?;
        let (data, settings) = (self.data.as_deref(), self.settings.as_deref());
        Ok(LaunchCommand::new(&program, data, settings)?)
    }

    /// Starts it, unless it runs, and waits until it answers.
    ///
    /// # Errors
    ///
    /// Why it does not run.
    pub(super) fn start(&self, out: &mut impl Write) -> Result<()> {
        if let Some(status) = self.status()? {
            let DaemonStatus { process, words, .. } = *status;
            writeln!(out, "already running (process {process}): {words}")?;
            return Ok(());
        }
        let (mut child, how) = if self.is_the_units()? {
            systemd::start()?;
            (None, "started by systemd")
        } else {
            (Some(spawn(&self.launch()?)?), "started")
        };
        let status = self.first_status(child.as_mut())?;
        let process = status.process;
        if has_begun(&status) {
            writeln!(out, "{how} (process {process}): {}", status.words)?;
        } else {
            writeln!(out, "{how} (process {process}); it still opens the camera")?;
        }
        Ok(())
    }

    /// Ends it, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// None runs, it does not answer, or it does not end in time.
    pub(super) fn stop(&self, out: &mut impl Write) -> Result<()> {
        let ran = !matches!(
            ask(&self.folder, &Request::Status),
            Err(ControlError::NoMonitor)
        );
        match ask(&self.folder, &Request::Stop) {
            // It ended before it could answer.
            Err(ControlError::NoMonitor) if ran => {}
            Err(ControlError::NoMonitor) if self.is_the_units()? && systemd::tries_again() => {
                systemd::stop()?;
                writeln!(out, "no monitor ran, and systemd does not start it again")?;
                return Ok(());
            }
            // It ends already, or will when it is no longer busy.
            Ok(_) | Err(ControlError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        };
        for _ in 0..TO_END.as_millis() / STEP.as_millis() {
            if !is_one_running(&self.folder)? {
                writeln!(out, "the monitor has ended, everything is kept")?;
                return Ok(());
            }
            thread::sleep(STEP);
        }
        bail!(
            "the monitor was told to end and has not within {} seconds; look again with sitwell status",
            TO_END.as_secs()
        )
    }

    /// Ends it, if it runs, and starts it.
    ///
    /// # Errors
    ///
    /// It does not end, or does not start again.
    pub(super) fn restart(&self, out: &mut impl Write) -> Result<()> {
        if self.status()?.is_some() {
            self.stop(out)?;
        }
        self.start(out)
    }

    /// How it stands; none where none runs.
    fn status(&self) -> Result<Option<Box<DaemonStatus>>> {
        match ask(&self.folder, &Request::Status) {
            Ok(Response::Status(status)) => Ok(Some(status)),
            Ok(_) => {
                bail!("the monitor gave another answer than its status; is it of another version?")
            }
            Err(ControlError::NoMonitor) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the installed systemd unit would start just this.
    fn is_the_units(&self) -> Result<bool> {
        if !cfg!(target_os = "linux") || !systemd::is_here() {
            return Ok(false);
        }
        let unit = AutostartFile::Unit.path(&folders::autostart()?);
        let installed = std::fs::read_to_string(unit).ok();
        Ok(installed.map(FileContent::Text) == Some(AutostartFile::Unit.content(&self.launch()?)))
    }

    /// How it stands once there is something to say, or once enough was waited for that.
    fn first_status(&self, mut child: Option<&mut Child>) -> Result<Box<DaemonStatus>> {
        let (mut silent, mut waited) = (Duration::ZERO, Duration::ZERO);
        while silent < TO_ANSWER {
            let ended = match child.as_mut().map(|child| child.try_wait()) {
                Some(ended) => ended.context("cannot tell how the monitor does")?,
                None => None,
            };
            // It may not be able to answer yet.
            match self.status().ok().flatten() {
                Some(status) if has_begun(&status) || waited > TO_SEE => return Ok(status),
                Some(_) => waited += STEP,
                // Another one may have been faster; then that one has answered.
                None if ended.is_some() => bail!(last_words(child)),
                None => silent += STEP,
            }
            thread::sleep(STEP);
        }
        bail!(
            "the monitor does not answer after {} seconds",
            TO_ANSWER.as_secs()
        )
    }
}

/// Whether the monitor watches, or knows why not.
fn has_begun(status: &DaemonStatus) -> bool {
    status.not_watching.is_some() || status.camera.is_some()
}

/// Starts a monitor that outlives this process and its terminal.
fn spawn(launch: &LaunchCommand) -> Result<Child> {
    let words = launch.words("monitor");
    let (program, rest) = words.split_first().context("there is nothing to start")?;
    let mut command = Command::new(program);
    command
        .args(rest)
        .arg("--detached")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        // Read until it answers; what it says afterwards, nobody hears.
        .stderr(Stdio::piped());
    without_console(&mut command);
    command
        .spawn()
        .with_context(|| format!("cannot start {program}"))
}

/// Windows ends what belongs to a console together with it.
#[cfg(windows)]
fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    /// From Windows' "Process Creation Flags".
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}

/// Elsewhere the monitor leaves the terminal by itself, as `--detached` asks.
#[cfg(not(windows))]
fn without_console(_: &mut Command) {}

/// Why a monitor has ended, as it said itself.
fn last_words(child: Option<&mut Child>) -> String {
    let mut said = String::new();
    if let Some(stderr) = child.and_then(|child| child.stderr.as_mut()) {
        // What cannot be read is not said.
        let _ = stderr.read_to_string(&mut said);
    }
    match said.rsplit_once("sitwell: ") {
        Some((_, error)) => error.trim().to_owned(),
        None => "the monitor ended as soon as it had started; run sitwell monitor to see more"
            .to_owned(),
    }
}
