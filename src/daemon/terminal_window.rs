//! Opens a new terminal window, for a click on a notification.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use thiserror::Error;

use crate::autostart::systemd;

/// Terminal programs, and the option that each needs before the command. The first two start the
/// terminal that the user or the system has chosen.
const TERMINALS: [(&str, &[&str]); 10] = [
    ("xdg-terminal-exec", &[]),
    ("x-terminal-emulator", &["-e"]),
    ("gnome-terminal", &["--"]),
    ("kgx", &["--"]),
    ("konsole", &["-e"]),
    ("xfce4-terminal", &["-x"]),
    ("kitty", &[]),
    ("alacritty", &["-e"]),
    ("foot", &[]),
    ("xterm", &["-e"]),
];

/// Why no window opens.
#[derive(Debug, Error)]
pub(crate) enum WindowError {
    /// No known terminal program is installed.
    #[error(
        "no terminal program found to open the guide in; run sitwell stretch in a terminal, or set TERMINAL"
    )]
    NoTerminal,
    /// It is there but does not start.
    #[error("cannot start {program}")]
    Start {
        /// The program.
        program: String,
        /// The system's reason.
        source: io::Error,
    },
}

/// Has systemd start the program. As a child of the monitor, the window could open no internet sockets,
/// and in Sitwell's own service it would close together with the monitor.
const BY_SYSTEMD: [&str; 4] = ["systemd-run", "--user", "--collect", "--quiet"];

/// What tells a program where the screen is. systemd knows it only where the desktop has told it.
const SCREEN: [&str; 3] = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"];

/// Opens a window that runs a command. Does not wait for it.
pub(crate) fn open(command: &[OsString]) -> Result<Child, WindowError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = std::env::var_os("TERMINAL");
    let mut words = terminal(&path, own.as_deref()).ok_or(WindowError::NoTerminal)?;
    if cfg!(target_os = "linux") && systemd::is_present() {
        words.splice(..0, by_systemd(|name| std::env::var_os(name)));
    }
    words.extend_from_slice(command);
    let Some((program, rest)) = words.split_first() else {
        return Err(WindowError::NoTerminal);
    };
    Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|source| WindowError::Start {
            program: program.to_string_lossy().into_owned(),
            source,
        })
}

/// The words that go before a program that systemd starts.
fn by_systemd(variable: impl Fn(&str) -> Option<OsString>) -> Vec<OsString> {
    let screen = SCREEN.into_iter().filter_map(|name| {
        let mut word = OsString::from(format!("--setenv={name}="));
        word.push(variable(name)?);
        Some(word)
    });
    let words = BY_SYSTEMD.into_iter().map(OsString::from);
    words.chain(screen).chain(["--".into()]).collect()
}

/// The command line that starts a terminal, up to the command to run in it.
fn terminal(path: &OsStr, own: Option<&OsStr>) -> Option<Vec<OsString>> {
    if cfg!(windows) {
        return Some(
            ["cmd", "/C", "start", "Sitwell"]
                .map(OsString::from)
                .to_vec(),
        );
    }
    if cfg!(target_os = "macos") {
        // Terminal passes no arguments on, so the guide chooses a stretch itself.
        return Some(["open", "-a", "Terminal"].map(OsString::from).to_vec());
    }
    if let Some(program) = own.and_then(|own| find(path, own)) {
        // Unknown ones mostly take xterm's option.
        let known = TERMINALS.iter().find(|(name, _)| program.ends_with(name));
        let before = known.map_or(&["-e"][..], |(_, before)| before);
        let words = std::iter::once(program.as_os_str());
        let words = words.chain(before.iter().map(OsStr::new));
        return Some(words.map(OsStr::to_owned).collect());
    }
    TERMINALS.iter().find_map(|(name, before)| {
        let program = find(path, OsStr::new(name))?;
        Some(
            std::iter::once(program.into_os_string())
                .chain(before.iter().map(OsString::from))
                .collect(),
        )
    })
}

/// Finds a program in the folders of PATH.
fn find(path: &OsStr, name: &OsStr) -> Option<PathBuf> {
    if Path::new(name).is_absolute() {
        return Path::new(name).is_file().then(|| PathBuf::from(name));
    }
    std::env::split_paths(path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_systemd_starts_knows_the_screen() {
        let words = by_systemd(|name| (name == "DISPLAY").then(|| ":7".into()));
        assert_eq!(
            words.join(OsStr::new(" ")),
            "systemd-run --user --collect --quiet --setenv=DISPLAY=:7 --"
        );
    }

    #[test]
    fn the_users_terminal_gets_the_words_that_it_wants() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["gnome-terminal", "kitty", "urxvt", "xfce4-terminal"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let words = |own: &str| {
            let words = terminal(folder.path().as_os_str(), Some(OsStr::new(own))).unwrap();
            let words = words
                .iter()
                .skip(1)
                .map(|word| word.to_str().unwrap().to_owned());
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words("gnome-terminal"), "--");
        assert_eq!(words(folder.path().join("kitty").to_str().unwrap()), "");
        assert_eq!(words("xfce4-terminal"), "-x");
        assert_eq!(words("urxvt"), "-e");
    }
}
