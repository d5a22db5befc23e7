//! `sitwell privacy`: which processes of Sitwell run and what the kernel forbids them, when the camera
//! was open today, and which files Sitwell keeps. All of it is looked up when the command runs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::own_files::{self, FileKind};
use crate::camera::{CameraPurpose, CameraUse, SUBCOMMAND, camera_uses};
use crate::confinement::{ConfinementProbe, processes};
use crate::quantities::{count, duration};
use crate::subprocess::output_within;
use crate::{folders, settings};

/// How long the process may try. Our choice: it takes some milliseconds.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// Runs the subcommand.
pub(super) fn show(
    data_dir: Option<&Path>,
    config: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    show_processes(out)?;
    // A mistake in the settings hides nothing.
    let settings = settings::load(config).map(|loaded| loaded.settings.report);
    let calendar = settings.unwrap_or_default().calendar(now.time_zone());
    let begins = calendar.beginning(calendar.date_of(now.timestamp()))?;
    let uses = camera_uses(
        &folders::data(data_dir)?,
        begins.timestamp(),
        Timestamp::MAX,
    )
    .context("cannot read how long the camera was open")?;
    show_camera(&uses, &calendar.zone, out)?;
    show_probes(&probe("camera")?, &probe("monitor")?, out)?;
    show_files(&own_files::list(data_dir, config)?, out)
}

fn show_processes(out: &mut impl Write) -> Result<()> {
    writeln!(out, "Sitwell's processes\n")?;
    let running = processes();
    if running.is_empty() {
        writeln!(out, "  none that this system shows")?;
    }
    for process in &running {
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
    if let Some(process) = running.first() {
        writeln!(
            out,
            "\n  To check this without Sitwell: `ss -tuap` lists internet sockets, and\n  \
             `grep Seccomp: /proc/{}/status` says 2 where the kernel filters.",
            process.id
        )?;
    }
    Ok(())
}

/// Shows when the camera was open and for what.
fn show_camera(uses: &[CameraUse], zone: &TimeZone, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\nThe camera today\n")?;
    let mut sums: BTreeMap<CameraPurpose, CameraUse> = BTreeMap::new();
    for used in uses {
        let sum = sums.entry(used.purpose).or_insert(CameraUse {
            openings: 0,
            open: SignedDuration::ZERO,
            ..*used
        });
        sum.from = sum.from.min(used.from);
        sum.to = sum.to.max(used.to);
        sum.openings = sum.openings.saturating_add(used.openings);
        sum.open = sum.open.saturating_add(used.open);
    }
    for sum in sums.values() {
        let what = match sum.purpose {
            CameraPurpose::Watching => "the monitor watched",
            CameraPurpose::Showing => "you were shown its picture",
            CameraPurpose::Calibrating => "you calibrated",
            CameraPurpose::Checking => "sitwell doctor checked it",
        };
        let time = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
        writeln!(
            out,
            "  {what:26}  {} to {}, opened {}, open for {}",
            time(sum.from),
            time(sum.to),
            count(sum.openings as usize, "time", "times"),
            duration(sum.open)
        )?;
    }
    if sums.is_empty() {
        writeln!(out, "  Sitwell did not open it.")?;
    } else {
        writeln!(out, "\n  A running monitor adds to this once a minute.")?;
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
         the dashboard once it listens to this computer. The programs that they start are limited, too,\n  \
         but not a terminal window that a notification opens: where systemd runs, systemd starts it."
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
             The history keeps angles, times, your answers and the camera's id, the camera's file how long it was\n  \
             open and what for; nothing is sent."
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uses_of_a_day_are_summed_by_purpose() {
        let used = |from: &str, to: &str, purpose, openings, seconds| CameraUse {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            purpose,
            openings,
            open: SignedDuration::from_secs(seconds),
        };
        let uses = [
            used(
                "2026-11-27T08:00:00Z",
                "2026-11-27T08:00:14Z",
                CameraPurpose::Calibrating,
                1,
                14,
            ),
            used(
                "2026-11-27T08:01:00Z",
                "2026-11-27T08:02:00Z",
                CameraPurpose::Watching,
                12,
                7,
            ),
            used(
                "2026-11-27T09:01:00Z",
                "2026-11-27T09:02:00Z",
                CameraPurpose::Watching,
                11,
                64,
            ),
        ];
        let shown = |uses: &[CameraUse]| {
            let mut out = Vec::new();
            show_camera(uses, &TimeZone::UTC, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        insta::assert_snapshot!(shown(&uses), @r"

        The camera today

          the monitor watched         08:01 to 09:02, opened 23 times, open for 1 min 11 s
          you calibrated              08:00 to 08:00, opened 1 time, open for 14 s

          A running monitor adds to this once a minute.
        ");
        assert!(shown(&[]).contains("Sitwell did not open it."));
    }
}
