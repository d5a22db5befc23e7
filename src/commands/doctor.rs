//! `sitwell doctor`: whether all that Sitwell needs is there and works, and how to mend what does not.

mod checks;
mod finding;
mod view;

use std::fmt;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::Zoned;

use self::finding::{Finding, FindingStatus};
use self::view::ObservationSource;
use super::start::MonitorInstance;
use super::status;
use crate::cli::DoctorArgs;
use crate::perception::{FrameOrigin, Perception};
use crate::settings::LoadedSettings;
use crate::settings::Settings;
use crate::{folders, settings};

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
    let count = if args.json {
        let mut findings = Vec::new();
        examine(data_dir, asked, now, &mut |finding| {
            findings.push(finding);
            Ok(())
        })?;
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
        FindingCount::of(&findings)
    } else {
        told_without(&[], data_dir, asked, now, out)?
    };
    match count {
        FindingCount {
            wrong: 0,
            unknown: 0,
        } if args.json => Ok(()),
        FindingCount {
            wrong: 0,
            unknown: 0,
        } => Ok(writeln!(out, "All is well.")?),
        count => bail!("{count}"),
    }
}

/// How many things are not well, and how many could not be looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FindingCount {
    wrong: usize,
    unknown: usize,
}

impl FindingCount {
    fn of(findings: &[Finding]) -> FindingCount {
        let mut count = FindingCount::default();
        findings.iter().for_each(|finding| count.add(finding));
        count
    }

    fn add(&mut self, finding: &Finding) {
        match finding.verdict() {
            FindingStatus::Well => {}
            FindingStatus::Wrong => self.wrong += 1,
            FindingStatus::Unknown => self.unknown += 1,
        }
    }

    /// Whether all was looked at and is well.
    pub(super) fn is_well(self) -> bool {
        self == FindingCount::default()
    }
}

impl fmt::Display for FindingCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.wrong {
            0 => {}
            1 => f.write_str("one thing is not well")?,
            many => write!(f, "{many} things are not well")?,
        }
        let comma = if self.wrong > 0 { ", " } else { "" };
        match self.unknown {
            0 => Ok(()),
            1 => write!(f, "{comma}one could not be looked at"),
            many => write!(f, "{comma}{many} could not be looked at"),
        }
    }
}

/// Tells what was found about each thing but some, and counts them.
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
) -> Result<FindingCount> {
    let mut count = FindingCount::default();
    examine(data_dir, asked, now, &mut |finding| {
        if left_out.contains(&finding.what()) {
            return Ok(());
        }
        count.add(&finding);
        finding.write(out)?;
        // What comes next may take seconds.
        Ok(out.flush()?)
    })?;
    Ok(count)
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
    let loaded = settings::load(asked).map_err(anyhow::Error::from);
    tell(checks::settings(&loaded, asked))?;
    // What cannot be read is not to hide all else.
    let config = loaded.map_or_else(
        |_| Settings::default(),
        |LoadedSettings { config, .. }| config,
    );
    let status = status::asked(&folder);
    tell(checks::monitor(&status))?;
    let (model, pose) = checks::model(&config.pose);
    tell(model)?;
    let status = status.ok().map(|status| view::settled(&folder, status));
    let seen = match view::eye(status) {
        ObservationSource::Monitor(status) => view::through_monitor(&status),
        ObservationSource::Own => {
            let perception = pose
                .map(|pose| Perception::new(Box::new(pose), FrameOrigin::Camera, (&config).into()));
            view::of_our_own(&config.camera, perception)
        }
    };
    let at = now.timestamp();
    let calibration = checks::calibration(&folder, &seen, at);
    seen.findings.into_iter().try_for_each(&mut *tell)?;
    tell(calibration)?;
    tell(checks::notifications(&config.notify, at))?;
    tell(checks::autostart(MonitorInstance::new(data_dir, asked)))?;
    tell(checks::history(&folder))?;
    tell(checks::log(&folders::log(data_dir)?))
}
