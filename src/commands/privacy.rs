//! `sitwell privacy`: which processes of Sitwell run and what the kernel forbids them, and which
//! files Sitwell keeps. All of it is looked up when the command runs.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::own_files::{self, FileKind};
use crate::camera::SUBCOMMAND;
use crate::confinement::{ConfinementProbe, processes};
use crate::folders;
use crate::subprocess::output_within;

/// How long the process may try. Our choice: it takes some milliseconds.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// Runs the subcommand.
pub(super) fn show(
    data_dir: Option<&Path>,
    config: Option<&Path>,
    out: &mut impl Write,
) -> Result<()> {
    show_processes(out)?;
    show_probes(&probe("camera")?, &probe("monitor")?, out)?;
    show_files(&own_files::list(data_dir, config)?, out)
}

fn show_processes(out: &mut impl Write) -> Result<()> {
    writeln!(out, "Sitwell's processes\n")?;
    let running = processes();
    if running.is_empty() {
        writeln!(out, "  none that this system shows")?;
    }
    for process in running {
        let role = match process.role.as_str() {
            SUBCOMMAND => "camera",
            other => other,
        };
        write!(out, "  {role:9}  process {}", process.id)?;
        if !process.cameras.is_empty() {
            write!(out, ", has {} open", process.cameras.join(" and "))?;
        }
        let (local, other): (Vec<SocketAddr>, Vec<SocketAddr>) = process
            .addresses
            .iter()
            .partition(|address| address.ip().is_loopback());
        for address in local {
            write!(out, ", listens to this computer only ({address})")?;
        }
        for address in other {
            write!(out, ", HAS AN INTERNET SOCKET ({address})")?;
        }
        let limits = match process.is_confined {
            true => "the kernel filters its system calls",
            false => "the kernel does not filter its system calls",
        };
        writeln!(out, "; {limits}")?;
    }
    Ok(())
}

/// Runs a process that is confined as one of this role is.
fn probe(role: &str) -> Result<ConfinementProbe> {
    let mut command = Command::new(folders::program()?);
    let probe = output_within(command.args([SUBCOMMAND, "--probe", role]), PROBE_LIMIT)
        .context("cannot try out what the kernel forbids a process")?;
    serde_json::from_slice(&probe.stdout)
        .context("the process that tries out what the kernel forbids it ended early")
}

fn show_probes(
    camera: &ConfinementProbe,
    monitor: &ConfinementProbe,
    out: &mut impl Write,
) -> io::Result<()> {
    let limit = |is_forbidden: bool| match is_forbidden {
        true => "forbidden",
        false => "allowed",
    };
    writeln!(
        out,
        "\nWhat the kernel forbids (just tried)\n\n  {:24}  {:9}  monitor, dashboard",
        "", "camera"
    )?;
    for (camera, monitor) in camera.actions.iter().zip(&monitor.actions) {
        writeln!(
            out,
            "  {:24}  {:9}  {}",
            camera.action,
            limit(camera.is_forbidden),
            limit(monitor.is_forbidden)
        )?;
    }
    writeln!(
        out,
        "\n  The camera process is limited once it has its first picture, the monitor when it starts,\n  \
         the dashboard once it listens to this computer."
    )?;
    if !camera.confinement.files {
        writeln!(
            out,
            "\n  This kernel cannot forbid files to a process (it has no Landlock)."
        )?;
    }
    if !camera.confinement.calls {
        writeln!(
            out,
            "\n  This system cannot forbid sockets and programs to a process (it has no seccomp)."
        )?;
    }
    Ok(())
}

fn show_files(files: &[(FileKind, std::path::PathBuf)], out: &mut impl Write) -> Result<()> {
    writeln!(out, "\nSitwell's files\n")?;
    let mut pictures = Vec::new();
    for (kind, path) in files {
        let size = path.metadata().map_or(0, |data| data.len());
        writeln!(
            out,
            "  {:9}  {:>9}  {}",
            kind.name(),
            size_in_words(size),
            path.display()
        )?;
        if is_picture(path) {
            pictures.push(path);
        }
    }
    if pictures.is_empty() {
        writeln!(
            out,
            "\n  None of them is a picture: the first bytes of each were checked.\n  \
             The history keeps angles, times, your answers and the camera's id; nothing is sent."
        )?;
    }
    for picture in pictures {
        writeln!(
            out,
            "\n  {} is a picture. Sitwell never writes one: please report this.",
            picture.display()
        )?;
    }
    Ok(())
}

fn size_in_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Whether a file begins as a picture does. A file that cannot be read is none that others can read.
fn is_picture(path: &Path) -> bool {
    let mut start = [0; 32];
    let mut read = || File::open(path)?.read(&mut start);
    // A socket, for example, cannot be opened.
    let length = read().unwrap_or(0);
    image::guess_format(&start[..length]).is_ok()
}
