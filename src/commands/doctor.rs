//! `sitwell doctor`: whether all that Sitwell needs is there and works, and how to mend what does not.

mod finding;
mod sight;
mod things;

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::Zoned;

use self::finding::Finding;
use self::sight::Eye;
use super::settings::Loaded;
use super::{folders, settings};
use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::control::{ControlError, Reply, Request, Status, ask};

/// Runs the subcommand.
///
/// # Errors
///
/// Something is not well; or it cannot be printed.
pub(super) fn run(
    args: &DoctorArgs,
    data_dir: Option<&Path>,
    asked: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let mut findings = Vec::new();
    examine(data_dir, asked, now, &mut |finding| {
        if !args.json {
            finding.write(out)?;
            // What comes next may take seconds.
            out.flush()?;
        }
        findings.push(finding);
        Ok(())
    })?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
    }
    let unwell = findings.iter().filter(|finding| !finding.is_well()).count();
    match unwell {
        0 if args.json => Ok(()),
        0 => Ok(writeln!(out, "All is well.")?),
        _ => {
            out.flush()?;
            bail!("{unwell} of {} are not well", findings.len())
        }
    }
}

/// Looks at one thing after the other and tells of each as soon as it is known.
///
/// # Errors
///
/// It cannot be told.
fn examine(
    data_dir: Option<&Path>,
    asked: Option<&Path>,
    now: &Zoned,
    tell: &mut dyn FnMut(Finding) -> Result<()>,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let loaded = settings::load(asked);
    tell(things::settings(&loaded, asked))?;
    // What cannot be read is not to hide all else.
    let config = loaded.map_or_else(|_| Config::default(), |Loaded { config, .. }| config);
    let status = status(&folder);
    tell(things::monitor(&status))?;
    let (model, mut pose) = things::model(&config.pose);
    tell(model)?;
    let seen = match sight::eye(status.ok()) {
        Eye::Monitor(status) => sight::through_monitor(&folder, status),
        Eye::Own => sight::of_our_own(&config.camera, pose.as_mut()),
    };
    seen.findings.into_iter().try_for_each(&mut *tell)?;
    let at = now.timestamp();
    tell(things::calibration(&folder, seen.camera.as_deref(), at))?;
    tell(things::notifications(&config.notify, at))?;
    tell(things::history(&folder))?;
    tell(things::log(&folders::log(data_dir)?))
}

/// What the running monitor says.
fn status(folder: &Path) -> Result<Box<Status>, ControlError> {
    match ask(folder, &Request::Status)? {
        Reply::Status(status) => Ok(status),
        Reply::Done | Reply::Shown { .. } | Reply::Refused { .. } => Err(ControlError::Refused {
            why: "it gave another answer than its status".to_owned(),
        }),
    }
}
