//! systemd's user session: whether there is one, and requests to it.

use std::env;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use super::AutostartError;
use crate::subprocess::output_within;

const UNIT: &str = "sitwell.service";

/// systemd itself gives a unit 90 seconds to start.
const SYSTEMCTL_LIMIT: Duration = Duration::from_secs(120);

/// Whether this user has a systemd session. systemctl itself looks for this file.
pub(crate) fn is_present() -> bool {
    env::var_os("XDG_RUNTIME_DIR")
        .is_some_and(|folder| Path::new(&folder).join("systemd/private").exists())
}

/// Whether the desktop tells systemd that it runs, as GNOME and KDE do.
pub(crate) fn knows_the_desktop() -> bool {
    systemctl(&["--quiet", "is-active", "graphical-session.target"])
        .is_ok_and(|output| output.status.success())
}

pub(crate) fn reload() -> Result<(), AutostartError> {
    run("read", &["daemon-reload"])
}

/// Starts the unit, and waits until it is ready.
pub(crate) fn start() -> Result<(), AutostartError> {
    // After failures systemd waits before it tries again; a person does not.
    let _ = systemctl(&["reset-failed", UNIT]);
    run("start", &["start", UNIT])
}

/// Whether systemd is about to restart the unit after a failure.
pub(crate) fn will_restart() -> bool {
    systemctl(&["is-active", UNIT]).is_ok_and(|output| output.stdout.trim_ascii() == b"activating")
}

/// Stops the unit, or keeps systemd from restarting it.
pub(crate) fn stop() -> Result<(), AutostartError> {
    run("stop", &["stop", UNIT])
}

fn run(action: &'static str, words: &[&str]) -> Result<(), AutostartError> {
    let reason = match systemctl(words) {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("systemctl: {error}"),
    };
    Err(AutostartError::Systemd { action, reason })
}

fn systemctl(words: &[&str]) -> std::io::Result<Output> {
    output_within(
        Command::new("systemctl").arg("--user").args(words),
        SYSTEMCTL_LIMIT,
    )
}
