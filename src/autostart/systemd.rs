//! systemd's user session: whether there is one, and what it is asked to do.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use super::AutostartError;

/// The unit.
const UNIT: &str = "sitwell.service";

/// Whether this user has a systemd session.
#[must_use]
pub fn is_here() -> bool {
    // This is where systemctl itself looks.
    env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .is_some_and(|folder| folder.join("systemd/private").exists())
}

/// Whether the desktop has told systemd that it is there, as GNOME's and KDE's do.
#[must_use]
pub fn knows_the_desktop() -> bool {
    systemctl(&["--quiet", "is-active", "graphical-session.target"])
        .is_ok_and(|output| output.status.success())
}

/// Has systemd read its files again.
///
/// # Errors
///
/// It does not.
pub fn reload() -> Result<(), AutostartError> {
    asked("read", &["daemon-reload"])
}

/// Has systemd start the unit, and waits until it is ready.
///
/// # Errors
///
/// It does not start.
pub fn start() -> Result<(), AutostartError> {
    // After failures systemd waits before it tries again; a person does not.
    let _ = systemctl(&["reset-failed", UNIT]);
    asked("start", &["start", UNIT])
}

/// Whether systemd is about to start the unit again after a failure.
#[must_use]
pub fn tries_again() -> bool {
    systemctl(&["is-active", UNIT]).is_ok_and(|output| output.stdout.trim_ascii() == b"activating")
}

/// Has systemd stop the unit, or not start it again.
///
/// # Errors
///
/// It does not.
pub fn stop() -> Result<(), AutostartError> {
    asked("stop", &["stop", UNIT])
}

fn asked(what: &'static str, words: &[&str]) -> Result<(), AutostartError> {
    let why = match systemctl(words) {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("systemctl: {error}"),
    };
    Err(AutostartError::Systemd { what, why })
}

fn systemctl(words: &[&str]) -> std::io::Result<Output> {
    Command::new("systemctl")
        .arg("--user")
        .args(words)
        .stdin(Stdio::null())
        .output()
}
