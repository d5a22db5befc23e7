//! `sitwell start`, `stop` and `restart`: a monitor in the background.
//!
//! If the installed systemd unit starts exactly this monitor, systemd starts and supervises it. It is
//! stopped through its socket either way: systemd does not restart a monitor that ended on request.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::autostart::{AutostartFile, FileContent, LaunchCommand, systemd};
use crate::control::{ControlError, DaemonStatus, Request, ask, read_status};
use crate::daemon::instance_lock::is_one_running;
use crate::folders;

/// How often to check a monitor that starts or ends.
const INTERVAL: Duration = Duration::from_millis(50);

/// Our choice: many times what loading the model takes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Our choice: a camera opens or fails within seconds.
const CAMERA_TIMEOUT: Duration = Duration::from_secs(8);

/// Our choice: a monitor ends within a second, but not on a full disk or a machine that swaps.
const END_TIMEOUT: Duration = Duration::from_secs(10);

/// The monitor of a history and settings.
pub(super) struct MonitorInstance {
    /// The folder of its history.
    folder: PathBuf,
    /// The same folder if it is not the usual one.
    data: Option<PathBuf>,
    /// The settings file if it is not the usual one.
    settings: Option<PathBuf>,
}

impl MonitorInstance {
    /// The monitor of this history and these settings.
    pub(super) fn new(data_dir: Option<&Path>, config: Option<&Path>) -> Result<MonitorInstance> {
        let absolute = |path: PathBuf| folders::absolute(&path);
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

    /// The command that starts it.
    pub(super) fn launch(&self) -> Result<LaunchCommand> {
        let program = folders::program()?;
        let (data, settings) = (self.data.as_deref(), self.settings.as_deref());
        Ok(LaunchCommand::new(&program, data, settings)?)
    }

    /// Starts it, unless it runs, and waits until it answers.
    pub(super) fn start(&self, out: &mut impl Write) -> Result<()> {
        if let Some(status) = self.status()? {
            let DaemonStatus { process, words, .. } = *status;
            writeln!(out, "already running (process {process}): {words}")?;
            return Ok(());
        }
        let (mut child, how) = if self.is_systemds()? {
            systemd::start()?;
            (None, "started by systemd")
        } else {
            (Some(spawn(&self.launch()?)?), "started")
        };
        let status = self.first_status(child.as_mut())?;
        if let Some(mut child) = child {
            // A dashboard or a tray goes on, and takes note when the monitor ends. Nobody reads what it writes.
            drop(child.stderr.take());
            let _ = thread::Builder::new().spawn(move || child.wait());
        }
        let process = status.process;
        if has_begun(&status) {
            writeln!(out, "{how} (process {process}): {}", status.words)?;
        } else {
            writeln!(
                out,
                "{how} (process {process}); it is still opening the camera"
            )?;
        }
        Ok(())
    }

    /// Ends it, and waits until it has ended.
    pub(super) fn stop(&self, out: &mut impl Write) -> Result<()> {
        let ran = !matches!(read_status(&self.folder), Err(ControlError::NoMonitor));
        match ask(&self.folder, &Request::Stop) {
            // It ended before it answered.
            Err(ControlError::NoMonitor) if ran => {}
            Err(ControlError::NoMonitor) if self.is_systemds()? && systemd::will_restart() => {
                systemd::stop()?;
                writeln!(
                    out,
                    "no monitor was running, and systemd will not start it again"
                )?;
                return Ok(());
            }
            // It is ending, or will end when it is no longer busy.
            Ok(_) | Err(ControlError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        };
        for _ in 0..END_TIMEOUT.as_millis() / INTERVAL.as_millis() {
            if !is_one_running(&self.folder)? {
                writeln!(out, "the monitor has ended; everything is saved")?;
                return Ok(());
            }
            thread::sleep(INTERVAL);
        }
        bail!(
            "the monitor has not ended within {} seconds; check it with sitwell status",
            END_TIMEOUT.as_secs()
        )
    }

    /// Ends it, if it runs, and starts it.
    pub(super) fn restart(&self, out: &mut impl Write) -> Result<()> {
        if self.status()?.is_some() {
            self.stop(out)?;
        }
        self.start(out)
    }

    /// Its status; none if it does not run.
    fn status(&self) -> Result<Option<Box<DaemonStatus>>> {
        match read_status(&self.folder) {
            Ok(status) => Ok(Some(status)),
            Err(ControlError::NoMonitor) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the installed systemd unit starts exactly this monitor.
    fn is_systemds(&self) -> Result<bool> {
        if !cfg!(target_os = "linux") || !systemd::is_present() {
            return Ok(false);
        }
        let unit = AutostartFile::Unit.path(&folders::autostart()?);
        let installed = std::fs::read_to_string(unit).ok().map(FileContent::Text);
        let own = AutostartFile::Unit.content(&self.launch()?);
        Ok(installed.is_some_and(|installed| installed.does_as(&own)))
    }

    /// Its status once it watches or knows why not, or once the camera has had its time.
    fn first_status(&self, mut child: Option<&mut Child>) -> Result<Box<DaemonStatus>> {
        let (mut silent, mut waited) = (Duration::ZERO, Duration::ZERO);
        while silent < ANSWER_TIMEOUT {
            let ended = match child.as_mut().map(|child| child.try_wait()) {
                Some(ended) => ended.context("cannot read the monitor's exit status")?,
                None => None,
            };
            // It may not answer yet.
            match self.status().ok().flatten() {
                Some(status) if has_begun(&status) || waited > CAMERA_TIMEOUT => return Ok(status),
                Some(_) => waited += INTERVAL,
                // If another monitor was faster, that one has answered.
                None if ended.is_some() => bail!(end_reason(child)),
                None => silent += INTERVAL,
            }
            thread::sleep(INTERVAL);
        }
        bail!(
            "the monitor does not answer after {} seconds",
            ANSWER_TIMEOUT.as_secs()
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
        // Only read if it ends before it answers.
        .stderr(Stdio::piped());
    without_console(&mut command);
    command
        .spawn()
        .with_context(|| format!("cannot start {program}"))
}

/// Windows ends the processes of a console together with it.
#[cfg(windows)]
fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    /// From Windows' "Process Creation Flags".
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}

/// Elsewhere `--detached` makes the monitor leave the terminal.
#[cfg(not(windows))]
fn without_console(_: &mut Command) {}

/// The error message of a monitor that has ended.
fn end_reason(child: Option<&mut Child>) -> String {
    let mut text = String::new();
    if let Some(stderr) = child.and_then(|child| child.stderr.as_mut()) {
        // Without its message the fallback below is returned.
        let _ = stderr.read_to_string(&mut text);
    }
    match text.rsplit_once("sitwell: ") {
        Some((_, error)) => error.trim().to_owned(),
        None => "the monitor ended at once; run sitwell monitor to see why".to_owned(),
    }
}
