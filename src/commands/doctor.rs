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
use super::start::Meant;
use super::{folders, settings, status};
use crate::cli::DoctorArgs;
use crate::config::Config;

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
    let unwell = if args.json {
        let mut findings = Vec::new();
        examine(data_dir, asked, now, &mut |finding| {
            findings.push(finding);
            Ok(())
        })?;
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
        findings.iter().filter(|finding| !finding.is_well()).count()
    } else {
        told_without(&[], data_dir, asked, now, out)?
    };
    match unwell {
        0 if args.json => Ok(()),
        0 => Ok(writeln!(out, "All is well.")?),
        1 => bail!("one thing is not well"),
        many => bail!("{many} things are not well"),
    }
}

/// Tells what was found about each thing but some, and how many are not well.
///
/// # Errors
///
/// It cannot be printed.
pub(super) fn told_without(
    left_out: &[&str],
    data_dir: Option<&Path>,
    asked: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<usize> {
    let mut unwell = 0;
    examine(data_dir, asked, now, &mut |finding| {
        if left_out.contains(&finding.what()) {
            return Ok(());
        }
        unwell += usize::from(!finding.is_well());
        finding.write(out)?;
        // What comes next may take seconds.
        Ok(out.flush()?)
    })?;
    Ok(unwell)
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
    let status = status::asked(&folder);
    tell(things::monitor(&status))?;
    let (model, mut pose) = things::model(&config.pose);
    tell(model)?;
    let status = status.ok().map(|status| sight::settled(&folder, status));
    let seen = match sight::eye(status) {
        Eye::Monitor(status) => sight::through_monitor(&status),
        Eye::Own => sight::of_our_own(&config.camera, pose.as_mut()),
    };
    let at = now.timestamp();
    let calibration = things::calibration(&folder, &seen, at);
    seen.findings.into_iter().try_for_each(&mut *tell)?;
    tell(calibration)?;
    tell(things::notifications(&config.notify, at))?;
    tell(things::autostart(Meant::new(data_dir, asked)))?;
    tell(things::history(&folder))?;
    tell(things::log(&folders::log(data_dir)?))
}
